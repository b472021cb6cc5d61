"""Keeps the archives of publications from before they were kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from imgportal.lib import clock
from stats.actions import keep_edition


class Command(BaseCommand):
    help = "Stores the archive of each edition that has none. Again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = keep_edition.keep_missing(now=clock.now())
        if made:
            self.stdout.write(f"Archived edition {', '.join(map(str, made))}.")
