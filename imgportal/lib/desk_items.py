"""What the first page of the staff lists, whichever application it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# How long what was published or approved stands there.
LATELY = timedelta(days=30)


class DeskPart(StrEnum):
    """The parts of the desk, in their order, by their headings."""

    WAITS = "Waits for you"
    CAME_BACK = "Came back to you"
    REPORTS = "Open reports of readers"
    BEGUN = "Begun by you"
    SCHEDULED = "Scheduled"
    REVIEWS = "To compare with the sources"
    WITH_OTHERS = "With others"
    LATELY = "Published or approved in the last 30 days"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDeed:
    """What somebody of the staff did."""

    at: datetime
    by: str
    what: str
    about: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem:
    part: DeskPart
    words: str
    url: str
    why: str = ""
    since: datetime | None = None
