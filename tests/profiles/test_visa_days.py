"""Visa days: dates only, of who may need a visa, and days of the member's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from imgportal.lib import clock
from imgportal.management.commands import send_messages
from imgportal.models import User
from profiles import member_record, reference_tables
from profiles.models import Profile, Reminder
from profiles.rules.facts import Person, Record
from profiles.rules.reminder_days import reminder_days
from profiles.rules.timeline import timeline
from tests.profiles import records
from tests.profiles.rules.given import TODAY, tables
from tests.profiles.rules.planned import plan_of
from tests.reading import text_of

PAGE = "/me/profile/visa/"
INTERVIEW, EXPIRES = date(2027, 4, 20), date(2027, 9, 1)


def own_days(**person: Any) -> dict[str, date]:
    record = Record(
        person=Person(visa_interview_on=INTERVIEW, visa_expires_on=EXPIRES, **person)
    )
    plan = plan_of(record)
    entries = timeline(record, tables(), plan, today=TODAY)
    found = {entry.title: entry.on for entry in entries if "visa" in entry.title}
    # Calendar and reminders follow the same plan.
    assert set(found.values()) == {
        day for kind, day in reminder_days(plan, tables()) if kind.startswith("visa_")
    }
    return found


def test_interview_and_expiry_are_days_of_the_members_own() -> None:
    for person in ({}, {"us_citizen": False, "permanent_resident": False}):
        assert own_days(**person) == {
            "Your visa interview": INTERVIEW,
            "Your visa expires": EXPIRES,
        }


@pytest.mark.parametrize("who", ["us_citizen", "permanent_resident"])
def test_who_needs_no_visa_reads_of_none(who: str, as_ana: Client, ana: User) -> None:
    assert own_days(**{who: True}) == {}

    records.profile(ana)
    assert "Your visa days" in text_of(as_ana.get("/me/profile/"))
    Profile.objects.update(**{who: True})
    assert "visa days" not in text_of(as_ana.get("/me/profile/")).replace(
        "no visa day", ""
    )


def test_no_answer_rests_on_them() -> None:
    with_days = Person(
        us_citizen=False,
        season=2027,
        visa_interview_on=INTERVIEW,
        visa_expires_on=EXPIRES,
    )
    plain = Person(us_citizen=False, season=2027)

    assert (
        plan_of(Record(person=with_days)).steps == plan_of(Record(person=plain)).steps
    )
    assert (
        plan_of(Record(person=with_days)).risks == plan_of(Record(person=plain)).risks
    )


def test_they_are_kept_and_shown(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    ahead = clock.now().date() + timedelta(days=40)
    posted = {"seen": "1", "visa_interview_on": str(ahead)}

    assert as_ana.post(PAGE, posted).status_code == 302

    assert Profile.objects.get().visa_interview_on == ahead
    # The rest of the profile stays.
    assert Profile.objects.get().season == 2027
    assert "Your visa interview" in text_of(as_ana.get("/me/season/"))
    assert "Visa interview" in text_of(as_ana.get("/me/data/print/"))


def test_a_form_that_came_tomorrow_is_refused(as_ana: Client) -> None:
    ahead = str(clock.now().date() + timedelta(days=2))

    answer = as_ana.post(PAGE, {"visa_form_on": ahead})

    assert answer.status_code == 422
    assert "has not come yet" in text_of(answer)


def test_a_message_announces_them(ana: User, ben: User) -> None:
    days = {"visa_interview_on": INTERVIEW, "season": None}
    records.profile(ana, **days)
    records.profile(ben, permanent_resident=True, **days)
    now = datetime(2027, 4, 17, 17, tzinfo=UTC)

    send_messages.run(reference_tables.reference(), clock=lambda: now)

    assert [row.kind for row in Reminder.objects.filter(owner=ana)] == [
        "visa_interview"
    ]
    assert [row.state for row in Reminder.objects.filter(owner=ben)] == ["not_needed"]
    assert "/me/profile/visa/" in str(mail.outbox[0].body)


def test_no_sheet_for_an_adviser_shows_them(client: Client, ana: User) -> None:
    ahead = clock.now().date() + timedelta(days=40)
    records.profile(ana, visa_interview_on=ahead, visa_expires_on=ahead)
    assert member_record.load(ana).person.visa_interview_on == ahead

    shown = client.get(records.sheet(ana))

    assert shown.status_code == 200
    assert "visa" not in text_of(shown).lower()
