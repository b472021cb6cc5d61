"""Who is to be reminded of what today, asked in a number of queries that does not
depend on how many members there are.

An occasion is one day of one kind: the same for everybody whom it may concern. So members
are found by the hundred, in the database, and those who were reminded are left out there.
Whom it concerns indeed is decided by the plan of each member and by nothing else: here
for days of their own, and once more when the message is composed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    expressions,
)
from django.db.models.functions import Cast, Coalesce, Concat

from profiles import member_record
from profiles.choices import (
    LEADS,
    USUAL_LEADS,
    AttemptState,
    Confidence,
    Exam,
    Quantity,
    ReportedOutcome,
    SubTest,
)
from profiles.models import (
    Certificate,
    EnglishSitting,
    ExamAttempt,
    OccasionCheck,
    PathwayApplication,
    Profile,
    Reminder,
    ReminderChoice,
)
from profiles.models.attempts import PERIOD_ENDS
from profiles.reminders import followed_figures
from profiles.reminders.followed_figures import WHOLE_YEAR
from profiles.rules.days import add_days, add_months, add_years
from profiles.rules.numbers import (
    MONTHS_AFTER_FIRST,
    MONTHS_AFTER_LAST,
    OET_ABOUT_YEARS,
    SITTINGS_BEFORE_WAIT,
    WINDOW_YEARS,
)
from profiles.rules.plan.eligibility import PERIOD_RUNS, end_of_period
from profiles.rules.plan.needs import OF_ECFMG, OwnDayKind
from profiles.rules.plan.visas import VISA_DAYS
from profiles.rules.reference import (
    MEASURED_STEPS,
    Deadline,
    Reference,
    eastern_day,
)
from profiles.rules.reminder_days import (
    WORTH_A_MESSAGE,
    kind_of_deadline,
    kind_of_last_exam,
)
from profiles.rules.reminders import due_day, parsed
from profiles.rules.tables.outcomes import STARTED
from profiles.rules.tables.season import last_low_risk_exam, training_day
from profiles.rules.timeline import deadlines
from stats import public
from stats.public import Figures

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
    # Of these members, those in whose plan the day stands; None: asked on composing.
    check: Check | None = None


def due(reference: Reference, *, now: datetime) -> Iterator[tuple[Occasion, Rows]]:
    """Each occasion with the members whom it concerns, as a query of their numbers and
    of the day from which they are to be reminded (`owner_id`, `due_on`): NEVER for who
    does not want to be. Who was reminded may be among them. Where plans decide, members
    are asked once a day: what changes in a record meanwhile is found tomorrow.
    """
    today = eastern_day(now)
    OccasionCheck.objects.exclude(asked_on=today).delete()
    asked = set(OccasionCheck.objects.values_list("kind", "on"))
    for occasion in occasions(reference, now=now, horizon=max(LEADS)):
        if (occasion.kind, occasion.on) in asked:
            continue
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
            # Only now: who is stopped in between asks them all again.
            done = OccasionCheck(kind=occasion.kind, on=occasion.on, asked_on=today)
            OccasionCheck.objects.bulk_create([done], ignore_conflicts=True)


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


def occasions(
    reference: Reference, *, now: datetime, horizon: int
) -> Iterator[Occasion]:
    """Everything that may be worth a message today. `horizon`: days ahead."""
    today = eastern_day(now)
    until = add_days(today, horizon)
    yield from _of_seasons(reference, today, until)
    yield from _of_last_exam_days(reference, today, until)
    yield from _of_seven_years(reference, today, until)
    yield from _of_expiries(reference, today, until)
    yield from _of_oet(reference, today, until)
    yield from _of_retakes(reference, today, until)
    yield from _of_periods(reference, today, until)
    yield from _of_visas(reference, today, until)
    yield from _of_exams_ahead(today, until)
    yield from _of_missing_results(reference, today)
    yield from _of_figures(public.everything(), now=now)


def reminded_of(reference: Reference) -> list[Deadline]:
    """The deadlines of every season that members are reminded of."""
    return [
        row
        for year in reference.match_years
        for row in deadlines(year, reference)
        if row.event in WORTH_A_MESSAGE
    ]


def _of_seasons(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    for row in reminded_of(reference):
        if not today <= row.on <= until:
            continue
        rows: Rows = Profile.objects.filter(season=row.match_year)
        if row.event in OF_ECFMG:
            rows = rows.filter(
                ~Exists(_lasting_certificates(row.match_year)),
                ~Exists(_lasting_pathways(row.match_year)),
            )
        yield Occasion(
            kind=kind_of_deadline(row),
            on=row.on,
            at=row.at,
            title=f"{row.event.label} ({row.match_year} Match)",
            is_firm=row.confidence != Confidence.UNCONFIRMED,
            rows=rows,
        )


def _of_last_exam_days(
    reference: Reference, today: date, until: date
) -> Iterator[Occasion]:
    """The last exam day of low risk, for who may still have to sit a Step."""
    complete = _passed(Exam.STEP1, reference, today) & _passed(
        Exam.STEP2CK, reference, today
    )
    for match_year in reference.match_years:
        last = last_low_risk_exam(match_year, reference)
        if last is not None and today <= last <= until:
            yield Occasion(
                kind=kind_of_last_exam(match_year),
                on=last,
                title=f"The last exam day of low risk for the {match_year} Match",
                rows=Profile.objects.filter(season=match_year).exclude(complete),
                is_firm=False,
            )


def _lasting_certificates(match_year: int) -> Rows:
    """Whoever has one of these needs no Pathway: most members are left out here."""
    begins = training_day(match_year) or NEVER
    return Certificate.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=begins), owner=OuterRef("owner")
    )


def _lasting_pathways(match_year: int) -> Rows:
    begins = training_day(match_year) or NEVER
    return PathwayApplication.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=begins),
        owner=OuterRef("owner"),
        accepted_on__isnull=False,
        refused_on__isnull=True,
    )


# --- Days of a member's own --------------------------------------------------------------


def _own_day(
    reference: Reference,
    kind: OwnDayKind,
    on: date,
    rows: Rows,
    *,
    title: str,
    today: date,
    about: str = "",
    is_firm: bool = True,
) -> Occasion:
    """A day that concerns those of these members in whose plan it stands."""

    def check(owners: Collection[int]) -> set[int]:
        plans = member_record.plans(owners, reference, today=today)
        return {
            owner_id
            for owner_id, plan in plans.items()
            if plan.has_day(kind, on, about)
        }

    return Occasion(
        kind=f"{kind.value}:{about}" if about else kind.value,
        on=on,
        title=title,
        is_firm=is_firm,
        rows=rows,
        check=check,
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
            yield _own_day(
                reference,
                OwnDayKind.SEVEN_YEARS,
                closes_on,
                rows.filter(on__in=days).exclude(complete),
                title="The seven years for passing the required exams end",
                today=today,
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


def _of_expiries(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    ahead = (today, until)
    pathways = PathwayApplication.objects.filter(valid_to__range=ahead)
    for day in _days(pathways, "valid_to"):
        yield _own_day(
            reference,
            OwnDayKind.PATHWAY,
            day,
            pathways.filter(valid_to=day),
            title="Your accepted Pathway ends",
            today=today,
        )
    certificates = Certificate.objects.filter(expires_on__range=ahead)
    for day in _days(certificates, "expires_on"):
        yield _own_day(
            reference,
            OwnDayKind.CERTIFICATE,
            day,
            certificates.filter(expires_on=day),
            title="Your ECFMG Certificate expires, unless it was validated",
            today=today,
        )


def _of_oet(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    """No text gives a sitting an end: what is known is what seasons accepted so far."""
    sittings = EnglishSitting.objects.filter(
        on__range=(
            add_years(today, -OET_ABOUT_YEARS) - timedelta(days=1),
            add_years(until, -OET_ABOUT_YEARS) + timedelta(days=1),
        ),
    )
    for day, days in _by(sittings, lambda on: add_years(on, OET_ABOUT_YEARS)):
        if today <= day <= until:
            yield _own_day(
                reference,
                OwnDayKind.ENGLISH,
                day,
                sittings.filter(on__in=days),
                title="Your OET Medicine is two years old: a new season may not accept it",
                today=today,
                is_firm=False,
            )


def _of_retakes(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    """The first day on which a Step may be sat again (U-ATT-3), by its sittings."""
    for exam in (Exam.STEP1, Exam.STEP2CK, Exam.STEP3):
        waiting = (
            ExamAttempt.objects.filter(
                exam=exam, state__in=[state.value for state in STARTED], on__lte=today
            )
            .order_by()
            .values("owner_id")
            .annotate(first=Min("on"), last=Max("on"), sittings=Count("pk"))
            .filter(
                sittings__gte=SITTINGS_BEFORE_WAIT,
                last__gte=add_months(today, -MONTHS_AFTER_FIRST),
            )
        )
        owners: defaultdict[date, list[int]] = defaultdict(list)
        for row in waiting.iterator():
            day = max(
                add_months(row["first"], MONTHS_AFTER_FIRST),
                add_months(row["last"], MONTHS_AFTER_LAST),
            )
            if today <= day <= until:
                owners[day].append(row["owner_id"])
        for day, owner_ids in sorted(owners.items()):
            for begin in range(0, len(owner_ids), BATCH):
                yield _own_day(
                    reference,
                    OwnDayKind.RETAKE,
                    day,
                    Profile.objects.filter(
                        owner_id__in=owner_ids[begin : begin + BATCH]
                    ),
                    title=f"{exam.label} may be taken again from this day",
                    today=today,
                    about=exam.value,
                )


def _of_periods(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    """The last day of an eligibility period (U-EP-1)."""
    for exam in (Exam.STEP1, Exam.STEP2CK, Exam.STEP3):
        ending = ExamAttempt.objects.annotate(period_ends=PERIOD_ENDS).filter(
            exam=exam,
            state__in=PERIOD_RUNS,
            period_ends__range=(today, until),
        )
        for day in _days(ending, "period_ends"):
            yield _own_day(
                reference,
                OwnDayKind.ELIGIBILITY,
                day,
                ending.filter(period_ends=day),
                title=end_of_period(exam),
                today=today,
                about=exam.value,
            )


def _of_visas(reference: Reference, today: date, until: date) -> Iterator[Occasion]:
    for kind, title in VISA_DAYS.items():
        # The words of the kinds are those of the columns.
        field = f"{kind.value}_on"
        entered = Profile.objects.filter(**{f"{field}__range": (today, until)})
        for day in _days(entered, field):
            yield _own_day(
                reference,
                kind,
                day,
                entered.filter(**{field: day}),
                title=title,
                today=today,
            )


# --- Exams --------------------------------------------------------------------------------


def _of_exams_ahead(today: date, until: date) -> Iterator[Occasion]:
    for exam in Exam:
        planned = ExamAttempt.objects.filter(
            exam=exam, state=AttemptState.PLANNED, on__range=(today, until)
        )
        for day in _days(planned, "on"):
            yield Occasion(
                kind=f"exam:{exam.value}",
                on=day,
                title=f"{exam.label} is planned for this day",
                rows=planned.filter(on=day),
            )
    sittings = _sittings_without_scores().filter(on__range=(today, until))
    for day in _days(sittings, "on"):
        yield Occasion(
            kind="exam:oet",
            on=day,
            title="OET Medicine is planned for this day",
            rows=sittings.filter(on=day),
        )


def _sittings_without_scores() -> Rows:
    return EnglishSitting.objects.filter(
        **{f"{part.value}__isnull": True for part in SubTest}
    )


def _of_missing_results(reference: Reference, today: date) -> Iterator[Occasion]:
    """Exams whose day has passed, and nobody has said what became of them."""
    since = add_days(today, -NAGGING_DAYS)
    typical = reference.number(Quantity.RESULT_TYPICAL, today)
    days_for_result = 1 if typical is None else typical.value
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
            on__range=(add_days(since, -days_for_result), today),
        )
        for day in _days(waiting, "on"):
            yield Occasion(
                kind=f"result:{exam.value}",
                on=day,
                title=f"{exam.label} was over {days_for_result} days ago: enter its result",
                after=days_for_result + 1,
                rows=waiting.filter(on=day),
            )
    oet = _sittings_without_scores().filter(
        on__range=(add_days(since, -days_for_result), today)
    )
    for day in _days(oet, "on"):
        yield Occasion(
            kind="result:oet",
            on=day,
            title=f"OET Medicine was over {days_for_result} days ago: enter its result",
            after=days_for_result + 1,
            rows=oet.filter(on=day),
        )


# --- Figures ------------------------------------------------------------------------------


def _of_figures(figures: Figures, *, now: datetime) -> Iterator[Occasion]:
    """Versions of Match years that were published, for who follows what they say anew.

    To whom it is no news, because they chose it later, is found on composing.
    """
    for year in followed_figures.recent(figures, now=now):
        yield Occasion(
            kind=followed_figures.kind_of(year),
            on=eastern_day(year.release.published_at),
            title=f"The {year.match_year} Match",
            after=0,
            rows=_following(followed_figures.followed_as(year, figures)),
        )


def _following(slugs: Collection[str]) -> Rows:
    """Who follows any of these. The list of a member is searched as text: SQLite knows no
    other way, and no slug has a character that JSON writes otherwise.
    """
    wanted = Q(follows_years=True) if WHOLE_YEAR in slugs else Q()
    for slug in sorted(set(slugs) - {WHOLE_YEAR}):
        wanted |= Q(named__contains=f'"{slug}"')
    rows = ReminderChoice.objects.annotate(
        named=Cast("follows_specialties", TextField())
    )
    return rows.filter(wanted) if wanted else rows.none()


def _days(rows: Rows, field: str) -> list[date]:
    return list(rows.order_by(field).values_list(field, flat=True).distinct())


def _by(rows: Rows, later: Callable[[date], date]) -> Iterator[tuple[date, list[date]]]:
    """The days of rows by the day that follows from them."""
    for later_day, days in groupby(_days(rows, "on"), key=later):
        yield later_day, list(days)
