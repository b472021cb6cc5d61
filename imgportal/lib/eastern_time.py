"""Hours in New York, by which the Match is announced."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def eastern_day(moment: datetime) -> date:
    """The day it is in New York, whose days deadlines and publications mean."""
    return moment.astimezone(EASTERN).date()


def exists(day: date, hour: time) -> bool:
    """False in the hour that is missing in the night in which clocks go forward."""
    moment = datetime.combine(day, hour, EASTERN)
    there = moment.astimezone(UTC).astimezone(EASTERN)
    return there.replace(tzinfo=None) == moment.replace(tzinfo=None)


def in_words(moment: datetime) -> str:
    """ "19 March 2027, 12:00 Eastern Time"."""
    there = moment.astimezone(EASTERN)
    return f"{there.day} {there:%B %Y}, {there:%H:%M} Eastern Time"
