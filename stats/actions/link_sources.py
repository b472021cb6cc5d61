"""Names the sources of rows of figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def link_sources(model: Any, links: Iterable[tuple[int, int]]) -> None:
    """Store (row, source) pairs of ids.

    Not `sources.set()`: the order of the pairs says which source of a row is the first.
    """
    through = model.sources.through
    owner = f"{model._meta.model_name}_id"
    through.objects.bulk_create(
        through(**{owner: row_id, "source_id": source_id})
        for row_id, source_id in links
    )
