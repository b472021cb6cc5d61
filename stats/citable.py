"""What can be cited of the figures: a closed list of names, each with its lasting address.

A page, a year, a version and each table have a name, so that a file for a reference
manager stands at `/cite/<name>.bib`, `.ris` and `.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from django.urls import reverse

from imgportal.lib.eastern_time import eastern_day
from stats.choices import FigureTable, SourceKind
from stats.figures import Row, SourceFacts, YearFigures
from stats.formats.citations import Citation, Cited, CitedDocument
from stats.public import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Citable:
    """Something that can be cited: data of an edition, or a document."""

    name: str
    title: str
    path: str  # its address, which stays what it is after further publications
    edition: int
    published_at: datetime
    # What it shows, for the documents behind it.
    rows: Callable[[], Iterable[Row]] = tuple
    document: SourceFacts | None = None

    def citation(self, origin: str) -> Citation:
        """`origin` is scheme and host of the site: "https://example.org"."""
        return Citation(
            name=self.name,
            title=self.title,
            address=f"{origin}{self.path}",
            edition=self.edition,
            published_on=eastern_day(self.published_at),
        )

    def cited(self, figures: Figures, origin: str) -> Sequence[Cited]:
        """What its files hold: the data, and the official documents behind them."""
        if self.document:
            return (_cited_document(self.document),)
        return (
            self.citation(origin),
            *map(_cited_document, official_documents(figures, self.rows())),
        )


def _cited_document(source: SourceFacts) -> CitedDocument:
    return CitedDocument(
        key=source.key,
        title=source.title,
        publisher=source.publisher,
        address=source.url,
        published=source.published,
        accessed_on=source.accessed_on,
    )


def official_documents(
    figures: Figures, rows: Iterable[Row]
) -> tuple[SourceFacts, ...]:
    """What NRMP, ECFMG and AAMC published themselves and these rows rest on, directly or
    through others that repeat it, by key.
    """
    keys = {
        key
        for row in rows
        for source in row.provenance.sources
        for key in (source.key, *source.ancestry)
    }
    return tuple(
        source
        for key in sorted(keys)
        if (source := figures.sources.get(key))
        and source.kind == SourceKind.OFFICIAL.value
    )


def pinned(path: str, edition: int) -> str:
    """The address at which a page stays as it is in that edition."""
    return f"{path}?edition={edition}"


def version_name(year: YearFigures) -> str:
    return f"match-{year.match_year}-v{year.release.version}"


def find_citable(figures: Figures) -> Mapping[str, Citable]:
    """Everything that can be cited, by name. Empty while nothing is public."""
    published_at = figures.publication.published_at
    if published_at is None:
        return {}
    return {
        item.name: item
        for item in (
            *_pages(figures, published_at),
            *_documents(figures, published_at),
            *(item for year in figures.versions.values() for item in _version(year)),
            # The name of a year means its current version.
            *(
                replace(item, name=item.name.replace(version_name(year), name, 1))
                for year in figures.years.values()
                for name in (f"match-{year.match_year}",)
                for item in _version(year)
            ),
        )
    }


def _pages(figures: Figures, published_at: datetime) -> Iterator[Citable]:
    """The pages over all years."""
    edition, years = figures.edition, tuple(figures.years.values())

    def page(
        name: str, title: str, path: str, rows: Callable[[], Iterable[Row]] = tuple
    ) -> Citable:
        return Citable(
            name=name,
            title=title,
            path=pinned(path, edition),
            edition=edition,
            published_at=published_at,
            rows=rows,
        )

    yield page(
        "site",
        "Residency-match figures for international medical graduates",
        "/",
        lambda: chain.from_iterable(year.rows() for year in years),
    )
    yield page(
        "match",
        "Match results by applicant group and year",
        reverse("stats:year_list"),
        lambda: chain.from_iterable(year.applicants for year in years),
    )
    yield page(
        "placements",
        "Placed after SOAP, by applicant group and year",
        reverse("stats:placements_data", args=["csv"]),
        lambda: chain.from_iterable(year.placements for year in years),
    )
    yield page(
        "all-applicants",
        "All applicants of the Match, year by year",
        reverse("stats:all_applicants"),
        lambda: (year.totals for year in years if year.totals),
    )
    yield page(
        "specialties",
        "First-year positions by specialty, the newest known of each",
        reverse("stats:specialty_list"),
        lambda: (
            row
            for specialty in figures.specialties_with_figures
            if (row := figures.newest_share(specialty.slug))
        ),
    )
    for specialty in figures.specialties_with_figures:
        yield page(
            f"specialty-{specialty.slug}",
            f"{specialty.short_name}: first-year positions and scores",
            reverse("stats:specialty_detail", args=[specialty.slug]),
            partial(_rows_of_specialty, figures, specialty.slug),
        )
    yield page("changes", "Changes to published figures", reverse("stats:change_list"))
    yield page("sources", "Sources", reverse("stats:source_list"))
    for year in years:
        if year.specialties:
            title = f"First-year positions by specialty, {year.match_year} Match"
            yield _part(year, f"specialties-{year.match_year}", title, year.specialties)
        if year.scores:
            title = f"Step 2 CK scores, edition {year.match_year}"
            yield _part(year, f"scores-{year.match_year}", title, year.scores)
            if year.match_year == figures.charting_editions[0]:
                yield _part(year, "scores", title, year.scores)


def _rows_of_specialty(figures: Figures, slug: str) -> Iterator[Row]:
    yield from figures.specialty_years.get(slug, ())
    yield from figures.scores_of.get(slug, ())


def _part(year: YearFigures, name: str, title: str, rows: Iterable[Row]) -> Citable:
    """Something that stands on the page of one version of a year."""
    release = year.release
    path = reverse("stats:version_detail", args=[year.match_year, release.version])
    return Citable(
        name=name,
        title=title,
        path=pinned(path, release.edition),
        edition=release.edition,
        published_at=release.published_at,
        rows=lambda: rows,
    )


def _version(year: YearFigures) -> Iterator[Citable]:
    """A version of a year, and each of its tables."""
    place = [year.match_year, year.release.version]
    name = version_name(year)
    title = f"The {year.match_year} Match, version {year.release.version}"
    yield _part(year, name, title, tuple(year.rows()))
    for table in FigureTable:
        rows = tuple(year.rows(table))
        if not rows:
            continue
        path = reverse("stats:version_table_data", args=[*place, table.value, "csv"])
        yield replace(
            _part(year, f"{name}-{table.value}", f"{table.label}. {title}", rows),
            path=pinned(path, year.release.edition),
        )


def _documents(figures: Figures, published_at: datetime) -> Iterator[Citable]:
    for key, source in figures.sources.items():
        yield Citable(
            name=f"source-{key}",
            title=source.title,
            path=reverse("stats:source_detail", args=[key]),
            edition=0,
            published_at=published_at,
            document=source,
        )
