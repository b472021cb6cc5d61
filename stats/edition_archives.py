"""The archives of editions as they are stored, and the files in them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime

from stats.formats.data_package import ARCHIVE
from stats.models import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFacts:
    """What is known of an archive without reading it."""

    number: int
    published_at: datetime
    made_at: datetime
    size: int  # bytes
    sha256: str


def list_archives() -> dict[int, ArchiveFacts]:
    """Every archive by the number of its edition. One query."""
    columns = ("number", "published_at", "made_at", "size", "sha256")
    return {
        row["number"]: ArchiveFacts(**row) for row in Edition.objects.values(*columns)
    }


class ArchiveFiles:
    """One archive, opened."""

    def __init__(self, archive: bytes) -> None:
        self._archive = archive
        self._zip = zipfile.ZipFile(io.BytesIO(archive))

    @property
    def names(self) -> list[str]:
        """What can be read, the whole archive first."""
        return [ARCHIVE, *self._zip.namelist()]

    def read(self, name: str) -> bytes:
        """Raises KeyError when there is no such file."""
        return self._archive if name == ARCHIVE else self._zip.read(name)


def open_archive(number: int) -> ArchiveFiles | None:
    """None: there is no such edition, or its archive is not made yet. One query."""
    archives = Edition.objects.filter(number=number).values_list("archive", flat=True)
    archive = archives.first()
    return ArchiveFiles(bytes(archive)) if archive is not None else None
