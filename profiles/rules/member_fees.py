"""Which fees are to come on the way of one member, which may be, and which are behind it.

The plan says what is still to be done; what that costs says the fee table. What nobody
knows is not known, and never zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import FEES_OF_SEASON, Answer, Event, Exam, FeeKind, Item, Service
from profiles.rules.facts import PLASTIC_SURGERY, Record
from profiles.rules.fee_table import Fee, newest_fee
from profiles.rules.judge_record.case import as_known
from profiles.rules.judgement import Judgement
from profiles.rules.plan.eligibility import USES_APPLICATION_UP
from profiles.rules.plan.exams import NEED_OF_EXAM
from profiles.rules.plan.needs import NeedKind, NeedState, TrainingPlan
from profiles.rules.reference import Reference
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.season import STEPS_NEEDED

FEE_OF_STEP = {
    Exam.STEP1: FeeKind.STEP1,
    Exam.STEP2CK: FeeKind.STEP2CK,
    Exam.STEP3: FeeKind.STEP3,
}
TO_BE_DONE = frozenset({NeedState.TO_DO, NeedState.WAITS, NeedState.NOT_KNOWN})
DOCUMENTS = (Item.DIPLOMA, Item.TRANSCRIPT)
OF_ERAS = (FeeKind.ERAS_TOKEN, FeeKind.ERAS, FeeKind.EXAM_TRANSCRIPT)


class FeeGroup(StrEnum):
    TO_COME = "to_come"
    POSSIBLE = "possible"  # it hangs on what the record does not say
    BEHIND = "behind"  # the record says that what it is for was done


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFee:
    """One fee of one member. `fee` None: nobody has found what it costs."""

    kind: FeeKind
    turn: int  # the Match of a fee of a season; of another the first, second, …
    group: FeeGroup
    fee: Fee | None
    times: int = 1  # so many of them are paid together

    @property
    def least(self) -> int | None:
        """US dollars; None: not known, or it hangs on how many there are."""
        return self._times(None if self.fee is None else self.fee.least)

    @property
    def most(self) -> int | None:
        return self._times(None if self.fee is None else self.fee.most)

    def _times(self, amount: int | None) -> int | None:
        return None if amount is None else amount * self.times

    @property
    def label(self) -> str:
        return label_of_fee(self.kind, self.turn)


def label_of_fee(kind: FeeKind, turn: int) -> str:
    """NRMP registration, 2027 Match; Step 1, payment 2."""
    if kind in FEES_OF_SEASON:
        return f"{kind.label}, {turn} Match"
    return kind.label if turn == 1 else f"{kind.label}, payment {turn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSum:
    """The sum of what is known of several fees, US dollars; None: nothing is known."""

    least: int | None
    most: int | None
    unknown: tuple[str, ...]  # what is in no sum, because it is not known


def sum_of(fees: Iterable[MemberFee]) -> FeeSum:
    least: list[int] = []
    most: list[int] = []
    unknown = []
    for fee in fees:
        if fee.least is None or fee.most is None:
            unknown.append(fee.label)
        else:
            least.append(fee.least)
            most.append(fee.most)
    return FeeSum(
        least=sum(least) if least else None,
        most=sum(most) if most else None,
        unknown=tuple(unknown),
    )


def member_fees(
    record: Record,
    judgement: Judgement,
    plan: TrainingPlan,
    reference: Reference,
    *,
    paid: Collection[tuple[FeeKind, int]] = (),
    eastern: date,
) -> tuple[MemberFee, ...]:
    """Every fee of the way that is not among `paid`, each once. `eastern`: the day in
    New York, with which deadlines end.
    """
    case = _FeeCase(record, judgement, plan, reference, frozenset(paid), eastern)
    fees: dict[tuple[FeeKind, int], MemberFee] = {}
    for fee in (*case.to_come(), *case.possible(), *case.behind()):
        if (fee.kind, fee.turn) not in case.paid:
            fees.setdefault((fee.kind, fee.turn), fee)
    order = list(FeeKind)
    return tuple(
        sorted(fees.values(), key=lambda fee: (order.index(fee.kind), fee.turn))
    )


@dataclass(frozen=True, slots=True)
class _FeeCase:
    record: Record
    judgement: Judgement
    plan: TrainingPlan
    reference: Reference
    paid: frozenset[tuple[FeeKind, int]]
    eastern: date

    # --- To come -----------------------------------------------------------------------

    def to_come(self) -> Iterator[MemberFee]:
        for exam in self._steps_to_come():
            yield self._fee(FEE_OF_STEP[exam], self._used(exam) + 1, FeeGroup.TO_COME)
        if self._needs_certificate():
            yield from self._of_certification()
        if not self._is_stopped():
            yield from self._of_season()

    def _needs_certificate(self) -> bool:
        certificate = self.plan.need(NeedKind.CERTIFICATE) if self.plan.is_img else None
        return (
            certificate is not None
            and certificate.state != NeedState.DONE
            and self.record.certificate is None
            and not self._is_stopped()
        )

    def _is_stopped(self) -> bool:
        """Is a refusal, or a limit of attempts, in the way of everything?"""
        return any(step.is_gate for step in self.plan.steps) or any(
            self.plan.need(NEED_OF_EXAM[exam]).state == NeedState.LOST
            for exam in STEPS_NEEDED
        )

    def _steps_to_come(self) -> list[Exam]:
        planned = {name for name, _ in self.plan.exam_days}
        return [
            exam
            for exam in FEE_OF_STEP
            if exam.value in planned
            or (
                exam in STEPS_NEEDED
                and self._needs_certificate()
                and self.plan.need(NEED_OF_EXAM[exam]).state in TO_BE_DONE
                and self.judgement.steps[exam].status
                not in {StepStatus.PASSED, StepStatus.RESULT_PENDING}
            )
        ]

    def _used(self, exam: Exam) -> int:
        """How many applications were used up."""
        today = self.plan.today
        return sum(
            judged.attempt.exam == exam
            and judged.attempt.on <= today
            and as_known(judged.attempt, today).state in USES_APPLICATION_UP
            for judged in self.judgement.attempts
        )

    def _of_certification(self) -> Iterator[MemberFee]:
        items = self.judgement.items
        if items[Item.APPLICATION].answer != Answer.MET:
            yield self._fee(FeeKind.APPLICATION, 1, FeeGroup.TO_COME)
        missing = sum(items[item].answer != Answer.MET for item in DOCUMENTS)
        if missing:
            yield self._fee(FeeKind.DOCUMENTS, 1, FeeGroup.TO_COME, times=missing)
        if self._needs_another_oet():
            yield self._fee(FeeKind.OET, self._sat_oet() + 1, FeeGroup.TO_COME)
        if self.plan.needs_pathway and self.plan.season is not None:
            yield self._fee(FeeKind.PATHWAY, self.plan.season, FeeGroup.TO_COME)

    def _sat_oet(self) -> int:
        return sum(row.on <= self.plan.today for row in self.record.sittings)

    def _needs_another_oet(self) -> bool:
        """Not while scores are to come, or only their release is missing."""
        today = self.plan.today
        if self.plan.need(NeedKind.COMMUNICATION_SKILLS).state not in TO_BE_DONE:
            return False
        if any(name == "oet" for name, _ in self.plan.exam_days):
            return True
        waits = any(
            row.on <= today and not any(row.scores.values())
            for row in self.record.sittings
        )
        is_reached = any(
            row.is_best and not (row.judged.failed or row.judged.unknown)
            for row in self.judgement.sittings
        )
        is_too_old = self.judgement.english.status == "TOO_OLD_FOR_SEASON"
        return not waits and (not is_reached or is_too_old)

    def _of_season(self) -> Iterator[MemberFee]:
        plan, season = self.plan, self.plan.season
        if season is None or not self._takes_part():
            return
        if Service.ERAS in plan.services and Event.ERAS_SUBMISSION not in plan.done:
            for kind in OF_ERAS:
                # It is the token by which IMGs enter ERAS.
                if plan.is_img or kind != FeeKind.ERAS_TOKEN:
                    yield self._fee(kind, season, FeeGroup.TO_COME)
        if (
            Service.RESIDENCYCAS in plan.services
            and Event.CAS_SUBMISSION not in plan.done
        ):
            yield self._fee(FeeKind.RESIDENCYCAS, season, FeeGroup.TO_COME)
        if Service.PSCA in plan.services and not self.record.has_applied(
            PLASTIC_SURGERY, plan.today
        ):
            yield self._fee(FeeKind.PSCA, season, FeeGroup.TO_COME)
        if Event.NRMP_REGISTRATION not in plan.done:
            yield self._fee(FeeKind.NRMP, season, FeeGroup.TO_COME)
            if self._is_late(season):
                yield self._fee(FeeKind.NRMP_LATE, season, FeeGroup.TO_COME)

    def _takes_part(self) -> bool:
        return self.plan.follows_match and self.record.season_outcome is None

    def _is_late(self, season: int) -> bool:
        standard = self.reference.deadline(season, Event.NRMP_STANDARD_END)
        return standard is not None and self.eastern > standard.on

    # --- What may come -----------------------------------------------------------------

    def possible(self) -> Iterator[MemberFee]:
        plan, season = self.plan, self.plan.season
        if self._steps_to_come():
            turns = [turn for kind, turn in self.paid if kind == FeeKind.EXAM_ABROAD]
            yield self._fee(
                FeeKind.EXAM_ABROAD, max(turns, default=0) + 1, FeeGroup.POSSIBLE
            )
        if season is None or not self._takes_part() or self._is_stopped():
            return
        if Event.NRMP_REGISTRATION not in plan.done:
            yield self._fee(FeeKind.NRMP_LATE, season, FeeGroup.POSSIBLE)
        if Event.RANK_LIST not in plan.done:
            yield self._fee(FeeKind.NRMP_RANKS, season, FeeGroup.POSSIBLE)
        if plan.is_img and self.record.person.may_need_visa:
            yield self._fee(FeeKind.VISA, season, FeeGroup.POSSIBLE)

    # --- Behind the member -------------------------------------------------------------

    def behind(self) -> Iterator[MemberFee]:
        for exam, kind in FEE_OF_STEP.items():
            for turn in range(1, self._used(exam) + 1):
                yield self._fee(kind, turn, FeeGroup.BEHIND)
        for turn in range(1, self._sat_oet() + 1):
            yield self._fee(FeeKind.OET, turn, FeeGroup.BEHIND)
        items = self.judgement.items
        if self.plan.is_img and items[Item.APPLICATION].answer == Answer.MET:
            yield self._fee(FeeKind.APPLICATION, 1, FeeGroup.BEHIND)
        if self.plan.is_img and all(
            items[item].answer == Answer.MET for item in DOCUMENTS
        ):
            yield self._fee(FeeKind.DOCUMENTS, 1, FeeGroup.BEHIND, times=len(DOCUMENTS))
        for pathway in self.record.pathways:
            if pathway.submitted_on and pathway.submitted_on <= self.plan.today:
                yield self._fee(FeeKind.PATHWAY, pathway.season, FeeGroup.BEHIND)
        for row in self.record.seasons:
            if row.registered_on:
                yield self._fee(FeeKind.NRMP, row.season, FeeGroup.BEHIND)
            if row.residencycas_on:
                yield self._fee(FeeKind.RESIDENCYCAS, row.season, FeeGroup.BEHIND)
            if row.psca_on:
                yield self._fee(FeeKind.PSCA, row.season, FeeGroup.BEHIND)
            if row.eras_on:
                for kind in OF_ERAS:
                    if self.plan.is_img or kind != FeeKind.ERAS_TOKEN:
                        yield self._fee(kind, row.season, FeeGroup.BEHIND)

    def _fee(
        self, kind: FeeKind, turn: int, group: FeeGroup, *, times: int = 1
    ) -> MemberFee:
        fee = (
            pathway_fee(turn, self.reference)
            if kind == FeeKind.PATHWAY
            else newest_fee(kind)
        )
        return MemberFee(kind=kind, turn=turn, group=group, fee=fee, times=times)


def pathway_fee(season: int, reference: Reference) -> Fee | None:
    """What the dated table of seasons says. None: not found."""
    row = reference.season(season)
    if row is None or row.fee is None:
        return None
    return Fee(
        kind=FeeKind.PATHWAY,
        item=FeeKind.PATHWAY.label,
        amount=str(row.fee.value),
        least=row.fee.value,
        most=row.fee.value,
        season=f"{season} season",
        confidence=row.fee.confidence,
        sources=row.sources,
    )
