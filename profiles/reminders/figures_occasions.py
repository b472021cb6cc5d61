"""Versions of Match years that were published, for who follows what they say anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from profiles.models import ReminderChoice
from profiles.reminders import followed_figures
from profiles.reminders.followed_figures import WHOLE_YEAR
from profiles.reminders.occasions import Occasion, OccasionSearch, Rows
from profiles.rules.reference import eastern_day
from stats import public


def of_publications(search: OccasionSearch) -> Iterator[Occasion]:
    """To whom one is no news, because they chose it later, is found on composing."""
    figures = public.everything()
    for year in followed_figures.recent(figures, now=search.now):
        yield Occasion(
            kind=followed_figures.kind_of(year),
            on=eastern_day(year.release.published_at),
            title=f"The {year.match_year} Match",
            after=0,
            rows=_following(search, followed_figures.followed_as(year, figures)),
        )


def _following(search: OccasionSearch, slugs: Collection[str]) -> Rows:
    """Who follows any of these. The list of a member is searched as text: SQLite knows no
    other way, and no slug has a character that JSON writes otherwise.
    """
    wanted = Q(follows_years=True) if WHOLE_YEAR in slugs else Q()
    for slug in sorted(set(slugs) - {WHOLE_YEAR}):
        wanted |= Q(named__contains=f'"{slug}"')
    rows: Rows = search.rows(ReminderChoice).annotate(
        named=Cast("follows_specialties", TextField())
    )
    return rows.filter(wanted) if wanted else rows.none()
