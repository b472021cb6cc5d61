"""Of those who preferred a specialty, how many matched to it. Pure.

Editions of Charting Outcomes count, for each specialty and group, those who matched to
their preferred specialty and those who did not. The preferred specialty is that of the
first program on the rank order list. Both counts together are all who preferred it;
a count that is not known makes the sum and the share unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from stats import measures
from stats.choices import ApplicantType, FigureTable, ScoreOutcome
from stats.figures import Provenance, ScoreRow, SpecialtyFacts, combined_provenance
from stats.measures import Rate

# Below this many people, one more or fewer who matched moves the share by more than two
# percentage points.
FEW = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferredMatch:
    """What one edition counts of one group that preferred one specialty."""

    table: ClassVar[FigureTable] = FigureTable.SCORES

    specialty: SpecialtyFacts
    applicant_type: ApplicantType
    matched_row: ScoreRow | None
    not_matched_row: ScoreRow | None

    @property
    def rows(self) -> tuple[ScoreRow, ...]:
        rows = (self.matched_row, self.not_matched_row)
        return tuple(row for row in rows if row is not None)

    @property
    def key(self) -> str:
        return self.rows[0].key

    @property
    def label(self) -> str:
        return (
            f"{self.specialty.short_name}, {self.applicant_type.label} who preferred it"
        )

    @property
    def edition(self) -> int:
        return self.rows[0].edition

    @property
    def match_year(self) -> int:
        """The Match whose applicants the edition describes."""
        return self.rows[0].match_year

    @property
    def matched(self) -> int | None:
        return self.matched_row.applicants if self.matched_row else None

    @property
    def not_matched(self) -> int | None:
        return self.not_matched_row.applicants if self.not_matched_row else None

    @property
    def preferred(self) -> int | None:
        """All who preferred the specialty: both counts together."""
        return measures.total(self.matched, self.not_matched)

    @property
    def share(self) -> Rate | None:
        """Those who matched to it, as a share of those who preferred it."""
        return measures.rate(self.matched, self.preferred)

    @property
    def is_few(self) -> bool:
        return self.preferred is not None and self.preferred < FEW

    @property
    def one_person(self) -> Fraction | None:
        """By how many percentage points one person more or fewer moves the share."""
        return Fraction(100, self.preferred) if self.preferred else None

    @property
    def has_ranks(self) -> bool:
        """Does the edition give contiguous ranks of either outcome?"""
        return any(
            value is not None
            for row in self.rows
            for value in (row.contiguous_ranks_mean, row.contiguous_ranks_median)
        )

    @property
    def provenance(self) -> Provenance:
        """Of both counts. That scores of few people are withheld is not about them."""
        counted = self.preferred is not None
        made_by = (
            "Those who matched to it and those who did not, added. The share is "
            "computed of the two counts."
        )
        combined = combined_provenance(self.rows, made_by=made_by if counted else "")
        return replace(combined, missing="") if counted else combined


def list_preferred(rows: Iterable[ScoreRow]) -> tuple[PreferredMatch, ...]:
    """Each specialty, group and edition with both counts or with contiguous ranks, in
    the order of the rows; all specialties together come first.
    """
    pairs: dict[
        tuple[SpecialtyFacts, ApplicantType, int], dict[ScoreOutcome, ScoreRow]
    ] = {}
    for row in rows:
        pair = pairs.setdefault((row.specialty, row.applicant_type, row.edition), {})
        pair[row.outcome] = row
    results = [
        PreferredMatch(
            specialty=specialty,
            applicant_type=applicant_type,
            matched_row=pair.get(ScoreOutcome.MATCHED),
            not_matched_row=pair.get(ScoreOutcome.NOT_MATCHED),
        )
        for (specialty, applicant_type, _), pair in pairs.items()
    ]
    return tuple(
        sorted(
            (item for item in results if item.share is not None or item.has_ranks),
            key=lambda item: item.specialty.slug != "",
        )
    )


def by_share(results: Iterable[PreferredMatch]) -> tuple[PreferredMatch, ...]:
    """The largest share first; where few people preferred the specialty, after the
    others, because the order of such shares says little. Unknown shares are left out.
    """
    shares = [(share.percent, item) for item in results if (share := item.share)]
    return tuple(
        item
        for _, item in sorted(
            shares, key=lambda pair: (pair[1].is_few, -pair[0], pair[1].label)
        )
    )
