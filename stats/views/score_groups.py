"""Score rows as tables show them: those of one specialty or edition under a heading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from stats.choices import ApplicantType, ScoreOutcome
from stats.figures import ScoreRow, SpecialtyFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreGroup:
    """Score rows under one heading, as a table shows them."""

    heading: str
    url: str  # empty: the heading leads nowhere
    rows: tuple[ScoreRow, ...]

    def find_row(
        self, applicant_type: ApplicantType, outcome: ScoreOutcome
    ) -> ScoreRow | None:
        key = (applicant_type, outcome)
        return next(
            (row for row in self.rows if (row.applicant_type, row.outcome) == key),
            None,
        )


def group_by_specialty(rows: Sequence[ScoreRow]) -> tuple[ScoreGroup, ...]:
    """All specialties together first, then as the edition lists them."""
    groups: dict[SpecialtyFacts, list[ScoreRow]] = defaultdict(list)
    for row in rows:
        groups[row.specialty].append(row)
    return tuple(
        ScoreGroup(
            heading=specialty.short_name,
            url=reverse("stats:specialty_detail", args=[specialty.slug])
            if specialty.slug
            else "",
            rows=tuple(members),
        )
        for specialty, members in sorted(
            groups.items(), key=lambda item: item[0].slug != ""
        )
    )


def group_by_edition(
    rows: Sequence[ScoreRow], whose: str = ""
) -> tuple[ScoreGroup, ...]:
    """One group an edition, in their order. `whose` stands before the heading."""
    return tuple(
        ScoreGroup(
            heading=f"{whose}{edition}",
            url=f"{reverse('stats:score_list')}?charting_outcomes={edition}",
            rows=tuple(row for row in rows if row.edition == edition),
        )
        for edition in dict.fromkeys(row.edition for row in rows)
    )
