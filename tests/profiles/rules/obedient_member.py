"""Somebody who does what their plan says, step by step, and has luck with all of it.

Every exam is passed, every office answers and every result comes when it is expected. So
whatever still goes wrong went wrong by the plan.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from profiles.choices import (
    AttemptState,
    Basis,
    Event,
    Exam,
    Item,
    ItemState,
    Pathway,
    ReportedOutcome,
    SeasonOutcome,
    SubTest,
)
from profiles.rules.facts import (
    Attempt,
    CertificateFacts,
    EnglishSittingFacts,
    PathwayApplicationFacts,
    Record,
    ReportedItem,
    SeasonFacts,
)
from profiles.rules.judge_record import judge
from profiles.rules.judge_record.match_season import ITEM_OF_STEP
from profiles.rules.judgement import Judgement
from profiles.rules.numbers import JANUARY_CLOSED_DAYS
from profiles.rules.plan import make_plan
from profiles.rules.plan.match import HAS_MATCHED
from profiles.rules.plan.needs import Action, TrainingPlan
from profiles.rules.tables.certificate import CertificateStatus
from profiles.rules.tables.season import (
    is_closed_in_january,
    last_given_day,
    training_day,
)
from profiles.rules.tables.time_limit import deadline_of
from profiles.rules.timeline import timeline
from profiles.rules.verdicts import Verdict
from tests.profiles.rules.given import tables

# More than anybody has to do for one Match, and how often one thing may be asked again.
MOST_STEPS = 150
MOST_REPEATS = 2
A_DAY = timedelta(days=1)
FAR_AWAY = date(2033, 12, 31)
TO_BOOK_AN_EXAM = timedelta(days=30)
WELL_BEFORE = timedelta(days=60)
TO_ISSUE_A_CERTIFICATE = timedelta(days=14)
FROM_THEN_ON = re.compile(r"(\d+ \w+ \d{4}) or later")
PROVISIONAL = "Confirm it on the official site. "
EXAMS = {exam.label: exam for exam in Exam}
NAMES = "|".join(map(re.escape, EXAMS))
STEP_OF_ITEM = {item: exam for exam, item in ITEM_OF_STEP.items()}
ITEMS = {item.label: item for item in Item}


class JourneyEnd(StrEnum):
    DECIDED = "the Match aimed at was decided"
    NEXT_MATCH = "nothing can be done for this Match: here is the next"
    NOT_PUBLISHED = "everything is done, and the days of this Match are not published"
    CLOSED = "no further Step can be taken, and the plan says why"


class StuckError(Exception):
    """The plan leads nowhere, or asks for what was done."""


class ObedientMember:
    def __init__(self, record: Record, today: date) -> None:
        self.record, self.today = known_on(record, today), today
        # What leaves no trace in a record is remembered here.
        self.followed: set[str] = set()
        self.asked: Counter[tuple[str, date | None]] = Counter()
        self.log: list[str] = []
        self.end: JourneyEnd | None = None
        # Of the Match aimed at, on the day of its rank order list; None: not reached.
        self.on_list_day: Verdict | None = None

    @property
    def judgement(self) -> Judgement:
        return judge(self.record, tables(), self.today)

    @property
    def plan(self) -> TrainingPlan:
        return make_plan(self.record, tables(), self.judgement, eastern=self.today)

    def go(self) -> JourneyEnd:
        """Follow the plan to its end. Raises StuckError."""
        for _ in range(MOST_STEPS):
            self._look_at_list_day()
            if self._has_matched():
                self.end = JourneyEnd.DECIDED
                return self.end
            self._take_what_comes()
            plan = self.plan
            open_steps = [step for step in plan.steps if step.what not in self.followed]
            now = next(filter(self._can_be_done_now, open_steps), None)
            if now is not None:
                self._follow(now)
            else:
                self._wait(plan)
            if self.end is not None:
                self._look_at_list_day()
                return self.end
        raise StuckError(f"not at an end after {MOST_STEPS} steps")

    def _look_at_list_day(self) -> None:
        last = tables().rank_list(self.record.person.season)
        if last is not None and self.today >= last.on and self.on_list_day is None:
            self.on_list_day = judge(self.record, tables(), last.on).match

    def _has_matched(self) -> bool:
        season = self.record.person.season
        decided = tables().deadline(season, Event.MATCH_DAY) if season else None
        begins = training_day(season)
        last = decided.on if decided else begins
        return (
            self.record.season_outcome in HAS_MATCHED
            and last is not None
            and self.today >= last
        )

    def _can_be_done_now(self, step: Action) -> bool:
        waits = re.search(r"^Sit .*\.$|when it comes|from this day on", step.what)
        return not waits or step.on is None or step.on <= self.today

    def _take_what_comes(self) -> None:
        """The certificate, once ECFMG has everything."""
        if self.judgement.certificate.status == CertificateStatus.READY:
            self.today += TO_ISSUE_A_CERTIFICATE
            ends = [
                row.valid_to
                for row in self.record.pathways
                if row.valid_to and row.valid_to > self.today
            ]
            self._change(
                certificate=CertificateFacts(
                    issued_on=self.today, expires_on=max(ends, default=None)
                )
            )
            self.log.append(f"{self.today}: the certificate is there")

    def _wait(self, plan: TrainingPlan) -> None:
        """Until the next day that the calendar or a step names."""
        entries = timeline(self.record, tables(), plan, today=self.today)
        ahead = [entry.on for entry in entries if entry.on > self.today]
        ahead += [
            step.on
            for step in plan.steps
            if step.what not in self.followed and step.on and step.on > self.today
        ]
        season = plan.season
        if not ahead and season is not None and tables().rank_list(season) is None:
            self.end = JourneyEnd.NOT_PUBLISHED
            return
        begins = training_day(season)
        if not ahead and begins is not None and self.today >= begins:
            self.end = JourneyEnd.DECIDED
            return
        if not ahead:
            raise StuckError("nothing to do, and nothing to wait for")
        self.today = min(ahead)
        self.log.append(f"{self.today}: waited for this day")

    def _follow(self, step: Action) -> None:
        key = (step.what, step.on)
        self.asked[key] += 1
        self.log.append(f"{self.today}: {step.what} {step.on or ''} ({step.why})")
        if self.asked[key] > MOST_REPEATS:
            raise StuckError(f"asked again and again: {step.what}")
        what = step.what.removeprefix(PROVISIONAL)
        for pattern, effect in EFFECTS:
            if found := re.search(pattern, what):
                effect(self, step, found)
                return
        raise StuckError(f"nobody knows how to follow: {step.what}")

    def _change(self, **parts: object) -> None:
        self.record = replace(self.record, **parts)  # type: ignore[arg-type]

    # --- What the steps come to ----------------------------------------------------------

    def does(self, step: Action, found: re.Match[str]) -> None:
        """It leaves no trace in the record."""
        self.followed.add(step.what)

    def reads_why(self, step: Action, found: re.Match[str]) -> None:
        self.end = JourneyEnd.CLOSED

    def says_how_it_ended(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(outcome=SeasonOutcome.MATCHED)
        if step.what in {asked.what for asked in self.plan.steps}:
            raise StuckError(f"asked although it is said: {step.what}")

    def applies_in_eras(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(eras_on=self.today)

    def applies_in_residencycas(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(residencycas_on=self.today)

    def applies_where_programs_say(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(
            eras_on=self.today, eras_specialties=self.record.person.specialties
        )

    def registers(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(registered_on=self.today)

    def certifies_list(self, step: Action, found: re.Match[str]) -> None:
        self._record_season(certified_on=self.today)

    def _record_season(self, **values: object) -> None:
        """In the record of the Match aimed at; there is one a Match."""
        season = self.record.person.season
        assert season is not None
        rows = {row.season: row for row in self.record.seasons}
        row = rows.get(season, SeasonFacts(season=season))
        rows[season] = replace(row, **values)  # type: ignore[arg-type]
        self._change(seasons=tuple(rows.values()))

    def goes_on_to_the_next(self, step: Action, found: re.Match[str]) -> None:
        self.end = JourneyEnd.NEXT_MATCH

    def chooses_a_match(self, step: Action, found: re.Match[str]) -> None:
        season = next(
            year
            for year in range(self.today.year, self.today.year + 3)
            if (last := tables().rank_list(year)) is None or last.on > self.today
        )
        self._change(person=replace(self.record.person, season=season))

    def says_where_items_stand(self, step: Action, found: re.Match[str]) -> None:
        unsaid = [
            item
            for item, judged in self.judgement.items.items()
            if judged.status == "NOT_SAID"
        ]
        self._report(ItemState.NOT_STARTED, *unsaid)

    def has_item_done(self, step: Action, found: re.Match[str]) -> None:
        self._report(ItemState.DONE, Item(step.anchor))

    def has_refusal_lifted(self, step: Action, found: re.Match[str]) -> None:
        self._report(ItemState.DONE, ITEMS[found.group(1)])

    def has_school_answer(self, step: Action, found: re.Match[str]) -> None:
        waiting = [
            item
            for item in (Item.DIPLOMA, Item.TRANSCRIPT)
            if self.judgement.items[item].next_step == step.what
        ]
        self._report(ItemState.DONE, *waiting)

    def _report(self, state: ItemState, *items: Item) -> None:
        reports = {item: ReportedItem(state=state, on=self.today) for item in items}
        self._change(items={**self.record.items, **reports})

    def takes_report_back(self, step: Action, found: re.Match[str]) -> None:
        self._correct_item(ITEMS[found.group(1)])

    def corrects_pathways(self, step: Action, found: re.Match[str]) -> None:
        if Item.CLINICAL in self.record.items:
            self._correct_item(Item.CLINICAL)
        else:
            self._change(pathways=())

    def _correct_item(self, item: Item) -> None:
        """The report was wrong; if nothing was reported, the certificate was."""
        if item in self.record.items:
            kept = {key: row for key, row in self.record.items.items() if key != item}
            self._change(items=kept)
        elif item in STEP_OF_ITEM and self.record.certificate is None:
            self._take_out_planned(STEP_OF_ITEM[item])
        else:
            self._change(certificate=None)

    def has_exam_planned(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        by = step.on if step.on and step.on >= self.today else None
        soon = self.today + TO_BOOK_AN_EXAM
        choose = max if "or later" in step.what else min
        on = choose(by or soon, soon)
        if later := FROM_THEN_ON.search(step.what):
            on = max(on, _day(later.group(1)))
        self._add_attempt(exam, on)

    def plans_first_exam(self, step: Action, found: re.Match[str]) -> None:
        self._add_attempt(Exam.STEP1, self.today + TO_BOOK_AN_EXAM)

    def plans_missing_passes(self, step: Action, found: re.Match[str]) -> None:
        on = min(step.on or date.max, self.today + TO_BOOK_AN_EXAM)
        for exam in (Exam.STEP1, Exam.STEP2CK):
            if str(exam.label) in found.group(0):
                self._add_attempt(exam, on, for_time_limit=True)
                on += A_DAY

    def _add_attempt(
        self, exam: Exam, on: date, *, for_time_limit: bool = False
    ) -> None:
        attempt = Attempt(
            exam=exam,
            on=on,
            state=AttemptState.PLANNED,
            for_time_limit=for_time_limit,
        )
        self._change(attempts=(*self.record.attempts, attempt))

    def sits(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        planned = {(each.exam, each.on) for each in self.record.attempts}
        if (exam, self.today) not in planned:
            # Of an eligibility period in which no day was planned.
            self._add_attempt(exam, self.today)
        self._change_attempts(
            lambda each: each.exam == exam and each.on == self.today,
            state=AttemptState.TAKEN,
        )
        self.today += A_DAY

    def enters_result(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        self._change_attempts(
            lambda each: (
                each.exam == exam
                and each.outcome is None
                and each.on < self.today
                and each.state
                in (AttemptState.TAKEN, AttemptState.WITHHELD, AttemptState.PLANNED)
            ),
            state=AttemptState.TAKEN,
            outcome=ReportedOutcome.PASS,
        )

    def has_score_validated(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        self._change_attempts(
            lambda each: each.exam == exam and each.state == AttemptState.INVALIDATED,
            state=AttemptState.TAKEN,
            outcome=ReportedOutcome.PASS,
        )

    def moves_exam(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        by = step.on if step.on is not None else self.today
        self._change_attempts(
            lambda each: (
                each.exam == exam
                and each.on > by
                and each.state == AttemptState.PLANNED
            ),
            on=max(by, self.today),
        )

    def moves_out_of_january(self, step: Action, found: re.Match[str]) -> None:
        exam = EXAMS[found.group(1)]
        closed = [
            each.on
            for each in self.record.attempts
            if each.exam == exam and is_closed_in_january(each.on)
        ]
        before = last_given_day(max(closed))
        after = max(closed).replace(day=JANUARY_CLOSED_DAYS + 1)
        self._change_attempts(
            lambda each: each.exam == exam and each.on in closed,
            on=before if before > self.today else after,
        )

    def takes_exam_out(self, step: Action, found: re.Match[str]) -> None:
        self._take_out_planned(Exam(step.anchor))

    def _take_out_planned(self, exam: Exam) -> None:
        ahead = [
            each
            for each in self.record.attempts
            if each.exam == exam and each.state == AttemptState.PLANNED
        ]
        self._change(
            attempts=tuple(each for each in self.record.attempts if each not in ahead)
        )

    def corrects_attempt(self, step: Action, found: re.Match[str]) -> None:
        exam, wrong = EXAMS[found.group(1)], found.group(2)
        earlier = [
            each.on
            for each in self.record.attempts
            if each.exam == exam
            and each.outcome == ReportedOutcome.PASS
            and each.on < _day(wrong)
        ]
        if "say so" in step.why and earlier and deadline_of(max(earlier)) < _day(wrong):
            self._change_attempts(
                lambda each: each.exam == exam and f"{each.on:%-d %B %Y}" == wrong,
                for_time_limit=True,
            )
            return
        self._change(
            attempts=tuple(
                each
                for each in self.record.attempts
                if (each.exam, f"{each.on:%-d %B %Y}") != (exam, wrong)
            )
        )

    def corrects_passes(self, step: Action, found: re.Match[str]) -> None:
        """Of each Step only the newest sitting was real."""
        newest = {each.exam: each for each in sorted(self.record.attempts, key=_on)}
        self._change(attempts=tuple(newest.values()))

    def _change_attempts(
        self, which: Callable[[Attempt], bool], **values: object
    ) -> None:
        self._change(
            attempts=tuple(
                replace(each, **values) if which(each) else each  # type: ignore[arg-type]
                for each in self.record.attempts
            )
        )

    def plans_oet(self, step: Action, found: re.Match[str]) -> None:
        by = step.on if step.on and step.on > self.today else date.max
        on = min(by, self.today + TO_BOOK_AN_EXAM)
        if later := FROM_THEN_ON.search(step.what):
            on = max(on, _day(later.group(1)))
        sitting = EnglishSittingFacts(on=on, scores=dict.fromkeys(SubTest))
        self._change(sittings=(*self.record.sittings, sitting))

    def sits_oet(self, step: Action, found: re.Match[str]) -> None:
        self.today += A_DAY

    def moves_oet(self, step: Action, found: re.Match[str]) -> None:
        late = step.on
        assert late is not None
        if later := FROM_THEN_ON.search(step.what):
            self._move_sittings(lambda each: each.on == late, _day(later.group(1)))
        else:
            earlier = max(self.today + A_DAY, late - WELL_BEFORE)
            self._move_sittings(lambda each: each.on > late, earlier)

    def _move_sittings(
        self, which: Callable[[EnglishSittingFacts], bool], day: date
    ) -> None:
        self._change(
            sittings=tuple(
                replace(each, on=day) if which(each) else each
                for each in self.record.sittings
            )
        )

    def enters_oet_scores(self, step: Action, found: re.Match[str]) -> None:
        self._change(
            sittings=tuple(
                replace(each, scores=dict.fromkeys(SubTest, 400), released=True)
                if each.on < self.today and not any(each.scores.values())
                else each
                for each in self.record.sittings
            )
        )

    def has_oet_released(self, step: Action, found: re.Match[str]) -> None:
        self._change(
            sittings=tuple(
                replace(each, released=True) for each in self.record.sittings
            )
        )
        self.followed.add(step.what)

    def applies_to_pathway(self, step: Action, found: re.Match[str]) -> None:
        season = self.record.person.season or self.today.year + 1
        route = self.judgement.route.status
        number = Pathway(int(route[-1])) if route.startswith("PATHWAY_") else None
        others = (row for row in self.record.pathways if row.season != season)
        application = PathwayApplicationFacts(
            season=season, number=number, submitted_on=self.today
        )
        self._change(pathways=(*others, application))

    def is_accepted(self, step: Action, found: re.Match[str]) -> None:
        self.today += A_DAY
        waiting = [
            row
            for row in self.record.pathways
            if not row.accepted_on and not row.refused_on
        ]
        newest = max(waiting, key=lambda row: row.season)
        accepted = replace(newest, accepted_on=self.today, valid_to=FAR_AWAY)
        self._change(
            pathways=tuple(
                accepted if row is newest else row for row in self.record.pathways
            )
        )

    def enters_end_of_pathway(self, step: Action, found: re.Match[str]) -> None:
        self._change(
            pathways=tuple(
                replace(row, valid_to=row.valid_to or FAR_AWAY)
                if row.accepted_on
                else row
                for row in self.record.pathways
            )
        )

    def corrects_certificate(self, step: Action, found: re.Match[str]) -> None:
        self._correct_item(Item.CERTIFICATE)

    def enters_end_of_certificate(self, step: Action, found: re.Match[str]) -> None:
        self._change_certificate(expires_on=FAR_AWAY)

    def enters_certificate(self, step: Action, found: re.Match[str]) -> None:
        self._change(
            certificate=CertificateFacts(
                issued_on=self.today,
                basis=Basis.PATHWAY,
                expires_on=FAR_AWAY,
            )
        )

    def has_it_made_permanent(self, step: Action, found: re.Match[str]) -> None:
        self._change_certificate(validated_on=self.today)

    def _change_certificate(self, **values: date) -> None:
        assert self.record.certificate is not None
        self._change(certificate=replace(self.record.certificate, **values))  # type: ignore[arg-type]


def known_on(record: Record, today: date) -> Record:
    """The record as it could stand on that day: what lies ahead is planned at most."""
    return replace(
        record,
        attempts=tuple(
            each
            if each.on <= today or each.state == AttemptState.CANCELLED
            else replace(each, state=AttemptState.PLANNED, outcome=None)
            for each in record.attempts
        ),
        sittings=tuple(
            each
            if each.on <= today
            else replace(each, scores=dict.fromkeys(SubTest), released=None)
            for each in record.sittings
        ),
        pathways=tuple(
            row.known_on(today)
            for row in record.pathways
            if row.submitted_on is None or row.submitted_on <= today
        ),
        items={
            item: replace(report, on=report.on and min(report.on, today))
            for item, report in record.items.items()
        },
        certificate=record.certificate
        if record.certificate and record.certificate.issued_on <= today
        else None,
    )


def _day(words: str) -> date:
    return datetime.strptime(words, "%d %B %Y").replace(tzinfo=UTC).date()


def _on(attempt: Attempt) -> date:
    return attempt.on


Effect = Callable[[ObedientMember, Action, re.Match[str]], None]
# Every sentence of a step, and what comes of it: the first pattern that fits.
EFFECTS: tuple[tuple[str, Effect], ...] = (
    (r"^Read why no further Step", ObedientMember.reads_why),
    (r"^Did you match in", ObedientMember.says_how_it_ended),
    (r"^You say that you matched", ObedientMember.goes_on_to_the_next),
    (r"hoose the next Match|^Aim at the \d+ Match", ObedientMember.goes_on_to_the_next),
    (r"^Choose the Match that you aim at", ObedientMember.chooses_a_match),
    (r"^Enter the exams that you have sat", ObedientMember.plans_first_exam),
    (r"^Say where you stand", ObedientMember.says_where_items_stand),
    (r"^Ask ECFMG why “(.*)” was refused", ObedientMember.has_refusal_lifted),
    (r"^Ask your school to answer", ObedientMember.has_school_answer),
    (
        r"^(Open a MyIntealth|Book the identity|Submit the application for ECFMG|Look "
        r"your school up|Ask ECFMG what it takes|Count the academic|Look into MyIntealth)",
        ObedientMember.has_item_done,
    ),
    (r"^Check what you entered about your Pathway", ObedientMember.corrects_pathways),
    (r"^Check what you entered about “(.*)”", ObedientMember.takes_report_back),
    (
        rf"^Check what you entered of ({NAMES}) on (.*)\.",
        ObedientMember.corrects_attempt,
    ),
    (r"^Check the passes", ObedientMember.corrects_passes),
    (r"^Check what you entered of the cert", ObedientMember.corrects_certificate),
    (rf"^Plan ({NAMES})\b", ObedientMember.has_exam_planned),
    (r"^Pass [^.]*Step [^.]*\.", ObedientMember.plans_missing_passes),
    (r"^Plan OET", ObedientMember.plans_oet),
    (r"^Sit OET", ObedientMember.sits_oet),
    (rf"^Sit ({NAMES})(?:\.| by )", ObedientMember.sits),
    (r"^Enter the result of OET", ObedientMember.enters_oet_scores),
    (
        rf"^(?:Enter the result|Say what became) of ({NAMES})",
        ObedientMember.enters_result,
    ),
    (
        rf"^Ask USMLE how to take the validation exam for ({NAMES})",
        ObedientMember.has_score_validated,
    ),
    (r"^Move OET", ObedientMember.moves_oet),
    (
        r"^Move Step 3, or ask|^Ask USMLE whether you may sit",
        ObedientMember.takes_exam_out,
    ),
    (rf"^Move ({NAMES}) to", ObedientMember.moves_exam),
    (rf"^Ask the test center whether ({NAMES})", ObedientMember.moves_out_of_january),
    (r"^(Ask OET to release|Make sure that OET)", ObedientMember.has_oet_released),
    (
        r"^(Apply (by|to your|anew)|Apply for Pathways)",
        ObedientMember.applies_to_pathway,
    ),
    (r"^Send what is still missing", ObedientMember.is_accepted),
    (r"^Enter until when ECFMG", ObedientMember.enters_end_of_pathway),
    (
        r"^(Copy the last day|Ask ECFMG for the new last)",
        ObedientMember.enters_end_of_certificate,
    ),
    (r"^Enter the day of issue", ObedientMember.enters_certificate),
    (r"^Ask ECFMG for permanent", ObedientMember.has_it_made_permanent),
    (r"^Register with NRMP", ObedientMember.registers),
    (r"^Submit your applications in ERAS", ObedientMember.applies_in_eras),
    (
        r"^(Submit your applications in|Look up when) ResidencyCAS",
        ObedientMember.applies_in_residencycas,
    ),
    (r"^Ask each program", ObedientMember.applies_where_programs_say),
    (r"^Certify your rank", ObedientMember.certifies_list),
    (
        r"^(Ask USMLE how to sit|Ask ECFMG which|Ask ECFMG, or choose|Ask USMLE before|"
        r"Begin training|Renew the Pathway|Look up when)",
        ObedientMember.does,
    ),
)
