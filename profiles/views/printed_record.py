"""A whole record in words, as `/me/data/print/` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from profiles.countries import COUNTRIES
from profiles.member_record import Stored
from profiles.portable import json_document
from profiles.record_tables import (
    ATTEMPTS,
    CERTIFICATE,
    ITEMS,
    PATHWAYS,
    PROFILE,
    REMINDERS,
    SITTINGS,
    TABLES,
    Table,
)
from profiles.rules.days import in_words
from stats import public

TITLES = {
    PROFILE.name: "Profile",
    ATTEMPTS.name: "Exams",
    SITTINGS.name: "OET Medicine",
    PATHWAYS.name: "Pathway applications",
    ITEMS.name: "Certification",
    CERTIFICATE.name: "Certificate",
    REMINDERS.name: "Reminders",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One row: what it is about, and its values that were said."""

    title: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    title: str
    rows: list[Printed]


def parts_of(stored: Stored) -> list[Part]:
    """Everything that the document holds, in its order."""
    return [
        Part(
            title=title,
            rows=[_printed(table, row) for row in json_document.rows_in(table, stored)],
        )
        for table in TABLES
        for title in (TITLES[table.name],)
    ]


def label(table: Table, name: str) -> str:
    """What a page calls a field."""
    verbose = getattr(table.model._meta.get_field(name), "verbose_name", name)
    words = str(verbose)
    return words[:1].upper() + words[1:]


def words(table: Table, name: str, value: Any) -> str:
    """A value as a member reads it; empty: not said."""
    field = table.model._meta.get_field(name)
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(field, models.Field) and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if name == "school_country":
        return COUNTRIES.get(value, value)
    if name == "leads":
        return ", ".join(value.split(","))
    if isinstance(value, list):
        known = public.everything().specialties
        return ", ".join(
            known[slug].short_name if slug in known else slug for slug in value
        )
    return str(value)


def title_of(table: Table, values: dict[str, Any]) -> str:
    """What distinguishes one row from the others of its table."""
    match table.name:
        case "exam_attempts":
            exam = words(table, "exam", values["exam"])
            return f"{exam}, {in_words(values['on'])}"
        case "oet_sittings":
            return f"OET Medicine, {in_words(values['on'])}"
        case "pathway_applications":
            return f"Pathway application, {values['season']} Match"
        case "certification_items":
            return words(table, "item", values["item"])
        case _:
            return TITLES[table.name]


def _printed(table: Table, row: Any) -> Printed:
    values = table.values(row)
    return Printed(title=title_of(table, values), pairs=pairs_of(table, values))


def pairs_of(table: Table, values: dict[str, Any]) -> list[tuple[str, str]]:
    """What was said in a row, beside what its title says: label, value."""
    pairs = []
    for name, value in values.items():
        said = words(table, name, value)
        # A "no" that is the rule is not worth a line.
        is_rule = value is False and name == "for_time_limit"
        if said and name not in table.key and not is_rule:
            pairs.append((label(table, name), said))
    return pairs
