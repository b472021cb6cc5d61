"""Figures that a member follows: told once, of what was chosen, and of nothing earlier."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from imgportal.management.commands import send_messages
from imgportal.models import User
from profiles import reference_tables
from profiles.choices import AttemptState, Exam
from profiles.models import ExamAttempt, ReminderChoice
from profiles.reminders import followed_figures, letters
from stats import public
from stats.choices import FigureConfidence, Missing
from stats.models import Release, Source, Specialty, SpecialtyResult
from tests import factories
from tests.factories import NOW
from tests.reading import html_of, text_of

PAGE = "/me/reminders/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEUROLOGY, PSYCHIATRY = "neurology", "psychiatry"


def follow(client: Client, *specialties: str, years: bool = False) -> None:
    choice = ReminderChoice.objects.first()
    typed: dict[str, Any] = {
        "is_on": "on",
        "leads": ["3"],
        "follows_specialties": list(specialties),
        "seen": str(choice.version if choice else 0),
    }
    response = client.post(PAGE, typed | ({"follows_years": "on"} if years else {}))
    assert response.status_code == 302


def store_positions(release: Release, slug: str, programs: int) -> None:
    """The positions of a specialty, of which only the number of programs is known."""
    row = SpecialtyResult.objects.create(
        release=release,
        specialty=Specialty.objects.get(slug=slug),
        programs=programs,
        confidence=FigureConfidence.A,
        missing=Missing.NOT_FOUND,
    )
    row.sources.add(Source.objects.order_by("key")[0])


def publish_2060(
    *, version: int = 1, now: datetime, matched: int = 100, **programs: int
) -> Release:
    """A version of the 2060 Match with US IMGs and the programs of these specialties."""
    release = factories.stored_draft(version=version)
    factories.stored_result(release, matched_to_pgy1=matched)
    for slug, number in programs.items():
        store_positions(release, slug, number)
    return factories.publish(release, now=now)


def send(now: datetime) -> list[EmailMultiAlternatives]:
    """The messages of one run."""
    before = len(mail.outbox)
    send_messages.run(reference_tables.reference(), clock=lambda: now)
    return list(mail.outbox[before:])  # type: ignore[arg-type]


def test_a_new_match_year_is_told_once_to_who_follows_match_years(
    as_ana: Client, ana: User, ben: User
) -> None:
    follow(as_ana, years=True)
    ReminderChoice.objects.create(owner=ben)
    publish_2060(now=NOW)

    (message,) = send(NOW + HOUR)

    assert message.to == [ana.email]
    assert message.subject == "[IMG portal] The 2060 Match: figures published"
    assert "Figures that you follow:" in message.body
    assert "/match/2060/" in message.body
    html = str(message.alternatives[0][0])
    assert "/match/2060/" in html
    assert "<title>Figures that you follow</title>" in html
    for hours in (2, 30, 24 * 29):
        assert send(NOW + hours * HOUR) == []


def test_a_correction_is_told_to_who_follows_its_specialty_and_names_it(
    as_ana: Client, ana: User
) -> None:
    publish_2060(now=NOW, neurology=10, psychiatry=20)
    follow(as_ana, NEUROLOGY)
    assert send(NOW + HOUR) == []
    publish_2060(version=2, now=NOW + DAY, neurology=10, psychiatry=21)
    assert send(NOW + DAY) == []

    publish_2060(version=3, now=NOW + 2 * DAY, neurology=7711, psychiatry=22)
    (message,) = send(NOW + 2 * DAY)

    assert "figures corrected or added (Neurology)" in message.subject
    assert "/changes/#match-2060-v3" in message.body
    assert "Psychiatry" not in message.body
    # What it says may be another number by the time it is read.
    assert "7711" not in message.body


def test_corrected_totals_are_told_to_who_follows_match_years(
    as_ana: Client, ana: User
) -> None:
    publish_2060(now=NOW, neurology=10)
    follow(as_ana, years=True)
    publish_2060(version=2, now=NOW + HOUR, neurology=11)
    assert send(NOW + HOUR) == []

    publish_2060(version=3, now=NOW + 2 * HOUR, matched=101, neurology=11)
    (message,) = send(NOW + 2 * HOUR)

    assert "(totals)" in message.subject


def test_what_was_published_before_it_was_chosen_is_no_news(
    as_ana: Client, ana: User
) -> None:
    follow(as_ana, NEUROLOGY)
    publish_2060(now=NOW, neurology=10, psychiatry=20)
    # Chosen after the publication and before the message about it.
    follow(as_ana, NEUROLOGY, PSYCHIATRY, years=True)

    (message,) = send(NOW + HOUR)

    choice = ReminderChoice.objects.get()
    news = followed_figures.news_for(
        choice, public.everything().years[2060], public.everything()
    )
    assert news is not None
    assert news.specialties == ("Neurology",)
    assert not news.with_whole_year
    assert message.subject == "[IMG portal] The 2060 Match: figures published"


def test_what_is_followed_no_longer_is_not_told(as_ana: Client, ana: User) -> None:
    follow(as_ana, NEUROLOGY)
    publish_2060(now=NOW, neurology=10)
    follow(as_ana, PSYCHIATRY)

    assert send(NOW + HOUR) == []


def test_a_publication_of_long_ago_is_no_news(as_ana: Client, ana: User) -> None:
    follow(as_ana, years=True)
    publish_2060(now=NOW)

    assert send(NOW + followed_figures.NEWS + HOUR) == []


def test_one_message_tells_of_figures_and_dates_together(
    as_ana: Client, ana: User
) -> None:
    follow(as_ana, years=True)
    publish_2060(now=NOW)
    ExamAttempt.objects.create(
        owner=ana, exam=Exam.STEP1, on=NOW.date() - DAY, state=AttemptState.PLANNED
    )

    (message,) = send(NOW + HOUR)

    assert "Step 1" in message.subject
    assert message.subject.endswith("; figures that you follow")
    assert "/match/2060/" in message.body
    assert "to remember" in message.body


def test_one_click_ends_figures_too(as_ana: Client, ana: User, client: Client) -> None:
    follow(as_ana, years=True)
    publish_2060(now=NOW)
    client.post(f"/reminders/off/{letters.sign_owner(ana.pk)}/")

    assert send(NOW + HOUR) == []


def test_two_publications_are_one_message(as_ana: Client, ana: User) -> None:
    follow(as_ana, NEUROLOGY, years=True)
    publish_2060(now=NOW, neurology=10)
    publish_2060(version=2, now=NOW + HOUR, neurology=11)

    (message,) = send(NOW + 2 * HOUR)

    assert message.subject.endswith("and 1 more")
    assert message.body.count("The 2060 Match:") == 2


def test_a_specialty_that_was_merged_is_followed_under_its_new_name(
    as_ana: Client, ana: User
) -> None:
    Specialty.objects.filter(slug=PSYCHIATRY).update(
        successor=Specialty.objects.get(slug=NEUROLOGY), changed_at=NOW
    )
    ReminderChoice.objects.create(owner=ana, follows_specialties=[PSYCHIATRY])
    publish_2060(now=NOW, neurology=10)

    assert len(send(NOW + HOUR)) == 1


def test_the_page_shows_what_is_followed(as_ana: Client, ana: User) -> None:
    assert "Figures that you follow" in text_of(as_ana.get(PAGE))
    follow(as_ana, NEUROLOGY, years=True)

    html = html_of(as_ana.get(PAGE))

    assert html.count("checked") >= 4  # reminders, years, three days, neurology
    choice = ReminderChoice.objects.get()
    assert choice.follows_specialties == [NEUROLOGY]
    assert choice.follows_years


@pytest.mark.parametrize("typed", [["no-such-specialty"], ["\x00"], ["x" * 5000]])
def test_what_cannot_be_followed_is_refused(as_ana: Client, typed: list[str]) -> None:
    response = as_ana.post(
        PAGE,
        {"is_on": "on", "leads": ["3"], "follows_specialties": typed, "seen": "0"},
    )

    assert response.status_code == 422
    assert not ReminderChoice.objects.exists()


def test_ten_specialties_are_followed_and_not_eleven(as_ana: Client) -> None:
    slugs = [item.slug for item in public.everything().specialties_with_figures][:11]
    response = as_ana.post(
        PAGE,
        {"is_on": "on", "leads": ["3"], "follows_specialties": slugs, "seen": "0"},
    )

    assert response.status_code == 422
    assert "These are 11; choose 10 at most." in text_of(response)
    follow(as_ana, *slugs[:10])
