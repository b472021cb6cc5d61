"""The match rates of groups of applicants over the years, as a chart of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from imgportal.lib import numbers
from stats import charts
from stats.charts import Break, DerivedValue, LineChart, Series
from stats.choices import IMG_GROUPS, ApplicantType
from stats.figures import ApplicantRow, ImgFigures, YearFigures

ALL_IMGS = "all_imgs"
# Years from which figures are counted in another way.
BREAKS = (
    Break(2013, "restated"),
    Break(2020, "one Match with DO"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearColumn:
    """A group of applicants: a line of the chart, columns of the table of years."""

    key: str
    label: str


def get_group_row(year: YearFigures, key: str) -> ApplicantRow | ImgFigures | None:
    """The row of an applicant type or of ALL_IMGS; None when it is not known."""
    if key == ALL_IMGS:
        return year.imgs
    return year.of_type(ApplicantType(key))


def derive_rate(year: YearFigures, key: str) -> DerivedValue | None:
    """The match rate of an IMG group of which only those who matched are known: its active
    applicants are those of all IMGs without those of the other group. None where the
    rate is known or does not follow.
    """
    row = get_group_row(year, key)
    if row is None or row.match_rate or row.matched_to_pgy1 is None:
        return None
    others = [kind for kind in IMG_GROUPS if kind != key]
    other = year.of_type(others[0]) if len(others) == 1 else None
    active = year.imgs and (
        (count, count)
        if (count := year.imgs.active_applicants) is not None
        else year.imgs.implied.get("active_applicants")
    )
    if other is None or other.active_applicants is None or not active:
        return None
    least, most = (count - other.active_applicants for count in active)
    if least < max(row.matched_to_pgy1, 1):
        return None
    people = (
        numbers.count(least)
        if least == most
        else f"{numbers.count(least)} to {numbers.count(most)}"
    )
    return DerivedValue(
        year=year.match_year,
        least=Fraction(row.matched_to_pgy1 * 100, most),
        most=Fraction(row.matched_to_pgy1 * 100, least),
        reason=f"{numbers.count(row.matched_to_pgy1)} matched of {people} active "
        f"applicants: those of all IMGs{'' if least == most else ', from their printed rate,'} "
        f"without {numbers.count(other.active_applicants)} {other.label}. "
        "No document states it.",
    )


def rate_chart(
    years: Sequence[YearFigures], groups: Sequence[YearColumn], *, name: str
) -> LineChart | None:
    """Match rates of the groups over the years."""
    names = ", ".join(group.label for group in groups)
    return charts.line_chart(
        name=name,
        title=f"Match rate of active applicants: {names}",
        description="Percent of active applicants who matched to a PGY-1 position. "
        "Years without a known rate are gaps. The table holds every value.",
        years=[year.match_year for year in years],
        series=[
            Series(
                key=group.key,
                label=group.label,
                values=tuple(
                    row.match_rate.percent
                    if (row := get_group_row(year, group.key)) and row.match_rate
                    else None
                    for year in years
                ),
                derived=tuple(
                    value
                    for year in years
                    if (value := derive_rate(year, group.key)) is not None
                ),
            )
            for group in groups
        ],
        breaks=BREAKS,
    )
