"""Of those who preferred a specialty, who matched: drawn, counts before shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imgportal.lib import numbers
from stats import charts
from stats.charts import BarChart, BarItem
from stats.choices import ApplicantType
from stats.figures import SpecialtyFacts
from stats.preferred_match import PreferredMatch
from stats.public import Figures
from stats.score_position import SCORE_GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferredChart:
    """What the newest edition with counts of one group counts, and drawn."""

    applicant_type: ApplicantType
    results: tuple[PreferredMatch, ...]
    drawing: BarChart | None

    @property
    def edition(self) -> int:
        return self.results[0].edition

    @property
    def match_year(self) -> int:
        return self.results[0].match_year

    @property
    def has_few(self) -> bool:
        return any(item.is_few for item in self.results)


def newest_preferred_charts(figures: Figures) -> tuple[PreferredChart, ...]:
    """One chart a group, of the newest edition that counts it; groups without one are
    left out.
    """
    return tuple(
        draw_preferred(results)
        for group in SCORE_GROUPS
        if (results := figures.preferred_in_newest(group))
    )


def draw_preferred(results: Sequence[PreferredMatch]) -> PreferredChart:
    """`results` are of one group and edition, at least one, in the order to be drawn."""
    first = results[0]
    return PreferredChart(
        applicant_type=first.applicant_type,
        results=tuple(results),
        drawing=charts.bar_chart(
            name=f"preferred-{first.applicant_type.value}",
            title=f"{first.applicant_type.label} who matched to the specialty that they "
            f"preferred, {which_edition(first)}",
            items=[
                _bar(item, label=item.specialty.short_name)
                for item in results
                if item.share
            ],
            top=100,
        ),
    )


def draw_side_by_side(
    results: Iterable[PreferredMatch], *, name: str, title: str
) -> BarChart | None:
    """Specialties and groups of several editions, each named at its bar."""
    return charts.bar_chart(
        name=name,
        title=title,
        items=[
            _bar(
                item,
                label=f"{item.specialty.short_name}, {item.applicant_type.label}, "
                f"{item.edition}",
                key=item.applicant_type.value,
            )
            for item in results
            if item.share
        ],
        top=100,
    )


def compare_with_all(figures: Figures, specialty: SpecialtyFacts) -> BarChart | None:
    """One specialty beside all specialties of the same edition, for each group."""
    return draw_side_by_side(
        beside_all(figures, specialty),
        name="preferred",
        title=f"{specialty.short_name}: of those who preferred it, who matched to it",
    )


def beside_all(figures: Figures, specialty: SpecialtyFacts) -> list[PreferredMatch]:
    """The newest counts of each group, and those of all specialties beside them."""
    results: list[PreferredMatch] = []
    for group in SCORE_GROUPS:
        own = figures.newest_preferred(specialty.slug, group)
        if own is None:
            continue
        results += [
            own,
            *(
                item
                for item in figures.preferred_of.get("", ())
                if (item.edition, item.applicant_type) == (own.edition, group)
            ),
        ]
    return results


def compare_specialties(figures: Figures, slugs: Sequence[str]) -> BarChart | None:
    """Specialties beside each other, each group by its newest edition that counts it."""
    return draw_side_by_side(
        newest_of_each(figures, slugs),
        name="preferred",
        title="Of those who preferred it, who matched to it",
    )


def newest_of_each(figures: Figures, slugs: Sequence[str]) -> list[PreferredMatch]:
    """The newest counts of each group in each specialty, group by group."""
    return [
        item
        for group in SCORE_GROUPS
        for slug in slugs
        if (item := figures.newest_preferred(slug, group))
    ]


def which_edition(item: PreferredMatch) -> str:
    """The edition, and the Match it describes where that is another year."""
    if item.match_year == item.edition:
        return f"edition {item.edition}"
    return f"edition {item.edition} ({item.match_year} Match)"


def counts_first(item: PreferredMatch) -> str:
    """ "3,392 of 6,992 · 48.5%", with a word where the people are few."""
    if item.share is None or item.matched is None or item.preferred is None:
        return "not known"
    parts = [
        f"{numbers.count(item.matched)} of {numbers.count(item.preferred)}",
        numbers.percent(item.share.percent),
        *(["few"] if item.is_few else []),
    ]
    return " · ".join(parts)


def _bar(item: PreferredMatch, *, label: str, key: str = "") -> BarItem:
    share = item.share
    return BarItem(
        label=label,
        key=key,
        parts=((item.applicant_type.value, share.percent),) if share else None,
        text=counts_first(item),
    )
