"""Examples of how to read the open data, as the page about it shows them.

The files name `https://example.org`; whoever reads them on a site reads its own address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from imgportal.lib import content_files

FILE = Path(__file__).resolve().parent / "data" / "examples.toml"
FOLDER = Path(__file__).resolve().parents[2] / "examples"
STANDS_FOR_THE_SITE = "https://example.org"
NOTEBOOK = ".ipynb"
MEDIA_TYPES = {
    NOTEBOOK: "application/x-ipynb+json",
    ".py": "text/x-python; charset=utf-8",
}
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExample:
    """A program of a few lines that reads the open data."""

    file: str
    language: str
    title: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES.get(Path(self.file).suffix, PLAIN)

    def text(self, origin: str) -> str:
        """The whole file. `origin` is scheme and host of the site that is read."""
        text = (FOLDER / self.file).read_text(encoding="utf-8")
        return text.replace(STANDS_FOR_THE_SITE, origin)

    def code(self, origin: str) -> str:
        """What is to be run: of a notebook its cells of code, a blank line between."""
        text = self.text(origin)
        if not self.file.endswith(NOTEBOOK):
            return text.rstrip("\n")
        return "\n\n".join(code_cells(text))


def code_cells(notebook: str) -> list[str]:
    """The cells of a notebook that hold code, in their order."""
    return [
        "".join(cell["source"])
        for cell in json.loads(notebook)["cells"]
        if cell["cell_type"] == "code"
    ]


EXAMPLES: Mapping[str, DataExample] = content_files.by_key(
    content_files.read_toml(FILE, "example", DataExample), "file", FILE
)
