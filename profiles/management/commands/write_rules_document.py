from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from profiles import founding_tables
from profiles.rules.text import rules_document


class Command(BaseCommand):
    help = (
        "Write docs/rules.md from the rule book and the founding tables. Run it after "
        "changing either."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "rules.md"
        tables = founding_tables.parse(founding_tables.FOUNDING_TABLES).reference
        path.write_text(rules_document.as_markdown(tables), encoding="utf-8")
        self.stdout.write(f"Wrote {path.name}.")
