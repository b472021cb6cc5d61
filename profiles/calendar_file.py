"""A season as an iCalendar file (RFC 5545): a member's has titles and dates, no more.

An event keeps its UID for ever. When its date changes its SEQUENCE grows, so that a
calendar program moves the event it has instead of adding another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard, vDuration
from icalendar import Event as CalendarEvent

from profiles.choices import Confidence, Event
from profiles.reference_tables import (
    Revision,
    RowKey,
    deadline_key,
    pathway_season_key,
)
from profiles.rules.reference import EASTERN
from profiles.rules.timeline import (
    PATHWAYS,
    TRAINING_RULE,
    EntryKind,
    TimelineEntry,
)

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//IMG portal//Match season//EN"
# How often a calendar program should fetch the file again.
REFRESH = timedelta(hours=12)
WINTER, SUMMER = timedelta(hours=-5), timedelta(hours=-4)
NEVER = Revision(changes=0, changed_at=datetime.min.replace(tzinfo=UTC))


def calendar(
    entries: Iterable[TimelineEntry],
    *,
    space: str,
    revisions: Mapping[RowKey, Revision],
    versions: Mapping[str, int],
    now: datetime,
    page: str,
    name: str = "Match season",
    is_private: bool = False,
) -> bytes:
    """The entries as a file.

    `space` (a host name, and whose calendar it is there) makes the UIDs unlike any
    others. `revisions` are those of the season's rows, `versions` those of the member's
    own by the key of the entry. `page` is where who wants to know more may read on.
    `is_private`: the calendar is a member's own.
    """
    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("x-wr-calname", name)
    file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", vDuration(REFRESH))
    # Also without deadlines: a file without any component would be invalid.
    file.add_component(eastern_zone())
    for entry in entries:
        revision = _revision(entry, revisions)
        event = CalendarEvent()
        event.add("uid", str(uuid5(NAMESPACE_URL, f"{space}/{entry.key}")))
        event.add("dtstamp", now)
        event.add(
            "sequence",
            versions.get(entry.key, 0)
            if entry.confidence is None
            else revision.changes,
        )
        if entry.confidence is not None and revision.changes:
            event.add("last-modified", revision.changed_at)
        event.add("summary", title(entry))
        event.add("dtstart", entry.moment or entry.on)
        if end := _end(entry):
            event.add("dtend", end)
        event.add("status", "CONFIRMED" if is_certain(entry) else "TENTATIVE")
        # Nobody is busy because of it, and a member's own dates are private.
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE" if is_private else "PUBLIC")
        event.add("description", f"{describe(entry)} {page}".lstrip())
        event.add("url", page)
        file.add_component(event)
    return bytes(file.to_ical())


CONFIDENCE_WORDS = {
    Confidence.CONFIRMED: "Confirmed by an official text that we read.",
    Confidence.REPORTED: "Reported by other sites than the official one.",
    Confidence.UNCONFIRMED: "Not confirmed.",
}


def is_certain(entry: TimelineEntry) -> bool:
    """Does the date stand in an official text, or is it what the member entered?"""
    return (
        entry.is_firm_day
        and not entry.is_estimate
        and entry.confidence in {None, Confidence.CONFIRMED}
    )


def describe(entry: TimelineEntry) -> str:
    """How far a date can be trusted, by which rule, and who decides about it.

    Of a member's own day it says no more than that: empty when they entered it.
    """
    if entry.confidence is None:
        if entry.is_estimate:
            return "Typically; it may take twice as long (rule U-RPT-1)."
        return "" if entry.is_firm_day else "No official text gives this day."
    words = [CONFIDENCE_WORDS[entry.confidence]]
    if entry.kind == EntryKind.LAST_EXAM:
        words.append(
            "Worked out from the day on which rank order lists close (rule U-RPT-1)."
        )
    if entry.kind == EntryKind.TRAINING:
        words.append(f"Rule {TRAINING_RULE}.")
    return " ".join([*words, f"Confirm it on {official_site(entry)}."])


def official_site(entry: TimelineEntry) -> str:
    """Who decides about this date."""
    name = "" if entry.event is None else entry.event.value
    if name.startswith("ecfmg_"):
        return "ecfmg.org"
    if name.startswith("eras_") or entry.event == Event.MSPE:
        return "students-residents.aamc.org"
    return "nrmp.org"


def title(entry: TimelineEntry) -> str:
    """What stands in the calendar; that a date is unconfirmed comes first."""
    match = f" ({entry.match_year} Match)" if entry.match_year else ""
    words = f"{entry.title}{match}"
    return words if entry.is_firm else f"Unconfirmed: {words}"


@cache
def eastern_zone() -> Timezone:
    """The hours of New York by the law since 2007, as a rule without an end."""
    zone = Timezone()
    zone.add("tzid", EASTERN.key)
    for part, name, month, sunday, before, after in (
        (TimezoneDaylight(), "EDT", 3, "2SU", WINTER, SUMMER),
        (TimezoneStandard(), "EST", 11, "1SU", SUMMER, WINTER),
    ):
        part.add("tzname", name)
        # The first such Sunday, in the hours before the change.
        part.add("dtstart", datetime(2007, month, 11 if month == 3 else 4, 2))  # noqa: DTZ001
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": sunday})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone


def _end(entry: TimelineEntry) -> date | datetime | None:
    """When the event ends; None: it is a moment, or one whole day."""
    if entry.moment is not None:
        return entry.end
    # The day after the last one: DTEND is not part of the event.
    return entry.last_day and entry.last_day + timedelta(days=1)


def _revision(entry: TimelineEntry, revisions: Mapping[RowKey, Revision]) -> Revision:
    """What happened to the rows that the entry's date may come from."""
    if entry.event is None:
        return NEVER
    rows = {deadline_key(entry.match_year, entry.event)}
    if entry.event in PATHWAYS:
        # All rows it can come from, because the sequence number may never shrink.
        rows |= {deadline_key(entry.match_year, event) for event in PATHWAYS}
        rows.add(pathway_season_key(entry.match_year))
    changed = [revisions[row] for row in rows if row in revisions]
    if not changed:
        return NEVER
    return Revision(
        changes=sum(revision.changes for revision in changed),
        changed_at=max(revision.changed_at for revision in changed),
    )
