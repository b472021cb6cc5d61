"""Where a score stands among those that were published. A position, never a probability.

Both outcomes stand beside each other, with the edition they come from. Pages say what is
not published for a group, and show another group's scores under that group's name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from imgportal.lib import numbers
from stats import charts
from stats.charts import Mean, Quartiles, ScoreStrip
from stats.choices import IMG_GROUPS, ApplicantType, Missing, ScoreOutcome
from stats.figures import ScoreRow, SpecialtyFacts

# The groups that editions describe, in the order in which pages of scores name them.
SCORE_GROUPS = IMG_GROUPS[::-1]
WHO = {
    ScoreOutcome.MATCHED: "of those who matched",
    ScoreOutcome.NOT_MATCHED: "of those who did not match",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """What one edition publishes of one specialty and group, and the rows behind it."""

    specialty: SpecialtyFacts
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
        positions = [
            f"{position(score, band.quartiles)} {WHO[ScoreOutcome(band.quartiles.outcome)]}"
            for band in self.drawing.bands
        ]
        positions += [
            f"{distance(score, point.mean.mean)} {WHO[ScoreOutcome(point.mean.outcome)]}"
            for point in self.drawing.points
        ]
        if not self.drawing.holds(score):
            positions.insert(0, outside(self.drawing))
        return f"{score}: {', '.join(positions)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePosition:
    """What is published of one specialty for one group, or for both."""

    specialty: SpecialtyFacts
    group: ApplicantType | None  # None: asked for both
    strips: tuple[Strip, ...]  # the newest of each group that was asked for
    # Quartiles of the other group, where the group that was asked for has none.
    other_group_strips: tuple[Strip, ...]
    # Rows of the newest edition that give no score, where there is nothing to draw.
    withheld: tuple[ScoreRow, ...]

    @property
    def is_withheld(self) -> bool:
        """Is there nothing to draw because too few people were behind it?"""
        return not self.strips and any(
            row.provenance.missing == Missing.SUPPRESSED for row in self.withheld
        )


def outside(drawing: ScoreStrip) -> str:
    """Of a score that the axis does not reach. `own-score.js` says the same words."""
    return f"outside what is drawn ({drawing.low} to {drawing.high})"


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
    every = tuple(rows)
    low, high = charts.score_axis(_quartiles(every))
    return _strips(
        every,
        lambda members: charts.score_strip(_quartiles(members), low=low, high=high),
    )


def mean_strips(rows: Iterable[ScoreRow]) -> tuple[Strip, ...]:
    """The same for what has means and no quartiles."""

    every = tuple(rows)
    low, high = charts.score_axis((), _means(every))

    def draw(members: Sequence[ScoreRow]) -> ScoreStrip | None:
        if _quartiles(members):
            return None
        return charts.score_strip([], _means(members), low=low, high=high)

    return _strips(every, draw)


def find_position(
    specialty: SpecialtyFacts, rows: Sequence[ScoreRow], group: ApplicantType | None
) -> ScorePosition:
    """`rows` are all scores of the specialty, the newest edition first."""
    groups = SCORE_GROUPS if group is None else (group,)
    newest = [strip for kind in groups if (strip := _newest(rows, kind))]
    has_quartiles = any(strip.has_quartiles for strip in newest)
    return ScorePosition(
        specialty=specialty,
        group=group,
        strips=tuple(newest),
        other_group_strips=tuple(
            strip
            for kind in SCORE_GROUPS
            if kind not in groups
            and not has_quartiles
            and (strip := _newest(rows, kind))
            and strip.has_quartiles
        ),
        withheld=tuple(
            row
            for kind in groups
            if (own := _of_kind(rows, kind))
            for row in own
            if row.edition == own[0].edition and row.provenance.missing
        ),
    )


def _newest(rows: Sequence[ScoreRow], kind: ApplicantType) -> Strip | None:
    """The newest edition with quartiles of that group, else the newest with means."""
    own = _of_kind(rows, kind)
    return next(iter(strips(own) or mean_strips(own)), None)


def _of_kind(rows: Sequence[ScoreRow], kind: ApplicantType) -> list[ScoreRow]:
    return [row for row in rows if row.applicant_type == kind]


def _strips(
    rows: Iterable[ScoreRow], draw: Callable[[Sequence[ScoreRow]], ScoreStrip | None]
) -> tuple[Strip, ...]:
    grouped: dict[tuple[SpecialtyFacts, ApplicantType, int], list[ScoreRow]] = {}
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


def _quartiles(rows: Iterable[ScoreRow]) -> list[Quartiles]:
    return [
        Quartiles(
            outcome=row.outcome.value,
            label=str(row.outcome.label),
            q1=row.step2_ck_q1,
            median=row.step2_ck_median,
            q3=row.step2_ck_q3,
            n=row.applicants_with_score,
        )
        for row in rows
        if row.step2_ck_q1 is not None
        and row.step2_ck_median is not None
        and row.step2_ck_q3 is not None
    ]


def _means(rows: Iterable[ScoreRow]) -> list[Mean]:
    return [
        Mean(
            outcome=row.outcome.value,
            label=str(row.outcome.label),
            mean=row.step2_ck_mean,
            # The number of applicants is no substitute: not all of them have a score.
            n=row.applicants_with_score,
        )
        for row in rows
        if row.step2_ck_mean is not None
    ]
