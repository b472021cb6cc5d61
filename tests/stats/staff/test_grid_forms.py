"""How the table forms help whoever fills them in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from stats.choices import FigureTable, Status
from stats.models import ApplicantResult, Release
from tests import staff
from tests.stats.staff.test_versions import amendment, at, client_of, field_of, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return client_of(staff.editor())


def began(client: Client) -> Release:
    client.post(at("start"), {"match_year": "2027"})
    return Release.objects.get(match_year=2027)


def focused(html: str) -> list[str]:
    return re.findall(r'name="([^"]+)"[^>]* autofocus', html)


def test_typing_begins_in_the_first_field_of_the_first_row_that_waits(
    editor: Client,
) -> None:
    release = began(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    first = {
        "active_applicants": "20,000",
        "matched_to_pgy1": "18,800",
        "missing": "",
        "sources": "ecfmg-2014",
    }

    page = editor.get(url).content.decode()
    assert focused(page) == [field_of(release, "us_md_senior", "active_applicants")]

    values = filled(editor, url) | {
        field_of(release, "us_md_senior", column): value
        for column, value in first.items()
    }
    page = editor.post(url, values, follow=True).content.decode()
    assert focused(page) == [field_of(release, "us_md_grad", "active_applicants")]


def test_typing_goes_on_in_the_first_wrong_field(editor: Client) -> None:
    release = began(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    wrong = field_of(release, "us_img", "matched_to_pgy1")

    page = editor.post(url, filled(editor, url) | {wrong: "many"})

    assert focused(page.content.decode()) == [wrong]


def test_computed_rate_stands_beside_the_counts_and_scores_have_none(
    editor: Client,
) -> None:
    release = amendment(editor, 2026)

    def heads(table: FigureTable) -> list[str]:
        page = editor.get(at("grid", release.pk, table)).content.decode()
        return re.findall(r'<th scope="col"[^>]*>([^<]+)', page)

    assert heads(FigureTable.APPLICANTS)[:5] == [
        "Row",
        "Active applicants",
        "Matched to PGY-1",
        "Match rate as published, percent",
        "Computed rate",
    ]
    assert "Computed rate" not in heads(FigureTable.SCORES)


def test_row_that_waits_says_so_without_a_name_of_the_database(editor: Client) -> None:
    release = began(editor)

    page = editor.get(at("grid", release.pk, FigureTable.TOTALS)).content.decode()

    assert '<span class="desk__problem">Not entered yet.</span>' in page


def test_table_without_a_value_is_one_line_on_the_page_of_the_version(
    editor: Client,
) -> None:
    release = began(editor)

    page = editor.get(at("change", release.pk)).content.decode()

    assert page.count("Nothing is entered yet.") == 3
    assert "<table>" not in page


def test_grid_says_which_grade_the_rule_allows_and_a_better_one_is_not_submitted(
    editor: Client,
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    cited = {
        field_of(release, "us_img", "sources"): "whitecoat-2023;wcp-2023",
        field_of(release, "us_img", "published_match_rate"): "",
        field_of(release, "us_img", "confidence"): "A",
    }

    page = editor.post(url, filled(editor, url) | cited, follow=True).content.decode()
    refused = editor.post(at("submit", release.pk), follow=True).content.decode()

    assert "by rule: C – Use with care" in page
    assert "is more than the rule gives" in page
    assert "block publication" in refused or "blocks publication" in refused
    release.refresh_from_db()
    assert release.status == Status.DRAFT


@pytest.mark.parametrize("mark", ["–", "NaN", "<5"])
def test_mark_of_a_missing_value_empties_the_field_and_needs_its_reason(
    editor: Client, mark: str
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    emptied = {
        field_of(release, "us_img", "matched_to_pgy1"): mark,
        field_of(release, "us_img", "published_match_rate"): "",
    }

    refused = editor.post(url, filled(editor, url) | emptied)
    reason = {field_of(release, "us_img", "missing"): "suppressed"}
    editor.post(url, filled(editor, url) | emptied | reason)

    assert refused.status_code == 422
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    assert (row.matched_to_pgy1, row.missing) == (None, "suppressed")
