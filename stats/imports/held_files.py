"""Keeps an uploaded file between its preview and the confirmation."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from django.core import signing
from django.core.cache import caches

from imgportal.lib.spreadsheets.file_bounds import MOST_BYTES
from stats.choices import FigureTable, Missing
from stats.exceptions import UploadGone

SECONDS = 60 * 60
_SALT = "stats.imports.held_files"
_GONE = (
    "The file is not kept any more: it waits for one hour, and a newer upload takes "
    "its place. Upload it again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """An uploaded file, as it came, and what was asked and answered about it."""

    name: str
    content: bytes
    table: FigureTable
    missing_reason: Missing | None
    takes_hidden: bool | None = None  # None: not asked, or not answered yet


def hold_file(held: HeldFile, *, user_id: int, release_id: int) -> str:
    """Keep a file for one person and one draft. Returns a token for the form.

    One file for each person, so that repeated uploads do not fill the memory.
    """
    if len(held.content) > MOST_BYTES:
        raise ValueError("A file of this size is refused before it is held.")
    caches["drafts"].set(_key(user_id), zlib.compress(held.content, 1), SECONDS)
    return signing.dumps(
        {
            "user": user_id,
            "release": release_id,
            "file": _digest(held.content),
            "name": _short(held.name),
            "table": held.table.value,
            "missing": held.missing_reason.value if held.missing_reason else "",
            "hidden": held.takes_hidden,
        },
        salt=_SALT,
    )


def find_held_file(token: str, *, user_id: int, release_id: int) -> HeldFile:
    """The file that belongs to a token. Raises UploadGone, which says what to do."""
    try:
        answers = signing.loads(token, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        raise UploadGone(_GONE) from None
    if (answers["user"], answers["release"]) != (user_id, release_id):
        raise UploadGone(_GONE)
    packed = caches["drafts"].get(_key(user_id))
    content = zlib.decompress(packed) if packed is not None else b""
    if packed is None or _digest(content) != answers["file"]:
        raise UploadGone(_GONE)
    return HeldFile(
        name=answers["name"],
        content=content,
        table=FigureTable(answers["table"]),
        missing_reason=Missing(answers["missing"]) if answers["missing"] else None,
        takes_hidden=answers.get("hidden"),
    )


def _short(name: str) -> str:
    """With its ending, which says how the file is read."""
    path = PurePath(name)
    return f"{path.stem[:80]}{path.suffix[:20]}"


def _key(user_id: int) -> str:
    return f"importing:{user_id}"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
