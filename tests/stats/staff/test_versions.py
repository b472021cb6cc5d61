"""The staff pages of versions: who may open them, and what they do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from imgportal.lib import typed_drafts
from stats import drafts, exports
from stats.choices import FigureTable, Status
from stats.models import ApplicantResult, Release, ReleaseEvent, ScoreSummary
from tests import staff

pytestmark = pytest.mark.django_db

LIST = "/admin/stats/release/"


def client_of(person: Any) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def amendment(client: Client, match_year: int = 2024) -> Release:
    client.post(reverse("admin:stats_release_amend", args=[match_year]))
    return Release.objects.get(match_year=match_year, status=Status.DRAFT)


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:stats_release_{name}", args=args)


def filled(client: Client, url: str) -> dict[str, str]:
    """What a browser would send back if nothing were changed."""
    grid = client.get(url).context["grid"]
    values = {"common_sources": ""}
    for line in grid.lines:
        for cell in line.cells:
            shown = cell.field.field.prepare_value(cell.field.value())
            values[cell.field.html_name] = values[cell.field.html_initial_name] = shown
    return values


def field_of(release: Release, applicant_type: str, column: str) -> str:
    row = ApplicantResult.objects.get(release=release, applicant_type=applicant_type)
    return f"r{row.pk}-{column}"


def messages_of(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_year_begins_with_an_empty_row_for_everything_expected() -> None:
    client = client_of(staff.editor())

    response = client.post(at("start"), {"match_year": "2027"}, follow=True)

    release = Release.objects.get(match_year=2027)
    assert response.redirect_chain[-1][0] == at("change", release.pk)
    assert "The year is open" in messages_of(response)
    assert b"Not entered yet" in response.content


@pytest.mark.parametrize("typed", ["", "abc", "1951", "2099", "99999999999999", "2024"])
def test_year_that_cannot_be_meant_is_refused_with_a_sentence(typed: str) -> None:
    client = client_of(staff.editor())
    before = Release.objects.count()

    response = client.post(at("start"), {"match_year": typed}, follow=True)

    assert response.status_code == 200
    assert messages_of(response)
    assert Release.objects.count() == before


def test_saving_a_table_changes_only_what_was_changed() -> None:
    client = client_of(staff.editor())
    release = amendment(client)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(client, url)
    values[field_of(release, "us_img", "matched_to_pgy1")] = "3,180"
    # The printed rate belongs to the count that it was printed with.
    values[field_of(release, "us_img", "published_match_rate")] = "66.9"

    response = client.post(url, values, follow=True)

    assert "2 values saved" in messages_of(response)
    changes = drafts.changes(release, drafts.figures_of(release))
    assert [(change.row_key, change.column) for change in changes] == [
        ("us_img", "matched_to_pgy1"),
        ("us_img", "published_match_rate"),
    ]


def test_largest_table_of_scores_is_saved_in_one_go() -> None:
    client = client_of(staff.editor())
    release = amendment(client, 2026)
    url = at("grid", release.pk, FigureTable.SCORES)
    values = filled(client, url)
    assert len(values) > 1000
    # What a session that has ended keeps of it, with a note in every row.
    assert len(urlencode(values)) < typed_drafts.LONGEST / 2
    row = ScoreSummary.objects.filter(release=release).latest("pk")

    response = client.post(url, values | {f"r{row.pk}-note": "Seen."}, follow=True)

    assert "1 value saved" in messages_of(response)


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [
        ("matched_to_pgy1", "many", "written with digits"),
        ("matched_to_pgy1", "-3", "negative"),
        ("matched_to_pgy1", "12.5", "whole number"),
        ("matched_to_pgy1", "99999999999", "nine digits"),
        ("matched_to_pgy1", "4,75", "every third digit"),
        ("matched_to_pgy1", "12 5", "every third digit"),
        ("matched_to_pgy1", "6,51", "every third digit"),
        ("matched_to_pgy1", "758²", "mark of a footnote"),
        ("matched_to_pgy1", "٤٧٥", "digits 0 to 9"),
        ("published_match_rate", "6x", "from 0 to 100"),
        ("published_match_rate", "61,2", "after a point"),
        ("published_match_rate", "612", "from 0 to 100"),
        (
            "matched_to_pgy1",
            "999999",
            "“Matched to PGY-1” (999,999) is more than “Active applicants”",
        ),
        ("matched_to_pgy1", "", "say why one is missing"),
        ("sources", "no-such-key", "not the key of a source"),
    ],
)
def test_wrong_value_is_shown_at_its_row_and_nothing_typed_is_lost(
    column: str, typed: str, said: str
) -> None:
    client = client_of(staff.editor())
    release = amendment(client)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(client, url)
    values[field_of(release, "us_img", column)] = typed
    values[field_of(release, "non_us_img", "note")] = "Typed beside the mistake."

    response = client.post(url, values)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Typed beside the mistake." in page
    assert not drafts.changes(release, drafts.figures_of(release))


def test_second_editor_of_a_value_is_told_and_decides() -> None:
    first = client_of(staff.editor())
    second = client_of(staff.editor("second@example.org"))
    release = amendment(first)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    name = field_of(release, "us_img", "active_applicants")
    seen_by_second = filled(second, url)
    first.post(url, filled(first, url) | {name: "4760"})

    told = second.post(url, seen_by_second | {name: "4770"})

    page = told.content.decode()
    assert told.status_code == 422
    assert "Somebody else changed this to 4,760 while you entered 4,770" in page
    row = ApplicantResult.objects.get(release=release, applicant_type="us_img")
    assert row.active_applicants == 4760
    # Having seen both, saving again is a decision.
    again = {
        field.html_initial_name: field.as_hidden(only_initial=True)
        for line in told.context["grid"].lines
        for field in [line.form["active_applicants"]]
        if field.html_name == name
    }
    assert 'value="4760"' in again[f"initial-{name}"]


def test_values_typed_by_somebody_signed_out_wait_for_them() -> None:
    person = staff.editor()
    client = client_of(person)
    release = amendment(client)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(client, url) | {field_of(release, "us_img", "note"): "Not lost."}
    client.logout()

    sent_away = client.post(url, values)
    staff.sign_in(client, person)
    name = sent_away.url.split("held%3D")[1]  # type: ignore[attr-defined]
    back = client.get(f"{url}?held={name}")

    assert sent_away.status_code == 302
    assert "Your values are still here" in messages_of(back)
    assert "Not lost." in back.content.decode()


def test_correction_is_published_by_a_second_person_for_everybody_to_see() -> None:
    editor, publisher = client_of(staff.editor()), client_of(staff.publisher())
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(editor, url) | {
        field_of(release, "us_img", "active_applicants"): "4750"
    }
    before = exports.as_csv(
        exports.table_of_year(drafts.figures_of(_current(2024)), FigureTable.APPLICANTS)
    )
    editor.post(url, values)
    editor.post(at("submit", release.pk))

    answer = publisher.post(
        at("publish", release.pk),
        {"kind": "correction", "public_note": "We had copied a wrong digit."},
        follow=True,
    )

    assert "Published." in messages_of(answer)
    public = Client()
    assert "4,750" in public.get("/match/2024/").content.decode()
    changes = public.get("/changes/").content.decode()
    assert "We had copied a wrong digit." in changes
    assert "4,751" in changes
    old = public.get("/match/2024/v1/applicants.csv").content.decode()
    assert old == before
    steps = ReleaseEvent.objects.filter(match_year=2024, version=2).order_by("pk")
    assert list(steps.values_list("step", flat=True)) == [
        "amended",
        "changed",
        "submitted",
        "published",
    ]


def test_who_changed_a_value_is_refused_and_keeps_the_note_they_typed() -> None:
    owner = client_of(staff.owner())
    release = amendment(owner)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    values = filled(owner, url)
    owner.post(url, values | {field_of(release, "us_img", "active_applicants"): "4750"})
    owner.post(at("submit", release.pk))

    answer = owner.post(
        at("publish", release.pk),
        {"kind": "revision", "public_note": "A long note."},
    )

    assert answer.status_code == 422
    assert "somebody else must publish it" in messages_of(answer)
    assert "A long note." in answer.content.decode()
    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW


def test_pressing_twice_publishes_once() -> None:
    editor, publisher = client_of(staff.editor()), client_of(staff.publisher())
    release = amendment(editor)
    url = at("grid", release.pk, FigureTable.APPLICANTS)
    editor.post(
        url,
        filled(editor, url) | {field_of(release, "us_img", "note"): "A better note."},
    )
    editor.post(at("submit", release.pk))
    note = {"kind": "correction", "public_note": "The note was wrong."}

    publisher.post(at("publish", release.pk), note)
    second = publisher.post(at("publish", release.pk), note)

    assert second.status_code == 422
    assert Release.objects.filter(match_year=2024).count() == 2


def test_footnotes_of_a_draft_are_changed_and_bad_ones_refused() -> None:
    client = client_of(staff.editor())
    release = amendment(client, 2026)
    url = at("footnotes", release.pk)
    page = client.get(url)
    sent: dict[str, str] = {"seen": page.context["seen"]}
    for form in page.context["formset"]:
        for field in form:
            sent[field.html_name] = str(field.value() or "")
    for field in page.context["formset"].management_form:
        sent[field.html_name] = str(field.value())

    refused = client.post(url, sent | {"form-0-row": "no-such-row"})
    saved = client.post(url, sent | {"form-0-text": "A clearer caveat."})

    assert refused.status_code == 422
    assert "has no row" in refused.content.decode()
    assert saved.status_code == 302
    notes = drafts.figures_of(release).footnotes
    assert "A clearer caveat." in {note.text for note in notes}


def test_footnotes_that_a_forged_form_claims_to_have_seen_are_none() -> None:
    client = client_of(staff.editor())
    release = amendment(client, 2026)
    form = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}

    for seen in ("not JSON", "[" * 100_000, '{"text": 1}', "[1]"):
        answer = client.post(at("footnotes", release.pk), form | {"seen": seen})

        assert answer.status_code == 422


def test_no_version_has_the_number_nought() -> None:
    assert client_of(staff.editor()).post(at("submit", 0)).status_code == 404


def test_version_that_was_discarded_is_a_404_and_the_list_still_opens() -> None:
    client = client_of(staff.editor())
    release = amendment(client)
    client.post(at("discard", release.pk))

    assert client.get(at("change", release.pk)).status_code == 404
    assert client.get(LIST).status_code == 200


def _current(match_year: int) -> Release:
    return Release.objects.get(match_year=match_year, is_current=True)
