"""The rows of a table as they stand in an edition or a version, made once and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from imgportal.api.parameters import Value
from imgportal.api.resources import Resource
from imgportal.lib.data_columns import Records
from stats.formats import json_text
from stats.public import Figures

# A row as answers have it: lists as arrays, reasons as an object.
Row = Mapping[str, Any]
# More than every table of some editions. Each holds some hundred rows.
MOST_KEPT = 60


@dataclass(frozen=True, kw_only=True)
class TableState:
    """The rows of one table at one place in time."""

    rows: Sequence[Row]

    @classmethod
    def of(cls, records: Records) -> TableState:
        return cls(rows=json_text.row_objects(records))

    @cached_property
    def offered(self) -> Mapping[str, Sequence[Value]]:
        """The values that occur in each column of numbers or texts, in order."""
        columns: dict[str, dict[Value, None]] = {}
        for row in self.rows:
            for name, value in row.items():
                if isinstance(value, (str, int)):
                    columns.setdefault(name, {})[value] = None
        return MappingProxyType(
            {name: tuple(values) for name, values in columns.items()}
        )


class TableStates:
    """The states of tables that were asked for last, of one state of everything."""

    def __init__(self) -> None:
        # Replaced as a whole, so that a request on another thread sees either.
        self._last: tuple[Figures, str, dict[tuple[str, ...], TableState]] | None = None

    def get(
        self,
        resource: Resource,
        figures: Figures,
        *,
        token: str,
        place: str,
        choose: Callable[[], Figures],
    ) -> TableState:
        """The table as of a place in time, of which `choose` gives the figures.

        `token` stands for the dated rules as `figures` do for what is published.
        """
        last = self._last
        # The very object: it is read anew whenever anything was published.
        if last is None or last[0] is not figures or last[1] != token:
            last = self._last = (figures, token, {})
        states = last[2]
        key = (resource.path, place)
        state = states.get(key)
        if state is None:
            state = TableState.of(resource.open_table.records(choose()))
            if len(states) >= MOST_KEPT:
                states.clear()
            states[key] = state
        return state
