"""Which program is running. Pages differ with it even when no figure does."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = (
    ("imgportal", "*.py"),
    ("stats", "*.py"),
    ("profiles", "*.py"),
    ("templates", "*.html"),
    ("templates", "*.xml"),
    ("imgportal/static", "*.*"),
    # Content that the code reads: prose and tables.
    ("imgportal", "data/*.*"),
    ("stats", "data/*.*"),
    ("profiles", "data/*.*"),
)
# What pages say that neither code nor figures hold.
SAID_BY_SETTINGS = ("OPERATOR", "OPERATOR_EMAIL", "SOURCE_CODE")


@cache
def fingerprint() -> str:
    """A short name for the code, content, templates, styles and words of this process.

    Computed from their contents, so that every process of one installation agrees.
    """
    digest = hashlib.blake2s(digest_size=6)
    for folder, pattern in PARTS:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    for name in SAID_BY_SETTINGS:
        digest.update(f"{name}={getattr(settings, name)}".encode())
    return digest.hexdigest()
