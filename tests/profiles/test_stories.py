"""Each history as a story: what its page, its calendar and its message say, together.

The answers of the page stand in `stories/`, to be read by whoever changes a rule; after a
change that is meant, `pytest tests/profiles/test_stories.py --write-stories` writes them
anew, and the difference is reviewed like code. Page, calendar and message are compared
with each other as well.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from imgportal.management.commands import send_messages
from imgportal.models import User
from profiles import member_record, reference_tables
from profiles.actions import save_entry
from profiles.portable.parse_document import parse
from profiles.record_tables import TABLES
from profiles.rules.days import in_words
from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import eastern_day
from profiles.rules.reminder_days import reminder_days
from profiles.rules.timeline import timeline
from tests import factories
from tests.profiles.rules.histories import DIRECTORY, NAMES

STORIES = Path(__file__).parent / "stories"
TODAY = eastern_day(factories.NOW)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(ana: User, name: str) -> User:
    """Somebody with that history."""
    parsed = parse((DIRECTORY / f"{name}.json").read_bytes())
    for table in TABLES:
        for values in [] if table.is_setting else parsed[table.name]:
            save_entry.add(table.model, owner=ana, values=values)
    return ana


def plan_of(member: User) -> TrainingPlan:
    plans = member_record.plans([member.pk], reference_tables.reference(), today=TODAY)
    return plans[member.pk]


def page_of(client: Client) -> Any:
    response = client.get("/me/")
    assert response.status_code == 200
    return response.context


def answers(page: Any) -> str:
    """What the overview answers, in lines."""

    def dated(day: Any, words: str) -> str:
        return f"- {day.isoformat() if day else 'no day'}: {words}"

    lines = ["What is next"]
    lines += [dated(step.action.on, step.action.what) for step in page["steps"]]
    lines += [f"- and {page['further']} more"] if page["further"] else []
    lines += ["", "What could go wrong"]
    lines += [
        dated(each.risk.on, f"{each.risk.about}: {each.risk.word}")
        for each in page["risks"]
    ]
    if page["is_img"]:
        lines += ["", "Certification"]
        lines += [
            f"- {line.item.label}: {line.shown.word}" for line in page["tally"].lines
        ]
    lines += [
        "",
        "The Match",
        f"- {page['match'].word}. {page['match'].verdict.reason}",
    ]
    return "\n".join(lines) + "\n"


def test_the_page_answers_as_it_was_read(
    as_ana: Client, member: User, name: str, pytestconfig: pytest.Config
) -> None:
    story = STORIES / f"{name}.txt"
    told = f"{name}, as of {in_words(TODAY)}\n\n{answers(page_of(as_ana))}"
    if pytestconfig.getoption("write_stories"):
        story.write_text(told)

    assert told == story.read_text()


def test_the_page_shows_the_plan(as_ana: Client, member: User) -> None:
    page, plan = page_of(as_ana), plan_of(member)

    shown = [step.action.what for step in page["steps"]]
    assert shown == [step.what for step in plan.steps][: len(shown)]
    assert len(plan.steps) == len(shown) + page["further"]


def test_the_calendar_has_every_day_of_the_page(as_ana: Client, member: User) -> None:
    plan = plan_of(member)
    record = member_record.load(member)
    entries = timeline(record, reference_tables.reference(), plan, today=TODAY)
    calendar = Calendar.from_ical(as_ana.get("/me/season/calendar.ics").content)

    titles = " ".join(str(event["SUMMARY"]) for event in calendar.walk("VEVENT"))
    assert len(list(calendar.walk("VEVENT"))) == len(entries)
    assert [entry.title for entry in entries if entry.title not in titles] == []
    days = {entry.on for entry in entries}
    assert {step.on for step in plan.steps if step.on and not step.is_overdue} <= days


def test_the_message_says_what_the_plan_says(member: User) -> None:
    plan, reference = plan_of(member), reference_tables.reference()
    days = {day for _, day in reminder_days(plan, reference)}

    send_messages.run(reference, clock=lambda: factories.NOW)

    for message in mail.outbox:
        body = str(message.body)
        named = set(re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", body))
        said = {in_words(day) for day in days}
        # Of what should have been done, the day that is over.
        over = {in_words(each.on) for each in member_record.load(member).attempts}
        over |= {in_words(each.on) for each in member_record.load(member).sittings}
        assert named <= said | over | {in_words(TODAY)}, body
        assert not re.search(
            r"\b(1[89]\d|2\d\d)\b(?! \w+ \d)", re.sub(r"\d{4}", "", body)
        )
