"""Which parameters a table takes, by its columns, and which rows they choose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from imgportal.api.parameters import (
    Condition,
    Parameter,
    ParameterKind,
    Query,
    Value,
)
from imgportal.lib import problems
from imgportal.lib.data_columns import Cell, Column, ColumnKind, Table
from imgportal.lib.eastern_time import eastern_day
from imgportal.lib.problems import ParameterFault
from stats.choices import FIRST_MATCH_YEAR, LAST_MATCH_YEAR

MOST_ROWS = 1000
# Columns whose parameter has another name.
_PARAMETER_OF = {"slug": "specialty"}
_FLAGS = {True: "true", False: "false"}

COLUMNS = Parameter(
    name="columns",
    kind=ParameterKind.NAMES,
    description="The columns wanted, with commas between them.",
    default="every column",
)
LIMIT = Parameter(
    name="limit",
    kind=ParameterKind.NUMBER,
    description="At most so many rows. Where some are left out, the answer says in next "
    "where they are.",
    example="100",
    least=1,
    most=MOST_ROWS,
    default=str(MOST_ROWS),
)
OFFSET = Parameter(
    name="offset",
    kind=ParameterKind.NUMBER,
    description="So many rows are left out first.",
    example="100",
    default="0",
)
EDITION = Parameter(
    name="edition",
    kind=ParameterKind.NUMBER,
    description="Everything as it was after the publication of this number.",
    example="1",
    least=1,
    default="the newest",
)
AS_OF = Parameter(
    name="as_of",
    kind=ParameterKind.DAY,
    description="Everything as it was at the end of this day in New York. The answer "
    "says which edition that is.",
)


def parameters_of(
    table: Table, *, has_editions: bool, is_of_years: bool
) -> tuple[Parameter, ...]:
    """Every parameter of a table, those that choose rows first.

    `has_editions`: it can be asked for as of an edition. `is_of_years`: each row belongs
    to a version of a Match year.
    """
    names = table.column_names
    return (
        *filter(None, (_equal(column) for column in table.columns)),
        *(_bounds_of_years() if is_of_years else _bounds_of_publications(names)),
        *((_version(year_of_versions(table)),) if is_of_years else ()),
        *((EDITION, AS_OF) if has_editions else ()),
        replace(COLUMNS, codes=names, example=",".join(names[:3])),
        LIMIT,
        OFFSET,
    )


def year_of_versions(table: Table) -> str:
    """The column with the year whose version a row belongs to. Scores belong to the year
    of their edition, which may describe the Match of another.
    """
    editions = "charting_outcomes"
    return editions if editions in table.column_names else "match_year"


def _version(year: str) -> Parameter:
    return Parameter(
        name="version",
        kind=ParameterKind.NUMBER,
        description=f"This version of the one year that {year} names, current or not.",
        example="1",
        least=1,
        default="the current one of each year",
    )


def _equal(column: Column) -> Parameter | None:
    """The parameter that asks for values of a column; None: there is none."""
    description = f"Only rows with this in the column {column.name}."
    match column.kind:
        case ColumnKind.CODE:
            kind, codes = ParameterKind.CODE, tuple(code for code, _ in column.codes)
        case ColumnKind.FLAG:
            kind, codes = ParameterKind.CODE, tuple(_FLAGS.values())
        case ColumnKind.YEAR:
            kind, codes = ParameterKind.NUMBER, ()
        case ColumnKind.TEXT if column.is_key:
            kind, codes = ParameterKind.TEXT, ()
        case _:
            return None
    return Parameter(
        name=_PARAMETER_OF.get(column.name, column.name),
        kind=kind,
        description=description,
        example=codes[0] if codes else "",
        column=column.name,
        codes=codes,
        least=FIRST_MATCH_YEAR,
        most=LAST_MATCH_YEAR,
        may_repeat=True,
    )


def _bounds_of_years() -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            name=name,
            kind=ParameterKind.NUMBER,
            description=description,
            example=example,
            column="match_year",
            condition=condition,
            least=FIRST_MATCH_YEAR,
            most=LAST_MATCH_YEAR,
        )
        for name, description, example, condition in (
            ("since", "Only this Match year and later.", "2015", Condition.AT_LEAST),
            ("until", "Only this Match year and earlier.", "2024", Condition.AT_MOST),
        )
    )


def _bounds_of_publications(columns: Sequence[str]) -> tuple[Parameter, ...]:
    """For tables of what was published and when."""
    if not {"edition", "published_at"} <= set(columns):
        return ()
    return (
        Parameter(
            name="since",
            kind=ParameterKind.DAY,
            description="Only what was published on this day in New York or later.",
            column="published_at",
            condition=Condition.AT_LEAST,
        ),
        Parameter(
            name="after_edition",
            kind=ParameterKind.NUMBER,
            description="Only what was published after this edition: what is new to whoever "
            "has it.",
            example="1",
            column="edition",
            condition=Condition.MORE,
        ),
    )


def unknown_values(
    query: Query,
    parameters: Iterable[Parameter],
    offered: Mapping[str, Sequence[Value]],
) -> Iterator[ParameterFault]:
    """Each parameter with values that no row has. `offered` are those of each column.

    The codes of a column are a promise, so that one without a row is no fault.
    """
    for parameter in parameters:
        if parameter.condition is not Condition.EQUAL or parameter.codes:
            continue
        occurring = offered.get(parameter.column, ())
        wrong = [
            str(value)
            for value in query.values.get(parameter.name, ())
            if parameter.column and value not in occurring
        ]
        if wrong:
            yield problems.unknown_value(
                parameter.name, wrong, [str(value) for value in occurring]
            )


def choose(
    rows: Sequence[Mapping[str, Any]], query: Query, parameters: Iterable[Parameter]
) -> Sequence[Mapping[str, Any]]:
    """The rows that satisfy every parameter, in their order."""
    for parameter in parameters:
        values = query.values.get(parameter.name, ())
        if parameter.column and values:
            rows = [
                row
                for row in rows
                if _satisfies(row[parameter.column], parameter, values)
            ]
    return rows


def _satisfies(cell: Cell, parameter: Parameter, values: Sequence[Value]) -> bool:
    if cell is None:
        return False
    comparable: Value
    if isinstance(cell, bool):
        comparable = _FLAGS[cell]
    elif parameter.kind is ParameterKind.DAY:
        comparable = eastern_day(datetime.fromisoformat(str(cell)))
    elif parameter.kind is ParameterKind.NUMBER:
        comparable = int(cell)
    else:
        comparable = str(cell)
    match parameter.condition:
        case Condition.EQUAL:
            return comparable in values
        case Condition.AT_LEAST:
            return comparable >= values[0]  # type: ignore[operator]
        case Condition.AT_MOST:
            return comparable <= values[0]  # type: ignore[operator]
        case Condition.MORE:
            return comparable > values[0]  # type: ignore[operator]
