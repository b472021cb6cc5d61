from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.lib import clock
from imgportal.lib.content_files import ContentError
from profiles.actions import load_tables
from profiles.founding_tables import FOUNDING_TABLES


class Command(BaseCommand):
    help = (
        "Load the dated tables of the rules: minimum scores, deadlines, Pathways "
        "seasons, countries. Run it after load_figures; running it again changes "
        "nothing, and never what staff changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            default=FOUNDING_TABLES,
            help="Where the CSV files are (default: those that came with the site).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_tables.load_rules(folder=options["folder"], now=clock.now())
        except ContentError as refused:
            raise CommandError(
                f"{refused}\nNothing was loaded. Mend that row and run it again. "
                "The documents that rows name come with load_figures."
            ) from None
        if loaded.added or loaded.updated:
            self.stdout.write(
                f"Loaded {loaded.added} rows of the rules' tables and updated "
                f"{loaded.updated}; {loaded.unchanged} were already there."
            )
        else:
            self.stdout.write(
                f"The {loaded.unchanged} rows of the rules' tables are already there; "
                "nothing was changed."
            )
        if loaded.kept:
            self.stdout.write("Left as staff changed them: " + "; ".join(loaded.kept))
