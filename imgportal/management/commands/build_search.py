from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from imgportal.lib import clock
from imgportal.search import index


class Command(BaseCommand):
    help = (
        "Brings the search index up to date with what is public. Publications and edits "
        "do that themselves; let cron run it after midnight in New York, when the season "
        "may have turned. Safe to run at any time and twice at once; again changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        built = index.build(now=clock.now())
        if built is None:
            self.stdout.write("The search index is up to date; nothing was changed.")
        else:
            self.stdout.write(f"The search index has {built.documents} documents.")
