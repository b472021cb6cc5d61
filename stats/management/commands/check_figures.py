from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from imgportal.lib import clock
from stats import public
from stats.actions import open_founding_drafts
from stats.choices import FigureTable
from stats.founding_files import FOUNDING_FILES
from stats.public import Figures
from stats.readiness import GRADE, ReadinessFinding, doubts, findings, too_early


class Command(BaseCommand):
    help = (
        "Prove the published figures of this database: parts within wholes, also across "
        "tables, sums and printed rates in agreement or explained by a note, a source "
        "for every row, no grade above its rule. Doubts are listed and do not fail. "
        "Run it after loading, publishing or restoring a backup."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        figures = public.everything()
        all_findings = _without_grades_of_the_past(
            figures,
            [
                finding
                for year in figures.versions.values()
                for finding in findings(year)
            ],
        )
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


def _without_grades_of_the_past(
    figures: Figures, every: Sequence[ReadinessFinding]
) -> list[ReadinessFinding]:
    """Grades that were published before their rule block nothing that can be mended.

    An earlier version stays as it is. Of the current one, the files of this release may
    have a better row, which waits until somebody opens its amendment and two people
    publish it (`load_figures --open-drafts`).
    """
    if not any(finding.column == GRADE and finding.blocks for finding in every):
        return list(every)
    comparison = open_founding_drafts.compare_with_published(
        folder=FOUNDING_FILES, now=clock.now()
    )
    waiting: set[tuple[int, FigureTable, str]] = {
        (year.match_year, row.table, row.key)
        for year in comparison.years
        for row in (*year.changed_rows, *year.former_rows)
    }
    return [
        replace(finding, blocks=False)
        if finding.column == GRADE
        and (
            not figures.versions[finding.match_year, finding.version].release.is_current
            or (finding.match_year, finding.table, finding.row_key) in waiting
        )
        else finding
        for finding in every
    ]
