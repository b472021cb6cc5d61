"""The match rates of groups of applicants over the years, as a chart of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stats import charts
from stats.charts import Break, LineChart, Series
from stats.choices import ApplicantType
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
            )
            for group in groups
        ],
        breaks=BREAKS,
    )
