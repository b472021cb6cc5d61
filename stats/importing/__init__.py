"""CSV and XLSX files into a draft: read, compared, confirmed; and out again.

`read` turns a file into rows without a database and reports every bad one. `plan`
compares them with one draft, cell by cell. `stats.actions.importing.import_file`
writes what was confirmed. `hold` and `held` keep the file in between.
"""

from __future__ import annotations

from stats.importing.columns import FILES, table_of
from stats.importing.holding import Held, held, hold
from stats.importing.opening import MOST_BYTES
from stats.importing.parsing import MISSING_REASONS, Parsed, ParsedRow, read
from stats.importing.planning import Cell, Plan, plan

__all__ = [
    "FILES",
    "MISSING_REASONS",
    "MOST_BYTES",
    "Cell",
    "Held",
    "Parsed",
    "ParsedRow",
    "Plan",
    "held",
    "hold",
    "plan",
    "read",
    "table_of",
]
