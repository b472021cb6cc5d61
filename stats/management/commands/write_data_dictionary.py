from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from stats import definitions


class Command(BaseCommand):
    help = "Write docs/data-dictionary.md. Run it after changing a definition."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "data-dictionary.md"
        path.write_text(definitions.as_markdown(), encoding="utf-8")
        self.stdout.write(f"Wrote {path.name}.")
