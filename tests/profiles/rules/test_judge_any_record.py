"""What holds for every record, however odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from time import perf_counter
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from profiles.choices import (
    Answer,
    AttemptState,
    Confidence,
    Exam,
    Item,
    ReportedOutcome,
)
from profiles.rules.facts import Attempt, Record
from profiles.rules.judge_record import judge
from profiles.rules.judgement import Judgement
from profiles.rules.reference import Reference
from profiles.rules.tables import time_limit
from profiles.rules.text.rulebook import RULES
from profiles.rules.verdicts import Verdict
from tests.effort import examples
from tests.profiles.rules.given import TODAY, day, step1, step2ck, tables
from tests.profiles.rules.records import attempts, days, records

todays = st.one_of(st.just(TODAY), days)


def verdicts(of: Judgement) -> Iterator[Verdict]:
    yield from of.steps.values()
    yield from of.items.values()
    for judged in of.sittings:
        yield judged.verdict
    for pathway in of.pathways:
        yield pathway.verdict
    for field in fields(of):
        value: Any = getattr(of, field.name)
        if isinstance(value, Verdict):
            yield value


@given(record=records(), today=todays, eastern=st.none() | days)
@examples(250)
def test_every_record_is_judged(
    record: Record, today: date, eastern: date | None
) -> None:
    found = judge(record, tables(), today, eastern_today=eastern)

    assert list(found.items) == list(Item)
    assert set(found.steps) == set(Exam)
    assert len(found.attempts) == len(record.attempts)
    assert [one.pathway.value for one in found.pathways] == [1, 2, 3, 4, 5, 6]
    for verdict in verdicts(found):
        assert verdict.reason.endswith(".")
        assert verdict.rules
        assert set(verdict.rules) <= set(RULES)
        assert verdict.status


@given(record=records(), today=todays)
def test_every_record_is_judged_without_any_table(record: Record, today: date) -> None:
    found = judge(record, Reference(), today)

    assert found.match.answer != Answer.MET
    assert all(one.verdict.answer != Answer.MET for one in found.sittings)


@given(record=records(), today=todays)
@examples(150)
def test_nothing_unconfirmed_blocks(record: Record, today: date) -> None:
    # These say what is still to do, not that something is refused.
    harmless = {"OPEN", "CLOSING_SOON", "READY", "SEASON_OVER"}

    for verdict in verdicts(judge(record, tables(), today)):
        if verdict.answer == Answer.NOT_MET and verdict.status not in harmless:
            assert verdict.confidence != Confidence.UNCONFIRMED, verdict


def without_places(of: Judgement) -> list[tuple[Any, ...]]:
    """The verdicts and the judged entries, told apart by what they say only."""
    return [
        *((verdict.status, verdict) for verdict in verdicts(of)),
        *sorted(
            (repr(one.attempt), one.outcome, one.needs_look) for one in of.attempts
        ),
    ]


@given(
    record=records(),
    today=todays,
    shuffled=st.randoms(use_true_random=False),
)
@examples(150)
def test_the_order_of_entry_makes_no_difference(
    record: Record, today: date, shuffled: Any
) -> None:
    def mixed(entries: Any) -> Any:
        copy = list(entries)
        shuffled.shuffle(copy)
        return tuple(copy)

    other = replace(
        record,
        attempts=mixed(record.attempts),
        sittings=mixed(record.sittings),
        pathways=mixed(record.pathways),
        items=dict(mixed(record.items.items())),
    )

    assert without_places(judge(other, tables(), today)) == without_places(
        judge(record, tables(), today)
    )


SEVEN_YEARS = {"EXPIRED"}
passes = st.builds(
    Attempt,
    exam=st.sampled_from([Exam.STEP1, Exam.STEP2CK, Exam.STEP2CS]),
    on=st.dates(date(2008, 1, 1), TODAY),
    state=st.just(AttemptState.TAKEN),
    outcome=st.just(ReportedOutcome.PASS),
)


# Half of them with nothing but exams, so that the answers rest on these.
with_exams = records() | records(items=st.just({}), certificate=st.none())


@given(record=with_exams, extra=passes)
@examples(250)
def test_a_further_pass_takes_nothing_away(record: Record, extra: Attempt) -> None:
    """Only the seven years, and what contradicts itself, can undo an answer."""
    before = judge(record, tables(), TODAY)
    after = judge(replace(record, attempts=(*record.attempts, extra)), tables(), TODAY)
    assume(not after.seven_years.needs_look)

    for item in (Item.STEP1, Item.STEP2CK, Item.CLINICAL, Item.COMMUNICATION):
        if before.items[item].answer == Answer.MET:
            now = after.items[item]
            # An item that was reported as done, and whose only pass has run out.
            is_over = now.status == "NO_LONGER_COUNTS"
            assert now.answer == Answer.MET or now.needs_look or is_over, (item, now)
    if before.seven_years.answer == Answer.MET:
        assert (
            after.seven_years.answer == Answer.MET
            or after.seven_years.status in SEVEN_YEARS
        )
    for exam in Exam:
        if before.steps[exam].answer == Answer.MET:
            assert after.steps[exam].answer == Answer.MET


ORDER = ["NOT_STARTED", "EXPIRED", "EXPIRING", "RUNNING", "COMPLETE"]
pass_days = st.dates(date(2010, 1, 1), date(2026, 12, 31))


@given(
    passes=st.dictionaries(
        st.sampled_from(time_limit.REQUIRED_WITH_CS),
        st.lists(pass_days, min_size=1, max_size=3),
        min_size=1,
    ),
    extra=pass_days,
    required=st.sampled_from([time_limit.REQUIRED, time_limit.REQUIRED_WITH_CS]),
)
def test_another_pass_of_a_passed_step_never_shortens_the_seven_years(
    passes: dict[Exam, list[date]], extra: date, required: tuple[Exam, ...]
) -> None:
    before = time_limit.window(passes, required=required, today=TODAY)

    for exam, passed_on in passes.items():
        more = {**passes, exam: [*passed_on, extra]}
        after = time_limit.window(more, required=required, today=TODAY)
        assert ORDER.index(after.status) >= ORDER.index(before.status)


@given(record=records(), today=days, ahead=st.lists(attempts, max_size=3))
@examples(200)
def test_results_that_lie_ahead_are_not_there_yet(
    record: Record, today: date, ahead: list[Attempt]
) -> None:
    """As of a day, what comes after it is at most a plan."""
    later = [attempt for attempt in ahead if attempt.on > today]
    with_results = judge(
        replace(record, attempts=(*record.attempts, *later)), tables(), today
    )
    as_plans = judge(
        replace(
            record,
            attempts=(
                *record.attempts,
                *(
                    replace(attempt, outcome=None, score=None, result_on=None)
                    for attempt in later
                ),
            ),
        ),
        tables(),
        today,
    )

    for exam in Exam:
        assert with_results.steps[exam].status == as_plans.steps[exam].status
    assert with_results.match.status == as_plans.match.status


def test_two_hundred_attempts_are_judged_quickly() -> None:
    of = [
        (step1 if number % 2 else step2ck)(
            f"{2000 + number // 12}-{number % 12 + 1:02}-05", 180
        )
        for number in range(200)
    ]
    started = perf_counter()

    found = judge(Record(attempts=tuple(of)), tables(), TODAY)

    assert perf_counter() - started < 2
    assert max(one.number or 0 for one in found.attempts) == 100
    assert found.steps[Exam.STEP1].status == "BLOCKED_ATTEMPT_LIMIT"


def test_the_same_entry_twice_keeps_both() -> None:
    twice = (step1("2024-05-05", "fail"), step1("2024-05-05", "fail"))

    found = judge(Record(attempts=twice), tables(), TODAY)

    assert [one.number for one in found.attempts] == [1, 2]
    assert all(one.needs_look for one in found.attempts)
    assert day("2024-05-05") == found.attempts[0].attempt.on
