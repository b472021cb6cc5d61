"""CSV and XLSX files into a draft: read, compared, confirmed; and out again.

`read` turns a file into rows without a database and reports every bad one. `plan`
compares them with one draft, cell by cell. `stats.actions.import_file.import_file`
writes what was confirmed. `hold_file` keeps the file in between, and
`find_held_file` finds it again.
"""

from __future__ import annotations

from imgportal.lib.spreadsheets.file_bounds import MOST_BYTES, TOO_LARGE
from stats.imports.columns import ABOUT, FILES, columns_of, table_of
from stats.imports.held_files import HeldFile, find_held_file, hold_file
from stats.imports.import_plan import CellChange, Plan, RowChange, name_of, plan
from stats.imports.parse_rows import (
    ASK_HIDDEN,
    ASKS_ABOUT_HIDDEN,
    MISSING_REASONS,
    ParsedFile,
    ParsedRow,
    read,
)

__all__ = [
    "ABOUT",
    "ASKS_ABOUT_HIDDEN",
    "ASK_HIDDEN",
    "FILES",
    "MISSING_REASONS",
    "MOST_BYTES",
    "TOO_LARGE",
    "CellChange",
    "HeldFile",
    "ParsedFile",
    "ParsedRow",
    "Plan",
    "RowChange",
    "columns_of",
    "find_held_file",
    "hold_file",
    "name_of",
    "plan",
    "read",
    "table_of",
]
