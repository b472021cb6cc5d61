"""A whole record in words, as `/me/data/print/` shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.countries import COUNTRIES
from profiles.member_record import StoredRecord
from profiles.record_tables import TABLES, RecordTable
from profiles.rules.days import in_words
from stats import public
from stats.public import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """One row: what it is about, and its values that were said."""

    title: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    title: str
    rows: list[PrintedRow]


def print_record(stored: StoredRecord) -> list[PrintedTable]:
    """Everything that the document holds, in its order."""
    return [
        PrintedTable(
            title=table.heading,
            rows=[
                PrintedRow(title=title_of(table, values), pairs=pairs_of(table, values))
                for values in map(table.values, stored.rows_of(table))
            ],
        )
        for table in TABLES
    ]


def label_of(table: RecordTable, name: str) -> str:
    """What a page calls a field."""
    words = str(table.field(name).column.verbose_name)
    return words[:1].upper() + words[1:]


def value_in_words(table: RecordTable, name: str, value: Any) -> str:
    """A value as a member reads it; empty: not said."""
    choices = table.field(name).choices
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return in_words(value)
    if choices:
        return choices.get(value, str(value))
    if name == "school_country":
        return COUNTRIES.get(value, value)
    if name == "leads":
        return ", ".join(value.split(","))
    if isinstance(value, list):
        return specialties_in_words(value, public.everything())
    return str(value)


def specialties_in_words(slugs: Iterable[str], figures: Figures) -> str:
    """Their names; a slug that nothing is published under stays as it is."""
    published = figures.specialties
    return ", ".join(
        published[slug].short_name if slug in published else slug for slug in slugs
    )


def title_of(table: RecordTable, values: Mapping[str, Any]) -> str:
    """What distinguishes one row from the others of its table."""
    return table.title.format(
        **{name: value_in_words(table, name, values[name]) for name in table.key}
    )


def pairs_of(table: RecordTable, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was said in a row, beside what its title says: label, value."""
    pairs = []
    for name, value in values.items():
        text = value_in_words(table, name, value)
        # A "no" that is the rule is not worth a line.
        is_rule = value is False and name == "for_time_limit"
        if text and name not in table.key and not is_rule:
            pairs.append((label_of(table, name), text))
    return pairs
