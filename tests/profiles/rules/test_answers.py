"""Two judgements of one record: what differs is told, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from profiles import founding_tables
from profiles.choices import Confidence, Event
from profiles.rules.answers import OUTCOMES, differences, worth_telling
from profiles.rules.facts import Record
from profiles.rules.judge_record import judge
from profiles.rules.judgement import Judgement
from profiles.rules.reference import JUDGED_EVENTS, Reference
from profiles.rules.verdicts import Verdict
from tests.effort import examples
from tests.profiles.rules.records import days, records

TABLES = founding_tables.parse(founding_tables.FOUNDING_TABLES).reference


def verdicts(found: Any) -> Iterator[Verdict]:
    """Every verdict anywhere inside."""
    if isinstance(found, Verdict):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from verdicts(value)
    elif isinstance(found, tuple):
        for value in found:
            yield from verdicts(value)
    elif is_dataclass(found):
        for field in fields(found):
            yield from verdicts(getattr(found, field.name))


def answered(found: Judgement) -> list[Any]:
    """What a member would call the answers, gathered in another way."""
    said: list[Any] = [
        (
            one.answer,
            bool(one.needs_look) or one.status,
            one.decided_on,
            one.next_date,
        )
        for one in verdicts(found)
    ]
    said += [
        (OUTCOMES[one.outcome], bool(one.needs_look) or one.outcome)
        for one in found.attempts
        if one.outcome is not None
    ]
    return said


EDITS = st.fixed_dictionaries(
    {
        "minimums": st.dictionaries(
            st.integers(0, len(TABLES.standards) - 1), st.integers(150, 400), max_size=3
        ),
        "moved": st.dictionaries(
            st.integers(0, len(TABLES.deadlines) - 1),
            st.tuples(st.integers(-200, 200), st.sampled_from(Confidence)),
            max_size=3,
        ),
        # Without a first day for OET, and without one for graduation.
        "blank": st.sets(st.integers(0, len(TABLES.seasons) - 1), max_size=2),
        "note": st.sampled_from(["", "Another note."]),
    }
)


def edited(edits: dict[str, Any]) -> Reference:
    """The founding tables after some changes, of what matters and of what does not."""
    standards, deadlines = list(TABLES.standards), list(TABLES.deadlines)
    seasons = list(TABLES.seasons)
    for place, minimum in edits["minimums"].items():
        standards[place] = replace(
            standards[place], minimum=minimum, note=edits["note"]
        )
    for place, (later, confidence) in edits["moved"].items():
        row = deadlines[place]
        deadlines[place] = replace(
            row, on=row.on + timedelta(days=later), confidence=confidence
        )
    for place in edits["blank"]:
        seasons[place] = replace(seasons[place], oet_from=None, graduated_from=None)
    return replace(
        TABLES,
        standards=tuple(standards),
        deadlines=tuple(deadlines),
        seasons=tuple(seasons),
    )


def as_stored(record: Record) -> Record:
    """Each sitting has the number of its row."""
    return replace(
        record,
        attempts=tuple(
            replace(one, key=key) for key, one in enumerate(record.attempts)
        ),
        sittings=tuple(
            replace(one, key=key) for key, one in enumerate(record.sittings)
        ),
    )


@given(record=records().map(as_stored), edits=EDITS, today=days)
@examples(200)
def test_there_is_something_to_tell_exactly_when_an_answer_differs(
    record: Record, edits: dict[str, Any], today: date
) -> None:
    before, after = judge(record, TABLES, today), judge(record, edited(edits), today)

    found = worth_telling(differences(before, after))

    assert bool(found) == (answered(before) != answered(after))
    assert differences(before, before) == []


@given(record=records().map(as_stored), today=days)
@examples(50)
def test_the_other_dates_of_a_season_change_no_answer(
    record: Record, today: date
) -> None:
    moved = replace(
        TABLES,
        deadlines=tuple(
            row
            if row.event in JUDGED_EVENTS
            else replace(row, on=row.on + timedelta(days=40))
            for row in TABLES.deadlines
        ),
    )

    assert differences(judge(record, TABLES, today), judge(record, moved, today)) == []
    assert len(JUDGED_EVENTS) < len(Event)
