"""Table T5: a sitting of OET Medicine, judged for one season of the Pathways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from profiles.choices import SubTest
from profiles.rules.facts import EnglishSittingFacts
from profiles.rules.reference import (
    MEASURED_SUB_TESTS,
    GradedValue,
    Reference,
    Standard,
)


class EnglishStatus(StrEnum):
    """The words of table T5."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    NEEDS_CHECK = "NEEDS_CHECK"
    TOO_OLD_FOR_SEASON = "TOO_OLD_FOR_SEASON"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnglishJudged:
    """The answer of table T5 for one sitting."""

    sitting: EnglishSittingFacts
    season: int | None
    status: EnglishStatus
    failed: tuple[SubTest, ...] = ()  # below the minimum, in the order of the report
    unknown: tuple[SubTest, ...] = ()  # no score, or no minimum for that day
    standards: tuple[Standard, ...] = ()  # those that were compared with
    cut_off: GradedValue[date] | None = None


def judged(
    sitting: EnglishSittingFacts, season: int | None, reference: Reference
) -> EnglishJudged:
    """Table T5 (E-OET-1 to 3). Without a season only the scores can be judged."""
    failed, unknown, standards = [], [], []
    for sub_test, measured in MEASURED_SUB_TESTS.items():
        score = sitting.scores.get(sub_test)
        standard = reference.standard(measured, sitting.on)
        if score is None or standard is None:
            unknown.append(sub_test)
            continue
        standards.append(standard)
        if score < standard.minimum:
            failed.append(sub_test)
    row = None if season is None else reference.season(season)
    cut_off = None if row is None else row.oet_from
    if failed:
        status = EnglishStatus.NOT_MET
    elif cut_off is None:
        status = EnglishStatus.NEEDS_CHECK
    elif sitting.on < cut_off.value:
        status = EnglishStatus.TOO_OLD_FOR_SEASON
    elif unknown:
        status = EnglishStatus.NEEDS_CHECK
    else:
        status = EnglishStatus.MET
    return EnglishJudged(
        sitting=sitting,
        season=season,
        status=status,
        failed=tuple(failed),
        unknown=tuple(unknown),
        standards=tuple(standards),
        cut_off=cut_off,
    )


BEST_FIRST = (
    EnglishStatus.MET,
    EnglishStatus.NEEDS_CHECK,
    EnglishStatus.TOO_OLD_FOR_SEASON,
    EnglishStatus.NOT_MET,
)


def best(sittings: Iterable[EnglishJudged]) -> EnglishJudged | None:
    """The sitting to use: the best answer, of these one known to be released, of
    these the newest. Sittings are never joined (E-OET-2).
    """
    released = {True: 0, None: 1, False: 2}
    return min(
        sittings,
        key=lambda sitting: (
            BEST_FIRST.index(sitting.status),
            released[sitting.sitting.released],
            -sitting.sitting.on.toordinal(),
            len(sitting.failed),
            [sitting.sitting.scores.get(sub_test) or 0 for sub_test in SubTest],
        ),
        default=None,
    )
