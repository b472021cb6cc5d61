"""The database itself refuses to change what is published.

Forms and actions check first and explain. These triggers hold where their code is
bypassed: by a bulk update, the shell, another program. They exist on both
engines, are lifted for a migration of figures and put back after every `migrate`.

A release that is published may only lose or gain `is_current`; its figures, their
sources, its footnotes and the list of its editors can be neither added to, changed
nor deleted. So a release is filled while it is a draft and published last.

Who did what to a version is only ever added: no event is changed or deleted. Nor is the
archive of an edition, or a withdrawal that was confirmed.

A source that any figure rests on, be it in a draft, cannot be deleted. The key of a
source and the slug of a specialty are parts of addresses and cannot be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connections, models
from django.db.migrations import Migration

from stats.models import (
    FIGURE_MODELS,
    Edition,
    Footnote,
    Release,
    ReleaseEvent,
    Source,
    Specialty,
    Withdrawal,
)

MESSAGE = "A published release cannot be changed; open an amendment."
SOURCE_IN_USE = "A source that figures rest on cannot be deleted."
KEY_IS_AN_ADDRESS = "The key of a source is part of an address and never changes."
EVENTS_ARE_KEPT = "What somebody did to a version is kept as it was written down."
EDITIONS_ARE_KEPT = "The archive of an edition is kept as it was made."
WITHDRAWALS_ARE_KEPT = "A confirmed withdrawal is kept; propose to lift it."
SLUG_IS_AN_ADDRESS = "The slug of a specialty is part of an address and never changes."


def _releases_of_parts() -> dict[str, str]:
    """Table → SQL for the id of the release that its row `{row}` is part of."""
    # The editors tell readers whether one person entered and published a version.
    parts: list[type[models.Model]] = [
        *FIGURE_MODELS,
        Footnote,
        Release.editors.through,
    ]
    releases = {part._meta.db_table: "{row}.release_id" for part in parts}
    for model in FIGURE_MODELS:
        figures = model._meta.db_table
        releases[f"{figures}_sources"] = (
            f"(SELECT f.release_id FROM {figures} f "
            f"WHERE f.id = {{row}}.{model._meta.model_name}_id)"
        )
    return releases


def _parts_of_releases() -> dict[str, str]:
    """Table → SQL that is true when its row `{row}` is part of what is published."""
    return {
        table: (
            f"EXISTS (SELECT 1 FROM {Release._meta.db_table} r "
            f"WHERE r.id = {release} AND r.status = 'published')"
        )
        for table, release in _releases_of_parts().items()
    }


def _conditions() -> dict[tuple[str, str], str]:
    """(table, event) → the condition under which the event is refused."""
    conditions: dict[tuple[str, str], str] = {}
    for table, published in _parts_of_releases().items():
        new, old = published.format(row="NEW"), published.format(row="OLD")
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


def _catalogue(present: Collection[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """(table, event) → condition and message, for sources, specialties and the history.

    `present` are the tables that there are: a state before a table of figures existed
    has guards that do not ask it.
    """
    source, specialty = Source._meta.db_table, Specialty._meta.db_table
    event, edition = ReleaseEvent._meta.db_table, Edition._meta.db_table
    withdrawal = Withdrawal._meta.db_table
    confirmed = "OLD.confirmed_at IS NOT NULL"
    rests = " OR ".join(
        f"EXISTS (SELECT 1 FROM {model._meta.db_table}_sources l "
        "WHERE l.source_id = OLD.id)"
        for model in FIGURE_MODELS
        if f"{model._meta.db_table}_sources" in present
    )
    return {
        (source, "DELETE"): (rests or "FALSE", SOURCE_IN_USE),
        (source, "UPDATE"): ("OLD.key IS DISTINCT FROM NEW.key", KEY_IS_AN_ADDRESS),
        (specialty, "UPDATE"): (
            "OLD.slug IS DISTINCT FROM NEW.slug",
            SLUG_IS_AN_ADDRESS,
        ),
        (event, "UPDATE"): ("TRUE", EVENTS_ARE_KEPT),
        (event, "DELETE"): ("TRUE", EVENTS_ARE_KEPT),
        (withdrawal, "UPDATE"): (confirmed, WITHDRAWALS_ARE_KEPT),
        (withdrawal, "DELETE"): (confirmed, WITHDRAWALS_ARE_KEPT),
        (withdrawal, "INSERT"): (
            f"EXISTS (SELECT 1 FROM {withdrawal} x WHERE x.id = NEW.id)",
            WITHDRAWALS_ARE_KEPT,
        ),
        (edition, "UPDATE"): ("TRUE", EDITIONS_ARE_KEPT),
        (edition, "DELETE"): ("TRUE", EDITIONS_ARE_KEPT),
        # SQLite's REPLACE deletes what stands in the way and asks no guard of deletions.
        (event, "INSERT"): (
            f"EXISTS (SELECT 1 FROM {event} x WHERE x.id = NEW.id)",
            EVENTS_ARE_KEPT,
        ),
        (edition, "INSERT"): (
            f"EXISTS (SELECT 1 FROM {edition} x WHERE x.number = NEW.number)",
            EDITIONS_ARE_KEPT,
        ),
    }


def _displacing() -> dict[tuple[str, str], str]:
    """(table, event) → true when the event would push out something published.

    Only SQLite has REPLACE, which deletes whatever stands in the way of a row and
    asks no guard of deletions. The unique keys of a release's parts contain the
    release, so there only the primary key is left to check.
    """
    conditions: dict[tuple[str, str], str] = {}
    for table, published in _parts_of_releases().items():
        for event in ("INSERT", "UPDATE"):
            conditions[table, event] = (
                f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = NEW.id "
                f"AND {published.format(row='x')})"
            )
    release = Release._meta.db_table
    in_the_way = (
        f"EXISTS (SELECT 1 FROM {release} x WHERE x.status = 'published'{{others}} AND "
        "(x.id = NEW.id OR (x.match_year = NEW.match_year AND "
        "(x.version = NEW.version OR (x.is_current AND NEW.is_current)))))"
    )
    conditions[release, "INSERT"] = in_the_way.format(others="")
    conditions[release, "UPDATE"] = in_the_way.format(others=" AND x.id <> OLD.id")
    return conditions


def _sqlite(
    table: str, event: str, condition: str, message: str = MESSAGE
) -> list[str]:
    name = f"{table}_guard_{event.lower()}"
    # SQLite writes IS NOT where the standard (and PostgreSQL) say IS DISTINCT FROM;
    # it has known the standard words only since 3.39.
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
    ]


def _postgresql(
    table: str, event: str, condition: str, message: str = MESSAGE
) -> list[str]:
    name = f"{table}_guard_{event.lower()}"
    kept_row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {_wait_for_publication(table, event)}"
        f"IF {condition} THEN RAISE EXCEPTION '{message}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {kept_row}; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _wait_for_publication(table: str, event: str) -> str:
    """SQL that lets no part change while its release is being published.

    Several transactions write at once on PostgreSQL. Without this, one that began
    while the release was a draft could still end after its publication.
    """
    release = _releases_of_parts().get(table)
    if release is None:
        return ""
    rows = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[event]
    ids = ", ".join(release.format(row=row) for row in rows)
    return f"PERFORM 1 FROM {Release._meta.db_table} WHERE id IN ({ids}) FOR SHARE; "


def _statements(
    vendor: str, present: Collection[str]
) -> Iterator[tuple[str, list[str]]]:
    """(table, what to execute) for every guard of this kind of database."""
    conditions = _conditions()
    trigger = _postgresql if vendor == "postgresql" else _sqlite
    for (table, event), (condition, message) in _catalogue(present).items():
        yield table, trigger(table, event, condition, message)
    if vendor == "postgresql":
        for (table, event), condition in conditions.items():
            yield table, _postgresql(table, event, condition)
        return
    displacing = _displacing()
    for table, event in dict.fromkeys([*conditions, *displacing]):
        refused = [
            f"({refusals[table, event]})"
            for refusals in (conditions, displacing)
            if (table, event) in refusals
        ]
        yield table, _sqlite(table, event, " OR ".join(refused))


def lift_guards(*, using: str, plan: list[tuple[Migration, bool]], **_: Any) -> None:
    """Take the guards away when figures are about to be migrated.

    SQLite cannot rebuild a table that a trigger of another table names, and a
    migration may have to explain in published rows why a new column is empty.
    """
    if not any(migration.app_label == "stats" for migration, _backwards in plan):
        return
    connection = connections[using]
    present = set(connection.introspection.table_names())
    on_table = " ON {}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table, event in {**_catalogue(present), **_conditions(), **_displacing()}:
            if table in present:
                name = f"{table}_guard_{event.lower()}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table.format(table)}")


def install_guards(*, using: str, **_: Any) -> None:
    """Put every guard in place. Safe to run again; changes no row."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, statements in _statements(connection.vendor, present):
            # A migration to a state before this table existed leaves it out.
            if table not in present:
                continue
            for statement in statements:
                cursor.execute(statement)
