"""Days of a member's own: each concerns those in whose plan it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Count, Max, Min

from profiles.choices import AttemptState, Exam
from profiles.models import (
    Certificate,
    EnglishSitting,
    ExamAttempt,
    PathwayApplication,
    Profile,
)
from profiles.models.attempts import PERIOD_ENDS
from profiles.reminders.occasions import (
    Occasion,
    OccasionSearch,
    Rows,
    days_by,
    days_in,
)
from profiles.reminders.season_occasions import complete_steps
from profiles.rules.days import add_months, add_years
from profiles.rules.numbers import (
    MONTHS_AFTER_FIRST,
    MONTHS_AFTER_LAST,
    OET_ABOUT_YEARS,
    SITTINGS_BEFORE_WAIT,
    WINDOW_YEARS,
)
from profiles.rules.plan.eligibility import PERIOD_RUNS, end_of_period
from profiles.rules.plan.needs import OwnDayKind
from profiles.rules.plan.visas import VISA_DAYS
from profiles.rules.tables.outcomes import STARTED

# Of the exams that may be sat again, or whose eligibility period may end.
STEPS = (Exam.STEP1, Exam.STEP2CK, Exam.STEP3)
# Members who wait for a retake are named to the database, so many at once.
MOST_NAMED = 500


def _own_day(
    search: OccasionSearch,
    kind: OwnDayKind,
    on: date,
    rows: Rows,
    *,
    title: str,
    about: str = "",
    is_firm: bool = True,
) -> Occasion:
    def check(owners: Collection[int]) -> set[int]:
        return {
            owner_id
            for owner_id, plan in search.plans(owners).items()
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


def of_seven_years(search: OccasionSearch) -> Iterator[Occasion]:
    """The window of a pass closes seven years later.

    The range of days is one day wider at both ends, because of 29 February; the exact
    day is compared below.
    """
    rows = (
        search.rows(ExamAttempt)
        .filter(
            state=AttemptState.TAKEN,
            exam__in=(Exam.STEP1, Exam.STEP2CK, Exam.STEP2CS),
            on__range=_years_before(search, WINDOW_YEARS),
        )
        .exclude(outcome="fail")
    )
    # No window is open any more. Most members are left out here, without reading them.
    complete = complete_steps(search)
    for closes_on, days in days_by(rows, lambda day: add_years(day, WINDOW_YEARS)):
        if search.today <= closes_on <= search.until:
            yield _own_day(
                search,
                OwnDayKind.SEVEN_YEARS,
                closes_on,
                rows.filter(on__in=days).exclude(complete),
                title="The seven years for passing the required exams end",
            )


def _years_before(search: OccasionSearch, years: int) -> tuple[date, date]:
    return (
        add_years(search.today, -years) - timedelta(days=1),
        add_years(search.until, -years) + timedelta(days=1),
    )


def of_pathways(search: OccasionSearch) -> Iterator[Occasion]:
    pathways = search.rows(PathwayApplication).filter(
        valid_to__range=(search.today, search.until)
    )
    for day in days_in(pathways, "valid_to"):
        yield _own_day(
            search,
            OwnDayKind.PATHWAY,
            day,
            pathways.filter(valid_to=day),
            title="Your accepted Pathway ends",
        )


def of_certificates(search: OccasionSearch) -> Iterator[Occasion]:
    certificates = search.rows(Certificate).filter(
        expires_on__range=(search.today, search.until)
    )
    for day in days_in(certificates, "expires_on"):
        yield _own_day(
            search,
            OwnDayKind.CERTIFICATE,
            day,
            certificates.filter(expires_on=day),
            title="Your ECFMG Certificate expires, unless it was validated",
        )


def of_oet(search: OccasionSearch) -> Iterator[Occasion]:
    """No text gives a sitting an end: what is known is what seasons accepted so far."""
    sittings = search.rows(EnglishSitting).filter(
        on__range=_years_before(search, OET_ABOUT_YEARS)
    )
    for day, days in days_by(sittings, lambda on: add_years(on, OET_ABOUT_YEARS)):
        if search.today <= day <= search.until:
            yield _own_day(
                search,
                OwnDayKind.ENGLISH,
                day,
                sittings.filter(on__in=days),
                title="Your OET Medicine is two years old: a new season may not accept it",
                is_firm=False,
            )


def of_retakes(search: OccasionSearch) -> Iterator[Occasion]:
    """The first day on which a Step may be sat again (U-ATT-3), by its sittings."""
    for exam in STEPS:
        waiting = (
            search.rows(ExamAttempt)
            .filter(
                exam=exam,
                state__in=[state.value for state in STARTED],
                on__lte=search.today,
            )
            .order_by()
            .values("owner_id")
            .annotate(first=Min("on"), last=Max("on"), sittings=Count("pk"))
            .filter(
                sittings__gte=SITTINGS_BEFORE_WAIT,
                last__gte=add_months(search.today, -MONTHS_AFTER_FIRST),
            )
        )
        owners: defaultdict[date, list[int]] = defaultdict(list)
        for row in waiting.iterator():
            day = max(
                add_months(row["first"], MONTHS_AFTER_FIRST),
                add_months(row["last"], MONTHS_AFTER_LAST),
            )
            if search.today <= day <= search.until:
                owners[day].append(row["owner_id"])
        for day, owner_ids in sorted(owners.items()):
            for begin in range(0, len(owner_ids), MOST_NAMED):
                yield _own_day(
                    search,
                    OwnDayKind.RETAKE,
                    day,
                    Profile.objects.filter(
                        owner_id__in=owner_ids[begin : begin + MOST_NAMED]
                    ),
                    title=f"{exam.label} may be taken again from this day",
                    about=exam.value,
                )


def of_eligibility_periods(search: OccasionSearch) -> Iterator[Occasion]:
    """The last day of an eligibility period (U-EP-1)."""
    for exam in STEPS:
        ending = (
            search.rows(ExamAttempt)
            .annotate(period_ends=PERIOD_ENDS)
            .filter(
                exam=exam,
                state__in=PERIOD_RUNS,
                period_ends__range=(search.today, search.until),
            )
        )
        for day in days_in(ending, "period_ends"):
            yield _own_day(
                search,
                OwnDayKind.ELIGIBILITY,
                day,
                ending.filter(period_ends=day),
                title=end_of_period(exam),
                about=exam.value,
            )


def of_visas(search: OccasionSearch) -> Iterator[Occasion]:
    for kind, title in VISA_DAYS.items():
        # The words of the kinds are those of the columns.
        field = f"{kind.value}_on"
        entered = search.rows(Profile).filter(
            **{f"{field}__range": (search.today, search.until)}
        )
        for day in days_in(entered, field):
            yield _own_day(
                search, kind, day, entered.filter(**{field: day}), title=title
            )
