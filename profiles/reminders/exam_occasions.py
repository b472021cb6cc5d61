"""Exams that are planned, and exams of which nobody has said what became of them."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.choices import AttemptState, Exam, Quantity, SubTest
from profiles.models import EnglishSitting, ExamAttempt
from profiles.reminders.occasions import Occasion, OccasionSearch, Rows, days_in
from profiles.rules.days import add_days

# An exam that is longer ago is a gap in the record, and the pages say so.
NAGGING_DAYS = 60


def of_exams_ahead(search: OccasionSearch) -> Iterator[Occasion]:
    ahead = (search.today, search.until)
    for exam in Exam:
        planned = search.rows(ExamAttempt).filter(
            exam=exam, state=AttemptState.PLANNED, on__range=ahead
        )
        for day in days_in(planned, "on"):
            yield Occasion(
                kind=f"exam:{exam.value}",
                on=day,
                title=f"{exam.label} is planned for this day",
                rows=planned.filter(on=day),
            )
    sittings = _sittings_without_scores(search).filter(on__range=ahead)
    for day in days_in(sittings, "on"):
        yield Occasion(
            kind="exam:oet",
            on=day,
            title="OET Medicine is planned for this day",
            rows=sittings.filter(on=day),
        )


def of_missing_results(search: OccasionSearch) -> Iterator[Occasion]:
    """Exams whose day has passed, and nobody has said what became of them."""
    since = add_days(search.today, -NAGGING_DAYS)
    typical = search.reference.number(Quantity.RESULT_TYPICAL, search.today)
    days_for_result = 1 if typical is None else typical.value
    for exam in Exam:
        planned = search.rows(ExamAttempt).filter(
            exam=exam, state=AttemptState.PLANNED, on__range=(since, search.today)
        )
        for day in days_in(planned, "on"):
            yield Occasion(
                kind=f"planned:{exam.value}",
                on=day,
                title=f"{exam.label} was planned for this day: say whether you sat it",
                after=1,
                rows=planned.filter(on=day),
            )
        waiting = search.rows(ExamAttempt).filter(
            exam=exam,
            state=AttemptState.TAKEN,
            outcome="",
            score__isnull=True,
            on__range=(add_days(since, -days_for_result), search.today),
        )
        for day in days_in(waiting, "on"):
            yield Occasion(
                kind=f"result:{exam.value}",
                on=day,
                title=f"{exam.label} was over {days_for_result} days ago: enter its result",
                after=days_for_result + 1,
                rows=waiting.filter(on=day),
            )
    oet = _sittings_without_scores(search).filter(
        on__range=(add_days(since, -days_for_result), search.today)
    )
    for day in days_in(oet, "on"):
        yield Occasion(
            kind="result:oet",
            on=day,
            title=f"OET Medicine was over {days_for_result} days ago: enter its result",
            after=days_for_result + 1,
            rows=oet.filter(on=day),
        )


def _sittings_without_scores(search: OccasionSearch) -> Rows:
    return search.rows(EnglishSitting).filter(
        **{f"{part.value}__isnull": True for part in SubTest}
    )
