"""What a reviewer sees before publication, and what an editor answers to a return."""

from __future__ import annotations

import pytest
from django.test import Client

from imgportal.models import User
from stats.actions import edit_draft, open_version, publish_version
from stats.choices import FigureTable, ReleaseStep, Status
from stats.models import Release, ReleaseEvent
from tests import factories, staff
from tests.factories import NOW
from tests.reading import html_of, text_of

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def page(release: Release, name: str = "change") -> str:
    return f"/admin/stats/release/{release.pk}/{name}/"


def test_the_public_page_is_shown_as_it_will_be(
    alice: User, bert: User, client: Client
) -> None:
    release = factories.in_review_by(
        alice, active_applicants=5501, matched_to_pgy1=2750
    )

    response = signed_in(bert).get(page(release, "preview"))

    seen = text_of(response)
    assert "The 1990 Match" in seen
    assert "Not public yet." in seen
    assert "5,501" in seen
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"
    assert client.get("/match/1990/").status_code == 404
    publish_version.publish(release_id=release.pk, by=bert, now=NOW)
    public_page = text_of(client.get("/match/1990/"))
    assert "5,501" in public_page
    assert "Not public yet." not in public_page


def test_an_amendment_is_shown_in_place_of_what_is_public(
    alice: User, bert: User, client: Client
) -> None:
    first = factories.published_by(alice, bert, active_applicants=5501)
    from_now = client.get("/match/1990/")
    assert "5,501" in text_of(from_now)
    second = factories.stored_draft(version=2)
    factories.stored_result(second, active_applicants=7701, matched_to_pgy1=100)

    seen = text_of(signed_in(bert).get(page(second, "preview")))

    assert "7,701" in seen
    assert "5,501" in text_of(client.get("/match/1990/"))
    assert first.match_year == 1990


def test_a_version_without_rows_has_nothing_to_show(alice: User) -> None:
    release = factories.stored_draft(2061)

    response = signed_in(alice).get(page(release, "preview"), follow=True)

    assert "nothing to show yet" in text_of(response)


def test_a_return_stands_on_top_and_asks_what_was_done(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    publish_version.return_with_comment(
        release_id=release.pk, comment="US IMGs: look at page 15.", by=bert, now=NOW
    )
    client = signed_in(alice)
    html = html_of(client.get(page(release)))
    assert html.index("US IMGs: look at page 15.") < html.index("Checklist")

    refused = client.post(page(release, "submit"))

    assert refused.status_code == 422
    assert "Say what you did about the comment" in text_of(refused)
    release.refresh_from_db()
    assert release.status == Status.DRAFT
    client.post(page(release, "submit"), {"answer": "Page 15 agrees now."})
    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW
    event = ReleaseEvent.objects.filter(step=ReleaseStep.SUBMITTED).latest("pk")
    assert event.detail == "Page 15 agrees now."
    assert "Page 15 agrees now." in text_of(signed_in(bert).get(page(release)))


def test_a_first_submission_is_asked_nothing(alice: User) -> None:
    release = factories.draft_by(alice)

    signed_in(alice).post(page(release, "submit"))

    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW


def test_review_lists_what_is_said_otherwise_of_the_values(alice: User) -> None:
    release = open_version.open_amendment(match_year=2024, by=alice, now=NOW)
    editing = signed_in(alice)
    assert "Nothing differs from what is public" in text_of(editing.get(page(release)))
    table = FigureTable.APPLICANTS
    row = factories.rows_of(release, table)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=table,
        edits=[factories.edit(table, row, locator="Table 9", confidence="C")],
        by=alice,
        now=NOW,
    )

    seen = text_of(editing.get(page(release)))

    assert "Nothing differs from what is public" not in seen
    assert "Results by applicant type, US MD seniors, grade: was “" in seen
    assert "is “Use with care”." in seen
    assert (
        "place in the source: was “" in seen or "place in the source: was empty" in seen
    )
