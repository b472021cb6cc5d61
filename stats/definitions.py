"""What every measure means. One text (`data/definitions.toml`)
for the pages and for docs/data-dictionary.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure. `key` is its anchor, `columns` its names in downloads."""

    key: str
    name: str
    columns: tuple[str, ...]
    definition: str
    unit: str
    denominator: str = ""  # a count is a share of nothing
    caveats: str = ""


DEFINITIONS = content_files.read_toml(
    Path(__file__).resolve().parent / "data" / "definitions.toml",
    "definition",
    Definition,
)
