"""Days of a season: the same for everybody who aims at its Match."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from profiles.choices import AttemptState, Confidence, Exam, ReportedOutcome
from profiles.models import Certificate, ExamAttempt, PathwayApplication, Profile
from profiles.reminders.occasions import NEVER, Occasion, OccasionSearch, Rows
from profiles.rules.plan.needs import OF_ECFMG
from profiles.rules.reference import MEASURED_STEPS, Deadline, Reference
from profiles.rules.reminder_days import (
    WORTH_A_MESSAGE,
    kind_of_deadline,
    kind_of_last_exam,
)
from profiles.rules.tables.season import last_low_risk_exam, training_day
from profiles.rules.timeline import deadlines


def reminded_of(reference: Reference) -> list[Deadline]:
    """The deadlines of every season that members are reminded of."""
    return [
        row
        for year in reference.match_years
        for row in deadlines(year, reference)
        if row.event in WORTH_A_MESSAGE
    ]


def of_deadlines(search: OccasionSearch) -> Iterator[Occasion]:
    for row in reminded_of(search.reference):
        if not search.today <= row.on <= search.until:
            continue
        rows = search.rows(Profile).filter(season=row.match_year)
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


def of_last_exam_days(search: OccasionSearch) -> Iterator[Occasion]:
    """The last exam day of low risk, for who may still have to sit a Step."""
    complete = complete_steps(search)
    for match_year in search.reference.match_years:
        last = last_low_risk_exam(match_year, search.reference)
        if last is not None and search.today <= last <= search.until:
            yield Occasion(
                kind=kind_of_last_exam(match_year),
                on=last,
                title=f"The last exam day of low risk for the {match_year} Match",
                rows=search.rows(Profile).filter(season=match_year).exclude(complete),
                is_firm=False,
            )


def complete_steps(search: OccasionSearch) -> Q:
    """Who has passed Step 1 and Step 2 CK, whatever else is known."""
    return _passed(Exam.STEP1, search) & _passed(Exam.STEP2CK, search)


def _passed(exam: Exam, search: OccasionSearch) -> Q:
    """Whose pass no score contradicts: fewer than the rules find, and never more."""
    highest = max(
        (
            row.minimum
            for row in search.reference.standards
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
                on__lte=search.today,
            )
        )
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
