"""The founding figures: the files that came with the site, as versions of Match years."""

from __future__ import annotations

from pathlib import Path

FOUNDING_FILES = Path(__file__).resolve().parent.parent / "data"
