"""What holds of single values of a row: their documents, how they were derived, why one
is empty. Pure.

A row names its documents and says why values of it are missing. Where that does not
hold of every value, its `by_value` says what does. Entries are separated by `|`:

    active_applicants: from amo-2019 | step2_ck_q1 step2_ck_q3: missing not_published
    matched_to_pgy1: derived 7,025 - 4,028; from amo-2020 ecfmg-2020

`derived` says that no document states the value, and how it follows from what they
state; ` or ` separates several ways that lead to the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stats.choices import Missing

MOST_CHARACTERS = 2000
# Whoever pastes an entry a line means the same.
_BETWEEN_ENTRIES = re.compile(r"[|\n\r]+")
_EXPECTED = (
    "Expected is a column, a colon, and one of: from KEY, derived HOW, missing REASON."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleValue:
    """One entry: what it says of each of its columns."""

    columns: tuple[str, ...]
    sources: tuple[str, ...] = ()  # keys; empty: all documents of the row
    derived: tuple[str, ...] = ()  # the ways that lead to it; empty: as stated
    missing: str = ""  # a Missing value; empty: as the row says


@lru_cache(maxsize=1024)
def parse(text: str) -> tuple[SingleValue, ...]:
    """The entries of a text. Raises ValueError with what is wrong and what to write."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"At most {MOST_CHARACTERS:,} characters.")
    entries = tuple(
        _entry(line.strip()) for line in _BETWEEN_ENTRIES.split(text) if line.strip()
    )
    seen: set[str] = set()
    for entry in entries:
        for column in entry.columns:
            if column in seen:
                raise ValueError(f"{column} stands twice. Put it into one entry.")
            seen.add(column)
    return entries


def _entry(line: str) -> SingleValue:
    head, colon, rest = line.partition(":")
    columns = tuple(head.split())
    clauses = dict(_clauses(rest))
    if not columns or not colon or not clauses:
        raise ValueError(f"“{line[:60]}” is not understood. {_EXPECTED}")
    missing = clauses.get("missing", "")
    if missing and missing not in Missing:
        reasons = ", ".join(reason for reason in Missing)
        raise ValueError(f"{missing!r} is no reason. Expected is one of: {reasons}.")
    if missing and len(clauses) > 1:
        raise ValueError(f"{head.strip()}: what is missing has no source.")
    return SingleValue(
        columns=columns,
        sources=tuple(dict.fromkeys(clauses.get("from", "").split())),
        derived=tuple(
            way.strip() for way in clauses.get("derived", "").split(" or ") if way
        ),
        missing=missing,
    )


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    for clause in text.split(";"):
        word, _, content = clause.strip().partition(" ")
        if word not in {"from", "derived", "missing"} or not content.strip():
            raise ValueError(f"“{clause.strip()[:60]}” is not understood. {_EXPECTED}")
        yield word, content.strip()


def entry_of(text: str, column: str) -> SingleValue | None:
    """What a text says of one column; None when nothing, or when it is not understood.

    What is not understood blocks publication (`stats.readiness`).
    """
    try:
        entries = parse(text)
    except ValueError:
        return None
    return next((entry for entry in entries if column in entry.columns), None)


def columns_of(text: str) -> tuple[str, ...]:
    """The columns that a text speaks of; none when it is not understood."""
    try:
        entries = parse(text)
    except ValueError:
        return ()
    return tuple(column for entry in entries for column in entry.columns)
