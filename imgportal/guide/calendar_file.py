"""The calendar of a season as a file that anybody may take or subscribe to."""

from __future__ import annotations

from datetime import UTC, datetime, time

from imgportal.guide.page_inputs import PageInputs
from profiles import calendar_file, reference_tables
from profiles.choices import Confidence, Event
from profiles.rules.timeline import EntryKind, TimelineEntry, season_entries

CONFIDENCE_WORDS = {
    Confidence.CONFIRMED: "Confirmed by an official text that we read.",
    Confidence.REPORTED: "Reported by other sites than the official one.",
    Confidence.UNCONFIRMED: "Not confirmed.",
}


def write_calendar(
    inputs: PageInputs, match_year: int, *, host: str, page: str
) -> bytes | None:
    """The same bytes until a date changes; None when no date of it is known.

    `page` is the address of the calendar on the site, for who wants to know more.
    """
    entries = season_entries(match_year, inputs.tables)
    if not entries:
        return None

    def describe(entry: TimelineEntry) -> str:
        words = [CONFIDENCE_WORDS[entry.confidence]] if entry.confidence else []
        if entry.kind == EntryKind.LAST_EXAM:
            words.append("Worked out from the day on which rank order lists close.")
        return " ".join([*words, f"Confirm it on {official_site(entry)}.", page])

    return calendar_file.calendar(
        entries,
        space=f"{host}/guide/match",
        revisions=reference_tables.revisions(match_year),
        versions={},
        # Not the time of the request: the file stays the same until a date changes.
        now=inputs.written_at or datetime.combine(inputs.today, time.min, UTC),
        name=f"{match_year} Match",
        describe=describe,
    )


def official_site(entry: TimelineEntry) -> str:
    """Who decides about this date."""
    name = "" if entry.event is None else entry.event.value
    if name.startswith("ecfmg_"):
        return "ecfmg.org"
    if name.startswith("eras_") or entry.event == Event.MSPE:
        return "students-residents.aamc.org"
    return "nrmp.org"
