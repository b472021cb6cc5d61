"""The database itself refuses to change what is published.

Forms and actions check first and say so kindly. These triggers hold where Python
is gone round: a bulk update, the shell, another program. They exist on both
engines and are put back after every `migrate`.

A release that is published may only lose or gain `is_current`; its figures, their
sources and its footnotes can be neither added to, changed nor deleted. So a
release is filled while it is a draft and published last.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, models

from stats.models import (
    ApplicantResult,
    Footnote,
    Release,
    ScoreSummary,
    SpecialtyResult,
    YearTotals,
)

FIGURE_MODELS: tuple[type[models.Model], ...] = (
    YearTotals,
    ApplicantResult,
    SpecialtyResult,
    ScoreSummary,
)
MESSAGE = "A published release cannot be changed; open an amendment."


def _is_published(table: str, row: str) -> str:
    """SQL that is true when a row of one of our tables is part of what is published."""
    release = Release._meta.db_table
    for model in (*FIGURE_MODELS, Footnote):
        if table == model._meta.db_table:
            return (
                f"EXISTS (SELECT 1 FROM {release} r WHERE r.id = {row}.release_id "
                "AND r.status = 'published')"
            )
        if model is Footnote:
            continue
        through = model._meta.get_field("sources").remote_field.through  # type: ignore[union-attr]
        if table == through._meta.db_table:
            return (
                f"EXISTS (SELECT 1 FROM {model._meta.db_table} f JOIN {release} r "
                f"ON r.id = f.release_id WHERE f.id = {row}.{model._meta.model_name}_id "
                "AND r.status = 'published')"
            )
    raise LookupError(table)


def _guarded_tables() -> list[str]:
    tables = [model._meta.db_table for model in (*FIGURE_MODELS, Footnote)]
    tables += [f"{model._meta.db_table}_sources" for model in FIGURE_MODELS]
    return tables


def _conditions() -> dict[tuple[str, str], str]:
    """(table, event) → the condition under which the event is refused."""
    conditions: dict[tuple[str, str], str] = {}
    for table in _guarded_tables():
        new, old = _is_published(table, "NEW"), _is_published(table, "OLD")
        conditions[table, "INSERT"] = new
        conditions[table, "UPDATE"] = f"{old} OR {new}"
        conditions[table, "DELETE"] = old
    release = Release._meta.db_table
    kept = [
        field.column
        for field in Release._meta.local_fields
        if field.name != "is_current"
    ]
    changed = " OR ".join(
        f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in kept
    )
    conditions[release, "UPDATE"] = f"OLD.status = 'published' AND ({changed})"
    conditions[release, "DELETE"] = "OLD.status = 'published'"
    return conditions


def _sqlite(table: str, event: str, condition: str) -> list[str]:
    name = f"{table}_guard_{event.lower()}"
    # SQLite writes IS NOT where the standard (and PostgreSQL) say IS DISTINCT FROM;
    # it has known the standard words only since 3.39.
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ]


def _postgresql(table: str, event: str, condition: str) -> list[str]:
    name = f"{table}_guard_{event.lower()}"
    kept_row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{MESSAGE}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {kept_row}; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def install_guards(*, using: str, **_: Any) -> None:
    """Put every guard in place. Safe to run again; changes no row."""
    connection = connections[using]
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for (table, event), condition in _conditions().items():
            # A migration to a state before this table existed leaves it out.
            if table not in present:
                continue
            for statement in statements(table, event, condition):
                cursor.execute(statement)
