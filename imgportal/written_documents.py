"""The documents that are written from the rules, tables and definitions.

Each is a file in `docs/`, and most have a template in `templates/documents/`.
`write_documents` writes them; a test compares them with what they describe.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template import Context, Engine

from imgportal.api import openapi, promises
from imgportal.open_data.tables import OPEN_TABLES
from profiles import founding_tables, record_tables
from profiles.open_tables import REASONS as RULE_REASONS
from profiles.rules import numbers
from profiles.rules.text import rulebook
from stats.columns import REASONS
from stats.definitions import DEFINITIONS


def _rules() -> dict[str, Any]:
    return {
        "last_checked": rulebook.LAST_CHECKED,
        "topics": [(topic, rulebook.of_topic(topic)) for topic in rulebook.Topic],
        "count": len(rulebook.RULES),
        "numbers": numbers,
        "counts_as_us": sorted(numbers.COUNTS_AS_US),
        "tables": founding_tables.parse(founding_tables.FOUNDING_TABLES).reference,
    }


def _data_dictionary() -> dict[str, Any]:
    return {
        "definitions": DEFINITIONS,
        "reasons": {**RULE_REASONS, **REASONS},
        "tables": [item.table for item in OPEN_TABLES.values()],
    }


def _record_format() -> dict[str, Any]:
    later = [
        (name, since)
        for table in record_tables.TABLES
        for name, since, parent_since in (
            (table.name, table.since, 1),
            *(
                (f"{table.name}.{field.name}", field.since, table.since)
                for field in table.fields
            ),
        )
        if since > parent_since
    ]
    return {
        "tables": record_tables.TABLES,
        "version": record_tables.VERSION,
        "later": later,
    }


_TEMPLATES = {
    "rules.md": _rules,
    "data-dictionary.md": _data_dictionary,
    "record-format.md": _record_format,
}


OPENAPI, PROMISES = "openapi-v1.json", "api-v1-promises.txt"
DOCUMENTS = (*_TEMPLATES, OPENAPI, PROMISES)


def write_document(name: str) -> str:
    """The text of docs/<name>, the same for the same rules, tables and definitions."""
    if name == OPENAPI:
        return openapi.text()
    if name == PROMISES:
        return _list_promises()
    template = Engine.get_default().get_template(f"documents/{name}")
    return template.render(Context(_TEMPLATES[name](), autoescape=False))


def _list_promises() -> str:
    """Those that stand there with the new ones: none is taken back by writing it anew."""
    path = settings.BASE_DIR / "docs" / PROMISES
    former = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = sorted({*former, *promises.promises_of(openapi.document())})
    return "".join(f"{line}\n" for line in lines)
