"""CSV and XLSX files into a draft: read, compared, confirmed; and out again.

`read` turns a file into rows without a database and reports every bad one. `plan`
compares them with one draft, cell by cell. `stats.actions.importing.import_file`
writes what was confirmed. `hold` and `held` keep the file in between.
"""

from __future__ import annotations

from stats.importing.columns import ABOUT, FILES, columns_of, table_of
from stats.importing.holding import Held, held, hold
from stats.importing.opening import MOST_BYTES, TOO_LARGE
from stats.importing.parsing import MISSING_REASONS, Parsed, ParsedRow, read
from stats.importing.planning import Cell, Plan, RowChange, name_of, plan

__all__ = [
    "ABOUT",
    "FILES",
    "MISSING_REASONS",
    "MOST_BYTES",
    "TOO_LARGE",
    "Cell",
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
