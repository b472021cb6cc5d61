"""Makes the pictures of the documents from the running program: script/pictures.

Each is looked at as a reader of the document would look: the part that the text is
about, at the width of a page. Run it when a page that is shown has changed.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.conftest import (
    BROWSERS,
    ROOT,
    environment_in,
    prepare,
    served,
    stage,
)

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 80_000
WIDTH = 1000

Prepare = Callable[[Page], None]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: who looks at which staged page, what they did, what is shown."""

    name: str
    page: str  # one of tests.staging.PAGES, or an address
    person: str = ""
    prepare: Prepare | None = None
    until: str = ""  # shown from the top of the page to the top of this element
    only: str = ""  # or: this element alone
    width: int = WIDTH
    height: int = 700  # or: so many pixels


def type_a_value(page: Page) -> None:
    page.get_by_label("Active applicants, US MD graduates").fill("1,650")
    page.keyboard.press("Tab")
    page.keyboard.type("801")


def look_through(page: Page) -> None:
    page.get_by_label("Family Medicine: looked at").check()
    page.get_by_text("Comment on US IMGs").click()
    page.get_by_label("Comment on US IMGs").fill("Table 4 says so; the note need not.")


def write_the_note(page: Page) -> None:
    page.get_by_label("Correction: we were wrong").check()
    page.get_by_label("Public note").fill(
        "We had read the number of the row above: 3,098 US IMGs matched, not 3,108."
    )


def upload_a_file(page: Page) -> None:
    text = (
        "match_year;applicant_type;active_applicants;matched_to_pgy1;"
        "published_match_rate;confidence;sources\r\n"
        "2027;us_md_senior;20,310;18,977;93.4%;A;nrmp-2027-rd\r\n"
        "2027;us_md_grad;1,650;801;48.5%;A;nrmp-2027-rd\r\n"
        "2027;us_do_grad;640;290;45.3%;A;nrmp-2027-rd\r\n"
        "2027;us_img;4,690;3,142;67.0%;A;nrmp-2027-rd\r\n"
    )
    page.get_by_label("CSV, XLSX or XLSM file").set_input_files(
        {"name": "table-4.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Compare with the draft").click()
    page.get_by_role("region", name="Differences").wait_for()


PICTURES = (
    Picture(name="home", page="/", width=1280, height=1040),
    Picture(name="start-year", page="versions", person="ana", until="#changelist"),
    Picture(
        name="table",
        page="applicants of a new year",
        person="ana",
        prepare=type_a_value,
        height=900,
    ),
    Picture(name="checklist", page="a new year", person="ana", until="#figures-title"),
    Picture(
        name="import-preview",
        page="import",
        person="ana",
        prepare=upload_a_file,
        until="#upload-title",
    ),
    Picture(
        name="in-review",
        page="in review, for who entered it",
        person="ana",
        until="#figures-title",
    ),
    Picture(
        name="review",
        page="in review",
        person="ben",
        prepare=look_through,
        only='section[aria-labelledby="check-title"]',
    ),
    Picture(
        name="publish",
        page="in review",
        person="ben",
        prepare=write_the_note,
        until="#check-title",
    ),
    Picture(
        name="differences",
        page="an amendment",
        person="ana",
        only='[role="region"][aria-label="Results by applicant type"]',
    ),
    Picture(name="reports", page="every report", person="ben", height=740),
    Picture(name="desk", page="start", person="ben", height=900),
    Picture(
        name="proposal", page="a proposed change", person="ben", until="#next-title"
    ),
    Picture(name="rules-due", page="rules to compare", person="ana", height=640),
)


def main() -> None:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("No Chromium on this machine: apt-get install chromium")
    wanted = sys.argv[1:] or [picture.name for picture in PICTURES]
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        environment = environment_in(Path(directory))
        prepare(environment)
        with served(environment) as site:
            browser = playwright.chromium.launch(
                executable_path=found,
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
            staged: dict[str, dict[str, str]] = {"sessions": {}, "pages": {}}
            # Those for everybody first: staging publishes something.
            for picture in sorted(PICTURES, key=lambda picture: picture.person):
                if picture.name not in wanted:
                    continue
                if picture.person and not staged["pages"]:
                    staged = stage(environment)
                context = browser.new_context(
                    viewport=ViewportSize(width=picture.width, height=picture.height)
                )
                if picture.person:
                    value = staged["sessions"][picture.person]
                    context.add_cookies(
                        [{"name": "sessionid", "value": value, "url": site}]
                    )
                page = context.new_page()
                page.goto(site + staged["pages"].get(picture.page, picture.page))
                if picture.prepare:
                    picture.prepare(page)
                _write(picture.name, _taken(page, picture))
                context.close()
            browser.close()


def _taken(page: Page, picture: Picture) -> bytes:
    if picture.only:
        return page.locator(picture.only).screenshot()
    height: float = picture.height
    if picture.until:
        box = page.locator(picture.until).bounding_box()
        if box is None:
            sys.exit(f"{picture.name}: {picture.until} is not on the page.")
        height = box["y"] - 16
        page.set_viewport_size({"width": picture.width, "height": int(height)})
    return page.screenshot()


def _write(name: str, png: bytes) -> None:
    smaller = in_a_palette(png)
    if len(smaller) > MOST_BYTES:
        sys.exit(f"{name}.png has {len(smaller)} bytes, more than {MOST_BYTES}.")
    (IMAGES / f"{name}.png").write_bytes(smaller)
    print(f"docs/images/{name}.png: {len(smaller):,} bytes")


# --- A smaller file ------------------------------------------------------------------


def in_a_palette(png: bytes) -> bytes:
    """The same picture with at most 256 colours, a third of the size.

    For pictures of pages only: 8 bits a channel, not interlaced, as browsers write.
    """
    width, height, channels, data = _decoded(png)
    colours = [data[at : at + 3] for at in range(0, len(data), channels)]
    counts: dict[bytes, int] = {}
    for colour in colours:
        counts[colour] = counts.get(colour, 0) + 1
    palette = sorted(counts, key=lambda colour: -counts[colour])[:256]
    index = {colour: place for place, colour in enumerate(palette)}
    for colour in counts:
        if colour not in index:
            index[colour] = min(
                range(len(palette)),
                key=lambda place, it=colour: sum(  # type: ignore[misc]
                    (a - b) ** 2 for a, b in zip(palette[place], it, strict=True)
                ),
            )
    places = bytes(index[colour] for colour in colours)
    rows = b"".join(
        b"\0" + places[at : at + width] for at in range(0, width * height, width)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(palette)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _decoded(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes a pixel, and the pixels row by row."""
    packed = b"".join(data for kind, data in _chunks(png) if kind == b"IDAT")
    header = next(data for kind, data in _chunks(png) if kind == b"IHDR")
    width, height, _depth, kind = struct.unpack(">IIBB", header[:10])
    channels = {2: 3, 6: 4}[kind]
    stride = width * channels
    raw, pixels, above = zlib.decompress(packed), bytearray(), bytes(stride)
    for start in range(0, len(raw), stride + 1):
        line = _unfiltered(
            raw[start], raw[start + 1 : start + 1 + stride], above, channels
        )
        pixels += line
        above = bytes(line)
    return width, height, channels, bytes(pixels)


def _unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytearray:
    """One row of a PNG as it was before its filter (section 9.2 of the standard)."""
    row = bytearray(line)
    if kind == 0:
        return row
    for at in range(len(row)):
        left = row[at - channels] if at >= channels else 0
        up = above[at]
        corner = above[at - channels] if at >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            first = left + up - corner
            guess = min((left, up, corner), key=lambda it: abs(first - it))
        row[at] = (row[at] + guess) & 255
    return row


if __name__ == "__main__":
    main()
