"""What changes about visas (`data/visas.toml`): how it stands, and what happened when.

Courts and proclamations change it between two releases. So each entry has its own day on
which somebody looked, and its own day by which to look again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

from imgportal.guide import DATA
from imgportal.lib import content_files
from imgportal.lib.content_files import ContentError
from profiles.choices import Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class VisaEvent:
    """What happened on one day, and which documents say so."""

    entry: str  # the key of the entry it belongs to
    day: date
    what: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisaEntry:
    """One thing that changes. It says by itself when its next check is past due."""

    key: str  # its place on the page: a promise, like every address
    title: str
    ground: str
    state: str  # one sentence
    confirm: str  # a name of OFFICIAL_SITES
    sources: tuple[str, ...]
    confidence: Confidence
    checked: date
    review_by: date
    note: str = ""
    events: tuple[VisaEvent, ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        """The keys of all documents behind it, each once."""
        of_events = chain(*(event.sources for event in self.events))
        return tuple(dict.fromkeys((*self.sources, *of_events)))

    def is_past_due(self, today: date) -> bool:
        """The day of the check itself is not yet past."""
        return today > self.review_by


def read_entries(path: Path) -> Iterator[VisaEntry]:
    """The entries of a file with their events. Raises ContentError."""
    entries = content_files.read_toml(path, "entry", VisaEntry)
    events = content_files.read_toml(path, "event", VisaEvent)
    keys = {entry.key for entry in entries}
    for event in events:
        if event.entry not in keys:
            reason = (
                f"The event of {event.day} is of {event.entry!r}, which is no entry."
            )
            raise ContentError(f"{path.name}: {reason}")
    for entry in entries:
        own = tuple(event for event in events if event.entry == entry.key)
        yield replace(entry, events=own)


FILE = DATA / "visas.toml"
VISA_ENTRIES = content_files.by_key(read_entries(FILE), "key", FILE)
