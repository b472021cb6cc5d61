from __future__ import annotations

import re
from pathlib import Path

import pytest

from imgportal.open_data.tables import OPEN_TABLES
from imgportal.written_documents import DOCUMENTS, write_document
from profiles.rules.text.rulebook import RULES
from profiles.rules.text.worked_examples import TABLES

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_what_it_describes(name: str) -> None:
    # Write it again with: script/manage write_documents
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert write_document(name) == text


def test_every_rule_and_every_decision_table_is_described() -> None:
    text = write_document("rules.md")

    for rule in RULES.values():
        assert f"| {rule.id} | {rule.wording}" in text
        assert rule.not_judged in text
    described = re.findall(r"^\| (T\d+) \| .* \| `(\w+\.py)` \|$", text, re.MULTILINE)
    assert [table for table, _ in described] == list(TABLES)
    for _, module in described:
        assert (ROOT / "profiles" / "rules" / "tables" / module).is_file()


def test_every_column_of_the_open_tables_is_in_the_dictionary() -> None:
    text = write_document("data-dictionary.md")

    for name, item in OPEN_TABLES.items():
        _, _, after = text.partition(f'<a id="table-{name}"></a>')
        part = after.partition("<a id=")[0]
        assert [
            column.name
            for column in item.table.columns
            if f"| `{column.name}`" not in part
        ] == []
