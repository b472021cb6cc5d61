"""Who is to be reminded of what today, asked in a number of queries that does not
depend on how many members there are.

An occasion is one day of one kind: the same for everybody whom it concerns. So members
are found by the hundred, in the database, and those who were reminded are left out there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    expressions,
)
from django.db.models.functions import Cast, Coalesce, Concat

from profiles.choices import (
    LEADS,
    USUAL_LEADS,
    AttemptState,
    Confidence,
    Event,
    Exam,
    ReportedOutcome,
    SubTest,
)
from profiles.member_record import attempt_facts
from profiles.models import (
    Certificate,
    EnglishSitting,
    ExamAttempt,
    PathwayApplication,
    Profile,
    Reminder,
    ReminderChoice,
)
from profiles.rules.days import add_days, add_years
from profiles.rules.facts import Record
from profiles.rules.judge_record.case import Case
from profiles.rules.judge_record.exams import standings
from profiles.rules.judge_record.seven_years import seven_years
from profiles.rules.numbers import OET_ABOUT_YEARS, RESULT_DAYS, WINDOW_YEARS
from profiles.rules.reference import MEASURED_STEPS, Deadline, Reference
from profiles.rules.reminders import due_day, parsed
from profiles.rules.tables.time_limit import WindowStatus
from profiles.rules.timeline import PATHWAYS, deadlines

# What somebody has to do by that day, or waits for. The rest of a season is in the
# calendar only.
WORTH_A_MESSAGE = PATHWAYS | {
    *(Event.ERAS_SUBMISSION, Event.NRMP_REGISTRATION, Event.NRMP_STANDARD_END),
    *(Event.ATTESTATION, Event.RANKING_OPENS, Event.RANK_LIST, Event.MATCH_WEEK),
    Event.MATCH_DAY,
}
# For who has no Pathway yet.
OF_PATHWAYS = PATHWAYS | {Event.ATTESTATION}
# An exam that is longer ago is a gap in the record, and the pages say so.
NAGGING_DAYS = 60
BATCH = 500
NEVER = date.max

Rows = QuerySet[Any]
Check = Callable[[Collection[int]], set[int]]


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """One dated thing, and the rows of the members whom it concerns."""

    kind: str
    on: date
    title: str
    rows: Rows
    at: time | None = None
    is_firm: bool = True
    after: int | None = None  # due so many days after; None: before, as members chose
    # Of these members, those whom it concerns indeed; None: all of them.
    check: Check | None = None


def due(reference: Reference, *, today: date) -> Iterator[tuple[Occasion, Rows]]:
    """Each occasion with the members whom it concerns, as a query of their numbers and
    of the day from which they are to be reminded (`owner_id`, `due_on`): NEVER for who
    does not want to be. Who was reminded may be among them.

    `today` is the day in New York.
    """
    for occasion in occasions(reference, today=today, horizon=max(LEADS)):
        rows = (
            occasion.rows.filter(owner__is_active=True)
            .annotate(due_on=_due_day(occasion, today))
            .order_by()
            .values_list("owner_id", "due_on")
        )
        if occasion.check is None:
            yield occasion, rows
        else:
            for kept in _checked(occasion, occasion.check, rows, today):
                yield occasion, rows.filter(owner_id__in=kept)


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


def _checked(
    occasion: Occasion, check: Check, rows: Rows, today: date
) -> Iterator[set[int]]:
    """Whom it concerns indeed and nobody has reminded, some hundred at a time."""
    done = Reminder.objects.filter(
        owner=OuterRef("owner"), kind=occasion.kind, due_on=OuterRef("due_on")
    )
    left = rows.filter(~Exists(done), due_on__lte=today).order_by("owner_id").distinct()
    last = 0
    while batch := list(left.filter(owner_id__gt=last)[:BATCH]):
        last = batch[-1][0]
        if kept := check([owner_id for owner_id, _ in batch]):
            yield kept


# --- Occasions ------------------------------------------------------------------------


def occasions(reference: Reference, *, today: date, horizon: int) -> Iterator[Occasion]:
    """Everything that may be worth a message today. `horizon`: days ahead."""
    until = add_days(today, horizon)
    yield from _of_seasons(reference, today, until)
    yield from _of_seven_years(reference, today, until)
    yield from _of_expiries(today, until)
    yield from _of_missing_results(today)


def kind_of(deadline: Deadline) -> str:
    event = Event.PATHWAYS_DEADLINE if deadline.event in PATHWAYS else deadline.event
    return f"deadline:{deadline.match_year}:{event.value}"


def reminded_of(reference: Reference) -> list[Deadline]:
    """The deadlines of every season that members are reminded of."""
    years = sorted({row.match_year for row in reference.deadlines})
    return [
        row
        for year in years
        for row in deadlines(year, reference)
        if row.event in WORTH_A_MESSAGE
    ]


def _of_seasons(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    for row in reminded_of(reference):
        if not today <= row.on <= until:
            continue
        rows: Rows = Profile.objects.filter(season=row.match_year)
        if row.event in OF_PATHWAYS:
            rows = rows.filter(~Exists(_certified()), ~Exists(_accepted()))
        yield Occasion(
            kind=kind_of(row),
            on=row.on,
            at=row.at,
            title=f"{row.event.label} ({row.match_year} Match)",
            is_firm=row.confidence != Confidence.UNCONFIRMED,
            rows=rows,
        )


def _certified() -> Rows:
    return Certificate.objects.filter(owner=OuterRef("owner"))


def _accepted() -> Rows:
    return PathwayApplication.objects.filter(
        owner=OuterRef("owner"), accepted_on__isnull=False
    )


def _of_seven_years(
    reference: Reference, today: date, until: date
) -> Iterator[Occasion]:
    """The window of a pass closes seven years later.

    The range of days is one day wider at both ends, because of 29 February; the exact
    day is compared below.
    """
    rows = ExamAttempt.objects.filter(
        state=AttemptState.TAKEN,
        exam__in=(Exam.STEP1, Exam.STEP2CK, Exam.STEP2CS),
        on__range=(
            add_years(today, -WINDOW_YEARS) - timedelta(days=1),
            add_years(until, -WINDOW_YEARS) + timedelta(days=1),
        ),
    ).exclude(outcome="fail")
    # No window is open any more. Most members are left out here, without reading them.
    complete = _passed(Exam.STEP1, reference, today) & _passed(
        Exam.STEP2CK, reference, today
    )
    for closes_on, days in _by(rows, lambda day: add_years(day, WINDOW_YEARS)):
        if today <= closes_on <= until:
            yield Occasion(
                kind="seven_years",
                on=closes_on,
                title="The seven years for passing the required exams end",
                rows=rows.filter(on__in=days).exclude(complete),
                check=_closing(reference, closes_on, today),
            )


def _passed(exam: Exam, reference: Reference, today: date) -> Q:
    """Whose pass no score contradicts: fewer than the rules find, and never more."""
    highest = max(
        (
            row.minimum
            for row in reference.standards
            if row.measured == MEASURED_STEPS[exam]
        ),
        default=0,
    )
    return Q(
        Exists(
            ExamAttempt.objects.filter(
                Q(score__isnull=True) | Q(score__gte=highest),
                owner=OuterRef("owner"),
                exam=exam,
                state=AttemptState.TAKEN,
                outcome=ReportedOutcome.PASS,
                on__lte=today,
            )
        )
    )


def _closing(
    reference: Reference, closes_on: date, today: date
) -> Callable[[Collection[int]], set[int]]:
    """Whose window closes on that day, as table T4 counts it."""

    def check(owners: Collection[int]) -> set[int]:
        rows = ExamAttempt.objects.filter(owner_id__in=owners).order_by("owner_id")
        closing = set()
        for owner_id, attempts in groupby(rows, key=lambda row: row.owner_id):
            case = Case(
                record=Record(attempts=tuple(map(attempt_facts, attempts))),
                reference=reference,
                today=today,
                eastern=today,
            )
            window = seven_years(case, standings(case)).window
            runs = window.status in {WindowStatus.RUNNING, WindowStatus.EXPIRING}
            if runs and window.deadline == closes_on:
                closing.add(owner_id)
        return closing

    return check


def _of_expiries(today: date, until: date) -> Iterator[Occasion]:
    ahead = (today, until)
    pathways = PathwayApplication.objects.filter(
        ~Exists(_certified()), valid_to__range=ahead
    )
    for day in _days(pathways, "valid_to"):
        yield Occasion(
            kind="pathway",
            on=day,
            title="Your accepted Pathway ends",
            rows=pathways.filter(valid_to=day),
        )
    certificates = Certificate.objects.filter(
        validated_on__isnull=True, expires_on__range=ahead
    ).exclude(basis="step2cs")
    for day in _days(certificates, "expires_on"):
        yield Occasion(
            kind="certificate",
            on=day,
            title="Your ECFMG Certificate expires, unless it was validated",
            rows=certificates.filter(expires_on=day),
        )
    yield from _of_oet(today, until)


def _of_oet(today: date, until: date) -> Iterator[Occasion]:
    """No text gives a sitting an end: what is known is what seasons accepted so far."""
    later = EnglishSitting.objects.filter(
        owner=OuterRef("owner"), on__gt=OuterRef("on")
    )
    sittings = EnglishSitting.objects.filter(
        ~Exists(_certified()),
        ~Exists(_accepted()),
        ~Exists(later),
        **{f"{part.value}__isnull": False for part in SubTest},
        on__range=(
            add_years(today, -OET_ABOUT_YEARS) - timedelta(days=1),
            add_years(until, -OET_ABOUT_YEARS) + timedelta(days=1),
        ),
    )
    for day, days in _by(sittings, lambda on: add_years(on, OET_ABOUT_YEARS)):
        if today <= day <= until:
            yield Occasion(
                kind="oet",
                on=day,
                title="Your OET Medicine is two years old: a new season may not accept it",
                is_firm=False,
                rows=sittings.filter(on__in=days),
            )


def _of_missing_results(today: date) -> Iterator[Occasion]:
    """Exams whose day has passed, and nobody has said what became of them."""
    since = add_days(today, -NAGGING_DAYS)
    for exam in Exam:
        planned = ExamAttempt.objects.filter(
            exam=exam, state=AttemptState.PLANNED, on__range=(since, today)
        )
        for day in _days(planned, "on"):
            yield Occasion(
                kind=f"planned:{exam.value}",
                on=day,
                title=f"{exam.label} was planned for this day: say whether you sat it",
                after=1,
                rows=planned.filter(on=day),
            )
        waiting = ExamAttempt.objects.filter(
            exam=exam,
            state=AttemptState.TAKEN,
            outcome="",
            score__isnull=True,
            on__range=(add_days(since, -RESULT_DAYS), today),
        )
        for day in _days(waiting, "on"):
            yield Occasion(
                kind=f"result:{exam.value}",
                on=day,
                title=f"{exam.label} was four weeks ago: enter its result",
                after=RESULT_DAYS,
                rows=waiting.filter(on=day),
            )
    oet = EnglishSitting.objects.filter(
        **{f"{part.value}__isnull": True for part in SubTest},
        on__range=(add_days(since, -RESULT_DAYS), today),
    )
    for day in _days(oet, "on"):
        yield Occasion(
            kind="result:oet",
            on=day,
            title="OET Medicine was four weeks ago: enter its result",
            after=RESULT_DAYS,
            rows=oet.filter(on=day),
        )


def _days(rows: Rows, field: str) -> list[date]:
    return list(rows.order_by(field).values_list(field, flat=True).distinct())


def _by(rows: Rows, later: Callable[[date], date]) -> Iterator[tuple[date, list[date]]]:
    """The days of rows by the day that follows from them."""
    for later_day, days in groupby(_days(rows, "on"), key=later):
        yield later_day, list(days)
