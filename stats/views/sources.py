"""`/sources/`: every document by what it is, and which figures rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from imgportal.lib.http import Nearby, NotHere, nearest
from stats import exports
from stats.choices import KINDS_IN_WORDS, FigureConfidence, SourceKind
from stats.figures import Row, SourceFacts
from stats.public import Figures
from stats.public_page import edition_page
from stats.views import responses


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    source: SourceFacts
    rows: Sequence[Row]

    @property
    def years(self) -> str:
        years = sorted({row.provenance.match_year for row in self.rows})
        if not years:
            return ""
        return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup:
    """The documents of one kind that were read: those with figures, and the others."""

    kind: SourceKind
    cited: Sequence[SourceLine]
    not_cited: Sequence[SourceLine]

    @property
    def in_words(self) -> str:
        return KINDS_IN_WORDS[self.kind]

    @property
    def documents(self) -> int:
        return len(self.cited) + len(self.not_cited)


def _groups(lines: Sequence[SourceLine]) -> list[KindGroup]:
    read = [line for line in lines if line.source.was_read]
    groups = [
        KindGroup(
            kind=kind,
            cited=[line for line in read if line.source.kind == kind and line.rows],
            not_cited=[
                line for line in read if line.source.kind == kind and not line.rows
            ],
        )
        for kind in SourceKind
    ]
    return [group for group in groups if group.documents]


@edition_page
def source_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    lines = [
        SourceLine(source=source, rows=figures.rests_on.get(key, ()))
        for key, source in figures.sources.items()
    ]
    if extension != "html":
        export = exports.sources((line.source, len(line.rows)) for line in lines)
        return responses.download(request, figures, export, extension)
    groups = _groups(lines)
    return responses.page(
        request,
        figures,
        "stats/source_list.html",
        {
            "cited": sum(len(group.cited) for group in groups),
            "not_cited": sum(len(group.not_cited) for group in groups),
            "groups": groups,
            "unread": [line.source for line in lines if not line.source.was_read],
            "grades": list(FigureConfidence),
            **responses.citation_of(
                request,
                figures,
                name="sources",
                title="Sources",
                path=responses.lasting_address(figures, reverse("stats:source_list")),
            ),
            **responses.download_addresses("source_list", query=urlencode(figures.pin)),
        },
    )


@edition_page
def source_detail(request: HttpRequest, figures: Figures, key: str) -> HttpResponse:
    source = figures.sources.get(key)
    if source is None:
        raise NotHere(
            "There is no source at this address.",
            [
                Nearby(
                    figures.sources[near].title,
                    reverse("stats:source_detail", args=[near]),
                )
                for near in nearest(key, list(figures.sources))
            ]
            or [Nearby("All sources", reverse("stats:source_list"))],
        )
    return responses.page(
        request,
        figures,
        "stats/source_detail.html",
        {
            "source": source,
            "kind_in_words": KINDS_IN_WORDS[SourceKind(source.kind)],
            "rests_on": [
                figures.sources[name]
                for name in source.rests_on
                if name in figures.sources
            ],
            "resting_on_it": [
                other for other in figures.sources.values() if key in other.rests_on
            ],
            "rows": figures.rests_on.get(key, ()),
        },
        lambda figures: figures.rests_on.get(key, ()),
    )
