"""What can be cited of the figures: a closed list of names, each with its lasting address.

A page, a year, a version and each table have a name, so that a file for a reference
manager stands at `/cite/<name>.bib`, `.ris` and `.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain

from django.urls import reverse

from imgportal.lib.eastern_time import eastern_day
from stats.choices import FigureTable, SourceKind
from stats.figures import Row, SourceFacts, YearFigures
from stats.formats.citations import Citation, Cited, CitedDocument
from stats.formats.data_package import ARCHIVE
from stats.public import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Citable:
    """Something that can be cited: data of an edition, or a document."""

    name: str
    title: str
    path: str  # its address, which stays what it is after further publications
    edition: int
    published_at: datetime
    # The keys of the sources of what it shows.
    sources: Callable[[], Iterable[str]] = tuple
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
            *map(_cited_document, official_documents(figures, self.sources())),
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
    figures: Figures, keys: Iterable[str]
) -> tuple[SourceFacts, ...]:
    """What NRMP, ECFMG and AAMC published themselves, of the sources with these keys and of
    all that these repeat, by key.
    """
    cited = [figures.sources[key] for key in {*keys} if key in figures.sources]
    behind = {key for source in cited for key in (source.key, *source.ancestry)}
    return tuple(
        source
        for key in sorted(behind)
        if (source := figures.sources.get(key))
        and source.kind == SourceKind.OFFICIAL.value
    )


def pinned(address: str, edition: int) -> str:
    """The address at which a page stays as it is in that edition."""
    path, _, query = address.partition("?")
    return f"{path}?{'&'.join(filter(None, (f'edition={edition}', query)))}"


def version_name(year: YearFigures) -> str:
    return f"match-{year.match_year}-v{year.release.version}"


def find_citable(figures: Figures) -> Mapping[str, Citable]:
    """Everything that can be cited, by name. Empty while nothing is public."""
    published_at = figures.publication.published_at
    if published_at is None:
        return {}
    edition = figures.edition
    pages = {
        name: Citable(
            name=name,
            title=title,
            path=pinned(path, edition),
            edition=edition,
            published_at=published_at,
            sources=partial(_keys, rows),
        )
        for name, title, path, rows in _pages(figures)
    }
    documents = {
        f"source-{key}": Citable(
            name=f"source-{key}",
            title=source.title,
            path=reverse("stats:source_detail", args=[key]),
            edition=0,
            published_at=published_at,
            document=source,
        )
        for key, source in figures.sources.items()
    }
    return {
        "site": Citable(
            name="site",
            title="Published figures of the Match",
            # Everything, as it is kept for ever.
            path=reverse("stats:edition_file", args=[edition, ARCHIVE]),
            edition=edition,
            published_at=published_at,
            sources=partial(
                _keys,
                lambda: chain.from_iterable(
                    year.rows() for year in figures.years.values()
                ),
            ),
        ),
        **pages,
        **documents,
    }


# A name, a title, an address and the rows that stand there.
_Page = tuple[str, str, str, Callable[[], Iterable[Row]]]


def _keys(rows: Callable[[], Iterable[Row]]) -> Iterator[str]:
    return (source.key for row in rows() for source in row.provenance.sources)


def _pages(figures: Figures) -> Iterator[_Page]:
    years = tuple(figures.years.values())
    yield (
        "match",
        "Match results by applicant group and year",
        reverse("stats:year_list"),
        lambda: chain.from_iterable(year.applicants for year in years),
    )
    yield (
        "placements",
        "Placed after SOAP, by applicant group and year",
        reverse("stats:placements_data", args=["csv"]),
        lambda: chain.from_iterable(year.placements for year in years),
    )
    yield (
        "all-applicants",
        "All applicants of the Match, year by year",
        reverse("stats:all_applicants"),
        lambda: (year.totals for year in years if year.totals),
    )
    yield (
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
        yield (
            f"specialty-{specialty.slug}",
            f"{specialty.short_name}: first-year positions and scores",
            reverse("stats:specialty_detail", args=[specialty.slug]),
            partial(_rows_of_specialty, figures, specialty.slug),
        )
    yield "changes", "Changes to published figures", reverse("stats:change_list"), tuple
    yield "sources", "Sources", reverse("stats:source_list"), tuple
    for year in figures.versions.values():
        yield from _version(year, version_name(year))
    for year in years:
        # The name of a year means its current version.
        yield from _version(year, f"match-{year.match_year}")
        yield from _parts(year, next(iter(figures.charting_editions), None))


def _rows_of_specialty(figures: Figures, slug: str) -> Iterator[Row]:
    yield from figures.specialty_years.get(slug, ())
    yield from figures.scores_of.get(slug, ())


def _version(year: YearFigures, name: str) -> Iterator[_Page]:
    """A version of a year, and each of its tables."""
    place = [year.match_year, year.release.version]
    title = f"The {year.match_year} Match, version {year.release.version}"
    yield name, title, reverse("stats:version_detail", args=place), year.rows
    for table in FigureTable:
        if any(year.rows(table)):
            yield (
                f"{name}-{table.value}",
                f"{table.label}. {title}",
                reverse("stats:version_table_data", args=[*place, table.value, "csv"]),
                partial(year.rows, table),
            )


def _parts(year: YearFigures, newest_edition: int | None) -> Iterator[_Page]:
    """What pages over all years show of one of them."""
    if year.specialties:
        yield (
            f"specialties-{year.match_year}",
            f"First-year positions by specialty, {year.match_year} Match",
            f"{reverse('stats:specialty_list')}?year={year.match_year}",
            partial(year.rows, FigureTable.SPECIALTIES),
        )
    if year.scores:
        title = f"Step 2 CK scores, edition {year.match_year}"
        address = f"{reverse('stats:score_list')}?charting_outcomes={year.match_year}"
        rows = partial(year.rows, FigureTable.SCORES)
        yield f"scores-{year.match_year}", title, address, rows
        if year.match_year == newest_edition:
            yield "scores", title, address, rows
