from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.lib import clock
from imgportal.lib.content_files import ContentError
from stats.actions import load_figures, open_founding_drafts
from stats.actions.open_founding_drafts import FilesComparison
from stats.founding_files import FOUNDING_FILES
from stats.founding_files.compare_versions import (
    YearComparison,
    kept_lines_of,
    lines_of,
)
from stats.management.find_editor import find_editor


class Command(BaseCommand):
    help = (
        "Load the founding figures as published first versions. Run it once after the "
        "first migrate. Later it changes nothing that is published: it says what the "
        "files of this release know more, and --open-drafts opens an amendment of each "
        "such year, for two people to review and publish."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder",
            type=Path,
            default=FOUNDING_FILES,
            help="Where the CSV files are (default: those that came with the site).",
        )
        parser.add_argument(
            "--open-drafts",
            action="store_true",
            help="Open an amendment of each year that the files know more about.",
        )
        parser.add_argument(
            "--by", metavar="EMAIL", help="Who opens them; with --open-drafts."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder, now = options["folder"], clock.now()
        by = find_editor(options["by"]) if options["open_drafts"] else None
        try:
            loaded = load_figures.load_figures(folder=folder, now=now)
            comparison = open_founding_drafts.compare_with_published(
                folder=folder, now=now
            )
        except ContentError as refused:
            raise CommandError(
                f"{refused}\nNothing was loaded. Mend that row and run it again."
            ) from None
        if loaded.sources or loaded.specialties or loaded.versions:
            self.stdout.write(
                f"Loaded {loaded.sources} sources, {loaded.specialties} specialties and "
                f"{len(loaded.versions)} versions; {loaded.years_left_alone} Match years "
                "were already there."
            )
        else:
            self.stdout.write(
                f"The figures of {loaded.years_left_alone} Match years are already "
                "there; nothing was changed."
            )
        if by is None:
            self._report(comparison, in_full=options["verbosity"] > 0)
            return
        for source in open_founding_drafts.take_over_sources(
            comparison.sources, by=by, now=now
        ):
            self.stdout.write(f"{source}.")
        self._report_kept(comparison)
        for opened in open_founding_drafts.open_drafts(
            comparison.years, by=by, now=now
        ):
            year = opened.comparison.match_year
            self.stdout.write(
                f"{year}: not opened. {opened.reason}"
                if opened.release is None
                else f"{year}: version {opened.release.version} is open, a "
                f"{opened.comparison.kind.label.lower()} of {_size(opened.comparison)}."
            )

    def _report(self, comparison: FilesComparison, *, in_full: bool) -> None:
        """What the files know more; with `in_full` value by value."""
        for year in comparison.years:
            self.stdout.write(f"{year.match_year}: {_size(year)}.")
            if in_full:
                for line in lines_of(year):
                    self.stdout.write(f"  {line}")
        for source in comparison.sources:
            self.stdout.write(f"{source}.")
        if comparison.has_news:
            self.stdout.write(
                "What is published stays as it is. Open drafts of these years with "
                "load_figures --open-drafts --by EMAIL, and have them reviewed. That also "
                "takes over the sources."
            )

    def _report_kept(self, comparison: FilesComparison) -> None:
        """What --open-drafts leaves to the staff, because they have changed it."""
        for year in comparison.years:
            for line in kept_lines_of(year):
                self.stdout.write(f"{year.match_year}: {line}.")
        for source in comparison.sources:
            if source.is_kept:
                self.stdout.write(f"{source}.")


def _size(comparison: YearComparison) -> str:
    notes = len(comparison.new_footnotes) + len(comparison.former_footnotes)
    counts = [
        (len(comparison.new_rows), "new row", ""),
        (len(comparison.changed_rows), "better row", ""),
        (len(comparison.former_rows), "row", " taken back"),
        (len(comparison.corrected), "corrected value", ""),
        (notes, "changed note", ""),
        (len(comparison.kept_rows), "row", " changed here and left as it is"),
        (len(comparison.kept_footnotes), "note", " changed here and left as it is"),
    ]
    return ", ".join(
        f"{count} {noun}{'' if count == 1 else 's'}{more}"
        for count, noun, more in counts
        if count
    )
