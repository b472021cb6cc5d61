"""`/match/`: every Match year, one year, one version of a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from imgportal.lib.http import Nearby, NotHere
from imgportal.lib.problems import ParameterFault
from stats import charts, editions, exports, year_summary
from stats.charts import BarItem
from stats.choices import IMG_GROUPS, ApplicantType, FigureTable
from stats.citable import version_name
from stats.figures import (
    ApplicantRow,
    ImgFigures,
    Row,
    SourceFacts,
    SpecialtyRow,
    YearFigures,
)
from stats.formats import data_package
from stats.forms import MatchFilterForm, year_choices
from stats.later_changes import changes_since
from stats.measures import Rate
from stats.public import Figures
from stats.public_page import edition_page
from stats.rate_chart import ALL_IMGS, YearColumn, get_group_row, rate_chart
from stats.views import placements, responses
from stats.views.rate_texts import rate_text
from stats.views.score_groups import group_by_specialty

# How many years stand in the table that `/match/` opens with.
NEWEST_YEARS = 10
# The stored rows that "all IMGs together" is made of.
OF_ALL_IMGS = (*IMG_GROUPS, ApplicantType.IMG_TOTAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """One row of the years table: a cell for each group, None where nothing is known."""

    year: YearFigures
    cells: tuple[tuple[YearColumn, ApplicantRow | ImgFigures | None], ...]


def _match_form(request: HttpRequest, figures: Figures) -> MatchFilterForm:
    years = list(figures.years)
    ends = {"since": str(years[0]), "until": str(years[-1])} if years else {}
    offers = {"since": year_choices(years), "until": year_choices(years[::-1])}
    form = MatchFilterForm(request.GET, offers=offers, initial=ends, kept=figures.pin)
    since, until = form.chosen.get("since"), form.chosen.get("until")
    if since and until and since > until:
        form.chosen |= {"since": until, "until": since}
        form.notices.append("The first year came after the last one; we swapped them.")
        form.faults.append(
            ParameterFault(
                parameter="since",
                code="value",
                detail=f"since={since} is later than until={until}.",
            )
        )
    return form


@edition_page
def year_list(
    request: HttpRequest, figures: Figures, extension: str = "html"
) -> HttpResponse:
    form = _match_form(request, figures)
    keys = form.chosen["group"]
    labels = dict(MatchFilterForm.base_fields["group"].choices)  # type: ignore[attr-defined]
    groups = [YearColumn(key=key, label=labels[key]) for key in keys]
    since, until = form.chosen["since"], form.chosen["until"]
    years = [
        year
        for year in figures.years.values()
        if since <= str(year.match_year) <= until
    ]
    lines = placements.placement_lines(years, groups)
    if extension != "html":
        export = exports.applicants(
            years, keys, name="match", title="Match results by applicant group and year"
        )
        return responses.download(request, figures, export, extension, form)
    return responses.FiguresPage(
        template="stats/year_list.html",
        address="year_list",
        query=form.query(),
        content_query=form.content_query,
        cite_title="Match results by applicant group and year",
        cite_path=responses.lasting_address(
            figures, reverse("stats:year_list"), form.content_query
        ),
        cite_name="match",
        published_at=figures.publication.published_at,
        dataset_name="Match results of IMGs and other applicants, year by year",
        description="Active applicants, matched applicants and match rates by "
        "applicant type, with sources.",
        rows=[row for year in years for row in year.applicants],
        rows_of=lambda figures: [
            row
            for year in figures.years.values()
            # Without an end, every year there is.
            if ("since" not in form.content or since <= str(year.match_year))
            and ("until" not in form.content or str(year.match_year) <= until)
            for row in year.rows(FigureTable.APPLICANTS, FigureTable.PLACEMENTS)
            if row.key in (*keys, *(OF_ALL_IMGS if ALL_IMGS in keys else ()))
        ],
    ).respond(
        request,
        figures,
        {
            "form": form,
            "groups": groups,
            "lines": [
                YearLine(
                    year=year,
                    cells=tuple(
                        (group, get_group_row(year, group.key)) for group in groups
                    ),
                )
                for year in reversed(years)
            ],
            "chart": rate_chart(years, groups, name="match-rates"),
            "placement_lines": lines,
            "placement_panels": placements.panels_over_years(lines),
            "placement_addresses": placements.overview_addresses(figures),
            "placement_notes": responses.note_texts(
                years, FigureTable.PLACEMENTS, ("", *keys)
            ),
            "newest_after_soap": figures.newest_after_soap,
            "covered_years": placements.covered_years(figures),
            "newest": figures.newest,
            "newest_years": []
            if form.is_narrowed
            else [
                year
                for year in reversed(figures.years.values())
                if year.imgs and year.imgs.match_rate
            ][:NEWEST_YEARS],
            "footnotes": responses.note_texts(
                years, FigureTable.APPLICANTS, ("", *keys)
            ),
        },
    )


# A number from an address may have thousands of digits. Larger ones are not repeated.
LONGEST_NAMED = 10_000


def find_year(figures: Figures, match_year: int) -> YearFigures:
    """The current version of a year, or a 404 that offers the nearest years."""
    year = figures.years.get(match_year)
    if year is None:
        nearest = sorted(figures.years, key=lambda year: abs(year - match_year))[:4]
        raise NotHere(
            f"There are no figures of the {match_year} Match here."
            if match_year < LONGEST_NAMED
            else "There are no figures of that Match here.",
            [
                Nearby(f"The {near} Match", reverse("stats:year_detail", args=[near]))
                for near in sorted(nearest)
            ],
        )
    return year


def find_version(figures: Figures, match_year: int, version: int | None) -> YearFigures:
    """One version of a year, or a 404 that offers others. None: the current one."""
    if version is None:
        return find_year(figures, match_year)
    year = figures.versions.get((match_year, version))
    if year is None:
        find_year(figures, match_year)
        raise NotHere(
            f"The {match_year} Match has no version {version}."
            if version < LONGEST_NAMED
            else f"The {match_year} Match has no such version.",
            [
                Nearby(
                    f"Version {published.release.version} of the {match_year} Match",
                    reverse(
                        "stats:version_detail",
                        args=[match_year, published.release.version],
                    ),
                )
                for published in figures.versions_of(match_year)
            ],
        )
    return year


@edition_page
def year_detail(
    request: HttpRequest,
    figures: Figures,
    match_year: int,
    version: int | None = None,
) -> HttpResponse:
    """The current version of a year, or at its lasting address any version."""
    return show_year(request, figures, match_year, version)


def show_year(
    request: HttpRequest,
    figures: Figures,
    match_year: int,
    version: int | None = None,
    *,
    is_preview: bool = False,
) -> HttpResponse:
    """`is_preview`: the figures hold a version that is not public yet, for its staff."""
    year = find_version(figures, match_year, version)
    is_permanent = version is not None

    def rows_of(of: Figures) -> Iterable[Row]:
        """Of this version, and of what took its place."""
        return (year if of is figures else of.years[match_year]).rows()

    match_years = list(figures.years)
    place = match_years.index(match_year)
    story = year_summary.year_story(
        year,
        figures.years.get(year.match_year - 1),
        followed=figures.followed,
    )
    return responses.FiguresPage(
        template="stats/year_detail.html",
        address="version" if is_permanent else "year",
        arguments=(year.match_year, *([year.release.version] if is_permanent else [])),
        cite_title=f"The {year.match_year} Match, version {year.release.version}",
        cite_path=responses.version_address(figures, year),
        cite_name=version_name(year),
        published_at=year.release.published_at,
        dataset_name=f"The {year.match_year} Main Residency Match: IMGs and others",
        description="Active and matched applicants by type, who was placed after "
        "SOAP, first-year positions by specialty and Step 2 CK scores, with sources.",
        rows=tuple(year.rows()),
        query=urlencode(figures.pin),
        dataset_query=urlencode(figures.pin),
        content_query=urlencode(figures.pin),
        rows_of=rows_of,
    ).respond(
        request,
        figures,
        {
            "year": year,
            "story": story,
            "is_permanent": is_permanent,
            "is_preview": is_preview,
            "lasting_edition": 0
            if is_preview
            else _lasting_edition(figures, year)
            if is_permanent
            else figures.edition,
            "current": figures.years[year.match_year],
            # What changed since an earlier edition is said above.
            "since": changes_since(rows_of, figures)
            if not year.release.is_current and figures.is_newest
            else None,
            "versions": figures.versions_of(year.match_year),
            "changes": figures.changes_in(year),
            "previous_year": match_years[place - 1] if place else None,
            "next_year": match_years[place + 1]
            if place + 1 < len(match_years)
            else None,
            "chart": type_chart(year),
            "after_soap": placements.placements_of(figures, year),
            "open_chart": open_chart(story.most_open, year.match_year),
            "score_groups": group_by_specialty(year.scores),
            "totals_notes": year.footnotes_of(FigureTable.TOTALS),
            "applicant_notes": year.footnotes_of(FigureTable.APPLICANTS),
            "placement_notes": year.footnotes_of(FigureTable.PLACEMENTS),
            "score_notes": year.footnotes_of(FigureTable.SCORES),
            "tables": _table_addresses(figures, year, is_permanent=is_permanent),
            "describing_edition": _describing_edition(figures, year.match_year),
            "sources": _sources_of(year),
        },
    )


def _lasting_edition(figures: Figures, year: YearFigures) -> int:
    """The edition in which this version is the current one of its year. 0: in none, as
    the version after it came in the same publication.
    """
    number = year.release.edition
    current = editions.at_edition(figures, number).years[year.match_year]
    return number if current.release.version == year.release.version else 0


def _table_addresses(
    figures: Figures, year: YearFigures, *, is_permanent: bool
) -> dict[str, dict[str, str]]:
    """The downloads of each table: of this very version on a version's page."""
    return {
        table.value: responses.download_addresses(
            "version_table" if is_permanent else "year_table",
            year.match_year,
            *([year.release.version] if is_permanent else []),
            table.value,
            query=urlencode(figures.pin),
        )
        for table in FigureTable
    }


def type_chart(year: YearFigures) -> charts.BarChart | None:
    return charts.bar_chart(
        name="by-type",
        title=f"Match rate by applicant type, {year.match_year} Match",
        items=[
            BarItem(
                label=row.label,
                key=row.key,
                parts=((row.key, rate.percent),) if (rate := row.match_rate) else None,
                text=rate_text(rate),
            )
            for row in year.applicants
        ],
        top=100,
    )


def open_chart(rows: Sequence[SpecialtyRow], match_year: int) -> charts.BarChart | None:
    """IMG shares, split into both groups where both are known."""

    def parts(row: SpecialtyRow, share: Rate) -> tuple[tuple[str, Fraction], ...]:
        non_us, us = row.non_us_img_share, row.us_img_share
        if non_us is not None and us is not None:
            return (("non_us_img", non_us.percent), ("us_img", us.percent))
        return (("imgs", share.percent),)

    return charts.bar_chart(
        name="most-open",
        title=f"Share of filled PGY-1 positions that IMGs filled, {match_year} Match",
        items=[
            BarItem(label=row.label, parts=parts(row, share), text=rate_text(share))
            for row in rows[:10]
            if (share := row.img_share)
        ],
    )


def _describing_edition(figures: Figures, match_year: int) -> int | None:
    """A later edition that describes this Match, if there is one."""
    for edition in figures.charting_editions:
        rows = figures.years[edition].scores
        if edition != match_year and rows and rows[0].match_year == match_year:
            return edition
    return None


def _sources_of(year: YearFigures) -> tuple[SourceFacts, ...]:
    return tuple(
        {
            source.key: source
            for row in year.rows()
            for source in row.provenance.sources
        }.values()
    )


@edition_page
def year_data(
    request: HttpRequest,
    figures: Figures,
    match_year: int,
    extension: str,
    version: int | None = None,
) -> HttpResponse:
    """A whole year: every table in JSON; in CSV the table by applicant type."""
    year = find_version(figures, match_year, version)
    if extension == "csv":
        export = exports.table_of_year(year, FigureTable.APPLICANTS)
        return responses.download(request, figures, export, "csv")
    if refused := responses.refuse(request, figures, None):
        return refused
    release = year.release
    answer = JsonResponse(
        {
            "title": f"The {year.match_year} Match, version {release.version}",
            "address": request.build_absolute_uri(),
            "rights": data_package.RIGHTS,
            "match_year": year.match_year,
            "version": release.version,
            "kind": release.kind.value,
            "is_current": release.is_current,
            "public_note": release.public_note or None,
            "withdrawn_because": release.withdrawn_because or None,
            "published_at": release.published_at,
            "tables": {
                table.value: exports.as_json(
                    exports.table_of_year(year, table), about={}
                )
                for table in FigureTable
            },
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    return responses.pinned(request, figures, answer)


@edition_page
def table_data(
    request: HttpRequest,
    figures: Figures,
    match_year: int,
    table: str,
    extension: str,
    version: int | None = None,
) -> HttpResponse:
    """One table of a year."""
    year = find_version(figures, match_year, version)
    if table not in FigureTable.values:
        addresses = _table_addresses(figures, year, is_permanent=version is not None)
        raise NotHere(
            f"The figures of the {match_year} Match have no table of this name.",
            [
                Nearby(near.label, addresses[near.value][f"{extension}_url"])
                for near in FigureTable
            ],
        )
    export = exports.table_of_year(year, FigureTable(table))
    return responses.download(request, figures, export, extension)
