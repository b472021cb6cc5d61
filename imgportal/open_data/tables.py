"""The registry of all open tables: figures with their versions, and the dated rules.

Files, the package, the interface for programs and the page about them follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from imgportal.lib.data_columns import Records, Table
from profiles import open_tables as rule_tables
from profiles.reference_tables import DatedTables
from stats import open_tables
from stats.columns import TABLES
from stats.public import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """One table, and how its rows are read."""

    table: Table
    read: Callable[[Figures, DatedTables | None], Records]
    # Is it one of the figures, which have editions? The dated rules have none.
    has_editions: bool

    def records(self, figures: Figures, rules: DatedTables | None = None) -> Records:
        """Its rows, as they are with these figures and rules. None: the rules as they are
        stored now, for which the database is asked.
        """
        return self.read(figures, rules)


def _of_figures(name: str, figures: Figures, _: DatedTables | None) -> Records:
    return open_tables.read_table(figures, name)


def _of_rules(
    rule_table: rule_tables.OpenRuleTable, _: Figures, rules: DatedTables | None
) -> Records:
    """They are not of the figures: they change when staff change them."""
    return rule_table.records(rules)


OPEN_TABLES: Mapping[str, OpenTable] = MappingProxyType(
    {
        name: OpenTable(table=table, read=partial(_of_figures, name), has_editions=True)
        for name, table in TABLES.items()
    }
    | {
        rules.table.name: OpenTable(
            table=rules.table, read=partial(_of_rules, rules), has_editions=False
        )
        for rules in rule_tables.OPEN_TABLES
    }
)
