"""Makes one message of all reminders that wait for a member, and puts it into the outbox.

A notice of changed rules goes into the same message as the reminders of that run, so
that nobody gets two messages at once. That the reminders are in a message and the
message itself are stored in one transaction: a kill loses none and repeats none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction

from imgportal.models import MessageKind, OutgoingMessage, User
from profiles import member_record
from profiles.choices import Event, ReminderState
from profiles.member_record import zone_of
from profiles.models import Profile, Reminder, ReminderChoice
from profiles.models.reminders import FIGURES, NOTICE
from profiles.reminders import followed_figures, letters, schedule
from profiles.reminders.followed_figures import FiguresNews
from profiles.reminders.season_occasions import reminded_of
from profiles.rule_changes import notify
from profiles.rules.days import add_days
from profiles.rules.plan.needs import OwnDayKind, TrainingPlan
from profiles.rules.reference import EASTERN, Reference, eastern_day
from profiles.rules.reminder_days import LAST_EXAM, kind_of_deadline
from stats import public
from stats.public import Figures

# Few, because nobody else writes on SQLite meanwhile.
BATCH = 50
# The others are about something ahead: afterwards nobody needs them.
AFTERWARDS = ("planned:", "result:", NOTICE, FIGURES)
AFTERWARDS_IS_GOOD = timedelta(days=7)


@transaction.atomic
def put_into_outbox(
    owner_ids: Collection[int], reference: Reference, *, now: datetime
) -> None:
    """One message for each of these members, if they still need it. Afterwards nothing
    waits for them.
    """
    # The lock keeps them from leaving before their message is there.
    owners = {
        owner.pk: owner
        for owner in User.objects.select_for_update(no_key=True)
        .filter(pk__in=owner_ids)
        .order_by("pk")
    }
    # Another process that makes the same messages has to wait, and then finds none.
    waiting = list(
        schedule.waiting()
        .select_for_update()
        .filter(owner_id__in=owners)
        .order_by("owner_id", "on", "at", "kind", "pk")
    )
    choices = {
        row.owner_id: row for row in ReminderChoice.objects.filter(owner__in=owners)
    }
    zones = {
        row.owner_id: zone_of(row.time_zone)
        for row in Profile.objects.filter(owner__in=owners)
    }
    days = {kind_of_deadline(row): row.on for row in reminded_of(reference)}
    today = eastern_day(now)
    figures = public.everything()
    plans = member_record.plans(
        {row.owner_id for row in waiting}, reference, today=today
    )
    composed: list[int] = []
    for owner_id, rows in groupby(waiting, key=lambda row: row.owner_id):
        if not schedule.allows(choices.get(owner_id), owners[owner_id]):
            continue
        plan = plans[owner_id]
        needed = [row for row in rows if _is_needed(row, days, plan, today=today)]
        numbers = [row.comparison for row in needed if row.comparison is not None]
        changes = notify.to_tell(owner_id, numbers) if numbers else []
        if not changes:
            needed = [row for row in needed if row.comparison is None]
        news = _figures_news(needed, choices.get(owner_id), figures)
        needed = [row for row in needed if not row.is_of_figures or row.kind in news]
        if not needed:
            continue
        OutgoingMessage.objects.put(
            letters.reminder(
                needed,
                changes,
                list(news.values()),
                owner_id=owner_id,
                zone=zones.get(owner_id),
                today=today,
            ),
            kind=MessageKind.REMINDER,
            owner=owners[owner_id],
            now=now,
            expires_at=_last_moment(needed, now=now),
        )
        composed += [row.pk for row in needed]
    handled = Reminder.objects.filter(pk__in=[row.pk for row in waiting])
    handled.filter(pk__in=composed).update(state=ReminderState.COMPOSED)
    handled.exclude(pk__in=composed).update(state=ReminderState.NOT_NEEDED)


def _is_needed(
    row: Reminder, days: dict[str, date], plan: TrainingPlan, *, today: date
) -> bool:
    """Does the member's plan still say what the reminder says?"""
    kind, _, about = row.kind.partition(":")
    if row.comparison is not None or row.is_of_figures:
        return True
    if kind in {"planned", "result"}:
        return plan.asks_about(about)
    if row.on < today:
        return False
    if kind == "exam":
        return (about, row.on) in plan.exam_days
    if kind == LAST_EXAM:
        return plan.season == int(about) and plan.asks_for_exam_by(row.on)
    if kind == "deadline":
        match_year, _, event = about.partition(":")
        # A deadline that was moved since has a reminder of its own.
        return (
            days.get(row.kind) == row.on
            and plan.season == int(match_year)
            and plan.reminds_of(Event(event))
        )
    return plan.has_day(OwnDayKind(kind), row.on, about)


def _figures_news(
    rows: Sequence[Reminder], choice: ReminderChoice | None, figures: Figures
) -> dict[str, FiguresNews]:
    """What the member still follows of the versions that these rows are about, by kind."""
    news = {}
    for row in rows:
        if choice is None or not row.is_of_figures:
            continue
        year = followed_figures.version_of(row.kind, figures)
        told = year and followed_figures.news_for(choice, year, figures)
        if told:
            news[row.kind] = told
    return news


def _last_moment(rows: Sequence[Reminder], *, now: datetime) -> datetime:
    """Until when the message says something of use."""
    if any(row.kind.startswith(AFTERWARDS) for row in rows):
        return now + AFTERWARDS_IS_GOOD
    last = max(row.on for row in rows)
    return datetime.combine(add_days(last, 1), time.min, EASTERN)
