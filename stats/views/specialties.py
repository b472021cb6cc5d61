"""`/specialties/`: all of a year, one over the years, up to four side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from imgportal.lib.http import Nearby, NotHere, nearest
from stats import charts, exports, score_position
from stats.charts import LineChart, Series, Spark
from stats.choices import Table
from stats.figures import Footnote, ScoreRow, Specialty, SpecialtyRow, YearFigures
from stats.forms import (
    CompareForm,
    OwnScoreForm,
    SpecialtyFilterForm,
    year_choices,
)
from stats.measures import Rate
from stats.public import Figures
from stats.public_page import public_page
from stats.score_position import Strip, strips
from stats.views import responses
from stats.views.years import ScoreGroup

# Column → what it sorts by. The first column of a table is its name.
SORTS = {
    "name": "label",
    "offered": "positions_offered",
    "filled": "positions_filled",
    "us_img": "filled_us_img",
    "non_us_img": "filled_non_us_img",
    "imgs": "img_filled",
    "share": "img_share",
}
HEADERS = (
    ("name", "Specialty"),
    ("offered", "Offered"),
    ("filled", "Filled"),
    ("us_img", "US IMGs"),
    ("non_us_img", "Non-US IMGs"),
    ("imgs", "All IMGs"),
    ("share", "IMG share"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SortHeader:
    """A column heading that sorts. `direction` is empty when it does not sort now."""

    key: str
    label: str
    query: str
    direction: str  # "ascending", "descending" or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialtyLine:
    row: SpecialtyRow
    trend: Spark | None
    trend_in_words: str
    footnotes: tuple[int, ...]  # numbers of the notes under the table


def _years_with_specialties(figures: Figures) -> list[int]:
    return [
        year.match_year for year in reversed(figures.years.values()) if year.specialties
    ]


def sorted_rows(rows: Sequence[SpecialtyRow], order: str) -> list[SpecialtyRow]:
    """Rows by one column; those without a value come last in both directions."""
    backwards = order.startswith("-")
    attribute = SORTS[order.lstrip("-")]

    def value(row: SpecialtyRow) -> int | str | Fraction | None:
        found = getattr(row, attribute)
        if isinstance(found, Rate):
            return found.percent
        return found.casefold() if isinstance(found, str) else found

    by_name = sorted(rows, key=lambda row: row.label.casefold())
    known = [row for row in by_name if value(row) is not None]
    unknown = [row for row in by_name if value(row) is None]
    known.sort(key=lambda row: value(row), reverse=backwards)  # type: ignore[arg-type,return-value]
    return known + unknown


def trend(figures: Figures, slug: str) -> tuple[Spark | None, str]:
    """The IMG share over the years, drawn and in words."""
    rows = figures.specialty_years.get(slug, ())
    points = [
        (row.provenance.match_year, share.percent if (share := row.img_share) else None)
        for row in rows
    ]
    years = _years_with_specialties(figures)
    spark = charts.sparkline(points, first=years[-1], last=years[0]) if years else None
    known = [year for year, value in points if value is not None]
    words = (
        f"{len(known)} years from {known[0]} to {known[-1]}" if len(known) > 1 else ""
    )
    return spark, words


@public_page
def specialty_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    years = _years_with_specialties(figures)
    default = figures.best_covered_year
    form = SpecialtyFilterForm(
        request.GET,
        offers={"year": year_choices(years)},
        initial={"year": str(default or ""), "q": ""},
    )
    chosen = form.chosen["year"]
    year = figures.years.get(int(chosen)) if chosen else None
    words = form.chosen["q"].casefold().split()
    rows = sorted_rows(
        [
            row
            for row in (year.specialties if year else ())
            if all(
                word in f"{row.specialty.name} {row.specialty.short_name}".casefold()
                for word in words
            )
        ],
        form.chosen["sort"],
    )
    title = "First-year positions by specialty"
    title = f"{title}, {chosen} Match" if chosen else title
    if extension != "html":
        export = exports.specialties(
            [(year, row) for row in rows] if year else [],
            name=f"specialties-{chosen}" if chosen else "specialties",
            title=title,
        )
        return responses.download(request, figures, export, extension, form.notices)
    notes = _numbered_notes(year, rows)
    lines = []
    for row in rows:
        spark, in_words = trend(figures, row.specialty.slug)
        lines.append(
            SpecialtyLine(
                row=row,
                trend=spark,
                trend_in_words=in_words,
                footnotes=tuple(
                    number
                    for number, note in enumerate(notes, start=1)
                    if note.row == row.specialty.slug
                ),
            )
        )
    return responses.FiguresPage(
        template="stats/specialty_list.html",
        address="specialty_list",
        query=form.query(),
        cite_title=title,
        cite_path=responses.version_address(year) if year else "",
        published_at=year.release.published_at if year else None,
        dataset_query=f"year={chosen}",
        description="Positions offered and filled, filled by US and non-US "
        "IMGs, and the IMG share, with sources.",
        rows=rows,
    ).respond(
        request,
        figures,
        {
            "form": form,
            "year": year,
            "lines": lines,
            "headers": _headers(form),
            "notes": notes,
            "newer_years": [
                (newer, len(figures.years[newer].specialties))
                for newer in years
                if year and newer > year.match_year
            ],
            "years": years,
            "elsewhere": _missing_specialties(figures, year),
        },
    )


def _numbered_notes(
    year: YearFigures | None, rows: Sequence[SpecialtyRow]
) -> tuple[Footnote, ...]:
    shown = {row.specialty.slug for row in rows}
    notes = year.footnotes_of(Table.SPECIALTIES) if year else ()
    return tuple(note for note in notes if not note.row or note.row in shown)


def _headers(form: SpecialtyFilterForm) -> tuple[SortHeader, ...]:
    order = form.chosen["sort"]
    column, backwards = order.lstrip("-"), order.startswith("-")
    return tuple(
        SortHeader(
            key=key,
            label=label,
            # Names begin at A, numbers at the largest; a second press turns round.
            query=form.query(
                sort=(key if backwards else f"-{key}")
                if key == column
                else (key if key == "name" else f"-{key}")
            ),
            direction=("descending" if backwards else "ascending")
            if key == column
            else "",
        )
        for key, label in HEADERS
    )


def _missing_specialties(
    figures: Figures, year: YearFigures | None
) -> tuple[Specialty, ...]:
    """Specialties that have figures, but not of this year."""
    if year is None:
        return ()
    here = {row.specialty.slug for row in year.specialties}
    known = set(figures.specialty_years) | set(figures.scores_of)
    return tuple(
        specialty
        for slug, specialty in figures.specialties.items()
        if slug in known and slug not in here and not specialty.successor
    )


def find_specialty(figures: Figures, slug: str) -> Specialty:
    specialty = figures.specialties.get(slug)
    if specialty is None:
        names = {
            row.short_name.lower(): row.slug for row in figures.specialties.values()
        }
        slugs = [
            *nearest(slug, list(figures.specialties)),
            *(names[name] for name in nearest(slug.replace("-", " "), list(names))),
        ]
        raise NotHere(
            "There is no specialty at this address.",
            [
                Nearby(
                    figures.specialties[near].short_name,
                    reverse("stats:specialty_detail", args=[near]),
                )
                for near in dict.fromkeys(slugs)
            ]
            or [Nearby("All specialties", reverse("stats:specialty_list"))],
        )
    return specialty


def _share_chart(
    rows: Sequence[SpecialtyRow], specialty: Specialty
) -> LineChart | None:
    def values(attribute: str) -> tuple[Fraction | None, ...]:
        rates = [getattr(row, attribute) for row in rows]
        return tuple(rate.percent if rate is not None else None for rate in rates)

    return charts.line_chart(
        name="img-share",
        title=f"{specialty.short_name}: share of filled PGY-1 positions that IMGs filled",
        description="Percent of the filled first-year positions. Years without a "
        "published value are gaps. The table holds every value.",
        years=[row.provenance.match_year for row in rows],
        series=[
            Series(key="imgs", label="All IMGs", values=values("img_share")),
            Series(
                key="non_us_img",
                label="Non-US IMGs",
                values=values("non_us_img_share"),
            ),
            Series(key="us_img", label="US IMGs", values=values("us_img_share")),
        ],
    )


@public_page
def specialty_detail(
    request: HttpRequest, figures: Figures, slug: str, extension: str = "html"
) -> HttpResponse:
    specialty = find_specialty(figures, slug)
    now = figures.specialty(slug)
    if now is not None and now.slug != slug:
        return HttpResponsePermanentRedirect(_address(now.slug, extension))
    rows = figures.specialty_years.get(slug, ())
    former = _former(figures, slug)
    pairs = [
        (figures.years[row.provenance.match_year], row)
        for row in (*rows[::-1], *(row for item in former for row in item.rows))
    ]
    if extension != "html":
        export = exports.specialties(
            pairs,
            name=f"specialty-{slug}",
            title=f"{specialty.name}: first-year positions over the years",
        )
        return responses.download(request, figures, export, extension)
    scores = figures.scores_of.get(slug, ())
    standing = score_position.standing(specialty, scores, None)
    return responses.FiguresPage(
        template="stats/specialty_detail.html",
        address="specialty_detail",
        arguments=(slug,),
        cite_title=f"{specialty.short_name}: first-year positions and scores",
        cite_path=reverse("stats:specialty_detail", args=[slug]),
        published_at=figures.publication.published_at,
        dataset_name=f"{specialty.name}: first-year positions filled by IMGs",
        description="Positions offered and filled by year, filled by US and "
        "non-US IMGs, with sources.",
        rows=rows,
    ).respond(
        request,
        figures,
        {
            "specialty": specialty,
            "positions": [
                group
                for group in (("", rows[::-1]), *((x.name, x.rows) for x in former))
                if group[1]
            ],
            "former": former,
            "newest": next((row for row in reversed(rows) if row.img_share), None),
            "chart": _share_chart(rows, specialty) if len(rows) > 1 else None,
            "score_groups": (
                *_by_edition(scores),
                *(group for item in former for group in item.score_groups),
            ),
            "standing": standing,
            "own_score_form": OwnScoreForm() if standing.strips else None,
            "footnotes": responses.note_texts(
                (year for year, _ in pairs),
                Table.SPECIALTIES,
                ("", slug, *(item.slug for item in former)),
            ),
            "score_notes": tuple(
                (edition, note.text)
                for edition in figures.editions
                if any(row.edition == edition for row in scores)
                for note in figures.years[edition].footnotes_of(Table.SCORES)
            ),
        },
    )


def _address(slug: str, extension: str) -> str:
    if extension == "html":
        return reverse("stats:specialty_detail", args=[slug])
    return reverse("stats:specialty_detail_data", args=[slug, extension])


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedSpecialty:
    """What was merged into a specialty: its figures stay its own, shown beside."""

    slug: str
    name: str
    rows: tuple[SpecialtyRow, ...]  # newest first
    score_groups: tuple[ScoreGroup, ...]


def _former(figures: Figures, slug: str) -> tuple[MergedSpecialty, ...]:
    return tuple(
        MergedSpecialty(
            slug=merged.slug,
            name=merged.short_name,
            rows=figures.specialty_years.get(merged.slug, ())[::-1],
            score_groups=_by_edition(
                figures.scores_of.get(merged.slug, ()), f"{merged.short_name}, "
            ),
        )
        for merged in figures.merged_into.get(slug, ())
    )


def _by_edition(rows: Sequence[ScoreRow], whose: str = "") -> tuple[ScoreGroup, ...]:
    return tuple(
        ScoreGroup(
            heading=f"{whose}{edition}",
            url=f"{reverse('stats:score_list')}?edition={edition}",
            rows=tuple(row for row in rows if row.edition == edition),
        )
        for edition in dict.fromkeys(row.edition for row in rows)
    )


def _common_year(figures: Figures, slugs: Sequence[str]) -> int | None:
    """The newest year in which every one of them has a known IMG share, if any."""
    years = [
        {
            row.provenance.match_year
            for row in figures.specialty_years.get(slug, ())
            if row.img_share
        }
        for slug in slugs
    ]
    shared = set.intersection(*years) if years else set()
    return max(shared, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSpecialty:
    """One specialty in the comparison."""

    specialty: Specialty
    row: SpecialtyRow | None  # None: no year with a known IMG share
    trend: Spark | None
    trend_in_words: str
    strips: tuple[Strip, ...]


@public_page
def specialty_compare(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    known = set(figures.specialty_years) | set(figures.scores_of)
    # An old address may name what was merged since: it means the successor.
    asked = request.GET.copy()
    asked.setlist(
        "s",
        [
            now.slug if (now := figures.specialty(slug)) else slug
            for slug in asked.getlist("s")
        ],
    )
    form = CompareForm(
        asked,
        offers={
            "s": [
                (slug, specialty.short_name)
                for slug, specialty in figures.specialties.items()
                if slug in known and not specialty.successor
            ]
        },
        initial={"s": []},
    )
    slugs = form.chosen["s"]
    common = _common_year(figures, slugs)
    if extension != "html":
        export = exports.specialties(
            [
                (figures.years[row.provenance.match_year], row)
                for slug in slugs
                for row in reversed(figures.specialty_years.get(slug, ()))
            ],
            name="specialties-compared",
            title="First-year positions of the chosen specialties over the years",
        )
        return responses.download(request, figures, export, extension, form.notices)
    compared = []
    for slug in slugs:
        specialty = figures.specialties[slug]
        rows = figures.specialty_years.get(slug, ())
        spark, words = trend(figures, slug)
        compared.append(
            ComparedSpecialty(
                specialty=specialty,
                row=next(
                    (
                        row
                        for row in reversed(rows)
                        if row.img_share and common in (None, row.provenance.match_year)
                    ),
                    None,
                ),
                trend=spark,
                trend_in_words=words,
                strips=strips(figures.scores_of.get(slug, ())),
            )
        )
    return responses.page(
        request,
        "stats/specialty_compare.html",
        {
            "form": form,
            "compared": compared,
            "common_year": common,
            **responses.download_addresses("specialty_compare", query=form.query()),
        },
    )
