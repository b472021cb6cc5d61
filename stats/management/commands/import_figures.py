from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imgportal.lib import clock
from stats import imports
from stats.actions.import_file import import_file
from stats.choices import Missing, Status
from stats.exceptions import ImportRefused, PlanOutdated, WorkflowRefused
from stats.imports import Plan
from stats.management.find_editor import find_editor
from stats.models import Release


class Command(BaseCommand):
    help = (
        "Compare a CSV, XLSX or XLSM file with the open draft of a year, value by value. "
        "Run it when a table is easier to prepare in a spreadsheet than to type in. "
        "Nothing is written without --save."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        files = ", ".join(imports.FILES.values())
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--table", required=True, help=f"One of: {files}.")
        parser.add_argument(
            "--missing",
            choices=[reason.value for reason in imports.MISSING_REASONS],
            help="What an empty cell, –, n/a and * mean where the column `missing` "
            "does not say it.",
        )
        parser.add_argument(
            "--hidden",
            choices=["import", "leave-out"],
            help="What becomes of rows, columns and sheets that the workbook hides.",
        )
        parser.add_argument("--save", action="store_true", help="Write it.")
        parser.add_argument("--by", metavar="EMAIL", help="Who imports; with --save.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            table = imports.table_of(options["table"])
            # One byte more than is allowed tells a larger file without reading it all.
            with path.open("rb") as file:
                content = file.read(imports.MOST_BYTES + 1)
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from None
        by = find_editor(options["by"]) if options["save"] else None
        release = self._draft(options["year"])
        reason = Missing(options["missing"]) if options["missing"] else None
        # A name need not be text here; what is written down has to be.
        name = path.name.encode(errors="replace").decode()
        hidden = options["hidden"]
        parsed = imports.read(
            name,
            content,
            table,
            reason,
            takes_hidden=None if hidden is None else hidden == "import",
        )
        plan = imports.plan(release, parsed)
        self._report(release, plan)
        if plan.refusals:
            raise CommandError(
                "Nothing was written. Mend the rows above and try again."
            )
        if by is None:
            self.stdout.write(
                "Nothing was written. Add --save --by EMAIL to write this."
                if plan.changes
                else "There is nothing to write."
            )
            return
        try:
            import_file(
                release_id=release.pk,
                parsed=parsed,
                fingerprint=plan.fingerprint,
                by=by,
                now=clock.now(),
            )
        except (ImportRefused, PlanOutdated, WorkflowRefused) as refused:
            raise CommandError(f"{refused}\nNothing was written.") from None
        self.stdout.write("Written." if plan.changes else "There is nothing to write.")

    def _draft(self, year: int) -> Release:
        release = (
            Release.objects.filter(match_year=year)
            .exclude(status=Status.PUBLISHED)
            .first()
        )
        if release is not None and release.status == Status.DRAFT:
            return release
        if release is not None:
            raise CommandError(
                f"Version {release.version} of {year} is in review. Return it to its "
                "editors on the staff pages first."
            )
        is_public = Release.objects.filter(match_year=year).exists()
        do = "Open an amendment of it" if is_public else "Start the year"
        raise CommandError(f"{year} has no open draft. {do} on the staff pages first.")

    def _report(self, release: Release, plan: Plan) -> None:
        self.stdout.write(f"{plan.table.label}, draft {release}:")
        for cell in plan.cells:
            was = "new" if cell.is_new_row else cell.was_text or "(empty)"
            self.stdout.write(
                f"  line {cell.line}, {cell.row_label}, {cell.column}: "
                f"{was} → {cell.becomes_text or '(empty)'}"
            )
        for remark in plan.remarks:
            self.stdout.write(f"  {remark}")
        for refusal in plan.refusals:
            self.stderr.write(f"  REFUSED: {refusal}")
        self.stdout.write(
            f"{plan.new} new, {plan.changed} changed, {plan.unchanged} unchanged, "
            f"{plan.refused} refused rows."
        )
        if plan.left_alone:
            self.stdout.write(
                f"{len(plan.left_alone)} rows of the draft are not in the file and "
                "stay as they are."
            )
