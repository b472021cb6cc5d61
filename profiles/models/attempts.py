from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from profiles.choices import AttemptState, Exam, ReportedOutcome, SubTest
from profiles.models.owned import Owned, not_before, one_of, within

LOWEST_SCORE, HIGHEST_SCORE = 1, 300
# OET reports tens.
OET_SCORES = range(0, 501, 10)

# The last day of an eligibility period, that of its extension where there is one.
PERIOD_ENDS = Coalesce("extended_to", "period_to")

# States that a result can belong to. A withheld one has not come.
WITH_RESULT = (AttemptState.TAKEN, AttemptState.INVALIDATED)


class ExamAttempt(Owned):
    """One sitting of a Step, had or planned. Its number is computed, never stored."""

    exam = models.CharField(max_length=8, choices=Exam)
    on = models.DateField("exam day")
    second_day = models.DateField("second day", null=True)  # Step 3 only
    state = models.CharField(max_length=12, choices=AttemptState)
    outcome = models.CharField("reported result", max_length=4, choices=ReportedOutcome)
    score = models.PositiveSmallIntegerField(null=True)
    result_on = models.DateField("day of the result", null=True)
    applied_on = models.DateField("day of the application", null=True)
    # The eligibility period of its application (U-EP-1).
    period_from = models.DateField("eligibility period, first day", null=True)
    period_to = models.DateField("eligibility period, last day", null=True)
    extended_to = models.DateField("eligibility period, extended to", null=True)
    # Somebody who has passed may sit again only to meet a time limit (U-ATT-4).
    for_time_limit = models.BooleanField(default=False)

    class Meta:
        ordering = ("on", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_examattempt_one_per_exam_and_day",
                fields=("owner", "exam", "on"),
            ),
            one_of("profiles_examattempt_exam_is_known", "exam", Exam.values),
            one_of("profiles_examattempt_state_is_known", "state", AttemptState.values),
            one_of(
                "profiles_examattempt_outcome_is_known",
                "outcome",
                ["", *ReportedOutcome.values],
            ),
            models.CheckConstraint(
                name="profiles_examattempt_score_is_on_the_scale",
                condition=Q(score__isnull=True)
                | Q(score__range=(LOWEST_SCORE, HIGHEST_SCORE)),
            ),
            models.CheckConstraint(
                name="profiles_examattempt_step2cs_has_no_score",
                condition=~Q(exam="step2cs") | Q(score__isnull=True),
            ),
            models.CheckConstraint(
                name="profiles_examattempt_a_result_needs_an_exam",
                condition=Q(state__in=WITH_RESULT)
                | Q(outcome="", score__isnull=True, result_on__isnull=True),
            ),
            models.CheckConstraint(
                name="profiles_examattempt_only_step3_has_two_days",
                condition=Q(second_day__isnull=True) | Q(exam="step3"),
            ),
            not_before(
                "profiles_examattempt_second_day_comes_second",
                later="second_day",
                earlier="on",
            ),
            not_before(
                "profiles_examattempt_result_comes_after_the_exam",
                later="result_on",
                earlier="on",
            ),
            not_before(
                "profiles_examattempt_exam_comes_after_the_application",
                later="on",
                earlier="applied_on",
            ),
            within(
                "profiles_examattempt_dates_are_possible",
                *("on", "second_day", "result_on", "applied_on"),
            ),
            models.CheckConstraint(
                name="profiles_examattempt_a_period_has_a_last_day",
                condition=Q(period_to__isnull=False)
                | Q(period_from__isnull=True, extended_to__isnull=True),
            ),
            not_before(
                "profiles_examattempt_period_ends_after_it_begins",
                later="period_to",
                earlier="period_from",
            ),
            not_before(
                "profiles_examattempt_extension_ends_after_the_period",
                later="extended_to",
                earlier="period_to",
            ),
            within(
                "profiles_examattempt_period_is_possible",
                *("period_from", "period_to", "extended_to"),
            ),
        )
        # Reminders ask whose exam was on a day, and whose period ends on one. So it is
        # with the other indexes by day.
        indexes = (
            models.Index(name="profiles_examattempt_by_day", fields=("on",)),
            models.Index(PERIOD_ENDS, name="profiles_examattempt_by_period"),
        )


class EnglishSitting(Owned):
    """One sitting of OET Medicine. A score is empty until it is known."""

    on = models.DateField("exam day")
    listening = models.PositiveSmallIntegerField(null=True)
    reading = models.PositiveSmallIntegerField(null=True)
    writing = models.PositiveSmallIntegerField(null=True)
    speaking = models.PositiveSmallIntegerField(null=True)
    released = models.BooleanField("released to ECFMG", null=True)

    class Meta:
        ordering = ("on", "pk")
        constraints = (
            models.UniqueConstraint(
                name="profiles_englishsitting_one_a_day", fields=("owner", "on")
            ),
            *(
                models.CheckConstraint(
                    name=f"profiles_englishsitting_{part}_is_on_the_scale",
                    condition=Q(**{f"{part}__isnull": True})
                    | Q(**{f"{part}__in": OET_SCORES}),
                )
                for part in SubTest.values
            ),
            within("profiles_englishsitting_date_is_possible", "on"),
        )
        indexes = (models.Index(name="profiles_oet_by_day", fields=("on",)),)
