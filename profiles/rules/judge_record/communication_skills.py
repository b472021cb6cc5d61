"""The OET sittings of a record, each for the season that it is meant for."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.choices import Answer, SubTest
from profiles.rules.days import in_words, listed
from profiles.rules.judge_record.case import Case, verdict
from profiles.rules.judgement import JudgedSitting
from profiles.rules.reference import MEASURED_SUB_TESTS
from profiles.rules.tables.english import EnglishJudged, EnglishStatus, best, judged
from profiles.rules.tables.validation import english_findings
from profiles.rules.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class English:
    """Table T5 for a record."""

    season: int | None
    sittings: tuple[JudgedSitting, ...]
    best: EnglishJudged | None
    verdict: Verdict


def season_of(case: Case) -> int | None:
    """For which season OET is needed: that of a Pathway that was accepted and still
    holds (E-OET-3: the sitting was accepted with it), else the one aimed at.
    """
    for application in case.pathways:
        if application.accepted_on is not None and (
            application.valid_to is None or application.valid_to >= case.today
        ):
            return application.season
    return case.record.person.season


def english(case: Case, *, cs_counts: bool | None) -> English:
    """Every sitting and the best of them. With Step 2 CS no sitting is needed."""
    season = season_of(case)
    by_table = [judged(sitting, season, case.reference) for sitting in case.sittings]
    chosen = best(by_table)
    sittings = tuple(
        JudgedSitting(
            judged=table,
            verdict=_sitting_verdict(case, table),
            findings=tuple(
                english_findings(
                    table.sitting,
                    others=case.sittings[:place] + case.sittings[place + 1 :],
                    today=case.today,
                )
            ),
            is_best=table is chosen,
        )
        for place, table in enumerate(by_table)
    )
    if cs_counts:
        answer = verdict(
            Answer.MET,
            "NOT_NEEDED",
            "Your Step 2 CS pass covers communication skills, so no OET is needed.",
            ("E-OET-6", "E-PATH-1"),
        )
    elif chosen is not None:
        answer = next(sitting.verdict for sitting in sittings if sitting.is_best)
    elif case.planned_sittings:
        ahead = case.planned_sittings[0].on
        answer = verdict(
            Answer.NOT_MET,
            "NOT_TAKEN",
            f"OET is planned for {in_words(ahead)}.",
            ("E-OET-2",),
            decided_on=ahead,
            next_date=ahead,
        )
    else:
        answer = verdict(
            Answer.NOT_MET if case.has_begun else Answer.NOT_KNOWN,
            "NOT_TAKEN",
            "No sitting of OET Medicine is recorded."
            if case.has_begun
            else "We do not know yet: no exam is recorded, so nothing about OET.",
            ("E-OET-2",),
            next_step=_to_plan(case, season) if case.has_begun else "",
            settles=("sittings",),
        )
    return English(season=season, sittings=sittings, best=chosen, verdict=answer)


def _to_plan(case: Case, season: int | None, *, again: str = "") -> str:
    """To plan a sitting, and from which day on: an earlier one would be too old."""
    row = None if season is None else case.reference.season(season)
    cut_off = None if row is None else row.oet_from
    if cut_off is None or cut_off.value <= case.today:
        return f"Plan OET Medicine{again}."
    return f"Plan OET Medicine{again} for {in_words(cut_off.value)} or later."


def _sitting_verdict(case: Case, table: EnglishJudged) -> Verdict:
    """Table T5 in a sentence."""
    on = in_words(table.sitting.on)
    cut_off = [] if table.cut_off is None else [table.cut_off.confidence]
    row = None if table.season is None else case.reference.season(table.season)
    sources = () if row is None or table.cut_off is None else row.sources
    if table.status == EnglishStatus.NOT_MET:
        weak = listed([_short(case, table, part) for part in table.failed])
        return verdict(
            Answer.NOT_MET,
            table.status,
            f"The OET sitting of {on} does not reach the minimum in {weak}, and all four "
            "parts count from one sitting.",
            ("E-OET-1", "E-OET-2"),
            dated=table.standards,
            decided_on=table.sitting.on,
            next_step="Plan OET Medicine again.",
        )
    if table.status == EnglishStatus.TOO_OLD_FOR_SEASON and table.cut_off is not None:
        return verdict(
            Answer.NOT_MET,
            table.status,
            f"The OET sitting of {on} is too old for the {table.season} season, which "
            f"takes sittings from {in_words(table.cut_off.value)} on.",
            ("E-OET-3",),
            confidences=cut_off,
            sources=sources,
            decided_on=table.cut_off.value,
            next_step=_to_plan(case, table.season, again=" again"),
        )
    if table.status == EnglishStatus.MET and table.cut_off is not None:
        return verdict(
            Answer.MET,
            table.status,
            f"The OET sitting of {on} reaches every minimum, and the {table.season} season "
            f"takes sittings from {in_words(table.cut_off.value)} on.",
            ("E-OET-1", "E-OET-2", "E-OET-3"),
            dated=table.standards,
            confidences=cut_off,
            sources=sources,
            decided_on=table.sitting.on,
            next_step=""
            if table.sitting.released
            else "Make sure that OET releases the results to ECFMG.",
        )
    return _open(table)


def _open(table: EnglishJudged) -> Verdict:
    """What is missing before anything can be said."""
    on = in_words(table.sitting.on)
    settles: tuple[str, ...]
    if table.season is None:
        reason = (
            f"Whether the OET sitting of {on} is recent enough depends on the season "
            "you aim at, which is not entered."
        )
        settles = ("person.season",)
    elif table.cut_off is None:
        reason = (
            f"From which day on the {table.season} season takes OET sittings was not "
            f"found, so the sitting of {on} cannot be judged."
        )
        settles = ()
    else:
        names = listed([part.label for part in table.unknown])
        reason = f"For the OET sitting of {on} nothing can be said about {names}."
        settles = ("sittings.scores",)
    return verdict(
        Answer.NOT_KNOWN,
        EnglishStatus.NEEDS_CHECK,
        reason,
        ("E-OET-3", "E-OET-1") if not table.unknown else ("E-OET-1", "E-OET-3"),
        dated=table.standards,
        decided_on=table.sitting.on,
        next_step="" if settles else "Ask ECFMG, or choose another season.",
        settles=settles,
    )


def _short(case: Case, table: EnglishJudged, part: SubTest) -> str:
    """Writing (290, needed 300)"""
    standard = case.reference.standard(MEASURED_SUB_TESTS[part], table.sitting.on)
    needed = "" if standard is None else f", needed {standard.minimum}"
    return f"{part.label} ({table.sitting.scores.get(part)}{needed})"
