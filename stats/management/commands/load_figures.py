from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.lib import clock
from imgportal.lib.content_files import ContentError
from stats.actions import load_figures
from stats.founding_files import FOUNDING_FILES


class Command(BaseCommand):
    help = (
        "Load the founding figures as published first versions. Run it once after "
        "the first migrate; running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            default=FOUNDING_FILES,
            help="Where the CSV files are (default: those that came with the site).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_figures.load_figures(
                folder=options["folder"], now=clock.now()
            )
        except ContentError as refused:
            raise CommandError(
                f"{refused}\nNothing was loaded. Mend that row and run it again."
            ) from None
        if not (loaded.sources or loaded.specialties or loaded.versions):
            self.stdout.write(
                f"The figures of {loaded.years_left_alone} Match years are already "
                "there; nothing was changed."
            )
            return
        self.stdout.write(
            f"Loaded {loaded.sources} sources, {loaded.specialties} specialties and "
            f"{len(loaded.versions)} versions; {loaded.years_left_alone} Match years "
            "were already there."
        )
