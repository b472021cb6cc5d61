"""`/data/editions/`: every edition of the figures, and the files that are kept of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response

from imgportal.lib.http import Nearby, NotHere, nearest, read_only
from stats import edition_archives
from stats.edition_archives import ArchiveFacts, ArchiveFiles
from stats.editions import published_at
from stats.figures import YearFigures
from stats.formats.data_package import ARCHIVE
from stats.public import Figures
from stats.public_page import public_page
from stats.views import responses

FOR_EVER = "public, max-age=31536000, immutable"
KINDS = {
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "sqlite3": "application/vnd.sqlite3",
    "md": "text/markdown; charset=utf-8",
}
# A number from an address may have many digits. Larger ones are not repeated.
LONGEST_NAMED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionLine:
    """One edition with what was published in it."""

    number: int
    published_at: datetime
    versions: tuple[YearFigures, ...]
    archive: ArchiveFacts | None  # None: not made yet

    @property
    def is_founding(self) -> bool:
        return all(year.release.is_founding for year in self.versions)


@public_page
def edition_list(request: HttpRequest, figures: Figures) -> HttpResponse:
    archives = edition_archives.list_archives()
    versions: defaultdict[int, list[YearFigures]] = defaultdict(list)
    for year in figures.versions.values():
        versions[year.release.edition].append(year)
    return responses.page(
        request,
        figures,
        "stats/edition_list.html",
        {
            "editions": [
                EditionLine(
                    number=number,
                    published_at=moment,
                    versions=tuple(versions[number]),
                    archive=archives.get(number),
                )
                for number, moment in reversed(published_at(figures).items())
            ],
            "archive_name": ARCHIVE,
        },
    )


@read_only
def edition_file(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """A file as it was when the edition was published. It never changes."""
    archive = edition_archives.open_archive(number)
    if archive is None:
        raise _no_edition(number)
    try:
        content = archive.read(name)
    except KeyError:
        raise _no_file(archive, number, name) from None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    ending = name.rpartition(".")[2]
    response = HttpResponse(
        content,
        content_type=KINDS.get(ending, "text/plain; charset=utf-8"),
        headers={"Cache-Control": FOR_EVER, "ETag": etag},
    )
    if ending in {"zip", "sqlite3"}:
        saved_as = f"imgportal-edition-{number}.{ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{saved_as}"'
    return get_conditional_response(request, etag=etag, response=response) or response


def _no_edition(number: int) -> NotHere:
    numbers = sorted(
        edition_archives.list_archives(), key=lambda near: abs(near - number)
    )[:4]
    return NotHere(
        f"There is no edition {number} of the figures."
        if number < LONGEST_NAMED
        else "There is no such edition of the figures.",
        [
            Nearby(
                f"Edition {near}", reverse("stats:edition_file", args=[near, ARCHIVE])
            )
            for near in sorted(numbers)
        ]
        or [Nearby("All editions", reverse("stats:edition_list"))],
    )


def _no_file(archive: ArchiveFiles, number: int, name: str) -> NotHere:
    return NotHere(
        f"Edition {number} has no file of this name.",
        [
            Nearby(near, reverse("stats:edition_file", args=[number, near]))
            for near in nearest(name, archive.names) or archive.names
        ],
    )
