"""What saving would write over, whoever saves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from imgportal.lib.row_versions import find_overwritten

SEEN = {"count": 100, "note": "Old."}


@pytest.mark.parametrize(
    ("stored", "wanted", "overwritten"),
    [
        (SEEN, {"count": 200}, []),  # still as it was seen
        ({"count": 200, "note": "Old."}, {"count": 200}, []),  # both want the same
        ({"count": 300, "note": "Old."}, {"count": 200}, ["count"]),
        ({"count": 300, "note": "Old."}, {"note": "New."}, []),  # another column
        ({"count": None, "note": "Old."}, {"count": 200}, ["count"]),
    ],
)
def test_only_what_somebody_else_changed_is_overwritten(
    stored: dict[str, Any], wanted: dict[str, Any], overwritten: list[str]
) -> None:
    assert find_overwritten(stored=stored, wanted=wanted, seen=SEEN) == overwritten


def test_of_a_state_without_values_everything_that_differs_may_be_theirs() -> None:
    stored = {"count": 300, "note": "New."}

    assert find_overwritten(stored=stored, wanted=SEEN) == ["count", "note"]
    assert find_overwritten(stored=stored, wanted=stored) == []


def test_numbers_are_the_same_only_when_they_are_printed_alike() -> None:
    stored = {"rate": Decimal("41.0")}

    assert find_overwritten(stored=stored, wanted={"rate": Decimal(41)}) == ["rate"]
