from __future__ import annotations

import pytest

from stats import columns, definitions, exports
from stats.figures import ROW_TYPES

COLUMNS = sorted(
    {
        column
        for columns in (
            *exports.FIGURE_COLUMNS.values(),
            exports.ALL_APPLICANTS_COLUMNS,
            exports.PREFERRED_COLUMNS,
            exports.CHANGE_COLUMNS,
            exports.SOURCE_COLUMNS,
        )
        for column in columns
    }
)
DEFINED = {
    column for definition in definitions.DEFINITIONS for column in definition.columns
}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_of_a_download_has_a_definition(column: str) -> None:
    assert column in DEFINED


def test_every_defined_column_is_in_a_download() -> None:
    assert sorted(DEFINED - set(COLUMNS)) == []


def test_every_column_of_figures_has_a_name() -> None:
    names = {
        column
        for kind in ROW_TYPES.values()
        for column in (*kind.counts, *kind.printed)
    }

    assert set(columns.COLUMN_NAMES) == names


def test_every_definition_has_an_anchor_of_its_own() -> None:
    keys = [definition.key for definition in definitions.DEFINITIONS]

    assert len(keys) == len(set(keys))


def test_every_share_says_of_what() -> None:
    silent = [
        definition.key
        for definition in definitions.DEFINITIONS
        if "percent" in definition.unit and not definition.denominator
    ]

    assert silent == []
