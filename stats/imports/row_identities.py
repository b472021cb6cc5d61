"""Which row of a table a line of a file is about."""

from __future__ import annotations

from typing import Any

from stats.choices import ApplicantType, FigureTable, ScoreOutcome
from stats.columns import IDENTITY
from stats.exceptions import Refusal
from stats.figures import ALL_SPECIALTIES
from stats.imports.parse_rows import ParsedRow
from stats.imports.spellings import SPECIALTIES, simplified
from stats.models import Specialty

# A row as its table tells it from others: specialty (None: all together), applicant
# type and outcome, each only where the table has it.
Key = tuple[int | None, str, str]


class Specialties:
    """All specialties, by every spelling that names exactly one. One query."""

    def __init__(self) -> None:
        self.labels: dict[int | None, str] = {None: ALL_SPECIALTIES.short_name}
        # An official name names its specialty even if another one is spelt like it.
        self.by_name: dict[str, int] = {}
        self.by_spelling: dict[str, set[int]] = {}
        stored = list(Specialty.objects.values_list("pk", "slug", "name", "short_name"))
        for pk, slug, name, short_name in stored:
            self.labels[pk] = short_name
            self.by_name[name] = pk
            for spelling in (slug, name, short_name):
                self.by_spelling.setdefault(simplified(spelling), set()).add(pk)
        # Our own names of specialties go before the spellings that we expect of others.
        own = set(self.by_spelling)
        for pk, slug, _, _ in stored:
            for spelling in SPECIALTIES.get(slug, ()):
                if simplified(spelling) not in own:
                    self.by_spelling.setdefault(simplified(spelling), set()).add(pk)

    def named(self, text: str) -> set[int]:
        if text in self.by_name:
            return {self.by_name[text]}
        return self.by_spelling.get(simplified(text), set())


_ALL = {simplified(name) for name in (ALL_SPECIALTIES.name, "All")}


def identify(
    row: ParsedRow, table: FigureTable, specialties: Specialties | None
) -> tuple[Key | None, list[Refusal]]:
    """Which row of the table is meant; None when that cannot be said."""
    pk: int | None = None
    if specialties is not None:
        if not row.specialty:
            return None, []  # refused already
        named = specialties.named(row.specialty)
        if len(named) == 1:
            (pk,) = named
        elif table != FigureTable.SCORES or simplified(row.specialty) not in _ALL:
            reason = (
                "Several specialties are written like this. Use the name of one of "
                "them in full: "
                + ", ".join(
                    sorted(specialties.labels[specialty] for specialty in named)
                )
                + "."
                if named
                else "No specialty has this name. Write it as NRMP does, or add it to "
                "the specialties first."
            )
            return None, [
                Refusal(
                    line=row.line,
                    column="specialty",
                    value=row.specialty,
                    reason=reason,
                )
            ]
    if "applicant_type" in IDENTITY[table] and row.applicant_type is None:
        return None, []
    if table == FigureTable.SCORES and row.outcome is None:
        return None, []
    kind, outcome = row.applicant_type, row.outcome
    return (pk, kind.value if kind else "", outcome.value if outcome else ""), []


def key_of(row: Any) -> Key:
    return (
        getattr(row, "specialty_id", None),
        getattr(row, "applicant_type", ""),
        getattr(row, "outcome", ""),
    )


def label_of(key: Key, specialties: Specialties | None) -> str:
    specialty, kind, outcome = key
    parts = [specialties.labels[specialty]] if specialties is not None else []
    if kind:
        parts.append(str(ApplicantType(kind).label))
    if outcome:
        parts.append(str(ScoreOutcome(outcome).label).lower())
    return ", ".join(parts) or "All applicants"
