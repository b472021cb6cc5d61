"""What of the published figures is news to whom: who follows what, and what a version of a
Match year says that the version before did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from profiles.models import ReminderChoice
from profiles.models.reminders import FIGURES
from stats.public import Figures, YearFigures

# A publication that is longer ago is no news, however long no message could be sent.
NEWS = timedelta(days=30)
# The slug of totals and applicant types in `Figures.news`.
WHOLE_YEAR = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresNews:
    """One published version of a Match year, as one member follows it."""

    match_year: int
    version: int
    specialties: tuple[str, ...]  # names of those that the member follows
    with_whole_year: bool  # does the member follow Match years, and is it about them?

    @property
    def is_first(self) -> bool:
        return self.version == 1

    @property
    def title(self) -> str:
        """ "The 2027 Match: figures published"."""
        if self.is_first:
            return f"The {self.match_year} Match: figures published"
        of_whole = ("totals",) if self.with_whole_year else ()
        about = ", ".join((*of_whole, *self.specialties))
        return f"The {self.match_year} Match: figures corrected or added ({about})"


def kind_of(year: YearFigures) -> str:
    return f"{FIGURES}{year.match_year}:{year.release.version}"


def version_of(kind: str, figures: Figures) -> YearFigures | None:
    """The version that news of this kind is about; None: it is not published."""
    match_year, version = kind.removeprefix(FIGURES).split(":")
    return figures.versions.get((int(match_year), int(version)))


def recent(figures: Figures, *, now: datetime) -> list[YearFigures]:
    """The versions whose publication is still news, the newest first."""
    return [
        year
        for year in figures.publications
        if now - NEWS < year.release.published_at <= now
    ]


def followed_as(year: YearFigures, figures: Figures) -> set[str]:
    """By which slugs members follow what a version says anew: also by the former ones of
    specialties that were merged.
    """
    changed = figures.news[year.match_year, year.release.version]
    former = {
        specialty.slug
        for slug in changed
        for specialty in figures.merged_into.get(slug, ())
    }
    return former | changed


def news_for(
    choice: ReminderChoice, year: YearFigures, figures: Figures
) -> FiguresNews | None:
    """What of a version a member has chosen to hear of; None: nothing, or it was there
    before they chose.
    """
    changed = figures.news[year.match_year, year.release.version]
    published_at = year.release.published_at

    def is_news(slug: str) -> bool:
        after = choice.followed_after.get(slug)
        return after is None or published_at > datetime.fromisoformat(after)

    specialties = {
        specialty.slug: specialty.short_name
        for slug in choice.follows_specialties
        if (specialty := figures.specialty(slug)) is not None
        and specialty.slug in changed
        and is_news(slug)
    }
    whole = choice.follows_years and WHOLE_YEAR in changed and is_news(WHOLE_YEAR)
    if not specialties and not whole:
        return None
    return FiguresNews(
        match_year=year.match_year,
        version=year.release.version,
        specialties=tuple(specialties.values()),
        with_whole_year=whole,
    )


def followed_after(
    stored: ReminderChoice | None,
    *,
    years: bool,
    specialties: Sequence[str],
    figures: Figures,
) -> dict[str, str]:
    """From when on each thing chosen is news: as stored, and for what is new, from the
    newest publication on.
    """
    newest = figures.publication.published_at
    before = {} if stored is None else stored.followed_after
    slugs = [*([WHOLE_YEAR] if years else []), *specialties]
    if newest is None:
        return {slug: before[slug] for slug in slugs if slug in before}
    return {slug: before.get(slug, newest.isoformat()) for slug in slugs}
