"""What people of 47 histories read: what holds was said by hand, history by history.

Each file in `tests/profiles/histories/` can be imported at /me/data/import/ as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from profiles.rules.plan.needs import TrainingPlan
from profiles.rules.reference import EASTERN
from profiles.rules.reminder_days import reminder_days
from profiles.rules.tables.season import MatchStatus
from profiles.rules.timeline import timeline
from tests.profiles.rules.given import tables
from tests.profiles.rules.histories import NAMES, history
from tests.profiles.rules.planned import plan_of
from tests.profiles.rules.test_plan import contradictions

TODAY = date(2026, 11, 27)
DAYS = [
    *(date(2026, 9, 1), TODAY, date(2027, 1, 6), date(2027, 1, 31)),
    *(date(2027, 2, 10), date(2027, 3, 3), date(2027, 3, 4), date(2027, 7, 1)),
]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the plan of one history must say, and what it must never say."""

    name: str
    says: tuple[str, ...] = ()  # beginnings of steps
    never: tuple[str, ...] = ()
    fears: tuple[tuple[str, str], ...] = ()  # about what, and the word for it
    match: str = ""  # the status of the Match
    on: date = TODAY

    def __str__(self) -> str:
        return f"{self.name} as of {self.on}"


APPLY, NRMP, RANK = "Apply to your Pathway", "Register with NRMP", "Certify your rank"

READINGS = [
    # A Pathway of a season that is over asks for a new application.
    Reading(
        name="t03",
        says=("Apply anew in the 2027 season",),
        never=("Send what is still missing",),
        fears=(("Your Pathway", "Not accepted in its season"),),
        match="OPEN",
    ),
    # A certificate and a Pathway that end before 1 July 2027 do not serve this Match.
    Reading(
        name="t01",
        says=("Apply for Pathways Revalidation in the 2027 season.",),
        never=("Begin training before that day",),
        fears=(("The certificate", "Ends before training begins"),),
        match="OPEN",
    ),
    Reading(
        name="t02",
        says=("Apply for Pathways Revalidation in the 2027 season.",),
        fears=(("Your Pathway", "Ends before training begins"),),
        match="OPEN",
    ),
    # Who graduates after training begins cannot begin it.
    Reading(
        name="t04",
        says=("Aim at the 2028 Match or a later one",),
        never=(NRMP, RANK),
        fears=(("The Match", "Training begins before you graduate"),),
        match="CANNOT_BEGIN",
    ),
    # No attempt is left: nothing that costs money is asked for.
    *(
        Reading(
            name=name,
            says=("Read why no further Step can be taken.",),
            never=(NRMP, APPLY, "Plan Step", "Take Step", "Sit OET", "Plan OET"),
            fears=((exam, "Attempts used up"),),
            match="CLOSED",
        )
        for name, exam in (
            *(("s04", "Step 1"), ("s04b", "Step 2 CK"), ("t20", "Step 2 CK")),
        )
    ),
    # A result within the seven years that is only not entered decides.
    Reading(
        name="u06",
        says=("Enter the result of Step 2 CK of 25 February 2026.",),
        never=("Plan Step 1", "Pass Step 1", "Take Step 1"),
        match="OPEN",
    ),
    # What gates everything comes first, and is a risk.
    Reading(
        name="u10",
        says=("Ask ECFMG why “Application for certification accepted” was refused",),
        never=(NRMP, APPLY),
        fears=(
            ("Application for certification accepted", "Refused: it stops the rest"),
        ),
    ),
    # The day after the seven years is too late.
    Reading(
        name="s09b",
        says=("Move Step 2 CK to 20 December 2026 or before.",),
        never=("Sit Step 2 CK.",),
        fears=(("Step 2 CK", "Planned too late"),),
    ),
    Reading(name="s09", says=("Sit Step 2 CK.",), never=("Move Step 2 CK",)),
    # From 29 February 2016 the seven years ended on 28 February 2023.
    Reading(
        name="s09c",
        says=("Pass Step 1 by 1 March 2030.",),
        fears=(("Seven years", "Run out"),),
        match="OPEN",
    ),
    # Certified by report: only the dates are missing.
    Reading(
        name="s03b",
        says=("Enter the day of issue and what the certificate rests on.",),
        never=(APPLY, "Enter the exams"),
    ),
    # A score that was declared invalid asks for a validation exam.
    Reading(
        name="s08b",
        says=("Ask USMLE how to take the validation exam for Step 1.",),
        never=("Plan Step 1 again",),
        fears=(("Step 1", "Declared invalid"),),
    ),
    Reading(
        name="s08",
        says=("Enter the result of Step 2 CK when it is released.",),
        never=("Enter the exams",),
        fears=(("Step 2 CK", "Result withheld"),),
    ),
    # Who is no IMG has no business with ECFMG.
    *(
        Reading(name=name, never=(APPLY, "Sit OET", "Plan OET", "Say where you stand"))
        for name in ("s10", "s15", "s15b")
    ),
    # An expired certificate is renewed in the season of the Match aimed at.
    Reading(
        name="s12",
        says=("Apply for Pathways Revalidation in the 2027 season.",),
        fears=(("The certificate", "Ended"),),
        match="OPEN",
    ),
    Reading(
        name="s12b",
        says=("Apply for Pathways Revalidation in the 2027 season.",),
        fears=(("The certificate", "Ends before training begins"),),
    ),
    # One that was sent is noticed.
    Reading(
        name="u08",
        says=("Send what is still missing before the season closes.",),
        never=("Apply for Pathways Revalidation",),
    ),
    # OET: a result that nobody entered, and a sitting after the rank order list.
    Reading(name="s16", says=("Enter the result of OET Medicine of 1 October 2026",)),
    Reading(
        name="s16b",
        says=("Move OET Medicine to a day well before 3 March 2027",),
        fears=(("OET Medicine", "Comes too late"),),
    ),
    # Step 3 before both Steps or the certificate (U-S3-1).
    Reading(
        name="s13b",
        says=("Move Step 3, or ask USMLE whether you may sit it.",),
        fears=(("Step 3", "Not allowed yet"),),
    ),
    # On the morning of an exam it is still to be sat.
    Reading(
        name="s19",
        says=("Sit Step 2 CK.", "Say what became of Step 1 of 20 November 2026."),
        never=("Say what became of Step 2 CK",),
    ),
    # A season that is over and met.
    Reading(name="s18", says=("Did you match in 2026?",)),
    # In training: the validation should come before the printed day.
    Reading(
        name="s20",
        says=("Ask ECFMG for permanent validation",),
        never=("Did you match",),
        fears=(("The certificate", "Ends unless it is validated"),),
    ),
    # Two readings that contradict each other are to be looked at.
    Reading(name="s21", says=("Check what you entered of Step 2 CK on 2 July 2025.",)),
    # Both planned exams are named.
    Reading(
        name="s25",
        says=(
            "Move Step 1 to 31 December 2026 or before",
            "Move Step 2 CK to 31 December 2026 or before",
        ),
        match="AT_RISK",
    ),
    # Too early: one action, and not a second one about the same sitting.
    Reading(
        name="s22",
        says=("Move Step 2 CK to 2 April 2027 or later.",),
        never=("Check what you entered",),
    ),
    # Step 3 is planned in weeks in which no Step is given.
    Reading(
        name="s13",
        says=("Ask the test center whether Step 3 is given on 12 January 2027",),
        never=("Sit Step 3.",),
        fears=(("Step 3", "May not be given"),),
    ),
    Reading(
        name="s02",
        says=("Move Step 1 to 31 December 2026 or before",),
        fears=(("Step 1", "May come too late"),),
        match="AT_RISK",
    ),
    Reading(
        name="s03",
        says=(NRMP,),
        never=(APPLY, "Sit OET", "Plan OET"),
        match="EXAM_REQUIREMENTS_MET",
    ),
    # A closed school: there is another way, and nobody is sent back to the school.
    Reading(
        name="s11",
        says=("Ask ECFMG what it takes in place of an answer of your school.",),
        never=("Ask your school",),
        fears=(("Diploma verified with the school", "Refused"),),
    ),
    # Two specialties that are outside of ERAS, whose days nobody has found.
    *(
        Reading(
            name="u01",
            on=on,
            says=("Look up when ResidencyCAS takes applications for the 2027 Match",),
            never=("Submit your applications in ERAS",),
        )
        for on in (date(2026, 8, 25), TODAY)
    ),
    Reading(
        name="s14",
        on=date(2026, 8, 25),
        says=("Submit your applications in ERAS",),
        never=("Look up when",),
    ),
    # The season of the Pathways is closed, and no application was sent.
    Reading(
        name="t16",
        on=date(2027, 2, 10),
        says=("Confirm it on the official site. Ask ECFMG whether",),
        never=(APPLY,),
        fears=(("The Match", "Too late for a Pathway"),),
        match="PATHWAY_TOO_LATE",
    ),
]


def plan(name: str, today: date) -> TrainingPlan:
    return plan_of(history(name), today=today)


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_what_a_history_reads(reading: Reading) -> None:
    own = plan(reading.name, reading.on)
    steps = [step.what for step in own.steps]
    risks = {(risk.about, risk.word) for risk in own.risks}

    for beginning in reading.says:
        assert any(step.startswith(beginning) for step in steps), (beginning, steps)
    for beginning in reading.never:
        assert not any(step.startswith(beginning) for step in steps), (beginning, steps)
    assert set(reading.fears) <= risks
    if reading.match:
        (match,) = [need.verdict for need in own.needs if need.kind == "match"]
        assert match is not None
        assert match.status == MatchStatus(reading.match)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_history_contradicts_itself(name: str, today: date) -> None:
    assert list(contradictions(history(name), today)) == []


def test_deadline_is_over_after_its_hour() -> None:
    """At 22:30 in New York the list of 21:00 is certified or lost."""
    late = datetime(2027, 3, 3, 22, 30, tzinfo=EASTERN)
    early = datetime(2027, 3, 3, 20, 30, tzinfo=EASTERN)

    def steps(now: datetime) -> list[str]:
        own = plan_of(history("s03"), today=now.date(), now=now)
        return [step.what for step in own.steps]

    assert any(step.startswith(RANK) for step in steps(early))
    assert not any(step.startswith(RANK) for step in steps(late))


@pytest.mark.parametrize(
    ("name", "unwanted"),
    [
        # Who applied, holds the certificate, or is no IMG, is not told of the deadline.
        *((name, "pathways") for name in ("s15", "s10", "s01", "s06", "s03b")),
        # Who has no attempts left is told of nothing.
        ("t20", ""),
    ],
)
def test_who_is_not_reminded(name: str, unwanted: str) -> None:
    kinds = [kind for kind, _ in reminder_days(plan(name, TODAY), tables())]

    assert [kind for kind in kinds if unwanted in kind] == []


@pytest.mark.parametrize(
    ("name", "on", "what"),
    [
        ("s09", date(2027, 1, 15), "seven years"),
        ("s12b", date(2026, 12, 31), "Certificate"),
    ],
)
def test_own_days_stand_in_the_calendar(name: str, on: date, what: str) -> None:
    own = plan(name, TODAY)

    entries = timeline(history(name), tables(), own, today=TODAY)

    assert any(entry.on == on and what in entry.title for entry in entries)
