"""Records as people could have them: drawn by chance, and the same ones every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from profiles.choices import (
    AttemptState,
    Basis,
    Exam,
    Item,
    ItemState,
    Pathway,
    ReportedOutcome,
    SeasonOutcome,
    SubTest,
)
from profiles.rules.days import add_months
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Person,
    Record,
    ReportedItem,
    SeasonFacts,
)

T = TypeVar("T")
# The days of one season, from the opening of ERAS to the end of SOAP and beyond.
SPECIALTIES: tuple[tuple[str, ...], ...] = (
    *((), (), ("neurology",), ("emergency-medicine",), ("plastic-surgery",)),
    ("emergency-medicine", "obstetrics-gynecology", "internal-medicine"),
)
FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2027, 8, 31)


def plausible_record(chance: Random) -> Record:
    return Record(
        person=_person(chance),
        attempts=tuple(_attempts(chance)),
        sittings=tuple(_sitting(chance) for _ in range(chance.choice([0, 0, 1, 1, 2]))),
        pathways=tuple(_pathway(chance) for _ in range(chance.choice([0, 0, 1, 1, 2]))),
        items=_items(chance),
        seasons=_seasons(chance),
        certificate=_certificate(chance) if chance.random() < 0.2 else None,
    )


def season_day(chance: Random) -> date:
    """Any day of the season."""
    return FIRST_DAY + timedelta(days=chance.randrange((LAST_DAY - FIRST_DAY).days))


def _day(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randrange((last - first).days + 1))


def _maybe(chance: Random, value: T, part: float = 0.5) -> T | None:
    return value if chance.random() < part else None


def _answer(chance: Random) -> bool | None:
    return chance.choice([True, False, None])


def _person(chance: Random) -> Person:
    person = Person(
        us_citizen=_answer(chance),
        school_country=chance.choice(["IN", "IN", "NG", "GD", "US", "PR", "CA", ""]),
        graduation=_maybe(
            chance, _day(chance, date(2014, 1, 1), date(2028, 9, 30)), 0.8
        ),
        season=chance.choice([*[2027] * 6, 2026, 2028, 2029, 2030, 2031, None]),
        specialties=chance.choice(SPECIALTIES),
        licence_held=_answer(chance),
        licence_valid_on=_maybe(
            chance, _day(chance, date(2018, 1, 1), date(2027, 12, 31)), 0.3
        ),
        licence_disciplined=_answer(chance),
        school_osce=_answer(chance),
        school_wfme=_answer(chance),
        school_ncfmea=_answer(chance),
        school_joint_degree=_answer(chance),
    )
    apart = _apart(chance)
    return replace(
        person,
        permanent_resident=_maybe(apart, apart.random() < 0.3),
        visa_interview_on=_maybe(apart, _day(apart, FIRST_DAY, LAST_DAY), 0.2),
        visa_expires_on=_maybe(apart, _day(apart, FIRST_DAY, LAST_DAY), 0.2),
    )


def _apart(chance: Random) -> Random:
    """Draws as `chance` would, and leaves it as it is: the rest of a record stays what
    it was without what is drawn here.
    """
    apart = Random()  # noqa: S311 - the same records every time
    apart.setstate(chance.getstate())
    return apart


def _attempts(chance: Random) -> list[Attempt]:
    attempts: list[Attempt] = []
    for exam in Exam:
        count = chance.choice(
            [0, 1, 1, 1, 2, 3, 4] if exam in _NEEDED else [0, 0, 0, 1]
        )
        passed = False
        for _ in range(count):
            if passed and chance.random() < 0.9:
                break
            attempt = _attempt(chance, exam, len(attempts))
            passed = passed or attempt.outcome == ReportedOutcome.PASS
            attempts.append(attempt)
    return attempts


_NEEDED = (Exam.STEP1, Exam.STEP2CK)


def _attempt(chance: Random, exam: Exam, number: int) -> Attempt:
    if exam == Exam.STEP2CS:
        on = _day(chance, date(2014, 1, 1), date(2020, 3, 1))
    else:
        on = _day(chance, date(2017, 1, 1), date(2027, 6, 30))
    state = chance.choices(
        [
            AttemptState.TAKEN,
            AttemptState.PLANNED,
            AttemptState.INCOMPLETE,
            AttemptState.CANCELLED,
            AttemptState.INVALIDATED,
            AttemptState.WITHHELD,
        ],
        [70, 20, 2, 3, 3, 2],
    )[0]
    outcome = (
        chance.choices(
            [ReportedOutcome.PASS, ReportedOutcome.FAIL, None], [60, 30, 10]
        )[0]
        if state == AttemptState.TAKEN
        else None
    )
    attempt = Attempt(exam=exam, on=on, state=state, outcome=outcome, key=number + 1)
    return _with_period(chance, attempt)


def _with_period(chance: Random, attempt: Attempt) -> Attempt:
    """Three calendar months around the day."""
    apart = _apart(chance)
    if attempt.state not in _WITH_PERIOD or apart.random() < 0.3:
        return attempt
    first = add_months(attempt.on.replace(day=1), -apart.randrange(3))
    return replace(
        attempt,
        period_from=_maybe(apart, first, 0.8),
        period_to=add_months(first, 3) - timedelta(days=1),
        extended_to=_maybe(apart, add_months(first, 6) - timedelta(days=1), 0.2),
    )


_WITH_PERIOD = (AttemptState.PLANNED, AttemptState.CANCELLED, AttemptState.NOT_ATTENDED)


def _sitting(chance: Random) -> EnglishSittingFacts:
    reached: dict[SubTest, int | None] = dict.fromkeys(SubTest, 380)
    missed: dict[SubTest, int | None] = dict.fromkeys(SubTest, 280)
    unknown: dict[SubTest, int | None] = dict.fromkeys(SubTest)
    scores = chance.choices([reached, missed, unknown], [60, 15, 25])[0]
    return EnglishSittingFacts(
        on=_day(chance, date(2023, 1, 1), date(2027, 5, 31)),
        scores=scores,
        released=_answer(chance),
        key=chance.randrange(10**6),
    )


def _pathway(chance: Random) -> PathwayApplicationFacts:
    season = chance.choice([2025, 2026, 2027, 2027])
    submitted_on = _day(chance, date(season - 1, 7, 1), date(season, 5, 31))
    accepted_on = _maybe(chance, submitted_on + timedelta(days=70), 0.5)
    return PathwayApplicationFacts(
        season=season,
        number=_maybe(chance, chance.choice(list(Pathway)), 0.9),
        submitted_on=submitted_on,
        accepted_on=accepted_on,
        refused_on=None
        if accepted_on
        else _maybe(chance, submitted_on + timedelta(days=40), 0.2),
        valid_to=_maybe(chance, _day(chance, accepted_on, date(2029, 12, 31)), 0.8)
        if accepted_on
        else None,
        key=chance.randrange(10**6),
    )


def _seasons(chance: Random) -> tuple[SeasonFacts, ...]:
    apart = _apart(chance)
    return tuple(_season(apart) for _ in range(apart.choice([0, 0, 1])))


def _season(chance: Random) -> SeasonFacts:
    season = chance.choice([2026, 2027, 2027, 2028])
    begins, ends = date(season - 1, 9, 15), date(season, 3, 1)
    return SeasonFacts(
        season=season,
        registered_on=_maybe(chance, _day(chance, begins, ends), 0.6),
        eras_on=_maybe(chance, _day(chance, begins, ends), 0.5),
        residencycas_on=_maybe(chance, _day(chance, begins, ends), 0.2),
        certified_on=_maybe(chance, _day(chance, date(season, 2, 1), ends), 0.3),
        outcome=_maybe(chance, chance.choice(list(SeasonOutcome)), 0.2),
    )


def _items(chance: Random) -> dict[Item, ReportedItem]:
    share = chance.choice([0, 0.3, 0.7, 1])
    states = [
        *[ItemState.DONE] * 12,
        *[ItemState.UNDER_WAY] * 3,
        *[ItemState.NOT_STARTED] * 3,
        ItemState.REFUSED,
    ]
    return {
        item: ReportedItem(
            state=chance.choice(states),
            on=_maybe(chance, _day(chance, date(2025, 1, 1), date(2026, 12, 31)), 0.4),
        )
        for item in Item
        if chance.random() < share
        # What the rules derive is rarely reported as well.
        and (item not in _DERIVED or chance.random() < 0.1)
    }


_DERIVED = (
    Item.STEP1,
    Item.STEP2CK,
    Item.SEVEN_YEARS,
    Item.CLINICAL,
    Item.COMMUNICATION,
    Item.CERTIFICATE,
)


def _certificate(chance: Random) -> CertificateFacts:
    basis = chance.choice([*[Basis.PATHWAY] * 4, Basis.STEP2CS, None])
    return CertificateFacts(
        issued_on=_day(chance, date(2022, 1, 1), date(2026, 12, 31)),
        basis=basis,
        expires_on=None
        if basis == Basis.STEP2CS
        else _maybe(chance, _day(chance, date(2025, 12, 31), date(2029, 12, 31)), 0.9),
        validated_on=_maybe(chance, date(2026, 5, 1), 0.1),
        training_months=_maybe(chance, chance.randrange(24), 0.2),
        us_licence=_answer(chance) if chance.random() < 0.1 else None,
    )
