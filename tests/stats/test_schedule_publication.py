"""A version becomes public at an hour that its publisher chose: once, and not before."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError
from django.test import Client

from imgportal import outbox
from imgportal.lib import clock, eastern_time
from imgportal.management.commands import send_messages
from imgportal.models import User
from profiles import reference_tables
from stats import public
from stats.actions import (
    edit_draft,
    open_version,
    publish_version,
    schedule_publication,
)
from stats.choices import FigureTable, ReleaseStep, Status
from stats.exceptions import NoteMissing, NotReady, SamePerson, WrongHour, WrongStatus
from stats.models import Release, ReleaseEvent, ScheduledPublication
from tests import factories, staff
from tests.factories import NOW
from tests.reading import text_of

pytestmark = pytest.mark.django_db
# Match Day, at noon in New York.
NOON = datetime(2027, 3, 19, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def waiting(alice: User) -> Release:
    return factories.in_review_by(alice, 2027)


def scheduled(release: Release, by: User, **words: Any) -> ScheduledPublication:
    return schedule_publication.schedule(
        release_id=release.pk, by=by, **{"at": NOON, "now": NOW, **words}
    )


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def change_a_note(release: Release, by: User) -> None:
    table = FigureTable.APPLICANTS
    row = factories.rows_of(release, table)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=table,
        edits=[factories.edit(table, row, note="Looked up again.")],
        by=by,
        now=NOW,
    )


def steps(release: Release) -> list[str]:
    events = ReleaseEvent.objects.filter(match_year=release.match_year)
    return list(events.order_by("pk").values_list("step", flat=True))


def test_the_first_reader_after_the_hour_finds_it_public(
    waiting: Release, bert: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(waiting, bert)
    at(NOON - MINUTE, monkeypatch)
    assert client.get("/match/2027/").status_code == 404

    at(NOON, monkeypatch)
    response = client.get("/match/2027/")

    assert response.status_code == 200
    waiting.refresh_from_db()
    assert (waiting.published_by, waiting.published_at) == (bert, NOON)
    assert not ScheduledPublication.objects.exists()
    client.get("/match/2027/")
    assert steps(waiting).count(ReleaseStep.PUBLISHED) == 1


def test_the_home_page_can_be_what_the_first_reader_opens(
    waiting: Release, bert: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(waiting, bert)
    at(NOON, monkeypatch)

    client.get("/")

    waiting.refresh_from_db()
    assert waiting.status == Status.PUBLISHED


def test_the_hourly_run_publishes_what_is_due_and_tells_its_editors(
    waiting: Release, bert: User, alice: User
) -> None:
    scheduled(waiting, bert)

    def run(moment: datetime) -> None:
        send_messages.run(reference_tables.reference(), clock=lambda: moment)

    run(NOON - MINUTE)
    assert 2027 not in public.everything().years
    mail.outbox.clear()
    run(NOON + MINUTE)

    assert 2027 in public.everything().years
    assert ["alice@example.org"] in [message.to for message in mail.outbox]


def test_readers_get_what_is_public_when_it_cannot_be_published(
    waiting: Release,
    bert: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scheduled(waiting, bert)
    at(NOON, monkeypatch)

    def fail(**_: Any) -> int:
        raise DatabaseError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(schedule_publication, "publish_due", fail)
        assert client.get("/match/").status_code == 200
    assert "what is due could not be published" in caplog.text

    client.get("/match/")
    waiting.refresh_from_db()
    assert waiting.status == Status.PUBLISHED


def test_it_can_be_put_off_and_called_off(
    waiting: Release, bert: User, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    scheduled(waiting, bert)
    scheduled(waiting, bert, at=NOON + timedelta(days=1))
    at(NOON + MINUTE, monkeypatch)
    assert client.get("/match/2027/").status_code == 404

    schedule_publication.call_off(release_id=waiting.pk, by=bert, now=NOON)

    at(NOON + timedelta(days=2), monkeypatch)
    assert client.get("/match/2027/").status_code == 404
    waiting.refresh_from_db()
    assert waiting.status == Status.IN_REVIEW
    assert steps(waiting)[-3:] == [
        ReleaseStep.SCHEDULED,
        ReleaseStep.SCHEDULED,
        ReleaseStep.CALLED_OFF,
    ]
    with pytest.raises(WrongHour, match="No hour was chosen"):
        schedule_publication.call_off(release_id=waiting.pk, by=bert, now=NOON)


def test_returning_and_publishing_end_a_schedule(
    waiting: Release, bert: User, alice: User
) -> None:
    scheduled(waiting, bert)
    publish_version.return_with_comment(
        release_id=waiting.pk, comment="Look again.", by=bert, now=NOW
    )
    assert not ScheduledPublication.objects.exists()
    publish_version.submit(release_id=waiting.pk, by=alice, now=NOW)
    scheduled(waiting, bert)
    publish_version.publish(release_id=waiting.pk, by=bert, now=NOON - MINUTE)
    assert not ScheduledPublication.objects.exists()
    assert schedule_publication.publish_due(now=NOON) == 0
    with pytest.raises(WrongStatus):
        scheduled(waiting, bert)


@pytest.mark.parametrize("hour", [NOW, NOW - MINUTE, NOW + timedelta(days=401)])
def test_an_hour_that_is_past_or_far_is_refused(
    waiting: Release, bert: User, hour: datetime
) -> None:
    with pytest.raises(WrongHour, match="still to come"):
        scheduled(waiting, bert, at=hour)


def test_what_could_not_be_published_now_is_not_scheduled(
    waiting: Release, alice: User, bert: User
) -> None:
    with pytest.raises(SamePerson):
        scheduled(waiting, alice)
    second = open_version.open_amendment(match_year=2024, by=alice, now=NOW)
    change_a_note(second, alice)
    publish_version.submit(release_id=second.pk, by=alice, now=NOW)
    with pytest.raises(NoteMissing):
        scheduled(second, bert)
    assert not ScheduledPublication.objects.exists()


def test_what_cannot_be_published_any_more_is_called_off_and_told(
    waiting: Release, alice: User, bert: User
) -> None:
    scheduled(waiting, bert)
    # Its publisher has changed a value after all.
    waiting.editors.add(bert)

    assert schedule_publication.publish_due(now=NOON) == 0

    waiting.refresh_from_db()
    assert waiting.status == Status.IN_REVIEW
    assert not ScheduledPublication.objects.exists()
    mail.outbox.clear()
    with outbox.Delivery(clock=lambda: NOON) as delivery:
        delivery.send_due()
    subject = "[IMG portal] Not published: the 2027 Match, version 1"
    told = {message.to[0] for message in mail.outbox if message.subject == subject}
    assert told == {"alice@example.org", "bert@example.org"}


# --- On the page of the version ----------------------------------------------------------


def post(client: Client, release: Release, what: str, **typed: str) -> Any:
    return client.post(f"/admin/stats/release/{release.pk}/{what}/", typed, follow=True)


def test_a_publisher_schedules_and_calls_off(
    waiting: Release, bert: User, client: Client
) -> None:
    staff.sign_in(client, bert)

    done = post(client, waiting, "publish", schedule="yes", on="2027-03-19", at="12:00")

    assert "It becomes public on 19 March 2027, 12:00 Eastern Time." in text_of(done)
    assert ScheduledPublication.objects.get().at == NOON
    assert "It becomes public on 19 March 2027" in text_of(client.get("/admin/"))
    done = post(client, waiting, "call-off")
    assert "Called off." in text_of(done)
    assert not ScheduledPublication.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on": "", "at": "12:00"}, "Say on which day"),
        ({"on": "2027-03-19", "at": ""}, "Say at which hour"),
        ({"on": "03/19/2027", "at": "12:00"}, "Write the day as 2027-03-19."),
        ({"on": "2027-03-19", "at": "noon"}, "Write the hour as 12:00."),
        ({"on": "2027-03-14", "at": "02:30"}, "does not exist in New York"),
        ({"on": "2026-01-01", "at": "12:00"}, "still to come"),
    ],
)
def test_a_wrong_hour_is_refused_with_its_reason(
    waiting: Release, bert: User, client: Client, typed: dict[str, str], said: str
) -> None:
    staff.sign_in(client, bert)

    response = post(client, waiting, "publish", schedule="yes", **typed)

    assert response.status_code == 422
    assert said in text_of(response)
    assert not ScheduledPublication.objects.exists()
    waiting.refresh_from_db()
    assert waiting.status == Status.IN_REVIEW


def test_an_hour_before_the_match_is_refused(waiting: Release, bert: User) -> None:
    with pytest.raises(NotReady, match="of 2027 has not taken place by 14 March 2027"):
        # Three hours before midnight in New York, when it is the 15th elsewhere.
        scheduled(waiting, bert, at=datetime(2027, 3, 15, 1, tzinfo=UTC))
    assert not ScheduledPublication.objects.exists()
    with pytest.raises(NotReady, match="from 15 March 2027 on"):
        publish_version.publish(release_id=waiting.pk, by=bert, now=NOW)
    waiting.refresh_from_db()
    assert waiting.status == Status.IN_REVIEW


def test_publishing_now_asks_for_no_hour(
    alice: User, bert: User, client: Client
) -> None:
    waiting = factories.in_review_by(alice, 1990)
    staff.sign_in(client, bert)

    post(client, waiting, "publish", on="", at="")

    waiting.refresh_from_db()
    assert waiting.status == Status.PUBLISHED


def test_an_hour_is_not_passed_over_by_the_other_button(
    waiting: Release, bert: User, client: Client
) -> None:
    staff.sign_in(client, bert)

    response = post(client, waiting, "publish", on="2027-03-19", at="12:00")

    assert response.status_code == 422
    assert "Press “Publish at that hour”" in text_of(response)
    waiting.refresh_from_db()
    assert waiting.status == Status.IN_REVIEW


@pytest.mark.parametrize(
    ("day", "hour", "exists"),
    [
        (date(2027, 3, 14), time(2, 30), False),
        (date(2027, 3, 14), time(3), True),
        (date(2027, 11, 7), time(1, 30), True),
    ],
)
def test_hours_of_new_york(day: date, hour: time, exists: bool) -> None:
    assert eastern_time.exists(day, hour) is exists
