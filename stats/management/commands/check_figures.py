from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stats import public
from stats.readiness import doubts, findings, too_early


class Command(BaseCommand):
    help = (
        "Prove the published figures of this database: parts within wholes, also across "
        "tables, sums and printed rates in agreement or explained by a note, a source "
        "for every row. Doubts are listed and do not fail. "
        "Run it after loading, publishing or restoring a backup."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        figures = public.everything()
        all_findings = [
            finding for year in figures.versions.values() for finding in findings(year)
        ]
        for finding in all_findings:
            kind = "PROBLEM" if finding.blocks else "explained"
            self.stdout.write(f"{kind}: {finding}")
        for year in figures.years.values():
            earlier = [
                past_year
                for match_year, past_year in figures.years.items()
                if match_year < year.match_year
            ]
            # What was published too early stays public, so it is no problem to mend.
            early = too_early(year, year.release.published_at)
            for doubt in (*((early,) if early else ()), *doubts(year, earlier)):
                self.stdout.write(f"doubt: {doubt}")
        rows = sum(1 for year in figures.versions.values() for _ in year.rows())
        blocking = [finding for finding in all_findings if finding.blocks]
        if blocking:
            raise CommandError(f"{len(blocking)} problems in {rows} rows.")
        self.stdout.write(
            f"{rows} rows in {len(figures.versions)} versions of "
            f"{len(figures.years)} Match years agree."
        )
