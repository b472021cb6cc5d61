"""`/specialties/`: all specialties of a year, and one over the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from imgportal.lib.http import Nearby, NotHere, nearest
from stats import charts, exports, score_position
from stats.charts import LineChart, Series, Spark
from stats.choices import FigureTable
from stats.figures import FootnoteFacts, SpecialtyFacts, SpecialtyRow, YearFigures
from stats.forms import (
    OwnScoreForm,
    SpecialtyFilterForm,
    year_choices,
)
from stats.measures import Rate
from stats.public import Figures
from stats.public_page import public_page
from stats.views import responses
from stats.views.score_groups import ScoreGroup, group_by_edition

# (key of a column in the address, heading, what it sorts by)
COLUMNS = (
    ("name", "Specialty", "label"),
    ("offered", "Offered", "positions_offered"),
    ("filled", "Filled", "positions_filled"),
    ("us_img", "US IMGs", "filled_us_img"),
    ("non_us_img", "Non-US IMGs", "filled_non_us_img"),
    ("imgs", "All IMGs", "img_filled"),
    ("share", "IMG share", "img_share"),
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
    attribute = {key: name for key, _, name in COLUMNS}[order.lstrip("-")]

    def sort_value(row: SpecialtyRow) -> int | str | Fraction | None:
        value = getattr(row, attribute)
        if isinstance(value, Rate):
            return value.percent
        return value.casefold() if isinstance(value, str) else value

    by_name = sorted(rows, key=lambda row: row.label.casefold())
    with_value = [row for row in by_name if sort_value(row) is not None]
    without_value = [row for row in by_name if sort_value(row) is None]
    with_value.sort(key=sort_value, reverse=backwards)  # type: ignore[arg-type]
    return with_value + without_value


def draw_trend(figures: Figures, slug: str) -> tuple[Spark | None, str]:
    """The IMG share over the years, drawn and in words."""
    rows = figures.specialty_years.get(slug, ())
    points = [
        (row.provenance.match_year, share.percent if (share := row.img_share) else None)
        for row in rows
    ]
    years = _years_with_specialties(figures)
    spark = (
        charts.sparkline(
            points, first=years[-1], last=years[0], top=figures.largest_img_share
        )
        if years
        else None
    )
    drawn = [year for year, value in points if value is not None]
    words = (
        f"{len(drawn)} years from {drawn[0]} to {drawn[-1]}" if len(drawn) > 1 else ""
    )
    return spark, words


@public_page
def specialty_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    years = _years_with_specialties(figures)
    form = SpecialtyFilterForm(
        request.GET,
        offers={"year": year_choices(years)},
        initial={"year": str(figures.best_covered_year or ""), "q": ""},
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
        export = exports.figure_table(
            FigureTable.SPECIALTIES,
            [(year, row) for row in rows] if year else [],
            name=f"specialties-{chosen}" if chosen else "specialties",
            title=title,
        )
        return responses.download(request, figures, export, extension, form.notices)
    notes = _numbered_notes(year, rows)
    lines = []
    for row in rows:
        spark, in_words = draw_trend(figures, row.specialty.slug)
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
            "missing_specialties": _missing_specialties(figures, year),
        },
    )


def _numbered_notes(
    year: YearFigures | None, rows: Sequence[SpecialtyRow]
) -> tuple[FootnoteFacts, ...]:
    slugs = {row.specialty.slug for row in rows}
    notes = year.footnotes_of(FigureTable.SPECIALTIES) if year else ()
    return tuple(note for note in notes if not note.row or note.row in slugs)


def _headers(form: SpecialtyFilterForm) -> tuple[SortHeader, ...]:
    order = form.chosen["sort"]
    column, backwards = order.lstrip("-"), order.startswith("-")
    return tuple(
        SortHeader(
            key=key,
            label=label,
            # Names begin at A, numbers at the largest; a second press reverses the order.
            query=form.query(
                sort=(key if backwards else f"-{key}")
                if key == column
                else (key if key == "name" else f"-{key}")
            ),
            direction=("descending" if backwards else "ascending")
            if key == column
            else "",
        )
        for key, label, _ in COLUMNS
    )


def _missing_specialties(
    figures: Figures, year: YearFigures | None
) -> tuple[SpecialtyFacts, ...]:
    """Specialties that have figures, but not of this year."""
    if year is None:
        return ()
    slugs = {row.specialty.slug for row in year.specialties}
    return tuple(
        specialty
        for specialty in figures.specialties_with_figures
        if specialty.slug not in slugs
    )


def find_specialty(figures: Figures, slug: str) -> SpecialtyFacts:
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
    rows: Sequence[SpecialtyRow], specialty: SpecialtyFacts
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
    successor = figures.specialty(slug)
    if successor is not None and successor.slug != slug:
        return HttpResponsePermanentRedirect(
            reverse("stats:specialty_detail", args=[successor.slug])
            if extension == "html"
            else reverse(
                "stats:specialty_detail_data", args=[successor.slug, extension]
            )
        )
    rows = figures.specialty_years.get(slug, ())
    former = _former(figures, slug)
    pairs = [
        (figures.years[row.provenance.match_year], row)
        for row in (*rows[::-1], *(row for item in former for row in item.rows))
    ]
    if extension != "html":
        export = exports.figure_table(
            FigureTable.SPECIALTIES,
            pairs,
            name=f"specialty-{slug}",
            title=f"{specialty.name}: first-year positions over the years",
        )
        return responses.download(request, figures, export, extension)
    scores = figures.scores_of.get(slug, ())
    position = score_position.find_position(specialty, scores, None)
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
                for group in (
                    ("", rows[::-1]),
                    *((item.name, item.rows) for item in former),
                )
                if group[1]
            ],
            "former": former,
            "newest": next((row for row in reversed(rows) if row.img_share), None),
            "chart": _share_chart(rows, specialty) if len(rows) > 1 else None,
            "score_groups": (
                *group_by_edition(scores),
                *(group for item in former for group in item.score_groups),
            ),
            "score_position": position,
            "own_score_form": OwnScoreForm() if position.strips else None,
            "footnotes": responses.note_texts(
                (year for year, _ in pairs),
                FigureTable.SPECIALTIES,
                ("", slug, *(item.slug for item in former)),
            ),
            "score_notes": tuple(
                (edition, note.text)
                for edition in figures.editions
                if any(row.edition == edition for row in scores)
                for note in figures.years[edition].footnotes_of(FigureTable.SCORES)
            ),
        },
    )


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
            score_groups=group_by_edition(
                figures.scores_of.get(merged.slug, ()), f"{merged.short_name}, "
            ),
        )
        for merged in figures.merged_into.get(slug, ())
    )
