"""`/specialties/`: all specialties, in the newest known year of each or in one year for
all of them, and one over the years.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from imgportal.lib.http import Nearby, NotHere, nearest
from stats import charts, exports, score_position, year_summary
from stats.charts import LineChart, Series, Spark
from stats.choices import ApplicantType, FigureTable
from stats.figures import FootnoteFacts, SpecialtyFacts, SpecialtyRow, YearFigures
from stats.forms import (
    OwnScoreForm,
    SpecialtyFilterForm,
    year_choices,
)
from stats.later_changes import rows_of_specialties
from stats.measures import Rate
from stats.preferred_match import PreferredMatch
from stats.public import Figures
from stats.public_page import edition_page
from stats.views import responses
from stats.views.preferred_charts import compare_with_all, newest_preferred_charts
from stats.views.score_groups import ScoreGroup, group_by_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class SortHeader:
    """A column heading that sorts. `direction` is empty when it does not sort now."""

    key: str
    label: str
    query: str
    direction: str  # "ascending", "descending" or empty
    group: str = ""  # whose values these are, where the heading leaves it open


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialtyLine:
    specialty: SpecialtyFacts
    row: SpecialtyRow | None  # None: positions of it are not known
    preferred: PreferredMatch | None  # None: no edition counts the group
    says_year: bool = False  # the lines are of different years
    trend: Spark | None = None
    trend_in_words: str = ""
    footnotes: tuple[int, ...] = ()  # numbers of the notes under the table


SortValue = int | str | Fraction | None


def _of_row(attribute: str) -> Callable[[SpecialtyLine], SortValue]:
    """What a line sorts by, of its positions. None: not known."""

    def sort_value(line: SpecialtyLine) -> SortValue:
        value = getattr(line.row, attribute) if line.row else None
        return value.percent if isinstance(value, Rate) else value

    return sort_value


def _preferred_share(line: SpecialtyLine) -> Fraction | None:
    share = line.preferred.share if line.preferred else None
    return share.percent if share else None


# (key of a column in the address, heading, what it sorts by). What readers come for
# comes first, where a small screen shows it.
COLUMNS: tuple[tuple[str, str, Callable[[SpecialtyLine], SortValue]], ...] = (
    ("name", "Specialty", lambda line: line.specialty.short_name.casefold()),
    ("share", "IMG share", _of_row("img_share")),
    ("preferred", "Matched to preferred", _preferred_share),
    ("offered", "Offered", _of_row("positions_offered")),
    ("filled", "Filled", _of_row("positions_filled")),
    ("us_img", "US IMGs", _of_row("filled_us_img")),
    ("non_us_img", "Non-US IMGs", _of_row("filled_non_us_img")),
    ("imgs", "All IMGs", _of_row("img_filled")),
)
# Whose preference the column tells: editions count them by specialty today.
PREFERRED_GROUP = ApplicantType.NON_US_IMG


def _years_with_specialties(figures: Figures) -> list[int]:
    return [
        year.match_year for year in reversed(figures.years.values()) if year.specialties
    ]


def sorted_lines(lines: Sequence[SpecialtyLine], order: str) -> list[SpecialtyLine]:
    """Lines by one column; those without a value come last in both directions."""
    sort_value = {key: value for key, _, value in COLUMNS}[order.lstrip("-")]
    by_name = sorted(lines, key=lambda line: line.specialty.short_name.casefold())
    with_value = [line for line in by_name if sort_value(line) is not None]
    without_value = [line for line in by_name if sort_value(line) is None]
    with_value.sort(key=sort_value, reverse=order.startswith("-"))  # type: ignore[arg-type]
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


@edition_page
def specialty_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    years = _years_with_specialties(figures)
    form = SpecialtyFilterForm(
        request.GET,
        offers={"year": [("", "Newest known"), *year_choices(years)]},
        initial={"year": "", "q": ""},
        kept=figures.pin,
    )
    chosen = form.chosen["year"]
    year = figures.years.get(int(chosen)) if chosen else None
    lines = sorted_lines(
        _find_lines(figures, year, form.chosen["q"]), form.chosen["sort"]
    )
    title = (
        f"First-year positions by specialty, {chosen} Match"
        if chosen
        else "First-year positions by specialty, the newest known of each"
    )
    if extension != "html":
        export = exports.specialty_table(
            [(line.specialty, line.row) for line in lines],
            figures.years,
            figures.newest_preferred,
            name=f"specialties-{chosen or 'newest'}",
            title=title,
        )
        return responses.download(request, figures, export, extension, form)
    rows = [line.row for line in lines if line.row is not None]
    notes = _numbered_notes(figures, rows)
    published_at = (
        year.release.published_at if year else figures.publication.published_at
    )
    return responses.FiguresPage(
        template="stats/specialty_list.html",
        address="specialty_list",
        query=form.query(),
        content_query=form.content_query,
        cite_title=title,
        cite_path=responses.lasting_address(
            figures, reverse("stats:specialty_list"), form.content_query
        )
        if lines
        else "",
        cite_name=f"specialties-{chosen}" if chosen else "specialties",
        published_at=published_at,
        dataset_query=form.content_query,
        description="Positions offered and filled, filled by US and non-US "
        "IMGs, the IMG share, and who matched of those who preferred a specialty, with "
        "sources.",
        rows=rows,
        rows_of=lambda figures: [
            line.row
            for line in _find_lines(
                figures,
                figures.years[int(chosen)] if chosen else None,
                form.chosen["q"],
            )
            if line.row
        ],
    ).respond(
        request,
        figures,
        {
            "form": form,
            "year": year,
            "lines": [_with_trend(figures, line, notes) for line in lines],
            "headers": _headers(form),
            "notes": notes,
            "newer_years": [
                (newer, len(figures.years[newer].specialties))
                for newer in years
                if year and newer > year.match_year
            ],
            "years": years,
            "last_full_year": figures.last_full_year,
            "last_full_shares": year_summary.known_shares(figures.last_full_year)
            if figures.last_full_year
            else 0,
            "followed": figures.followed,
            "missing_specialties": _missing_specialties(figures, year),
            "preferred": newest_preferred_charts(figures),
        },
    )


def _find_lines(
    figures: Figures, year: YearFigures | None, words: str
) -> list[SpecialtyLine]:
    """The specialties of a year, or all of them in the newest known year of each, whose
    names have every one of the words.
    """
    rows: list[tuple[SpecialtyFacts, SpecialtyRow | None]] = (
        [(row.specialty, row) for row in year.specialties]
        if year
        else [
            (specialty, figures.newest_share(specialty.slug))
            for specialty in figures.specialties_with_figures
        ]
    )
    return [
        SpecialtyLine(
            specialty=specialty,
            row=row,
            preferred=figures.newest_preferred(specialty.slug, PREFERRED_GROUP),
            says_year=year is None,
        )
        for specialty, row in rows
        if all(
            word in f"{specialty.name} {specialty.short_name}".casefold()
            for word in words.casefold().split()
        )
    ]


def _with_trend(
    figures: Figures,
    line: SpecialtyLine,
    notes: Sequence[tuple[int, FootnoteFacts]],
) -> SpecialtyLine:
    spark, in_words = draw_trend(figures, line.specialty.slug)
    year = line.row.provenance.match_year if line.row else None
    return replace(
        line,
        trend=spark,
        trend_in_words=in_words,
        footnotes=tuple(
            number
            for number, (noted_year, note) in enumerate(notes, start=1)
            if note.row == line.specialty.slug and noted_year == year
        ),
    )


def _numbered_notes(
    figures: Figures, rows: Sequence[SpecialtyRow]
) -> tuple[tuple[int, FootnoteFacts], ...]:
    """The footnotes of these rows and of their tables, with the year of each."""
    slugs: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        slugs[row.provenance.match_year].add(row.specialty.slug)
    return tuple(
        (match_year, note)
        for match_year in sorted(slugs, reverse=True)
        for note in figures.years[match_year].footnotes_of(FigureTable.SPECIALTIES)
        if not note.row or note.row in slugs[match_year]
    )


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
            group=str(PREFERRED_GROUP.label) if key == "preferred" else "",
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


def share_chart(
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


@edition_page
def specialty_detail(
    request: HttpRequest, figures: Figures, slug: str, extension: str = "html"
) -> HttpResponse:
    specialty = find_specialty(figures, slug)
    successor = figures.specialty(slug)
    if successor is not None and successor.slug != slug:
        query = request.GET.urlencode() if figures.pin else ""
        address = (
            reverse("stats:specialty_detail", args=[successor.slug])
            if extension == "html"
            else reverse(
                "stats:specialty_detail_data", args=[successor.slug, extension]
            )
        )
        return HttpResponsePermanentRedirect(f"{address}{query and '?'}{query}")
    rows = figures.specialty_years.get(slug, ())
    former = _former(figures, slug)
    pairs = [
        (figures.years[row.provenance.match_year], row)
        for row in (*rows[::-1], *(row for item in former for row in item.rows))
    ]
    if extension != "html":
        export = exports.specialty_table(
            [(row.specialty, row) for _, row in pairs],
            figures.years,
            figures.newest_preferred,
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
        cite_path=responses.lasting_address(
            figures, reverse("stats:specialty_detail", args=[slug])
        ),
        query=urlencode(figures.pin),
        dataset_query=urlencode(figures.pin),
        content_query=urlencode(figures.pin),
        cite_name=f"specialty-{slug}",
        published_at=figures.publication.published_at,
        dataset_name=f"{specialty.name}: first-year positions filled by IMGs",
        description="Positions offered and filled by year, filled by US and "
        "non-US IMGs, with sources.",
        rows=rows,
        rows_of=lambda figures: rows_of_specialties(
            figures, [slug, *(item.slug for item in former)]
        ),
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
            "newest_preferred": tuple(
                item
                for group in score_position.SCORE_GROUPS
                if (item := figures.newest_preferred(slug, group))
            ),
            "preferred": figures.preferred_of.get(slug, ()),
            "uncounted": [
                group
                for group in score_position.SCORE_GROUPS
                if figures.newest_preferred(slug, group) is None
            ],
            "preferred_chart": compare_with_all(figures, specialty),
            "chart": share_chart(rows, specialty) if len(rows) > 1 else None,
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
                for edition in figures.charting_editions
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
