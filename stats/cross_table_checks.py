"""What must agree between the rows and tables of one version of a year. Pure.

A part whose value is missing adds nothing to a sum here: what is known of the parts is
the least that they come to, and the least may not exceed the whole. Where nothing may be
concluded from what is missing, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from stats import measures
from stats.choices import CURRENT_TYPES, ApplicantType
from stats.columns import COLUMN_NAMES
from stats.figures import (
    ApplicantRow,
    PlacementRow,
    Row,
    ScoreRow,
    SpecialtyRow,
    YearFigures,
)
from stats.readiness_findings import ReadinessFinding, row_finding

# US_DO_SENIOR is a part of US_DO_ALL, and IMG_TOTAL repeats its two parts.
_DISJOINT = (
    ApplicantType.US_MD_SENIOR,
    ApplicantType.US_MD_GRAD,
    ApplicantType.US_IMG,
    ApplicantType.NON_US_IMG,
    ApplicantType.FIFTH_PATHWAY,
)
_DO_ALL = (ApplicantType.US_DO_ALL,)
_DO_PARTS = (ApplicantType.US_DO_SENIOR, ApplicantType.US_DO_GRAD)
_IMGS = (ApplicantType.US_IMG, ApplicantType.NON_US_IMG)
# Applicants of no type that has a row: Canadians, and the Fifth Pathway.
LEFT_OUT_OF_TYPES = Fraction(1, 100)
# US MD graduates have no column of their own among the positions of a specialty.
LEFT_OUT_OF_POSITIONS = Fraction(1, 10)

TypeRows = Mapping[ApplicantType, ApplicantRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCount:
    """What parts may not exceed, and the row and column where it stands."""

    row: Row
    column: str
    value: int
    of: str  # whose count it is, in words

    @property
    def in_words(self) -> str:
        return f"{self.value:,}, “{COLUMN_NAMES[self.column]}” of {self.of}"


def cross_table_findings(year: YearFigures) -> Iterator[ReadinessFinding]:
    """Problems block; remarks are sums that fall short, or people who stand twice."""
    yield from _types_within_totals(year)
    yield from _published_img_total(year)
    yield from _types_within_all_placed(year)
    yield from _positions_within_their_year(year)
    yield from _groups_within_their_sum(year.applicants)
    yield from _groups_within_their_sum(year.placements)
    yield from _specialties_within_totals(year)
    yield from _score_applicants(year)
    yield from _sums_that_fall_short(year)


def _remark(row: Row, column: str, text: str) -> ReadinessFinding:
    return replace(row_finding(row, column, text), blocks=False)


def _first_known(*places: tuple[Row | None, str]) -> WholeCount | None:
    """The first of these counts that is known: name the closest bound first."""
    for row, column in places:
        value = getattr(row, column, None)
        if row is not None and value is not None:
            return WholeCount(row=row, column=column, value=value, of=row.label)
    return None


def _together(
    rows: Sequence[ApplicantRow | None], column: str, of: str
) -> WholeCount | None:
    """The count of several groups together, known only when each one is."""
    value = measures.total(*(getattr(row, column, None) for row in rows))
    row = rows[-1]
    if value is None or row is None:
        return None
    return WholeCount(row=row, column=column, value=value, of=of)


# --- Applicant types -----------------------------------------------------------------


def _least_sum(rows: Sequence[ApplicantRow | PlacementRow], column: str) -> int:
    """What the applicant types come to at the least; an unknown part adds nothing."""
    return max(
        sum(
            getattr(row, column) or 0
            for row in rows
            if row.applicant_type in (*_DISJOINT, *graduates)
        )
        for graduates in (_DO_ALL, _DO_PARTS)
    )


# What the applicant types add up to, and what else bounds it while that is not known.
_BOUNDS = {
    "active_applicants": ("active_applicants", "registered_applicants"),
    "matched_to_pgy1": (
        "matched_to_pgy1",
        "pgy1_positions_filled",
        "pgy1_positions_offered",
        "all_positions_filled",
        "all_positions_offered",
    ),
}


def _types_within_totals(year: YearFigures) -> Iterator[ReadinessFinding]:
    for column in ApplicantRow.counts:
        whole = _first_known(*((year.totals, bound) for bound in _BOUNDS[column]))
        parts = _least_sum(year.applicants, column)
        if whole and parts > whole.value:
            yield row_finding(
                whole.row,
                whole.column,
                f"The applicant types add up to {parts:,}, more than {whole.value:,}.",
            )


def _types_within_all_placed(year: YearFigures) -> Iterator[ReadinessFinding]:
    """The applicant types after SOAP add up to no more than all applicants."""
    whole = next(
        (row for row in year.placements if row.applicant_type is ApplicantType.ALL),
        None,
    )
    if whole is None:
        return
    for column in PlacementRow.counts:
        stated = getattr(whole, column)
        parts = _least_sum(year.placements, column)
        if stated is not None and parts > stated:
            yield row_finding(
                whole,
                column,
                f"The applicant types add up to {parts:,}, more than {stated:,}.",
            )


def _published_img_total(year: YearFigures) -> Iterator[ReadinessFinding]:
    """A published total of all IMGs agrees with its parts where all are known."""
    whole = year.of_type(ApplicantType.IMG_TOTAL)
    us = year.of_type(ApplicantType.US_IMG)
    non_us = year.of_type(ApplicantType.NON_US_IMG)
    if whole is None or us is None or non_us is None:
        return
    for column in ApplicantRow.counts:
        parts = measures.total(getattr(us, column), getattr(non_us, column))
        stated = getattr(whole, column)
        if parts is not None and stated is not None and parts != stated:
            yield row_finding(
                whole,
                column,
                f"US and non-US IMGs add up to {parts:,}, not {stated:,}.",
                explained=True,
            )


def _groups_within_their_sum(
    rows: Sequence[ApplicantRow | PlacementRow],
) -> Iterator[ReadinessFinding]:
    """A group that two others make up: neither exceeds it, and nobody stands twice."""
    by_type: dict[ApplicantType, Row] = {row.applicant_type: row for row in rows}
    for kind, parts in (
        (ApplicantType.US_DO_ALL, _DO_PARTS),
        (ApplicantType.IMG_TOTAL, _IMGS),
    ):
        whole = by_type.get(kind)
        if whole is None:
            continue
        members = [by_type[part] for part in parts if part in by_type]
        for column in whole.counts:
            for member in members:
                value, most = getattr(member, column), getattr(whole, column)
                if None not in (value, most) and value > most:
                    yield row_finding(
                        member,
                        column,
                        f"{value:,} is more than the {most:,} of “{whole.label}”, of "
                        "whom they are a part.",
                    )
        if len(members) == len(parts):
            yield from _people_who_stand_twice(whole, members)


def _people_who_stand_twice(
    whole: Row, members: Sequence[Row]
) -> Iterator[ReadinessFinding]:
    is_do = whole.key == ApplicantType.US_DO_ALL.value
    sums: list[tuple[int, int, str]] = []  # added up, stated, column
    for column in whole.counts:
        added = measures.total(*(getattr(member, column) for member in members))
        stated = getattr(whole, column)
        if added is None or stated is None:
            continue
        sums.append((added, stated, column))
        # That of all IMGs stands in `_published_img_total`.
        if is_do and added != stated:
            yield row_finding(
                whole,
                column,
                f"US DO seniors and graduates add up to {added:,}, not {stated:,}.",
                explained=True,
            )
    if len(sums) == len(whole.counts) and all(
        added == stated for added, stated, _ in sums
    ):
        labels = " and ".join(f"“{member.label}”" for member in members)
        added, _, column = sums[0]
        yield _remark(
            whole,
            column,
            f"{whole.label}, {added:,}, stand beside {labels}, who come to {added:,}: the "
            "same people stand twice. Remove this row; the sum is computed."
            if not is_do
            else f"{whole.label}, {added:,}, stand beside {labels}, who come to "
            f"{added:,}: the same people stand twice. Remove this row, or those two.",
        )


# --- Positions -----------------------------------------------------------------------


def _positions_within_their_year(year: YearFigures) -> Iterator[ReadinessFinding]:
    """Who matched to PGY-1 fills one PGY-1 position each."""
    totals = year.totals
    if totals is None or totals.matched_to_pgy1 is None:
        return
    matched = totals.matched_to_pgy1
    offered, filled = totals.pgy1_positions_offered, totals.pgy1_positions_filled
    if offered is not None and matched > offered:
        yield row_finding(
            totals,
            "pgy1_positions_offered",
            f"{offered:,} is fewer than the {matched:,} who matched to PGY-1.",
        )
    if filled is not None and filled != matched:
        yield _remark(
            totals,
            "pgy1_positions_filled",
            f"{filled:,} is not the {matched:,} who matched to PGY-1, and each of them "
            "fills one position.",
        )


def _least_imgs(row: SpecialtyRow) -> int:
    return max(
        row.filled_img_total or 0,
        (row.filled_us_img or 0) + (row.filled_non_us_img or 0),
    )


def _least_filled(row: SpecialtyRow) -> int:
    if row.positions_filled is not None:
        return row.positions_filled
    parts = (row.filled_us_md_senior, row.filled_us_do, row.filled_other)
    return sum(part or 0 for part in parts) + _least_imgs(row)


def _least_offered(row: SpecialtyRow) -> int:
    if row.positions_offered is not None:
        return row.positions_offered
    return _least_filled(row)


def _specialties_within_totals(year: YearFigures) -> Iterator[ReadinessFinding]:
    """The PGY-1 positions of the specialties add up to no more than those of the year,
    and what a group filled to no more than those of the group who matched.
    """
    totals = year.totals
    types = {row.applicant_type: row for row in year.applicants}

    def of_type(kind: ApplicantType) -> WholeCount | None:
        row = types.get(kind)
        return _first_known(
            (row, "matched_to_pgy1"),
            (row, "active_applicants"),
            (totals, "matched_to_pgy1"),
            (totals, "pgy1_positions_filled"),
        )

    bounds: tuple[tuple[str, Callable[[SpecialtyRow], int], WholeCount | None], ...] = (
        (
            "positions_offered",
            _least_offered,
            _first_known(
                (totals, "pgy1_positions_offered"), (totals, "all_positions_offered")
            ),
        ),
        (
            "positions_filled",
            _least_filled,
            _first_known(
                (totals, "pgy1_positions_filled"),
                (totals, "matched_to_pgy1"),
                (totals, "pgy1_positions_offered"),
                (totals, "all_positions_filled"),
                (totals, "all_positions_offered"),
            ),
        ),
        (
            "filled_us_md_senior",
            lambda row: row.filled_us_md_senior or 0,
            of_type(ApplicantType.US_MD_SENIOR),
        ),
        ("filled_us_do", lambda row: row.filled_us_do or 0, _matched_do(types)),
        (
            "filled_us_img",
            lambda row: row.filled_us_img or 0,
            of_type(ApplicantType.US_IMG),
        ),
        (
            "filled_non_us_img",
            lambda row: row.filled_non_us_img or 0,
            of_type(ApplicantType.NON_US_IMG),
        ),
        ("filled_img_total", _least_imgs, _matched_imgs(types)),
    )
    for column, least, whole in bounds:
        if whole:
            yield from _specialties_within(year.specialties, column, least, whole)


def _matched_do(types: TypeRows) -> WholeCount | None:
    """Seniors alone are no bound: a specialty's DO column counts graduates as well."""
    return _first_known(
        (types.get(ApplicantType.US_DO_ALL), "matched_to_pgy1")
    ) or _together(
        [types.get(part) for part in _DO_PARTS],
        "matched_to_pgy1",
        "US DO seniors and graduates",
    )


def _matched_imgs(types: TypeRows) -> WholeCount | None:
    total = types.get(ApplicantType.IMG_TOTAL)
    return (
        _together(
            [types.get(part) for part in _IMGS],
            "matched_to_pgy1",
            "US and non-US IMGs",
        )
        or _first_known((total, "matched_to_pgy1"), (total, "active_applicants"))
        or _together(
            [types.get(part) for part in _IMGS],
            "active_applicants",
            "US and non-US IMGs",
        )
    )


def _specialties_within(
    rows: Sequence[SpecialtyRow],
    column: str,
    least: Callable[[SpecialtyRow], int],
    whole: WholeCount,
) -> Iterator[ReadinessFinding]:
    values = [(least(row), row) for row in rows]
    total = sum(value for value, _ in values)
    if total <= whole.value:
        return
    too_large = [(value, row) for value, row in values if value > whole.value]
    for value, row in too_large:
        yield row_finding(
            row,
            column,
            f"{value:,} is more than in the whole year: {whole.in_words}.",
        )
    if not too_large:
        largest, row = max(values, key=lambda pair: pair[0])
        yield row_finding(
            whole.row,
            whole.column,
            f"The specialties add up to {total:,} of “{COLUMN_NAMES[column]}”, more than "
            f"{whole.in_words}. The largest of them: {row.label}, {largest:,}.",
        )


# --- Scores --------------------------------------------------------------------------


def _score_applicants(year: YearFigures) -> Iterator[ReadinessFinding]:
    """The applicants of an edition are some of those of the same version's year.

    Each is counted in one specialty, and in one outcome. An edition that describes an
    earlier Match is compared with its figures in `readiness.doubts`.
    """
    yield from _specialties_within_all(year.scores)
    rows = [row for row in year.scores if row.match_year == year.match_year]
    types = {row.applicant_type: row for row in year.applicants}
    for kind, group in _by_type(rows).items():
        whole = _first_known(
            (types.get(kind), "active_applicants"),
            (year.totals, "active_applicants"),
            (year.totals, "registered_applicants"),
        )
        matched = _first_known((types.get(kind), "matched_to_pgy1"))
        if whole:
            yield from _scores_within(group, whole, blocks=True)
        if matched:
            # Advanced positions begin in the second year, so it can be right.
            yield from _scores_within(
                [row for row in group if row.outcome == "matched"],
                matched,
                blocks=False,
            )


def score_doubts(
    year: YearFigures, described: YearFigures
) -> Iterator[ReadinessFinding]:
    """An edition beside the figures of the Match that it describes, where that is
    another year: more applicants of a group than there were. Remarks.
    """
    types = {row.applicant_type: row for row in described.applicants}
    rows = [row for row in year.scores if row.match_year == described.match_year]
    for kind, group in _by_type(rows).items():
        whole = _first_known((types.get(kind), "active_applicants"))
        if whole:
            yield from _scores_within(
                group,
                replace(whole, of=f"{whole.of} in {described.match_year}"),
                blocks=False,
            )


def _by_type(rows: Sequence[ScoreRow]) -> Mapping[ApplicantType, list[ScoreRow]]:
    groups: dict[ApplicantType, list[ScoreRow]] = defaultdict(list)
    for row in rows:
        groups[row.applicant_type].append(row)
    return groups


def _scores_within(
    rows: Sequence[ScoreRow], whole: WholeCount, *, blocks: bool
) -> Iterator[ReadinessFinding]:
    """The rows of one group: each specialty, and all of them, within the whole."""
    of_all = [row for row in rows if not row.specialty.slug]
    of_specialties = [row for row in rows if row.specialty.slug]
    for group, words in (
        (of_all, "Both outcomes of all specialties"),
        (of_specialties, "The specialties"),
    ):
        total = sum(row.applicants or 0 for row in group)
        if total <= whole.value:
            continue
        row = max(group, key=lambda row: row.applicants or 0)
        value = row.applicants or 0
        text = (
            f"{value:,} is more than {whole.in_words}."
            if value > whole.value
            else f"{words} add up to {total:,} applicants, more than {whole.in_words}. "
            f"This is the largest row, with {value:,}."
        )
        finding = row_finding(row, "applicants", text)
        yield finding if blocks else replace(finding, blocks=False)
        return


def _specialties_within_all(rows: Sequence[ScoreRow]) -> Iterator[ReadinessFinding]:
    """The specialties of one group and outcome within all specialties together."""
    for column in ("applicants", "applicants_with_score"):
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            if row.specialty.slug:
                sums[row.applicant_type, row.outcome] += getattr(row, column) or 0
        for row in rows:
            stated = getattr(row, column)
            parts = sums[row.applicant_type, row.outcome]
            if not row.specialty.slug and stated is not None and parts > stated:
                yield row_finding(
                    row,
                    column,
                    f"The specialties add up to {parts:,}, more than {stated:,}.",
                )


# --- Sums that fall short ------------------------------------------------------------


def _sums_that_fall_short(year: YearFigures) -> Iterator[ReadinessFinding]:
    """Parts of which every one is known and that leave out more than is usual."""
    yield from _types_that_fall_short(year.applicants, year.totals)
    whole = next(
        (row for row in year.placements if row.applicant_type is ApplicantType.ALL),
        None,
    )
    yield from _types_that_fall_short(year.placements, whole)
    for row in year.specialties:
        parts = measures.total(
            row.filled_us_md_senior, row.filled_us_do, row.img_filled, row.filled_other
        )
        filled = row.positions_filled
        if (
            parts is not None
            and filled
            and filled - parts > filled * LEFT_OUT_OF_POSITIONS
            and filled - parts > FEW_PEOPLE
        ):
            yield _remark(
                row,
                "positions_filled",
                f"All parts are known and add up to {parts:,} of {filled:,}: "
                f"{filled - parts:,} are nobody's.",
            )


# Below this a share says little.
FEW_PEOPLE = 5


def _types_that_fall_short(
    rows: Sequence[ApplicantRow | PlacementRow], whole: Row | None
) -> Iterator[ReadinessFinding]:
    by_type = {row.applicant_type: row for row in rows}
    parts = [by_type.get(kind) for kind in CURRENT_TYPES]
    if whole is None or None in parts:
        return
    for column in rows[0].counts:
        added = measures.total(*(getattr(row, column) for row in parts))
        stated = getattr(whole, column)
        if added is None or stated is None:
            continue
        if stated - added > stated * LEFT_OUT_OF_TYPES and stated - added > FEW_PEOPLE:
            yield _remark(
                whole,
                column,
                f"Every applicant type is known, and they add up to {added:,} of "
                f"{stated:,}: {stated - added:,} are of no type.",
            )
