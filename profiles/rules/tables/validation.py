"""Table T1: what cannot be right in what was entered, before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeGuard

from profiles.choices import AttemptState, Exam, SubTest
from profiles.rules.days import add_days, add_months, in_words
from profiles.rules.facts import Attempt, EnglishSittingFacts
from profiles.rules.numbers import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    OET_HIGHEST,
    OET_STEP,
    PASS_FAIL_FROM,
    PERIOD_MONTHS,
    STEP2CS_LAST_DAY,
    STEP2CS_LAST_MONTH_END,
    USMLE_ID_DIGITS,
)
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import started
from profiles.rules.tables.outcomes import SittingOutcome, outcome


class Code(StrEnum):
    """The words of table T1 in its order, then those about several entries."""

    FUTURE_DATE_WITH_RESULT = "FUTURE_DATE_WITH_RESULT"
    SCORE_RANGE = "SCORE_RANGE"
    NO_NUMERIC_SCORE = "NO_NUMERIC_SCORE"
    EXAM_DISCONTINUED = "EXAM_DISCONTINUED"
    OET_RANGE = "OET_RANGE"
    OET_SITTINGS_MIXED = "OET_SITTINGS_MIXED"
    ID_LENGTH_CHECK = "ID_LENGTH_CHECK"
    OK = "OK"
    SAME_DAY = "SAME_DAY"
    SAME_SEASON = "SAME_SEASON"
    PASSED_BEFORE = "PASSED_BEFORE"
    # Of the other entries.
    FUTURE_DATE = "FUTURE_DATE"
    WRONG_ORDER = "WRONG_ORDER"
    CONTRADICTION = "CONTRADICTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFinding:
    """One thing that cannot be right, in a sentence that says what to do."""

    code: Code
    rule: str  # that it rests on; empty: it needs none
    field: str  # of the record's entry; empty: the entry as a whole
    message: str
    # False: a warning. What the official texts do not say never refuses an entry.
    refuses: bool = True


def is_whole(score: object) -> TypeGuard[int | float]:
    """A whole number, and not a yes or no that Python counts as one."""
    if isinstance(score, bool):
        return False
    return isinstance(score, int) or (isinstance(score, float) and score.is_integer())


def attempt_codes(
    *,
    exam: Exam,
    on: date | None,
    score: object,
    has_outcome: bool,
    today: date,
) -> list[Code]:
    """Table T1 for one sitting of a Step; `score` is whatever was entered, or None."""
    codes = []
    if on is not None and on > today and (score is not None or has_outcome):
        codes.append(Code.FUTURE_DATE_WITH_RESULT)
    if score is not None:
        if not (is_whole(score) and LOWEST_SCORE <= score <= HIGHEST_SCORE):
            codes.append(Code.SCORE_RANGE)
        if exam == Exam.STEP2CS or (
            exam == Exam.STEP1 and on is not None and on >= PASS_FAIL_FROM
        ):
            codes.append(Code.NO_NUMERIC_SCORE)
    if exam == Exam.STEP2CS and on is not None and on > STEP2CS_LAST_DAY:
        codes.append(Code.EXAM_DISCONTINUED)
    return codes


def is_oet_score(score: object) -> bool:
    """F-OET-1: 0 to 500 in steps of ten."""
    if not is_whole(score):
        return False
    return 0 <= score <= OET_HIGHEST and score % OET_STEP == 0


def english_codes(
    *,
    on: date | None,
    scores: Iterable[object],
    one_sitting: bool = True,
    today: date,
) -> list[Code]:
    """Table T1 for OET Medicine; None among the scores is one that is not there."""
    entered = [score for score in scores if score is not None]
    codes = []
    if on is not None and on > today and entered:
        codes.append(Code.FUTURE_DATE_WITH_RESULT)
    if not all(is_oet_score(score) for score in entered):
        codes.append(Code.OET_RANGE)
    if not one_sitting:
        codes.append(Code.OET_SITTINGS_MIXED)
    return codes


def id_codes(value: str) -> list[Code]:
    """Table T1 for a USMLE ID, with or without its hyphens (U-ID-1)."""
    digits = value.replace("-", "").replace(" ", "")
    right = digits.isascii() and digits.isdecimal() and len(digits) == USMLE_ID_DIGITS
    return [] if right else [Code.ID_LENGTH_CHECK]


ENDED = frozenset({AttemptState.INCOMPLETE, AttemptState.INVALIDATED})


def attempt_findings(attempt: Attempt, *, today: date) -> list[EntryFinding]:
    """Table T1 for one entry of the record, in sentences."""
    codes = attempt_codes(
        exam=attempt.exam,
        on=attempt.on,
        score=attempt.score,
        # A sitting that was broken off or invalidated has an outcome as well.
        has_outcome=bool(attempt.outcome) or attempt.state in ENDED,
        today=today,
    )
    label = attempt.exam.label
    findings: Mapping[Code, EntryFinding] = {
        Code.FUTURE_DATE_WITH_RESULT: EntryFinding(
            code=Code.FUTURE_DATE_WITH_RESULT,
            rule="F-DATE-1",
            field="on",
            message=f"{in_words(attempt.on)} has not come yet, so there can be no "
            "result. Correct the date, or leave the result empty.",
        ),
        Code.SCORE_RANGE: EntryFinding(
            code=Code.SCORE_RANGE,
            rule="U-SCORE-1",
            field="score",
            message=f"A score is a whole number from {LOWEST_SCORE} to "
            f"{HIGHEST_SCORE}.",
        ),
        Code.NO_NUMERIC_SCORE: EntryFinding(
            code=Code.NO_NUMERIC_SCORE,
            rule="U-SCORE-2" if attempt.exam == Exam.STEP1 else "U-CS-1",
            field="score",
            message=f"{label} has no number on {in_words(attempt.on)}, only Pass or "
            "Fail. Leave the score empty."
            if attempt.exam == Exam.STEP1
            else f"{label} was reported as Pass or Fail only. Leave the score empty.",
        ),
        Code.EXAM_DISCONTINUED: EntryFinding(
            code=Code.EXAM_DISCONTINUED,
            rule="U-CS-1",
            field="on",
            message=f"{label} was given up in January 2021, so nobody sat it on "
            f"{in_words(attempt.on)}. Check the exam and the date.",
            # The month is official, the day in it is not.
            refuses=attempt.on > STEP2CS_LAST_MONTH_END,
        ),
    }
    return [*(findings[code] for code in codes), *_period_findings(attempt)]


def _period_findings(attempt: Attempt) -> Iterator[EntryFinding]:
    """An eligibility period is three months, and the exam is sat within it (U-EP-1)."""
    first, last, extended = attempt.period_from, attempt.period_to, attempt.extended_to
    if last is None:
        for name, day in (("period_from", first), ("extended_to", extended)):
            if day is not None:
                yield _of_period(
                    name,
                    "When does the period end? Enter the last day that was first "
                    "approved, too, or leave this day empty.",
                )
        return
    if first is not None and last < first:
        yield _of_period(
            "period_to",
            "The period ends after it begins, and this day is earlier. Check both days.",
        )
        return
    longest = add_days(add_months(first, PERIOD_MONTHS), -1) if first else last
    if last > longest:
        yield _of_period(
            "period_to",
            f"Three months from {in_words(first or last)} end on {in_words(longest)}. Was "
            "your period extended? Then enter that day here, and the new last day "
            "under “Extended to”.",
        )
        return
    if extended is not None and extended <= last:
        yield _of_period(
            "extended_to",
            f"An extension ends after {in_words(last)}, the last day without it. Check "
            "both days, or leave this one empty.",
        )
        return
    ends = extended or last
    if (first is not None and attempt.on < first) or (
        attempt.second_day or attempt.on
    ) > ends:
        between = f"from {in_words(first)} to" if first else "that ends on"
        yield _of_period(
            "on",
            f"This day is outside your eligibility period {between} {in_words(ends)}. "
            "Check the exam day, and the days of the period.",
        )


def _of_period(field: str, message: str) -> EntryFinding:
    return EntryFinding(
        code=Code.WRONG_ORDER, rule="U-EP-1", field=field, message=message
    )


def among_others(
    attempt: Attempt, others: Iterable[Attempt], *, reference: Reference, today: date
) -> list[EntryFinding]:
    """What cannot be right beside the other sittings, this one not among them.

    Two on one day refuse; a sitting after a pass needs its reason (U-ATT-4).
    """
    same_exam = [entry for entry in others if entry.exam == attempt.exam]
    label = attempt.exam.label
    findings = []
    if any(entry.on == attempt.on for entry in same_exam):
        findings.append(
            EntryFinding(
                code=Code.SAME_DAY,
                rule="U-ATT-5",
                field="on",
                message=f"There is already an entry of {label} on "
                f"{in_words(attempt.on)}. Nobody sits it twice on one day.",
            )
        )
    passed = [
        sitting
        for sitting in started(same_exam, attempt.exam, today)
        if sitting.on < attempt.on
        and outcome(sitting, reference) == SittingOutcome.PASS
    ]
    if passed and not attempt.for_time_limit:
        findings.append(
            EntryFinding(
                code=Code.PASSED_BEFORE,
                rule="U-ATT-4",
                field="for_time_limit",
                message=f"{label} was passed on {in_words(passed[0].on)}. A passed "
                "Step is taken again only to meet a time limit: say so, or correct "
                "the entries.",
            )
        )
    return findings


def english_findings(
    sitting: EnglishSittingFacts,
    *,
    others: Iterable[EnglishSittingFacts] = (),
    today: date,
) -> list[EntryFinding]:
    """Table T1 for one sitting of OET Medicine, in sentences."""
    codes = english_codes(
        on=sitting.on, scores=list(sitting.scores.values()), today=today
    )
    findings = []
    if Code.FUTURE_DATE_WITH_RESULT in codes:
        findings.append(
            EntryFinding(
                code=Code.FUTURE_DATE_WITH_RESULT,
                rule="F-DATE-1",
                field="on",
                message=f"{in_words(sitting.on)} has not come yet, so there can be no "
                "scores. Correct the date, or leave the scores empty.",
            )
        )
    findings += [
        EntryFinding(
            code=Code.OET_RANGE,
            rule="F-OET-1",
            field=sub_test,
            message=f"{sub_test.label}: an OET score is a number from 0 to "
            f"{OET_HIGHEST} in steps of {OET_STEP}.",
        )
        for sub_test, score in sitting.scores.items()
        if score is not None and not is_oet_score(score)
    ]
    if any(entry.on == sitting.on for entry in others):
        findings.append(
            EntryFinding(
                code=Code.SAME_DAY,
                rule="E-OET-2",
                field="on",
                message=f"There is already a sitting on {in_words(sitting.on)}. All "
                "four scores of one sitting belong into one entry.",
            )
        )
    return findings


# --- Entries as they are typed ------------------------------------------------------
# `values` are those of one entry by the names of its fields. One that is missing was
# refused already.


def sitting_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    if not {"on", *SubTest.values} <= values.keys():
        return []
    scores = {part: values[part.value] for part in SubTest}
    return english_findings(
        EnglishSittingFacts(on=values["on"], scores=scores), today=today
    )


def profile_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    findings = _ahead(values, today, "visa_form_on")
    if values.get("licence_held") is not False or not values.get("licence_valid_on"):
        return findings
    return [
        *findings,
        EntryFinding(
            code=Code.CONTRADICTION,
            rule="",
            field="licence_valid_on",
            message="You say that you never held one. Clear the day, or change the "
            "answer.",
        ),
    ]


def pathway_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    return [
        *_ahead(values, today, "submitted_on", "accepted_on", "refused_on"),
        *_before(
            values, "accepted_on", "submitted_on", "It is accepted after it was sent"
        ),
        *_before(
            values, "refused_on", "submitted_on", "It is refused after it was sent"
        ),
        *_before(values, "valid_to", "accepted_on", "It ends after it was accepted"),
        *_refused_as_well(values, "accepted_on", "It is accepted"),
        *_refused_as_well(values, "valid_to", "It is valid to a day"),
    ]


def season_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    days = ("registered_on", "eras_on", "residencycas_on", "psca_on", "certified_on")
    return _ahead(values, today, *days)


def fee_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    return _ahead(values, today, "paid_on")


def _refused_as_well(
    values: Mapping[str, Any], name: str, what: str
) -> list[EntryFinding]:
    if not values.get(name) or not values.get("refused_on"):
        return []
    return [
        EntryFinding(
            code=Code.CONTRADICTION,
            rule="",
            field="refused_on",
            message=f"{what} and refused, by what you entered. Clear one of the days.",
        )
    ]


def item_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    return _ahead(values, today, "since")


def certificate_findings(values: Mapping[str, Any], today: date) -> list[EntryFinding]:
    return [
        *_ahead(values, today, "issued_on", "validated_on"),
        *_before(values, "expires_on", "issued_on", "It expires after it was issued"),
        *_before(
            values, "validated_on", "issued_on", "It is validated after it was issued"
        ),
    ]


def _ahead(values: Mapping[str, Any], today: date, *names: str) -> list[EntryFinding]:
    """Days of something that has happened, and that lie ahead."""
    return [
        EntryFinding(
            code=Code.FUTURE_DATE,
            rule="F-DATE-1",
            field=name,
            message="This day has not come yet. Check the year, or leave it empty until "
            "then.",
        )
        for name in names
        if (day := values.get(name)) and day > today
    ]


def _before(
    values: Mapping[str, Any], later: str, earlier: str, order: str
) -> list[EntryFinding]:
    """The later of two days, when it comes before the earlier one."""
    second, first = values.get(later), values.get(earlier)
    if not second or not first or second >= first:
        return []
    return [
        EntryFinding(
            code=Code.WRONG_ORDER,
            rule="",
            field=later,
            message=f"{order}, and this day is earlier. Check both days.",
        )
    ]
