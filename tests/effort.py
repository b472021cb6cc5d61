"""How much the tests try: everything, or what the quick form of `script/test` tries."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

# The part of its examples that a property is tried with in the quick form.
QUICK_PART = 0.2
# Set once, before any test is imported: by the option --quick (tests/conftest.py).
quick = False


def examples(number: int, **others: Any) -> settings:
    """The settings of a property that is worth this many examples."""
    return settings(
        max_examples=round(number * QUICK_PART) if quick else number, **others
    )


def part_of(number: int) -> int:
    """How often something should have come up that comes up so often in all examples."""
    return max(1, round(number * QUICK_PART)) if quick else number
