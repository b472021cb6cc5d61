"""When a reminder is due. Whole days, as they are counted in New York."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from profiles.rules.days import add_days


def parsed(leads: str) -> tuple[int, ...]:
    """The lead times in days, the longest first."""
    return tuple(int(days) for days in leads.split(",") if days)


def joined(leads: Iterable[int]) -> str:
    """The lead times as they are stored: in one order, each once."""
    return ",".join(str(days) for days in sorted(set(leads), reverse=True))


def due_day(on: date, leads: Iterable[int], *, today: date) -> date | None:
    """The day from which the reminder of `on` that counts today was due.

    Of several lead times that have passed it is the shortest: after some days without
    the program, one message is enough. None: it is too early, or over.
    """
    if today > on:
        return None
    passed = [days for days in leads if add_days(on, -days) <= today]
    return add_days(on, -min(passed)) if passed else None
