from __future__ import annotations

from pathlib import Path

from profiles import founding
from profiles.rules import document
from profiles.rules.examples import TABLES
from profiles.rules.rulebook import RULES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_document_is_what_the_rules_and_tables_say() -> None:
    # Write it again with: script/manage write_rules_document
    tables = founding.parse(founding.FOUNDING_TABLES).reference

    assert document.as_markdown(tables) == TEXT


def test_every_rule_and_every_table_is_in_it() -> None:
    for rule in RULES.values():
        assert f"| {rule.id} | {rule.wording} |" in TEXT
    assert [table for table, _, _ in document.TABLES] == list(TABLES)
    for _, _, module in document.TABLES:
        assert (DOCUMENT.parents[1] / "profiles" / "rules" / module).is_file()
