"""Who is to be reminded of what today, and of whom that is to be asked again.

Every occasion is gone through once a day for everybody, and one that only a changed record
adds on the days alone on which somebody may become due. Until the next day only those members are
asked again who changed their record (`RecordChange`), and whoever did not need a reminder
is not asked about it a second time, unless they did: reading and judging records is what
planning costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    DateField,
    Exists,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    expressions,
)
from django.db.models.functions import Cast, Coalesce, Concat

from profiles.choices import LEADS, USUAL_LEADS, ReminderState
from profiles.models import OccasionCheck, Reminder, ReminderChoice
from profiles.reminders.exam_occasions import of_exams_ahead, of_missing_results
from profiles.reminders.figures_occasions import of_publications
from profiles.reminders.occasions import (
    NEVER,
    Check,
    Occasion,
    OccasionSearch,
    Rows,
)
from profiles.reminders.own_occasions import (
    of_certificates,
    of_eligibility_periods,
    of_oet,
    of_pathways,
    of_retakes,
    of_seven_years,
    of_visas,
)
from profiles.reminders.season_occasions import of_deadlines, of_last_exam_days
from profiles.rules.days import add_days
from profiles.rules.reference import Reference
from profiles.rules.reminders import due_day, parsed

Finder = Callable[[OccasionSearch], Iterable[Occasion]]

# What the site itself adds in the course of a day: a moved deadline, a publication.
OF_THE_SITE: Sequence[Finder] = (of_deadlines, of_last_exam_days, of_publications)
# What only a changed record can add.
OF_RECORDS: Sequence[Finder] = (
    of_seven_years,
    of_pathways,
    of_certificates,
    of_oet,
    of_retakes,
    of_eligibility_periods,
    of_visas,
    of_exams_ahead,
    of_missing_results,
)
# The kind of the check that says: everything `OF_RECORDS` was gone through.
ALL_RECORDS = "records"
# So many days before its day everybody is asked anew each day: a plan may come to hold a
# day because time passes, as when an exam was planned and nobody says what became of it.
LAST_DAYS = 3
# Members whose plans are made at once.
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class DueMembers:
    """Members of an occasion, as a query of their numbers and of the day from which they
    are to be reminded (`owner_id`, `due_on`): NEVER for who does not want to be. Who was
    reminded may be among them.
    """

    occasion: Occasion
    rows: Rows
    is_needed: bool = True  # False: their plan says that it does not concern them


def among_everybody(reference: Reference, *, now: datetime) -> Iterator[DueMembers]:
    """Of every occasion that was not gone through today."""
    search = OccasionSearch(reference=reference, now=now, horizon=max(LEADS))
    earlier = OccasionCheck.objects.exclude(asked_on=search.today)
    # Whoever was due until yesterday is planned for: what is left is due from today on.
    are_known = earlier.filter(
        kind=ALL_RECORDS, asked_on=add_days(search.today, -1)
    ).exists()
    earlier.delete()
    asked = set(OccasionCheck.objects.values_list("kind", "on"))
    finders = [*OF_THE_SITE]
    if (ALL_RECORDS, search.today) not in asked:
        finders += OF_RECORDS
    for find in finders:
        # One occasion may come in several parts, so that it is done when all are.
        gone_through = set()
        for occasion in find(search):
            if (occasion.kind, occasion.on) in asked or (
                are_known and find in OF_RECORDS and not _begins(occasion, search.today)
            ):
                continue
            yield from _due(occasion, search)
            gone_through.add((occasion.kind, occasion.on))
        _note_checked(gone_through, search.today)
    _note_checked({(ALL_RECORDS, search.today)}, search.today)


def _begins(occasion: Occasion, today: date) -> bool:
    """Is this a day on which somebody may become due, whatever they chose?"""
    if occasion.after is not None:
        return add_days(occasion.on, occasion.after) == today
    return _is_close(occasion, today) or any(
        add_days(occasion.on, -days) == today for days in LEADS
    )


def _is_close(occasion: Occasion, today: date) -> bool:
    return occasion.check is not None and occasion.on <= add_days(today, LAST_DAYS)


def among_some(
    owner_ids: Iterable[int], reference: Reference, *, now: datetime
) -> Iterator[DueMembers]:
    """Of every occasion, whatever was gone through, for these members only."""
    search = OccasionSearch(
        reference=reference,
        now=now,
        horizon=max(LEADS),
        owner_ids=frozenset(owner_ids),
    )
    for find in (*OF_THE_SITE, *OF_RECORDS):
        for occasion in find(search):
            yield from _due(occasion, search)


def _note_checked(occasions: Iterable[tuple[str, date]], today: date) -> None:
    """Only when all of them are done: who is stopped in between asks them all again."""
    OccasionCheck.objects.bulk_create(
        [
            OccasionCheck(kind=kind, on=on, asked_on=today)
            for kind, on in sorted(occasions)
        ],
        ignore_conflicts=True,
    )


def _due(occasion: Occasion, search: OccasionSearch) -> Iterator[DueMembers]:
    rows = (
        occasion.rows.filter(owner__is_active=True)
        .annotate(due_on=_due_day(occasion, search.today))
        .order_by()
        .values_list("owner_id", "due_on")
    )
    if occasion.check is None:
        yield DueMembers(occasion=occasion, rows=rows)
        return
    for concerned, others in _asked(occasion, occasion.check, rows, search.today):
        for owner_ids, is_needed in ((concerned, True), (others, False)):
            if owner_ids:
                yield DueMembers(
                    occasion=occasion,
                    rows=rows.filter(owner_id__in=owner_ids),
                    is_needed=is_needed,
                )


def _due_day(occasion: Occasion, today: date) -> Coalesce:
    """The same as `due_day`, asked in the database of each member's own choice."""
    if occasion.after is None:
        lead_days = [
            (f",{days},", add_days(occasion.on, -days)) for days in sorted(LEADS)
        ]
        # The shortest of those that have passed.
        passed = [
            When(said__contains=days, then=_day(day))
            for days, day in lead_days
            if day <= today
        ]
        usual = due_day(occasion.on, parsed(USUAL_LEADS), today=today) or NEVER
    else:
        usual = add_days(occasion.on, occasion.after)
        passed = [When(is_on=True, then=_day(usual))]
    chosen = (
        ReminderChoice.objects.filter(owner=OuterRef("owner"))
        .annotate(said=Concat(Value(","), "leads", Value(",")))
        .values_list(
            expressions.Case(
                When(
                    Q(is_on=False) | Q(bounced=OuterRef("owner__email")),
                    then=_day(NEVER),
                ),
                *passed,
                default=_day(NEVER),
            )
        )
    )
    return Coalesce(Subquery(chosen), _day(usual))


def _day(day: date) -> Cast:
    # PostgreSQL would take the bare value for text.
    return Cast(Value(day, DateField()), DateField())


def _asked(
    occasion: Occasion, check: Check, rows: Rows, today: date
) -> Iterator[tuple[set[int], set[int]]]:
    """Members of whom nobody knows yet whether it concerns them, some hundred at a time:
    those whom it does, and the others.
    """
    planned = Reminder.objects.filter(
        owner=OuterRef("owner"),
        kind=occasion.kind,
        on=occasion.on,
        due_on=OuterRef("due_on"),
    )
    if _is_close(occasion, today):
        planned = planned.exclude(state=ReminderState.NOT_NEEDED, planned_on__lt=today)
    left = rows.filter(~Exists(planned), due_on__lte=today).order_by("owner_id")
    last = 0
    while batch := list(left.filter(owner_id__gt=last).distinct()[:BATCH]):
        last = batch[-1][0]
        owner_ids = {owner_id for owner_id, _ in batch}
        concerned = check(owner_ids)
        yield concerned, owner_ids - concerned
