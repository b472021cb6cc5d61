"""Attempts at a Step. The form asks only what that exam and its day need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset, Row
from django import forms
from django.http import QueryDict

from profiles import reference_tables
from profiles.choices import AttemptState, Exam, ReportedOutcome
from profiles.forms.record_form import RecordForm, check_exam_day, half, refused
from profiles.member_record import attempt_has_number
from profiles.models import ExamAttempt
from profiles.models.attempts import WITH_RESULT
from profiles.models.owned import Owned
from profiles.record_tables import ATTEMPTS
from profiles.rules import facts, numbers
from profiles.rules.days import in_words
from profiles.rules.tables import validation
from profiles.rules.tables.outcomes import SittingOutcome, outcome

# States of a day that is still to come.
AHEAD = (AttemptState.PLANNED, AttemptState.CANCELLED)
PERIOD = ("period_from", "period_to", "extended_to")


class AttemptForm(RecordForm):
    """One sitting of one Step.

    `scored` says whether a number is asked for: a Step 1 of the pass/fail years has
    none. The other attempts are those of the record: a record that was entered from the
    last sitting to the first may hold what is refused the other way round, and an import
    must bring it back as it was.
    """

    table = ATTEMPTS
    adds_another = True

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: Owned | None,
        place: Mapping[str, Any],
        scored: bool = True,
        **context: Any,
    ) -> None:
        self.exam = Exam(place["exam"])
        super().__init__(data, row=row, place=place, **context)
        self.others = [
            other
            for other in self.stored.facts.attempts
            if row is None or other.key != row.pk
        ]
        self.reference = reference_tables.everything().reference
        if isinstance(row, ExamAttempt) and attempt_has_number(row):
            scored = True
        self._ask_only_what_is_needed(scored)

    def _ask_only_what_is_needed(self, scored: bool) -> None:
        passed = any(
            other.exam == self.exam
            and outcome(other, self.reference) == SittingOutcome.PASS
            for other in self.others
        )
        is_retake = isinstance(self.row, ExamAttempt) and self.row.for_time_limit
        needed = {
            # It ended before anybody kept a record here.
            **dict.fromkeys(PERIOD, self.exam != Exam.STEP2CS),
            "second_day": self.exam == Exam.STEP3,
            "score": scored,
            # Nobody who sat a Step 1 without a number had applied before July 2021.
            "applied_on": scored or self.exam in (Exam.STEP2CS, Exam.STEP3),
            "for_time_limit": passed or is_retake,
        }
        for name, is_needed in needed.items():
            # A field that was sent back had been on the form: it stays.
            if not is_needed and name not in self.data:
                del self.fields[name]
        state = self.fields["state"]
        state.initial = AttemptState.TAKEN
        state.error_messages["required"] = (
            "Say whether it is planned, was taken, or what else became of it."
        )
        if self.exam == Exam.STEP2CS and isinstance(state, forms.ChoiceField):
            # It ended in January 2021: nothing is planned any more.
            state.choices = [
                choice for choice in AttemptState.choices if choice[0] != "planned"
            ]
        if self.exam == Exam.STEP3:
            self.fields["on"].label = "First day"
            self.fields["on"].help_text = "The day that decides (rule U-PASS-1)."

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        check_exam_day(day, self.today)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("on") is None or cleaned.get("state") is None:
            return cleaned
        self._check_state()
        self._check_order()
        if self.errors:
            return cleaned
        attempt = self._attempt()
        findings = [
            *validation.attempt_findings(attempt, today=self.today),
            *validation.among_others(
                attempt,
                # Of a second sitting on the same day `place_is_taken` says it.
                [other for other in self.others if other.on != attempt.on],
                reference=self.reference,
                today=self.today,
            ),
        ]
        for finding in findings:
            if finding.refuses:
                self._ask_also(finding.field)
                self.refuse(finding)
        self._check_number(attempt.on)
        return cleaned

    def _attempt(self) -> facts.Attempt:
        """What was typed, as the rules read it."""
        typed = self.cleaned_data
        return facts.Attempt(
            exam=self.exam,
            on=typed["on"],
            state=AttemptState(typed["state"]),
            outcome=ReportedOutcome(typed["outcome"]) if typed["outcome"] else None,
            score=typed.get("score"),
            second_day=typed.get("second_day"),
            period_from=typed.get("period_from"),
            period_to=typed.get("period_to"),
            extended_to=typed.get("extended_to"),
            for_time_limit=typed.get("for_time_limit", False),
        )

    def _ask_also(self, name: str) -> None:
        if name not in self.fields:
            self.fields[name] = self.field_for(self.table.field(name))

    def _check_state(self) -> None:
        typed = self.cleaned_data
        state = AttemptState(typed["state"])
        has_result = bool(typed.get("outcome")) or typed.get("score") is not None
        if has_result and state not in WITH_RESULT:
            self.add_error(
                "state",
                f"“{state.label}” has no result. Choose “{AttemptState.TAKEN.label}”, "
                "or clear the result.",
            )
        elif typed["on"] > self.today and not has_result and state not in AHEAD:
            self.add_error(
                "state",
                refused(
                    "This day has not come yet. Choose “Planned”, or check the date.",
                    "F-DATE-1",
                ),
            )

    def _check_number(self, on: date) -> None:
        if self.exam != Exam.STEP1 or on >= numbers.PASS_FAIL_FROM:
            return
        if "score" in self.fields or self.cleaned_data["state"] not in WITH_RESULT:
            return
        # Ask for the number that a Step 1 of that day has, and keep the rest.
        self._ask_also("score")
        self.add_error(
            "score",
            refused(
                f"Step 1 taken before {in_words(numbers.PASS_FAIL_FROM)} was reported "
                "with a number. Enter it, or save again without it.",
                "U-SCORE-2",
            ),
        )

    def _check_order(self) -> None:
        typed = self.cleaned_data
        # Not there any more when something was wrong with it.
        state = typed.get("state")
        on, second = typed["on"], typed.get("second_day")
        result, applied = typed.get("result_on"), typed.get("applied_on")
        if second and self.exam != Exam.STEP3:
            self.add_error(
                "second_day", "Only Step 3 has a second day. Leave it empty."
            )
        elif second and second < on:
            self.add_error(
                "second_day",
                "The second day comes after the first one. Check both days.",
            )
        if result and state and state not in WITH_RESULT:
            self.add_error(
                "result_on", "Enter the result first, or leave its day empty."
            )
        elif result and result < on:
            self.add_error(
                "result_on",
                "A result comes after the exam, and this day is earlier. Check both days.",
            )
        elif result and result > self.today:
            self.add_error(
                "result_on",
                refused(
                    "This day has not come yet. Check the year, or leave it empty until "
                    "then.",
                    "F-DATE-1",
                ),
            )
        if applied and applied > on:
            self.add_error(
                "applied_on",
                "The application comes before the exam, and this day is later. Check both days.",
            )

    def place_is_taken(self) -> None:
        self.add_error(
            "on",
            refused(
                f"You have another entry of {self.exam.label} on this day. Nobody sits "
                "it twice on one day: change that one, or check the date.",
                "U-ATT-5",
            ),
        )

    def parts(self) -> Sequence[Any]:
        def row(*names: str) -> Row:
            return half(*(name for name in names if name in self.fields))

        parts: list[Any] = [
            row("on", "second_day", "state"),
            Fieldset(
                "The result, if there is one", row("outcome", "score", "result_on")
            ),
        ]
        if any(name in self.fields for name in PERIOD):
            parts.append(
                Fieldset("Your eligibility period, if it is planned", row(*PERIOD))
            )
        if "for_time_limit" in self.fields:
            parts.append("for_time_limit")
        if "applied_on" in self.fields:
            parts.append(Fieldset("If it was years ago", row("applied_on")))
        return parts
