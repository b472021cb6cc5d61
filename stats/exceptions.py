"""What can go wrong with figures, in words that can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class WorkflowRefused(Exception):
    """Something may not happen to a version now. The text says what to do instead."""


class AlreadyOpen(WorkflowRefused):
    """The year already has a version that is being worked on."""


class NothingToAmend(WorkflowRefused):
    """The year has no published version that could be amended."""


class WrongStatus(WorkflowRefused):
    """The version is not in a status in which this may happen."""


class SamePerson(WorkflowRefused):
    """Whoever changed a value may not publish it."""


class NotReady(WorkflowRefused):
    """The figures have problems that block publication."""


class NothingDiffers(WorkflowRefused):
    """An amendment says exactly what is public already."""


class NoteMissing(WorkflowRefused):
    """A change of published figures needs a public note and a kind."""


class WrongHour(WorkflowRefused):
    """A publication cannot be scheduled for that hour, or none was scheduled."""


class ClockBehind(WorkflowRefused):
    """The clock says that a version is published before it was opened."""


class AlreadyHandled(WorkflowRefused):
    """Somebody else has answered or closed the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A value that somebody else changed while it was being changed here."""

    row_id: int
    column: str
    was: object  # what the editor saw
    stored: object  # what is stored now
    entered: object  # what the editor wants to store


@dataclass(frozen=True, slots=True, kw_only=True)
class BadValue:
    """A value, or a row (empty column), that cannot be stored, and why."""

    row_id: int
    column: str
    reason: str


class EditRefused(Exception):
    """Nothing was saved: some values are wrong, or somebody else changed them."""

    def __init__(
        self, *, conflicts: Sequence[Conflict] = (), bad: Sequence[BadValue] = ()
    ) -> None:
        super().__init__(
            "Nothing was saved: somebody else changed some of these values. Look at "
            "both, and choose which to keep."
            if conflicts
            else "Nothing was saved: some of these values cannot be stored. Mend them, "
            "and save again."
        )
        self.conflicts = tuple(conflicts)
        self.bad = tuple(bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a cell, a row or a whole file cannot be imported, and where it stands."""

    line: int | None  # None: the file as a whole
    column: str  # empty: the row as a whole
    value: str  # as the file has it, shortened
    reason: str  # what was expected

    def __str__(self) -> str:
        places = [] if self.line is None else [f"line {self.line}"]
        if self.column:
            places.append(f"column {self.column}")
        if self.value:
            places.append(f"“{self.value}”")
        return f"{', '.join(places)}: {self.reason}" if places else self.reason


class ImportRefused(Exception):
    """A file was not imported; nothing in the database has changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = tuple(refusals)


class PlanOutdated(Exception):
    """The draft changed since the differences were shown. Show them again."""


class UploadGone(Exception):
    """The file that was waiting to be confirmed is not there any more."""
