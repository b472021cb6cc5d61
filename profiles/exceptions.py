"""What can go wrong with records and reference tables, in words that can be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class NotKept(Exception):
    """An entry was refused, and nothing was written."""


class AlreadyThere(NotKept):
    """The member has a row with the same key already."""

    def __init__(self, row: Any) -> None:
        super().__init__("There is an entry for this already.")
        self.row = row


class ChangedMeanwhile(NotKept):
    """The row is no longer as it was when the form was shown.

    `row` is what is stored now, None when it was removed.
    """

    def __init__(self, row: Any | None) -> None:
        super().__init__("This was changed in the meantime.")
        self.row = row


class ItemsChangedMeanwhile(NotKept):
    """Items of certification are no longer as they were when the page was shown.

    `rows` is what is stored of them now, None of one that is not there any more.
    """

    def __init__(self, rows: Mapping[Any, Any | None]) -> None:
        super().__init__("Some of these were changed in the meantime.")
        self.rows = dict(rows)


class Contradiction(NotKept):
    """The values cannot be true together, or together with another row."""


class TooMany(NotKept):
    """More rows than a record can need."""


class Gone(NotKept):
    """The member has no such row, or has it no longer."""


class ProposalRefused(Exception):
    """A step of a proposed change was refused, and nothing was written. It says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a file that a member brought, and where it stands."""

    place: str  # empty: the file as a whole
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


class FileRefused(Exception):
    """The file cannot be read as a record; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)
