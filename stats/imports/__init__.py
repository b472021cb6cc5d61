"""CSV and XLSX files into a draft: read, compared, confirmed; and out again.

`read` turns a file into rows without a database and reports every bad one. `plan`
compares them with one draft, cell by cell. `stats.actions.import_file.import_file`
writes what was confirmed. `hold` and `held` keep the file in between.
"""

from __future__ import annotations

from stats.imports.columns import ABOUT, FILES, columns_of, table_of
from stats.imports.held_files import Held, held, hold
from stats.imports.import_plan import CellChange, Plan, RowChange, name_of, plan
from stats.imports.open_file import MOST_BYTES, TOO_LARGE
from stats.imports.parse_rows import MISSING_REASONS, Parsed, ParsedRow, read

__all__ = [
    "ABOUT",
    "FILES",
    "MISSING_REASONS",
    "MOST_BYTES",
    "TOO_LARGE",
    "CellChange",
    "Held",
    "Parsed",
    "ParsedRow",
    "Plan",
    "RowChange",
    "columns_of",
    "held",
    "hold",
    "name_of",
    "plan",
    "read",
    "table_of",
]
