"""Who was placed after SOAP: the fifth table, from the founding file to the page."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from imgportal.lib import numbers
from imgportal.models import User
from stats import exports, public
from stats.actions import edit_draft, open_version, publish_version
from stats.choices import ApplicantType, FigureTable, ReleaseKind
from stats.exceptions import NotReady
from stats.figures import Placement, YearFigures
from stats.models import PlacementResult, Release
from stats.readiness import findings, problems
from tests import staff
from tests.factories import (
    NOW,
    applicant_row,
    edit,
    person,
    placement_row,
    provenance,
    publish,
    rows_of,
    stored_draft,
    stored_result,
    totals_row,
    year_figures,
)
from tests.reading import csv_of, json_of, links_of, table_of, text_of
from tests.stats.staff.test_versions import at, client_of

REASON = provenance(missing="not_found")
US, NON_US, ALL = ApplicantType.US_IMG, ApplicantType.NON_US_IMG, ApplicantType.ALL


def one(year: YearFigures, kind: ApplicantType = US) -> Placement:
    placement = year.placement_of(kind)
    assert placement is not None
    return placement


# --- Plain data -----------------------------------------------------------------------


def test_share_is_of_the_active_applicants_of_the_same_group() -> None:
    placement = one(year_figures(applicant_row(), placement_row()))

    assert placement.placed_rate_active is not None
    assert placement.placed_rate_active.percent == 60
    assert placement.match_rate is not None
    assert placement.match_rate.percent == 50
    assert placement.placed_after_match_active == 20
    assert placement.placed_after_match_all == 30


def test_all_applicants_are_those_of_the_totals() -> None:
    placement = one(year_figures(totals_row(), placement_row(ALL, 1200, 1000)), ALL)

    assert placement.active_applicants == 1600
    assert placement.matched_to_pgy1 == 900
    assert placement.placed_rate_active is not None
    assert placement.placed_rate_active.percent == Decimal("62.5")


def test_what_the_match_does_not_say_is_not_known_and_never_zero() -> None:
    placement = one(year_figures(placement_row()))

    assert placement.active_applicants is None
    assert placement.placed_rate_active is None
    assert placement.placed_after_match_active is None
    assert placement.placed_after_match_all is None


def test_printed_share_stands_where_the_count_is_not_known() -> None:
    row = placement_row(
        placed_active=None, published_placed_rate_active=Decimal("60.3")
    )

    rate = one(year_figures(applicant_row(), row)).placed_rate_active

    assert rate is not None
    assert rate.printed == Decimal("60.3")


def test_share_of_everybody_is_only_ever_as_printed() -> None:
    row = placement_row(published_placed_rate_all=Decimal("52.0"))

    rate = one(year_figures(applicant_row(), row)).placed_rate_all

    assert rate is not None
    assert str(rate.printed) == "52.0"
    assert one(year_figures(applicant_row(), placement_row())).placed_rate_all is None


def test_both_img_groups_together_are_a_sum_that_says_so() -> None:
    year = year_figures(
        *(applicant_row(US, 200, 100), applicant_row(NON_US, 300, 150)),
        *(placement_row(US, 130, 120), placement_row(NON_US, 190, 180)),
    )

    imgs = year.placed_imgs

    assert imgs is not None
    assert (imgs.row.placed_pgy1_all, imgs.row.placed_pgy1_active) == (320, 300)
    assert imgs.placed_rate_active is not None
    assert imgs.placed_rate_active.percent == 60
    assert imgs.placed_rate_all is None
    assert imgs.row.provenance.made_by == "Sum of US IMGs and non-US IMGs."


def test_sum_with_an_unknown_part_is_not_known() -> None:
    alone = year_figures(applicant_row(), placement_row())
    partly = year_figures(placement_row(), placement_row(NON_US, 190, None))

    assert alone.placed_imgs is None
    assert partly.placed_imgs is not None
    assert partly.placed_imgs.row.placed_pgy1_all == 320
    assert partly.placed_imgs.row.placed_pgy1_active is None
    assert partly.placed_imgs.row.provenance.missing == "not_found"


# --- Whether a version may be published -------------------------------------------------

# Of 200 US IMGs who took part 100 matched; 2,000 registered.
CASES: list[tuple[str, Any, str]] = [
    (
        "placed without a reason",
        placement_row(placed_all=None, provenance=provenance()),
        "missing",
    ),
    ("more active placed", placement_row(placed_active=131), "placed_pgy1_active"),
    (
        "more placed than active",
        placement_row(placed_all=210, placed_active=201),
        "placed_pgy1_active",
    ),
    (
        "fewer placed than matched",
        placement_row(placed_active=99),
        "placed_pgy1_active",
    ),
    (
        "fewer of everybody placed than matched",
        placement_row(placed_all=99, placed_active=None, provenance=REASON),
        "placed_pgy1_all",
    ),
    (
        "more placed than registered",
        placement_row(placed_all=2001),
        "placed_pgy1_all",
    ),
    (
        "rate of active applicants",
        placement_row(published_placed_rate_active=Decimal("60.1")),
        "published_placed_rate_active",
    ),
    (
        "share of everybody above that of active applicants",
        placement_row(published_placed_rate_all=Decimal("65.1")),
        "published_placed_rate_all",
    ),
    (
        "a group that the results do not have",
        placement_row(NON_US),
        "",
    ),
]


def test_sound_placements_have_no_findings() -> None:
    year = year_figures(
        *(totals_row(), applicant_row()),
        placement_row(
            published_placed_rate_all=Decimal("52.0"),
            published_placed_rate_active=Decimal("60.0"),
        ),
        placement_row(ALL, 1200, 1000),
    )

    assert findings(year) == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_problem_is_found_where_it_stands(row: Any, column: str) -> None:
    year = year_figures(totals_row(), applicant_row(), row)

    (problem,) = (finding for finding in problems(year) if finding.column == column)

    assert problem.table == FigureTable.PLACEMENTS
    assert problem.row_key == row.key


def test_applicant_types_stay_within_all_applicants() -> None:
    year = year_figures(
        *(totals_row(), applicant_row(US), applicant_row(NON_US)),
        *(placement_row(US, 880, 150), placement_row(NON_US, 260, 150)),
        placement_row(ALL, 1000, 900),
    )

    (problem,) = problems(year)

    assert problem.row_key == "all"
    assert problem.text == "The applicant types add up to 1,140, more than 1,000."


def test_note_explains_a_group_that_the_results_do_not_have() -> None:
    row = placement_row(NON_US, provenance=provenance(note="Not published elsewhere."))

    year = year_figures(row)

    assert problems(year) == ()
    assert [finding.column for finding in findings(year)] == [""]


# --- What is stored, loaded and published ----------------------------------------------


@pytest.mark.django_db
def test_founding_figures_say_who_was_placed_in_2025() -> None:
    year = public.everything().years[2025]

    assert {
        placement.row.key: (
            numbers.percent(placement.match_rate.percent),
            numbers.percent(placement.placed_rate_active.percent),
            placement.placed_after_match_active,
        )
        for placement in year.img_placements
        if placement.match_rate and placement.placed_rate_active
    } == {"us_img": ("67.8%", "73.5%", 262), "non_us_img": ("58.0%", "60.3%", 262)}
    assert public.everything().newest_after_soap == year


@pytest.mark.django_db
def test_years_without_a_row_have_none_and_no_figure_of_it() -> None:
    figures = public.everything()

    covered = [year.match_year for year in figures.years.values() if year.placements]

    assert covered == [2024, 2025]
    assert figures.years[2023].placed_imgs is None
    assert figures.years[2023].img_placements == ()
    export = exports.table_of_year(figures.years[2023], FigureTable.PLACEMENTS)
    assert export.rows == ()


@pytest.mark.django_db
def test_new_year_waits_for_no_placements() -> None:
    release = open_version.start_year(match_year=2060, by=person(), now=NOW)

    assert rows_of(release, FigureTable.PLACEMENTS) == []


@pytest.fixture
def ana() -> User:
    return person("ana", is_staff=True, is_superuser=True)


def amended(by: User, **changes: Any) -> Release:
    """An amendment of 2025 in which the row of US IMGs after SOAP is changed."""
    release = open_version.open_amendment(match_year=2025, by=by, now=NOW)
    row = PlacementResult.objects.get(release=release, applicant_type=US)
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.PLACEMENTS,
        edits=[edit(FigureTable.PLACEMENTS, row, **changes)],
        by=by,
        now=NOW,
    )
    return release


@pytest.mark.django_db
def test_corrected_match_that_contradicts_the_placements_cannot_be_published(
    ana: User,
) -> None:
    release = open_version.open_amendment(match_year=2025, by=ana, now=NOW)
    row = next(
        row
        for row in rows_of(release, FigureTable.APPLICANTS)
        if row.applicant_type == US
    )
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, matched_to_pgy1=3400)],
        by=ana,
        now=NOW,
    )

    with pytest.raises(NotReady):
        publish_version.submit(release_id=release.pk, by=ana, now=NOW)


@pytest.mark.django_db
def test_correction_is_shown_value_by_value_and_the_former_version_stays(
    client: Client, ana: User
) -> None:
    release = amended(ana, placed_pgy1_all=3430)
    publish_version.submit(release_id=release.pk, by=ana, now=NOW)
    publish_version.publish(
        release_id=release.pk,
        by=person("boris"),
        now=NOW,
        public_note="Mistyped.",
        kind=ReleaseKind.CORRECTION,
    )

    assert placed_on(client, "/match/2025/v1/")["US IMGs"][6] == "3,429"
    assert placed_on(client, "/match/2025/")["US IMGs"][6] == "3,430"
    changes = text_of(client.get("/changes/"))
    assert "Placed after SOAP, everybody" in changes
    assert "3,429" in changes


@pytest.mark.django_db
def test_computed_rate_stands_beside_the_counts_that_staff_enter(
    ana: User,
) -> None:
    release = amended(ana, placed_pgy1_active=3300, published_placed_rate_active=None)
    editor = client_of(staff.editor())

    page = editor.get(at("grid", release.pk, FigureTable.PLACEMENTS))

    assert page.status_code == 200
    lines = {line.label: line for line in page.context["grid"].lines}
    assert lines["US IMGs"].computed == "71.9%"
    assert lines["All applicants"].computed == "84.2%"


@pytest.mark.django_db
def test_released_years_amended_later_gain_their_first_rows(
    client: Client, ana: User
) -> None:
    """A year published before this table existed shows nothing until it is amended."""
    publish(_results_of_2060(version=1))
    before = text_of(client.get("/match/2060/"))
    release = _results_of_2060(version=2)
    PlacementResult.objects.create(
        release=release,
        applicant_type=US,
        placed_pgy1_all=130,
        placed_pgy1_active=120,
        confidence="A",
    )
    publish(release)

    assert "after SOAP in 2060 is not known to us." in before
    assert placed_on(client, "/match/2060/")["US IMGs"][2] == "60.0%"
    former = client.get("/match/2060/v1/")
    assert "is not known to us in this version" in text_of(former)
    assert "/match/2060/#after-soap" in links_of(former)


def _results_of_2060(*, version: int) -> Release:
    release = stored_draft(2060, version)
    stored_result(release)
    return release


# --- What readers see -------------------------------------------------------------------


def placed_on(client: Client, path: str) -> dict[str, list[str]]:
    rows = table_of(client.get(path), "First-year positions after the Match and SOAP")
    return {row[0]: row for row in rows}


@pytest.mark.django_db
def test_page_of_a_year_says_who_was_placed_and_who_had_matched(client: Client) -> None:
    page = text_of(client.get("/match/2025/"))

    assert (
        "In 2025, 73.5% of active US IMGs and 60.3% of active non-US IMGs had a "
        "first-year position after SOAP; after the Match alone it was 67.8% and 58.0%."
    ) in page
    assert "it is nobody’s chance" in page
    assert "A position found outside of both is not counted." in page
    rows = placed_on(client, "/match/2025/")
    assert rows["Non-US IMGs"][1:5] == ["58.0%", "60.3%", "6,915", "+262"]
    assert list(rows)[-2:] == ["US and non-US IMGs together", "All applicants"]


@pytest.mark.django_db
def test_two_measures_have_two_charts(client: Client) -> None:
    html = client.get("/match/2025/").content.decode()

    charts = html.partition('class="panels"')[2].partition("Two measures:")[0]

    assert charts.count("<figure") == 2
    matched, placed = charts.split("</figure>")[:2]
    assert "Match rate by applicant type" in matched
    assert "67.8%" in matched
    assert "73.5%" not in matched
    assert "Placed rate after SOAP by applicant type" in placed
    assert "73.5%" in placed
    assert "67.8%" not in placed


@pytest.mark.django_db
@pytest.mark.parametrize("match_year", [1997, 2019, 2026])
def test_year_without_such_figures_says_so_and_where_they_are(
    client: Client, match_year: int
) -> None:
    page = client.get(f"/match/{match_year}/")

    assert (
        f"How many had a first-year position after SOAP in {match_year} is not known "
        "to us. The figures above end with the Match. We have such figures of 2024 "
        "and 2025."
    ) in text_of(page)
    assert "/match/2025/#after-soap" in links_of(page)


@pytest.mark.django_db
def test_overview_has_the_groups_and_years_that_were_chosen(client: Client) -> None:
    caption = "after the Match and SOAP together, by Match year"
    rows = table_of(client.get("/match/?group=us_img&group=all_imgs"), caption)
    narrowed = table_of(client.get("/match/?group=us_img&since=2025"), caption)
    none = text_of(client.get("/match/?until=2020"))

    assert [row[0] for row in rows] == ["2025", "2024"]
    assert rows[0][1:5] == ["67.8%", "73.5%", "3,370", "+262"]
    assert rows[0][6:10] == ["60.8%", "64.1%", "10,285", "+524"]
    assert [row[0] for row in narrowed] == ["2025"]
    assert "Of the years chosen above they are not known to us." in none


@pytest.mark.django_db
def test_downloads_hold_every_group_with_what_the_match_says_of_it(
    client: Client,
) -> None:
    rows = csv_of(client.get("/match/placements.csv"))
    data = json_of(client.get("/match/placements.json"))["rows"]

    assert len(rows) == len(data) == 16
    us_imgs = next(
        row
        for row in rows
        if (row["match_year"], row["applicant_type"]) == ("2025", "us_img")
    )
    assert us_imgs["active_applicants"] == "4587"
    assert us_imgs["matched_to_pgy1"] == "3108"
    assert us_imgs["placed_after_match_active"] == "262"
    assert us_imgs["published_placed_rate_active"] == "73.5"
    assert us_imgs["placed_rate_active_percent"].startswith("73.468")
    (both,) = (
        row
        for row in data
        if (row["match_year"], row["applicant_type"]) == (2025, "all_imgs")
    )
    assert both["published_placed_rate_all"] is None
    assert both["made_by"] == "Sum of US IMGs and non-US IMGs."


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/guide/questions/"])
def test_home_and_guide_name_the_newest_such_year(client: Client, path: str) -> None:
    page = client.get(path)

    assert "73.5%" in text_of(page)
    assert "/match/#after-soap" in links_of(page)


# --- A file of somebody else -------------------------------------------------------------


@pytest.mark.django_db
def test_import_reads_the_names_of_nrmp_and_refuses_what_contradicts_itself(
    ana: User, tmp_path: Path
) -> None:
    open_version.open_amendment(match_year=2025, by=ana, now=NOW)
    header = (
        "Year,Applicant type,Placed pgy1 all,Placed pgy1 active,Placed rate all,"
        "Placed rate active\n"
    )
    file = tmp_path / "table-4.csv"
    file.write_text(f"{header}2025,Total,39924,39754,79.3,84.2\n", encoding="utf-8")
    said = StringIO()

    call_command(
        "import_figures",
        str(file),
        year=2025,
        table="placements",
        stdout=said,
        stderr=said,
    )

    assert "unchanged" in said.getvalue()
