"""Whoever does each next step in order comes to an end, and loses no Match by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from profiles.choices import Answer
from profiles.rules.facts import Record
from profiles.rules.tables.season import MatchStatus, last_low_risk_exam
from tests.effort import part_of
from tests.profiles.rules.given import tables
from tests.profiles.rules.obedient_member import (
    JourneyEnd,
    ObedientMember,
    StuckError,
)
from tests.profiles.rules.plausible_records import plausible_record, season_day

MEMBERS = 2_000
MATCH_YEAR = 2027
# Who begins by then has time for everything that a certificate takes.
IN_TIME = date(2026, 9, 30)
# Nobody says how long OET takes; a sitting as late as this one may have its result after.
LATE_OET = timedelta(days=28)


def test_every_journey_comes_to_an_end() -> None:
    chance = Random(20261128)  # noqa: S311 - the same records every time
    ends: Counter[JourneyEnd] = Counter()
    for _ in range(part_of(MEMBERS)):
        member = ObedientMember(plausible_record(chance), season_day(chance))
        try:
            ends[member.go()] += 1
        except StuckError as stuck:
            raise AssertionError("\n".join([*member.log, str(stuck)])) from stuck

    # It tells something: each of these ends is reached.
    assert min(ends[end] for end in JourneyEnd if end != JourneyEnd.CLOSED) > 0, ends


def test_who_begins_in_time_and_obeys_loses_no_match() -> None:
    chance = Random(20261129)  # noqa: S311 - the same records every time
    judged = 0
    for _ in range(part_of(MEMBERS)):
        record, today = plausible_record(chance), season_day(chance)
        # A certificate beside what it would have needed is a record to be corrected.
        record = replace(
            record,
            certificate=None,
            person=replace(record.person, season=MATCH_YEAR),
            # And who says how it ended is at the end.
            seasons=tuple(replace(row, outcome=None) for row in record.seasons),
        )
        member = ObedientMember(record, today)
        began = member.judgement.match
        is_open = began.status in {
            MatchStatus.OPEN,
            MatchStatus.AT_RISK,
            MatchStatus.EXAM_REQUIREMENTS_MET,
        }
        if today > IN_TIME or not is_open:
            continue
        member.go()
        if _sat_oet_late(member.record) or _has_late_period(record):
            continue
        judged += 1
        answer = member.on_list_day
        assert answer is not None, "\n".join(member.log)
        assert answer.answer == Answer.MET, "\n".join([*member.log, answer.reason])

    assert judged > part_of(150)


def _has_late_period(record: Record) -> bool:
    """Was a period approved that begins too late for this Match? It cannot be changed."""
    last = last_low_risk_exam(MATCH_YEAR, tables())
    return last is not None and any(
        row.period_from is not None and row.period_from > last
        for row in record.attempts
    )


def _sat_oet_late(record: Record) -> bool:
    last = tables().rank_list(MATCH_YEAR)
    return last is not None and any(
        last.on - LATE_OET < sitting.on <= last.on for sitting in record.sittings
    )
