"""How the table forms help whoever fills them in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from stats.choices import FigureTable, Status
from stats.models import ApplicantResult, Release, Source, YearTotals
from tests import staff
from tests.stats.staff.test_versions import (
    amendment,
    at,
    client_of,
    field_of,
    filled,
    messages_of,
)

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


def typed_into(editor: Client, release: Release, note: str) -> dict[str, str]:
    """A posted table in which something was typed into the row of US IMGs."""
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(editor, url) | {
        f"{line.form.prefix}-key": line.key
        for line in editor.get(url).context["grid"].lines
    }
    return values | {field_of(release, "us_img", "note"): note}


def us_imgs(release: Release) -> ApplicantResult:
    return ApplicantResult.objects.get(release=release, applicant_type="us_img")


def test_row_that_somebody_removed_is_put_back_with_what_was_typed(
    editor: Client,
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    row = us_imgs(release)
    matched = row.matched_to_pgy1
    typed = typed_into(editor, release, "Not lost.")
    typed[field_of(release, "non_us_img", "note")] = "Kept too."
    editor.post(at("remove_row", release.pk, FigureTable.APPLICANTS, row.pk))

    asked = editor.post(url, typed)
    shown = asked.content.decode()

    assert asked.status_code == 422
    assert "Somebody else removed a row into which you typed" in shown
    assert "<dd>Not lost.</dd>" in shown
    assert f'name="r{row.pk}-note" value="Not lost."' in shown
    assert "data-unsaved" in shown

    back = editor.post(url, typed | {"put_back": str(row.pk)})
    grid = back.context["grid"]
    assert back.status_code == 200
    again = {
        name: field.field.prepare_value(field.value())
        for line in grid.lines
        for cell in line.cells
        for field in [cell.field]
        for name in [field.html_name]
    } | {
        field.html_initial_name: line.form.data.get(field.html_initial_name, "")
        for line in grid.lines
        for cell in line.cells
        for field in [cell.field]
    }
    saved = editor.post(url, again)

    assert saved.status_code == 302
    stored = us_imgs(release)
    assert stored.pk != row.pk
    assert (stored.note, stored.matched_to_pgy1) == ("Not lost.", matched)
    others = ApplicantResult.objects.filter(release=release, note="Kept too.")
    assert others.count() == 1


def test_row_that_somebody_removed_is_left_out_and_the_rest_stays(
    editor: Client,
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    row = us_imgs(release)
    typed = typed_into(editor, release, "Gone.")
    typed[field_of(release, "non_us_img", "note")] = "Kept too."
    editor.post(at("remove_row", release.pk, FigureTable.APPLICANTS, row.pk))

    page = editor.post(url, typed | {"leave_out": str(row.pk)})

    assert page.status_code == 200
    shown = page.content.decode()
    assert "Gone." not in shown
    assert 'value="Kept too."' in shown
    assert "data-unsaved" in shown


def test_removed_row_into_which_nobody_typed_is_no_question(editor: Client) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    row = us_imgs(release)
    typed = typed_into(editor, release, row.note)
    editor.post(at("remove_row", release.pk, FigureTable.APPLICANTS, row.pk))

    assert editor.post(url, typed).status_code == 302


def test_row_that_somebody_added_meanwhile_does_not_refuse_the_table(
    editor: Client,
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    row = us_imgs(release)
    editor.post(at("remove_row", release.pk, FigureTable.APPLICANTS, row.pk))
    typed = filled(editor, url)
    typed[field_of(release, "non_us_img", "note")] = "Saved."
    added = {"applicant_type": "us_img"}
    editor.post(at("add_row", release.pk, FigureTable.APPLICANTS), added)

    assert editor.post(url, typed).status_code == 302
    assert ApplicantResult.objects.filter(release=release, note="Saved.").exists()


@pytest.mark.parametrize("key", ["us_img", "nobody", "a/b", ""])
def test_key_that_no_row_has_is_answered_in_words(editor: Client, key: str) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    typed = filled(editor, url) | {"r999-key": key, "r999-note": "Typed."}

    page = editor.post(url, typed | {"put_back": "999"})

    assert page.status_code in (200, 422)
    assert "Typed." in page.content.decode()


def test_typing_into_a_discarded_version_is_shown_and_said(editor: Client) -> None:
    release = amendment(editor)
    typed = typed_into(editor, release, "Not lost.")
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    editor.post(at("discard", release.pk))

    answer = editor.post(url, typed)

    assert answer.status_code == 410
    shown = answer.content.decode()
    assert "Somebody discarded this version while you typed." in shown
    assert "US IMGs" in shown
    assert "<dt>Note</dt><dd>Not lost.</dd>" in shown
    assert editor.get(url).status_code == 404


def test_typing_into_a_submitted_version_is_shown_and_waits_for_its_return(
    editor: Client,
) -> None:
    release = amendment(editor)
    typed = typed_into(editor, release, "Not lost.")
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    Release.objects.filter(pk=release.pk).update(status=Status.IN_REVIEW)

    answer = editor.post(url, typed)
    later = editor.get(f"{url}?held=1")
    Release.objects.filter(pk=release.pk).update(status=Status.DRAFT)
    returned = editor.get(f"{url}?held=1").content.decode()

    assert (answer.status_code, later.status_code) == (409, 409)
    for page in (answer, later):
        assert "<dt>Note</dt><dd>Not lost.</dd>" in page.content.decode()
    assert 'value="Not lost."' in returned
    assert "data-unsaved" in returned


def test_page_without_typing_that_waits_leaves_without_a_question(
    editor: Client,
) -> None:
    release = amendment(editor)

    page = editor.get(at("grid", release.pk, FigureTable.APPLICANTS))

    assert "data-unsaved" not in page.content.decode()


def test_rows_of_the_last_edition_come_with_one_press(editor: Client) -> None:
    release = began(editor)
    url = at("grid", release.pk, FigureTable.SCORES)
    before = editor.get(url).content.decode()

    added = editor.post(
        at("add_last_rows", release.pk, FigureTable.SCORES), follow=True
    )

    offered = re.search(r"autofocus>Add the (\d+) rows of 2026", before)
    assert offered
    assert f"{offered[1]} rows of 2026 added, empty." in messages_of(added)
    assert len(added.context["grid"].lines) == int(offered[1])
    assert "Add the" not in added.content.decode().replace("Add the new", "")
    again = editor.post(
        at("add_last_rows", release.pk, FigureTable.SCORES), follow=True
    )
    assert "has all of these rows already" in messages_of(again)


def test_source_typed_last_is_offered_again_for_this_version_only(
    editor: Client,
) -> None:
    release, other = began(editor), amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = {
        field_of(release, "us_img", "active_applicants"): "5000",
        field_of(release, "us_img", "matched_to_pgy1"): "3000",
        "common_sources": "ecfmg-2014",
    }

    editor.post(url, filled(editor, url) | values)

    offered = 'name="common_sources" value="{}"'
    for table in (FigureTable.APPLICANTS, FigureTable.SPECIALTIES):
        page = editor.get(at("grid", release.pk, table)).content.decode()
        assert offered.format("ecfmg-2014") in page
    page = editor.get(at("grid", other.pk, FigureTable.APPLICANTS)).content.decode()
    assert offered.format("") in page


def test_every_source_is_offered_where_a_key_is_typed(editor: Client) -> None:
    release = began(editor)

    page = editor.get(at("grid", release.pk, FigureTable.TOTALS)).content.decode()

    (choices,) = re.findall(r'<datalist id="source-keys">(.*?)</datalist>', page)
    assert choices.count("<option") == Source.objects.count()
    assert '<option value="ecfmg-2014">' in choices
    row = YearTotals.objects.get(release=release)
    for name in ("common_sources", f"r{row.pk}-sources"):
        (field,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
        assert 'list="source-keys"' in field


def test_value_goes_back_to_the_public_one(editor: Client) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    public = us_imgs(release).matched_to_pgy1
    name = field_of(release, "us_img", "matched_to_pgy1")
    editor.post(url, filled(editor, url) | {name: "3000"})
    page = editor.get(url).content.decode()
    typed = typed_into(editor, release, "Stays.")

    undone = editor.post(url, typed | {"undo": name})

    assert f'name="undo" value="{name}"' in page
    grid = undone.context["grid"]
    (field,) = (
        cell.field
        for line in grid.lines
        for cell in line.cells
        if cell.field.html_name == name
    )
    assert field.value() == str(public)
    assert "Stays." in undone.content.decode()
    assert us_imgs(release).matched_to_pgy1 == 3000
    saved = {field.html_initial_name: "3000", name: field.value()}
    editor.post(url, typed | saved)
    assert us_imgs(release).matched_to_pgy1 == public


@pytest.mark.parametrize("field", ["", "x", "r1-note", "r1", "-", "r999-key"])
def test_field_without_a_public_value_cannot_go_back(
    editor: Client, field: str
) -> None:
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)

    assert (
        editor.post(url, typed_into(editor, release, "") | {"undo": field}).status_code
        == 200
    )


def test_enter_in_a_field_saves(editor: Client) -> None:
    """A browser presses the first button of the form, whatever stands before the field."""
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    row = us_imgs(release)
    typed = typed_into(editor, release, "Typed.")
    editor.post(at("remove_row", release.pk, FigureTable.APPLICANTS, row.pk))

    page = editor.post(url, typed).content.decode()

    form = page.split('id="grid-form"')[1]
    first = re.search(r"<button[^>]*>", form)
    assert first
    assert "name=" not in first[0]
    assert form.index('name="put_back"') > first.start()


def test_table_says_since_when_its_figures_can_be_public(editor: Client) -> None:
    release = began(editor)

    page = editor.get(at("grid", release.pk, FigureTable.TOTALS)).content.decode()

    assert "Its figures can be public from 15 March 2027 on" in page
