"""The words of the field, in ours: `data/glossary.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from imgportal.guide import DATA
from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    key: str  # its place on the page of all terms
    name: str
    meaning: str


GLOSSARY = DATA / "glossary.toml"
# In the order of the alphabet.
TERMS = content_files.by_key(
    sorted(
        content_files.read_toml(GLOSSARY, "term", Term),
        key=lambda term: term.name.lower(),
    ),
    "key",
    GLOSSARY,
)
