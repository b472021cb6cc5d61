"""What a year's figures say in sentences: the year beside the year before. Pure.

Everything a sentence needs is computed here; templates only write it down. A part
of a sentence that is not known is None, and the template leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stats import measures
from stats.choices import IMG_GROUPS, ApplicantType
from stats.figures import ApplicantRow, ImgFigures, SpecialtyRow, YearFigures
from stats.measures import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeStory:
    """One applicant type beside itself in the year before."""

    row: ApplicantRow
    active_change: int | None
    matched_change: int | None
    rate_change: Fraction | None  # percentage points


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMove:
    """How the rate of one IMG group moved."""

    label: str
    before: Rate
    after: Rate
    change: Fraction


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
    moves: tuple[GroupMove, ...]
    # "more than a quarter": IMGs among all who matched.
    share_in_words: str | None
    all_matched: int | None
    types: tuple[TypeStory, ...]
    most_open: tuple[SpecialtyRow, ...]
    # Enough specialties have figures to say which were the most open of all.
    is_covered: bool

    @property
    def largest_move(self) -> Fraction | None:
        return max((abs(move.change) for move in self.moves), default=None)

    @property
    def moved_less_than_a_point(self) -> bool:
        return self.largest_move is not None and self.largest_move < 1


def year_story(
    year: YearFigures, before: YearFigures | None, *, followed: int
) -> YearStory:
    """`followed` is the number of specialties of which any year has figures."""
    imgs = year.imgs
    imgs_before = before.imgs if before else None

    def change(kind: ApplicantType) -> int | None:
        now, then = year.of_type(kind), before.of_type(kind) if before else None
        if now is None or then is None:
            return None
        return measures.difference(now.matched_to_pgy1, then.matched_to_pgy1)

    moves = []
    for kind in IMG_GROUPS:
        now, then = year.of_type(kind), before.of_type(kind) if before else None
        if now and then and now.match_rate and then.match_rate:
            moves.append(
                GroupMove(
                    label=now.label,
                    before=then.match_rate,
                    after=now.match_rate,
                    change=now.match_rate.percent - then.match_rate.percent,
                )
            )
    matched = imgs.matched_to_pgy1 if imgs else None
    all_matched = year.totals.matched_to_pgy1 if year.totals else None
    return YearStory(
        year=year,
        before=before,
        imgs=imgs,
        active_change=measures.difference(
            imgs.active_applicants if imgs else None,
            imgs_before.active_applicants if imgs_before else None,
        ),
        matched_change=measures.difference(
            matched, imgs_before.matched_to_pgy1 if imgs_before else None
        ),
        rate_change=measures.points(
            imgs.match_rate if imgs else None,
            imgs_before.match_rate if imgs_before else None,
        ),
        non_us_change=change(ApplicantType.NON_US_IMG),
        us_change=change(ApplicantType.US_IMG),
        moves=tuple(moves),
        share_in_words=measures.share_in_words(matched, all_matched),
        all_matched=all_matched,
        types=tuple(_type_story(row, before) for row in year.applicants),
        most_open=most_open(year.specialties),
        is_covered=covers(year, followed),
    )


def covers(year: YearFigures, followed: int) -> bool:
    """Does the year have figures of at least half of the specialties we follow?"""
    return bool(year.specialties) and len(year.specialties) * 2 >= followed


def _type_story(row: ApplicantRow, before: YearFigures | None) -> TypeStory:
    then = before.of_type(row.applicant_type) if before else None
    return TypeStory(
        row=row,
        active_change=measures.difference(
            row.active_applicants, then.active_applicants if then else None
        ),
        matched_change=measures.difference(
            row.matched_to_pgy1, then.matched_to_pgy1 if then else None
        ),
        rate_change=measures.points(row.match_rate, then.match_rate if then else None),
    )


def most_open(rows: tuple[SpecialtyRow, ...]) -> tuple[SpecialtyRow, ...]:
    """Specialties by the share of positions that IMGs filled, the largest first.

    Those whose share is not known are left out: they are neither first nor last.
    """
    known = [(share.percent, row) for row in rows if (share := row.img_share)]
    return tuple(row for _, row in sorted(known, key=lambda pair: -pair[0]))
