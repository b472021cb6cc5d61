"""Where a score stands among those that were published. A position, never a probability.

Both outcomes are said beside each other, with the edition they come from. What is not
published for a group is said to be missing; another group's scores are shown only under
that group's own name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from imgportal.lib import numbers
from stats import charts
from stats.charts import Mean, Quartiles, ScoreStrip
from stats.choices import IMG_GROUPS, ApplicantType, Missing, Outcome
from stats.figures import ScoreRow, Specialty

T = TypeVar("T")

# The groups that editions describe, in the order in which pages of scores name them.
SCORE_GROUPS = IMG_GROUPS[::-1]
WHO = {
    Outcome.MATCHED: "of those who matched",
    Outcome.NOT_MATCHED: "of those who did not match",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What one edition publishes of one specialty and group, and the rows behind it."""

    specialty: Specialty
    applicant_type: ApplicantType
    edition: int
    drawing: ScoreStrip
    rows: tuple[ScoreRow, ...]

    @property
    def match_year(self) -> int:
        """The Match whose applicants are described."""
        return self.rows[0].match_year

    @property
    def has_quartiles(self) -> bool:
        return bool(self.drawing.bands)

    @property
    def withheld(self) -> tuple[ScoreRow, ...]:
        """The outcomes of which this edition gives no score."""
        return tuple(row for row in self.rows if row.provenance.missing)

    def words(self, score: int) -> str:
        """ "245: above the middle of those who matched, in the upper quarter of …"."""
        said = [
            f"{position(score, band.quartiles)} {WHO[Outcome(band.quartiles.outcome)]}"
            for band in self.drawing.bands
        ]
        said += [
            f"{distance(score, point.mean.mean)} {WHO[Outcome(point.mean.outcome)]}"
            for point in self.drawing.points
        ]
        return f"{score}: {', '.join(said)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is published of one specialty for one group, or for both."""

    specialty: Specialty
    group: ApplicantType | None  # None: asked for both
    strips: tuple[Strip, ...]  # the newest of each group that was asked for
    # Quartiles of the other group, where the one asked for has none.
    elsewhere: tuple[Strip, ...]
    # Rows of the newest edition that give no score, where there is nothing to draw.
    withheld: tuple[ScoreRow, ...]

    @property
    def is_withheld(self) -> bool:
        """Is there nothing to draw because too few people were behind it?"""
        return not self.strips and any(
            row.provenance.missing == Missing.SUPPRESSED for row in self.withheld
        )


def position(score: int, among: Quartiles) -> str:
    """Where a score lies among quartiles. `own-score.js` says the same words."""
    if score < among.q1:
        return "in the lower quarter"
    if score > among.q3:
        return "in the upper quarter"
    if score == among.median:
        return "at the middle"
    return "below the middle" if score < among.median else "above the middle"


def distance(score: int, mean: Decimal) -> str:
    """How far a score lies from a mean. `own-score.js` says the same words."""
    apart = abs(score - mean)
    if not apart:
        return "at the mean"
    side = "below" if score < mean else "above"
    return f"{numbers.printed(apart)} {side} the mean"


def strips(rows: Iterable[ScoreRow]) -> tuple[Strip, ...]:
    """One strip for each specialty, group and edition that has quartiles.

    All of them share one axis, so that they can be read against one another.
    """
    return _strips(rows, lambda members: charts.score_strip(_all(_quartiles, members)))


def mean_strips(rows: Iterable[ScoreRow]) -> tuple[Strip, ...]:
    """The same for what has means and no quartiles."""

    def draw(members: Sequence[ScoreRow]) -> ScoreStrip | None:
        if _all(_quartiles, members):
            return None
        return charts.score_strip([], _all(_mean, members))

    return _strips(rows, draw)


def standing(
    specialty: Specialty, rows: Sequence[ScoreRow], group: ApplicantType | None
) -> Standing:
    """`rows` are all scores of the specialty, the newest edition first."""
    wanted = SCORE_GROUPS if group is None else (group,)
    found = [strip for kind in wanted if (strip := _newest(rows, kind))]
    others = [kind for kind in SCORE_GROUPS if kind not in wanted]
    has_quartiles = any(strip.has_quartiles for strip in found)
    return Standing(
        specialty=specialty,
        group=group,
        strips=tuple(found),
        elsewhere=tuple(
            strip
            for kind in others
            if not has_quartiles
            and (strip := _newest(rows, kind))
            and strip.has_quartiles
        ),
        withheld=tuple(
            row
            for kind in wanted
            for row in _of_newest_edition(rows, kind)
            if row.provenance.missing
        ),
    )


def _newest(rows: Sequence[ScoreRow], kind: ApplicantType) -> Strip | None:
    """The newest edition with quartiles of that group, else the newest with means."""
    own = _of_kind(rows, kind)
    return next(iter(strips(own) or mean_strips(own)), None)


def _of_kind(rows: Sequence[ScoreRow], kind: ApplicantType) -> list[ScoreRow]:
    return [row for row in rows if row.applicant_type == kind]


def _of_newest_edition(
    rows: Sequence[ScoreRow], kind: ApplicantType
) -> tuple[ScoreRow, ...]:
    own = _of_kind(rows, kind)
    return tuple(row for row in own if row.edition == own[0].edition)


def _strips(
    rows: Iterable[ScoreRow], draw: Callable[[Sequence[ScoreRow]], ScoreStrip | None]
) -> tuple[Strip, ...]:
    grouped: dict[tuple[Specialty, ApplicantType, int], list[ScoreRow]] = {}
    for row in rows:
        grouped.setdefault((row.specialty, row.applicant_type, row.edition), []).append(
            row
        )
    # All specialties together come first.
    ordered = sorted(grouped.items(), key=lambda item: item[0][0].slug != "")
    return tuple(
        Strip(
            specialty=specialty,
            applicant_type=applicant_type,
            edition=edition,
            drawing=drawing,
            rows=tuple(members),
        )
        for (specialty, applicant_type, edition), members in ordered
        if (drawing := draw(members)) is not None
    )


def _all(read: Callable[[ScoreRow], T | None], rows: Iterable[ScoreRow]) -> list[T]:
    return [found for row in rows if (found := read(row)) is not None]


def _quartiles(row: ScoreRow) -> Quartiles | None:
    if (
        row.step2_ck_q1 is None
        or row.step2_ck_median is None
        or row.step2_ck_q3 is None
    ):
        return None
    return Quartiles(
        outcome=row.outcome.value,
        label=str(row.outcome.label),
        q1=row.step2_ck_q1,
        median=row.step2_ck_median,
        q3=row.step2_ck_q3,
        n=row.applicants_with_score,
    )


def _mean(row: ScoreRow) -> Mean | None:
    if row.step2_ck_mean is None:
        return None
    return Mean(
        outcome=row.outcome.value,
        label=str(row.outcome.label),
        mean=row.step2_ck_mean,
        # A mean that says of how many people only by applicants says nothing here.
        n=row.applicants_with_score,
    )
