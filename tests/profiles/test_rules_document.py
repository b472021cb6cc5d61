from __future__ import annotations

from pathlib import Path

from profiles import founding_tables
from profiles.rules.text import rules_document
from profiles.rules.text.rulebook import RULES
from profiles.rules.text.worked_examples import TABLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_document_is_what_the_rules_and_tables_say() -> None:
    # Write it again with: script/manage write_rules_document
    tables = founding_tables.parse(founding_tables.FOUNDING_TABLES).reference

    assert rules_document.as_markdown(tables) == TEXT


def test_every_rule_and_every_table_is_in_it() -> None:
    for rule in RULES.values():
        assert f"| {rule.id} | {rule.wording} |" in TEXT
    assert [table for table, _, _ in rules_document.TABLES] == list(TABLES)
    for _, _, module in rules_document.TABLES:
        assert (
            DOCUMENT.parents[1] / "profiles" / "rules" / "tables" / module
        ).is_file()
