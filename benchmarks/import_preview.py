"""How long the preview of a large file takes, and how much memory.

A table of scores, the widest one, for far more specialties than there are: read,
compared with an empty draft and with one that holds every row already; and the same
on the page of the staff, from the upload to the page that shows the differences.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import platform
import re
import resource
import secrets
import statistics
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgportal.models import User
    from stats.models import Release

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2060


def set_up(directory: Path) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="imgportal.settings",
        SECRET_KEY=secrets.token_urlsafe(50),
        ALLOWED_HOSTS="localhost",
        DATABASE_URL=f"sqlite:///{directory / 'benchmark.sqlite3'}",
        STATIC_ROOT=str(directory / "static"),
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_figures", stdout=io.StringIO())
    call_command("collectstatic", "--noinput", verbosity=0)


def rows(count: int) -> Iterator[list[object]]:
    from stats.choices import FigureTable, ScoreOutcome
    from stats.columns import APPLICANT_TYPES

    kinds = APPLICANT_TYPES[FigureTable.SCORES]
    groups = [(kind, outcome) for kind in kinds for outcome in ScoreOutcome]
    for number in range(count):
        specialty, group = divmod(number, len(groups))
        kind, outcome = groups[group]
        yield [
            YEAR,
            f"Specialty {specialty}",
            kind.label,
            outcome.value,
            f"{3000 + number % 900:,}",
            2649,
            "249.0",
            "240.0",
            "251.0",
            "259.0",
            "6.1",
            "5.0",
            "",
            "B",
            "saieesh-co2026;derm-doc",
            "A note of the usual length, such as where a number comes from.",
        ]


def header() -> list[str]:
    from stats.choices import FigureTable
    from stats.imports.columns import columns_of

    return [column for column in columns_of(FigureTable.SCORES) if column != "locator"]


def as_csv(count: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header())
    writer.writerows(rows(count))
    return text.getvalue().encode()


def as_xlsx(count: int) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(header())
    for row in rows(count):
        # Most numbers as a spreadsheet stores them.
        sheet.append([_as_stored(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return as_a_spreadsheet_saves(content.getvalue())


def as_a_spreadsheet_saves(content: bytes) -> bytes:
    """The workbook with shared texts and its size, which openpyxl does not write."""
    main = "http://schemas.openxmlformats.org"
    texts: dict[bytes, int] = {}

    def shared(text: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v>' % texts.setdefault(text[1], len(texts))

    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(rb't="inlineStr"><is><t>(.*?)</t></is>', shared, part)
                part = part.replace(
                    b"<sheetViews>", b'<dimension ref="A1:O10001"/><sheetViews>', 1
                )
            if name == "xl/_rels/workbook.xml.rels":
                relation = (
                    '<Relationship Id="texts" Type="http://schemas.openxmlformats.org/'
                    'officeDocument/2006/relationships/sharedStrings" '
                    'Target="sharedStrings.xml"/></Relationships>'
                )
                part = part.replace(b"</Relationships>", relation.encode())
            if name == "[Content_Types].xml":
                override = (
                    '<Override PartName="/xl/sharedStrings.xml" ContentType="application'
                    "/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                    '"/></Types>'
                )
                part = part.replace(b"</Types>", override.encode())
            new.writestr(name, part)
        new.writestr(
            "xl/sharedStrings.xml",
            f'<sst xmlns="{main}/spreadsheetml/2006/main">'.encode()
            + b"".join(b"<si><t>%s</t></si>" % text for text in texts)
            + b"</sst>",
        )
    return saved.getvalue()


def _as_stored(cell: object) -> object:
    is_number = isinstance(cell, str) and cell.replace(".", "", 1).isdecimal()
    return float(str(cell)) if is_number else cell


def seconds(act: Callable[[], object], times: int) -> float:
    """Of the processor: what others do on the machine does not count."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def megabytes(act: Callable[[], object]) -> float:
    """At most this much at a time, over what was there before."""
    tracemalloc.start()
    act()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="imgportal-benchmark-") as directory:
        set_up(Path(directory))
        measure(options.rows, options.times)


def measure(count: int, times: int) -> None:
    from imgportal.models import User
    from stats import imports
    from stats.actions import open_version
    from stats.actions.import_file import import_file
    from stats.choices import FigureTable
    from stats.models import ScoreSummary, Specialty

    now = datetime(2060, 3, 20, tzinfo=UTC)
    person = User.objects.create_superuser("editor@example.org")
    release = open_version.start_year(match_year=YEAR, by=person, now=now)
    Specialty.objects.bulk_create(
        Specialty(
            slug=f"s{number}",
            name=f"Specialty {number}",
            short_name=f"Short {number}",
        )
        for number in range(count // 18 + 1)
    )

    def preview(name: str, content: bytes) -> imports.Plan:
        parsed = imports.read(name, content, FigureTable.SCORES)
        plan = imports.plan(release, parsed)
        list(plan.cells)
        if plan.refusals:
            sys.exit(str(plan.refusals[0]))
        return plan

    files = {"file.csv": as_csv(count), "file.xlsx": as_xlsx(count)}
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, SQLite")
    print(
        f"{count:,} rows of {len(header())} columns; medians of {times}, seconds of the processor"
    )
    for draft in ("an empty draft", "a draft that holds them"):
        for name, content in files.items():
            taken = seconds(lambda n=name, c=content: preview(n, c), times)  # type: ignore[misc]
            memory = megabytes(lambda n=name, c=content: preview(n, c))  # type: ignore[misc]
            print(
                f"preview of {name} ({len(content) / 1024:,.0f} KB) against {draft}: "
                f"{taken:.2f} s, {memory:.0f} MB"
            )
        for name, content in files.items():
            taken = seconds(
                lambda n=name, c=content: on_the_page(release, person, n, c),  # type: ignore[misc]
                times,
            )
            print(f"upload of {name} and the page that shows {draft}: {taken:.2f} s")
        if not ScoreSummary.objects.filter(release=release).exists():
            parsed = imports.read("file.csv", files["file.csv"], FigureTable.SCORES)
            plan = imports.plan(release, parsed)
            start = time.process_time()
            import_file(
                release_id=release.pk,
                parsed=parsed,
                fingerprint=plan.fingerprint,
                by=person,
                now=now,
            )
            print(f"writing them: {time.process_time() - start:.2f} s")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"the whole program, at most: {most:.0f} MB")


def on_the_page(release: Release, person: User, name: str, content: bytes) -> None:
    """Both requests, without the middleware around every page."""
    from django.contrib.sessions.backends.base import SessionBase
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory

    from stats.choices import FigureTable
    from stats.staff.imports import import_table

    def answer(request: HttpRequest) -> HttpResponse:
        request.user, request.session = person, SessionBase()
        # As Django's own test client does: no browser has a token here.
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return import_table(request, pk=release.pk, table=FigureTable.SCORES)

    upload = {"file": SimpleUploadedFile(name, content)}
    sent_on = answer(RequestFactory().post("/", upload))
    page = answer(RequestFactory().get(sent_on.headers["Location"]))
    if page.status_code != 200:
        sys.exit("The page does not show the differences.")


if __name__ == "__main__":
    main()
