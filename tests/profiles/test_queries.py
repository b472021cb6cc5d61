"""Every personal page takes a fixed number of queries, however long the record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal.models import User
from profiles import member_record
from profiles.actions import calendar_address
from profiles.models import (
    AdviserSheet,
    EnglishSitting,
    ExamAttempt,
    PathwayApplication,
    SeasonRecord,
)
from tests.profiles import records

LONG = 200


def addresses() -> dict[str, str]:
    attempt = ExamAttempt.objects.latest("pk")
    sitting = EnglishSitting.objects.latest("pk").pk
    pathway = PathwayApplication.objects.latest("pk").pk
    season = SeasonRecord.objects.get().pk
    return {
        "dashboard": "/me/",
        "exams": "/me/exams/",
        "exams, as of another day": "/me/exams/?as_of=2027-03-10",
        "which exam": "/me/exams/add/",
        "add an attempt": "/me/exams/add/step2ck/",
        "an attempt": f"/me/exams/{attempt.exam}/{attempt.pk}/",
        "remove an attempt": f"/me/exams/{attempt.exam}/{attempt.pk}/remove/",
        "add a sitting": "/me/exams/add/oet/",
        "a sitting": f"/me/exams/oet/{sitting}/",
        "remove a sitting": f"/me/exams/oet/{sitting}/remove/",
        "certification": "/me/certification/",
        "an item": "/me/certification/account/",
        "facts for the Pathways": "/me/certification/pathways/",
        "add a Pathway": "/me/certification/pathways/add/",
        "a Pathway": f"/me/certification/pathways/{pathway}/",
        "remove a Pathway": f"/me/certification/pathways/{pathway}/remove/",
        "the certificate": "/me/certification/certificate/edit/",
        "remove the certificate": "/me/certification/certificate/remove/",
        "profile": "/me/profile/",
        "visa days": "/me/profile/visa/",
        "season": "/me/season/",
        "the way": "/me/way/",
        "seasons": "/me/season/record/",
        "record a season": "/me/season/record/add/",
        "a recorded season": f"/me/season/record/{season}/",
        "remove a season": f"/me/season/record/{season}/remove/",
        "fees": "/me/fees/",
        "a fee": "/me/fees/nrmp/2027/",
        "take a fee back": "/me/fees/nrmp/2027/remove/",
        "calendar file": "/me/season/calendar.ics",
        "make a calendar address": "/me/season/address/",
        "end the calendar address": "/me/season/address/off/",
        "reminders": "/me/reminders/",
        "changed answers": "/me/changes/",
        "my data": "/me/data/",
        "sheets": "/me/data/sheets/",
        "make a sheet": "/me/data/sheets/add/",
        "end a sheet": f"/me/data/sheets/{AdviserSheet.objects.get().pk}/end/",
        "on paper": "/me/data/print/",
    }


# Of these, three find who is signed in and where, seven read the record, and one each asks
# whether the dated tables and the published names are still those in memory.
EXPECTED = {
    # Two more ask for answers that changed rules have changed, and whether messages to
    # the member come back.
    "dashboard": 13,
    "exams": 12,
    "exams, as of another day": 12,
    "which exam": 3,
    "add an attempt": 11,
    "an attempt": 11,
    "remove an attempt": 4,
    "add a sitting": 10,
    "a sitting": 10,
    "remove a sitting": 4,
    "certification": 12,
    "an item": 10,
    "facts for the Pathways": 10,
    "add a Pathway": 10,
    "a Pathway": 10,
    "remove a Pathway": 4,
    "the certificate": 10,
    "remove the certificate": 4,
    "profile": 11,
    "visa days": 10,
    # One more finds the calendar address.
    "season": 13,
    "the way": 11,
    # One more asks for the dated tables, another for the published names and ranks.
    "seasons": 12,
    # One more asks for the published names of specialties.
    "record a season": 12,
    "a recorded season": 12,
    "remove a season": 4,
    # One more reads what was paid, which no rule asks for.
    "fees": 13,
    "a fee": 11,
    "take a fee back": 4,
    # One more finds how often the season's dates were changed.
    "calendar file": 12,
    # Six more find how this person can show who they are, and whether they just did.
    "make a calendar address": 10,
    "end the calendar address": 4,
    # One more asks for the published names of specialties.
    "reminders": 5,
    "changed answers": 4,
    # Also what was paid.
    "my data": 12,
    "sheets": 4,
    "make a sheet": 10,
    "end a sheet": 4,
    # One more each finds what was paid, the choice of reminders, and the published names.
    "on paper": 14,
}


@pytest.mark.parametrize("attempts", [5, LONG])
def test_pages_take_as_many_queries_as_ever(
    as_ana: Client, ana: User, attempts: int
) -> None:
    records.full_record(ana, attempts=attempts)
    calendar_address.renew(owner=ana, seen=0)
    records.sheet(ana)
    assert ExamAttempt.objects.count() == attempts

    # What is kept in memory is read by the first page after a change.
    as_ana.get("/me/exams/")

    counted = {}
    for name, address in addresses().items():
        with CaptureQueriesContext(connection) as queries:
            assert as_ana.get(address).status_code == 200
        counted[name] = len(queries)

    assert counted == EXPECTED


def test_a_record_is_read_in_seven_queries(ana: User) -> None:
    records.full_record(ana, attempts=20)

    with CaptureQueriesContext(connection) as queries:
        facts = member_record.load(ana)

    assert len(queries) == 7
    assert len(facts.attempts) == 20
