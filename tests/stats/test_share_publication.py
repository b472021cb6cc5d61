"""When everybody who could publish a version has changed a value of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from stats import drafts, public
from stats.actions import edit_draft, publish_version, share_publication
from stats.choices import FigureTable, ReleaseStep, Status
from stats.exceptions import NoteMissing, SamePerson, WrongStatus
from stats.models import ApplicantResult, Release, ReleaseEvent, SecondLook
from tests import factories, staff
from tests.factories import NOW, edit
from tests.reading import text_of

pytestmark = pytest.mark.django_db
REASON = "Match Day is today, and nobody else is here."


@pytest.fixture
def stuck(alice: User, bert: User) -> Release:
    """In review, and its only publisher has mended a cell."""
    release = factories.draft_by(alice)
    mend(release, bert)
    return publish_version.submit(release_id=release.pk, by=alice, now=NOW)


def mend(release: Release, by: User) -> None:
    row = ApplicantResult.objects.filter(release=release)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, note="Read again.")],
        by=by,
        now=NOW,
    )


def signed_in(person: User) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def post(client: Client, release: Release, what: str, **typed: str) -> Any:
    return client.post(f"/admin/stats/release/{release.pk}/{what}/", typed, follow=True)


def test_a_publisher_is_warned_before_changing_a_value(alice: User, bert: User) -> None:
    release = factories.draft_by(alice)
    grid = f"/admin/stats/release/{release.pk}/applicants/"
    assert "You are the only one left" in text_of(signed_in(bert).get(grid))
    assert "only one left" not in text_of(signed_in(alice).get(grid))

    carla = staff.publisher("carla@example.org")

    shown = text_of(signed_in(bert).get(grid))
    assert (
        "you can no longer publish this version. Then only carla@example.org" in shown
    )
    mend(release, bert)
    assert drafts.warn_publisher(release, bert) == ""
    assert drafts.publishers_left(release) == [carla]


def test_an_editor_answers_for_what_a_publisher_changed(
    stuck: Release, alice: User, bert: User
) -> None:
    with pytest.raises(SamePerson):
        publish_version.publish(release_id=stuck.pk, by=bert, now=NOW)
    client = signed_in(alice)
    shown = text_of(client.get(f"/admin/stats/release/{stuck.pk}/change/"))
    assert "Nobody can publish this version" in shown
    assert "was empty, is Read again." in shown

    refused = post(client, stuck, f"take-over/{bert.pk}")
    assert "Compare them first" in text_of(refused)
    done = post(client, stuck, f"take-over/{bert.pk}", compared="on")

    assert "You answer for it now." in text_of(done)
    publish_version.publish(release_id=stuck.pk, by=bert, now=NOW)
    assert not public.everything().years[1990].release.by_one_person
    step = ReleaseEvent.objects.get(step=ReleaseStep.TAKEN_OVER)
    assert (step.by, step.detail) == (alice, "bert@example.org")


def test_nobody_answers_for_their_own_changes(stuck: Release, bert: User) -> None:
    with pytest.raises(SamePerson):
        share_publication.take_over(release_id=stuck.pk, of=bert, by=bert, now=NOW)
    assert stuck.editors.contains(bert)


def test_who_changed_nothing_is_not_answered_for(stuck: Release, alice: User) -> None:
    carla = staff.publisher("carla@example.org")

    with pytest.raises(WrongStatus, match="has changed no value"):
        share_publication.take_over(release_id=stuck.pk, of=carla, by=alice, now=NOW)
    response = post(signed_in(alice), stuck, f"take-over/{carla.pk}", compared="on")
    assert response.status_code == 404


def test_it_is_published_with_a_reason_until_somebody_has_looked(
    stuck: Release, bert: User, client: Client
) -> None:
    done = post(signed_in(bert), stuck, "publish-alone", reason=REASON)

    assert "until somebody does" in text_of(done)
    page = text_of(client.get("/match/1990/"))
    assert "entered and published by one person" in page
    assert "Nobody else has compared this version with its sources yet." in page
    assert REASON in page
    refused = post(signed_in(bert), stuck, "second-look", compared="on")
    assert "Somebody else has to look." in text_of(refused)

    carla = staff.publisher("carla@example.org")
    desk = signed_in(carla)
    assert "one of its editors published it" in text_of(desk.get("/admin/"))
    assert "Compare it first" in text_of(post(desk, stuck, "second-look"))
    post(desk, stuck, "second-look", compared="on")

    assert "Nobody else has compared" not in text_of(client.get("/match/1990/"))
    first = text_of(client.get("/match/1990/v1/"))
    assert "entered and published by one person" in first
    assert "one of its editors published it" not in text_of(desk.get("/admin/"))
    with pytest.raises(WrongStatus, match="waits for no second look"):
        share_publication.note_second_look(release_id=stuck.pk, by=carla, now=NOW)


def test_a_kept_page_changes_with_the_second_look(
    stuck: Release, bert: User, client: Client
) -> None:
    share_publication.publish_alone(
        release_id=stuck.pk, reason=REASON, by=bert, now=NOW
    )
    before = client.get("/match/1990/")["ETag"]

    share_publication.note_second_look(
        release_id=stuck.pk, by=staff.publisher("carla@example.org"), now=NOW
    )

    assert client.get("/match/1990/")["ETag"] != before


def test_nobody_publishes_alone_while_somebody_else_can(
    stuck: Release, bert: User
) -> None:
    staff.publisher("carla@example.org")

    with pytest.raises(SamePerson, match=r"carla@example\.org can publish"):
        share_publication.publish_alone(
            release_id=stuck.pk, reason=REASON, by=bert, now=NOW
        )
    assert not SecondLook.objects.exists()


@pytest.mark.parametrize("reason", ["", " " * 30, "Because."])
def test_publishing_alone_needs_a_reason(
    stuck: Release, bert: User, reason: str
) -> None:
    with pytest.raises(NoteMissing):
        share_publication.publish_alone(
            release_id=stuck.pk, reason=reason, by=bert, now=NOW
        )
    assert (
        post(signed_in(bert), stuck, "publish-alone", reason=reason).status_code == 422
    )
    stuck.refresh_from_db()
    assert stuck.status == Status.IN_REVIEW
    assert not SecondLook.objects.exists()
