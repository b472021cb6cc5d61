"""What can be asked for below /api/v1/: every open table, those of rules among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from imgportal.api import filters
from imgportal.api.parameters import Parameter
from imgportal.lib.data_columns import Table
from imgportal.open_data.tables import OPEN_TABLES, OpenTable
from stats.choices import FigureTable

FIGURES, RULES = "figures", "rules"
# Tables whose address is not their name: `specialties` is a table of figures.
_PATHS = {"specialty-names": "specialties"}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One table with its address and what can be asked of it."""

    path: str  # below /api/v1/
    open_table: OpenTable

    @property
    def table(self) -> Table:
        return self.open_table.table

    @property
    def has_editions(self) -> bool:
        return self.open_table.has_editions

    @property
    def anchor(self) -> str:
        """Its part of the page of documentation: "figures-applicants"."""
        return self.path.replace("/", "-")

    @property
    def is_of_years(self) -> bool:
        """Does each row belong to a version of a Match year?"""
        return self.path.startswith(f"{FIGURES}/")

    @cached_property
    def year_of_versions(self) -> str:
        """The parameter with the year that `version` is a version of."""
        return filters.year_of_versions(self.table)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        return filters.parameters_of(
            self.table, has_editions=self.has_editions, is_of_years=self.is_of_years
        )


def _path(open_table: OpenTable) -> str:
    name = open_table.table.name
    if not open_table.has_editions:
        return f"{RULES}/{name}"
    return f"{FIGURES}/{name}" if name in FigureTable else _PATHS.get(name, name)


RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        _path(open_table): Resource(path=_path(open_table), open_table=open_table)
        for open_table in OPEN_TABLES.values()
    }
)
