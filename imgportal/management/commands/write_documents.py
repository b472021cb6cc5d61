from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from imgportal import written_documents


class Command(BaseCommand):
    help = (
        "Write the documents in docs/ that follow the rules, the founding tables and "
        "the definitions of measures. Run it after changing any of them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in written_documents.DOCUMENTS:
            path = Path(settings.BASE_DIR) / "docs" / name
            path.write_text(written_documents.write_document(name), encoding="utf-8")
            self.stdout.write(f"Wrote docs/{name}.")
