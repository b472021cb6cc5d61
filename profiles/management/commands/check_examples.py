from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from profiles import reference_tables
from profiles.rules.text import worked_examples
from profiles.rules.text.worked_examples import BadExample


class Command(BaseCommand):
    help = (
        "Check worked examples (CSV) against the rules and the loaded tables. Prints "
        "every difference and exits 1 if there is one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="CSV; see profiles/rules/text/worked_examples.py"
        )
        parser.add_argument(
            "--json", action="store_true", help="Print the answers as JSON."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from None
        tables = reference_tables.reference()
        if not tables.standards:
            raise CommandError("The tables are empty. Run load_rules first.")
        examples, unreadable = worked_examples.read(text)
        complaints = [str(wrong) for wrong in unreadable]
        answers, different = [], 0
        for example in examples:
            try:
                answer = worked_examples.answer(example, tables)
            except BadExample as bad:
                complaints.append(f"line {example.line}, {example.example_id}: {bad}")
                continue
            if example.expected is None and not options["json"]:
                complaints.append(
                    f"line {example.line}, {example.example_id}: expected_json is empty."
                )
                continue
            lines = list(worked_examples.differences(example.expected, answer))
            agrees = None if example.expected is None else not lines
            different += agrees is False
            answers.append(
                {
                    "example_id": example.example_id,
                    "table": example.table,
                    "answer": answer,
                    "expected": example.expected,
                    "agrees": agrees,
                }
            )
            if agrees is False:
                output = self.stderr if options["json"] else self.stdout
                output.write(
                    f"{example.example_id} ({example.table}): {'; '.join(lines)}"
                )
        if options["json"]:
            self.stdout.write(json.dumps(answers, ensure_ascii=False, indent=1))
        if complaints:
            raise CommandError(
                "\n".join([f"{file} has examples that cannot be read:", *complaints])
            )
        if different:
            raise CommandError(f"{different} of {len(examples)} examples differ.")
        if not examples:
            raise CommandError(f"{file} has no examples.")
        if not options["json"]:
            self.stdout.write(f"All {len(examples)} examples agree.")
