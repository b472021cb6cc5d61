"""What a year's figures say in sentences: the year beside the year before. Pure.

Everything a sentence needs is computed here; templates only write it down. A part
of a sentence that is not known is None, and the template leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stats import measures
from stats.choices import ApplicantType
from stats.figures import ApplicantRow, ImgFigures, SpecialtyRow, YearFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeStory:
    """One group of applicants beside itself in the year before. None: not known."""

    row: ApplicantRow | ImgFigures
    before: ApplicantRow | ImgFigures | None

    @property
    def active_change(self) -> int | None:
        before = self.before.active_applicants if self.before else None
        return measures.difference(self.row.active_applicants, before)

    @property
    def matched_change(self) -> int | None:
        before = self.before.matched_to_pgy1 if self.before else None
        return measures.difference(self.row.matched_to_pgy1, before)

    @property
    def rate_change(self) -> Fraction | None:
        """In percentage points."""
        before = self.before.match_rate if self.before else None
        return measures.points(self.row.match_rate, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStory:
    """One version of a year beside the current version of the year before."""

    year: YearFigures
    before: YearFigures | None
    imgs: ImgFigures | None
    active_change: int | None
    matched_change: int | None
    rate_change: Fraction | None
    non_us_change: int | None
    us_change: int | None
    moves: tuple[TypeStory, ...]  # the IMG groups whose rates of both years are known
    # "more than a quarter": IMGs among all who matched.
    share_in_words: str | None
    all_matched: int | None
    types: tuple[TypeStory, ...]
    most_open: tuple[SpecialtyRow, ...]
    # Enough specialties have figures to say which were the most open of all.
    is_covered: bool

    @property
    def largest_move(self) -> Fraction | None:
        return max(
            (abs(change) for move in self.moves if (change := move.rate_change)),
            default=None,
        )

    @property
    def moved_less_than_a_point(self) -> bool:
        return self.largest_move is not None and self.largest_move < 1


def year_story(
    year: YearFigures, before: YearFigures | None, *, followed: int
) -> YearStory:
    """`followed` is the number of specialties whose IMG share any year knows."""
    imgs, imgs_before = year.imgs, before.imgs if before else None
    img_story = TypeStory(row=imgs, before=imgs_before) if imgs else None
    types = {
        row.applicant_type: TypeStory(
            row=row, before=before.of_type(row.applicant_type) if before else None
        )
        for row in year.applicants
    }
    us, non_us = types.get(ApplicantType.US_IMG), types.get(ApplicantType.NON_US_IMG)
    all_matched = year.totals.matched_to_pgy1 if year.totals else None
    return YearStory(
        year=year,
        before=before,
        imgs=imgs,
        active_change=img_story.active_change if img_story else None,
        matched_change=img_story.matched_change if img_story else None,
        rate_change=img_story.rate_change if img_story else None,
        non_us_change=non_us.matched_change if non_us else None,
        us_change=us.matched_change if us else None,
        moves=tuple(
            group for group in (us, non_us) if group and group.rate_change is not None
        ),
        share_in_words=measures.share_in_words(
            imgs.matched_to_pgy1 if imgs else None, all_matched
        ),
        all_matched=all_matched,
        types=tuple(types.values()),
        most_open=most_open(year.specialties),
        is_covered=covers(year, followed),
    )


# A share of the specialties that we follow, from which on a year speaks of "most open".
ENOUGH = Fraction(2, 5)


def covers(year: YearFigures, followed: int) -> bool:
    """Does the year know the IMG share of enough of the specialties we follow?"""
    shares = known_shares(year)
    return bool(shares) and shares >= followed * ENOUGH


# A share of the same, from which on a year is full.
NEARLY_ALL = Fraction(9, 10)


def is_full(year: YearFigures, followed: int) -> bool:
    """Does the year know the IMG share of nearly every specialty we follow?"""
    shares = known_shares(year)
    return bool(shares) and shares >= followed * NEARLY_ALL


def known_shares(year: YearFigures) -> int:
    """Of how many specialties the year knows the IMG share."""
    return sum(row.img_share is not None for row in year.specialties)


def most_open(rows: tuple[SpecialtyRow, ...]) -> tuple[SpecialtyRow, ...]:
    """Specialties by the share of positions that IMGs filled, the largest first.

    Those whose share is not known are left out: they are neither first nor last.
    """
    shares = [(share.percent, row) for row in rows if (share := row.img_share)]
    return tuple(row for _, row in sorted(shares, key=lambda pair: -pair[0]))
