"""Every released version's database becomes today's, and nothing in it is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.upgrades import FIXTURES, UPGRADE, restore, run_code

# What `migrate` does with a migration that changes the tables of figures.
CHANGE_TABLES = """
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, models
from django.db.migrations import AddConstraint, Migration, RemoveConstraint
from django.db.migrations.loader import MigrationLoader
from stats.models import FIGURE_MODELS

migration = Migration("0002_more", "stats")
for model in FIGURE_MODELS:
    constraint = models.CheckConstraint(
        name=f"{model.__name__}_has_an_id", condition=models.Q(id__gte=0)
    )
    migration.operations += [
        AddConstraint(model.__name__, constraint),
        RemoveConstraint(model.__name__, constraint.name),
    ]
step = {"verbosity": 0, "interactive": False, "db": "default", "plan": [(migration, False)]}
emit_pre_migrate_signal(**step)
with connection.schema_editor(atomic=True) as editor:
    migration.apply(MigrationLoader(connection).project_state(), editor)
emit_post_migrate_signal(**step)
"""
RELEASED = sorted(FIXTURES.glob("*.sql.gz"))


def test_there_is_a_released_version() -> None:
    assert RELEASED != []


@pytest.mark.parametrize("fixture", RELEASED, ids=lambda path: path.name)
def test_released_database_migrates_upward(fixture: Path, tmp_path: Path) -> None:
    database = tmp_path / "site.sqlite3"
    restore(fixture, database)
    exported = fixture.with_name(fixture.name.replace(".sql.gz", ".json"))
    before = json.loads(exported.read_text(encoding="utf-8"))

    after = json.loads(run_code(database, UPGRADE))

    assert len(before["published"]) > 30
    assert [it for it in before["published"] if it not in after["published"]] == []
    assert_kept(before["record"], after["record"])


def test_tables_of_figures_can_be_migrated(tmp_path: Path) -> None:
    database = tmp_path / "site.sqlite3"
    restore(RELEASED[-1], database)
    before = json.loads(run_code(database, UPGRADE))

    after = json.loads(run_code(database, f"{CHANGE_TABLES}{UPGRADE}"))

    assert after == before


def assert_kept(before: object, after: object) -> None:
    """What was there is there; a later version may know more beside it."""
    if isinstance(before, list):
        assert isinstance(after, list)
        assert len(after) == len(before)
        for row, row_after in zip(before, after, strict=True):
            assert_kept(row, row_after)
    elif isinstance(before, dict):
        assert isinstance(after, dict)
        for name, value in before.items():
            assert_kept(value, after[name])
    else:
        assert after == before
