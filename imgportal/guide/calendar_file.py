"""The calendar of a season as a file that anybody may take or subscribe to."""

from __future__ import annotations

from datetime import UTC, datetime, time

from imgportal.guide.page_inputs import PageInputs
from profiles import calendar_file, reference_tables
from profiles.rules.timeline import season_entries


def write_calendar(
    inputs: PageInputs, match_year: int, *, host: str, page: str
) -> bytes | None:
    """The same bytes until a date changes; None when no date of it is known.

    `page` is the address of the calendar on the site, for who wants to know more.
    """
    entries = season_entries(match_year, inputs.tables)
    if not entries:
        return None

    return calendar_file.calendar(
        entries,
        space=f"{host}/guide/match",
        revisions=reference_tables.revisions(match_year),
        versions={},
        # Not the time of the request: the file stays the same until a date changes.
        now=inputs.written_at or datetime.combine(inputs.today, time.min, UTC),
        name=f"{match_year} Match",
        page=page,
    )
