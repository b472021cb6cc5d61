"""Charts in frames of another site, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import WIDTHS, faults, looks_at, visit
from tests.pages import EMBEDS

FRAMED = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>An article</title>
<h1>An article</h1>
{snippets}
"""


@pytest.fixture
def article(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A page of another origin: where it is written, and its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield (
        tmp_path / "article.html",
        f"http://127.0.0.1:{server.server_port}/article.html",
    )
    server.shutdown()
    server.server_close()


def snippets_of(page: Page, site: str, path: str, title: str) -> list[str]:
    """What the page offers to be copied of the chart with that title."""
    page.goto(f"{site}{path}")
    offer = page.locator(".take").filter(has_text=title).first
    offer.locator("summary").click()
    return offer.locator("code").all_inner_texts()[:2]


@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/match/2024/", "Match rate by applicant type, 2024 Match"),
        ("/", "International medical graduates in the"),
        ("/", "Match rate of active applicants: Non-US IMGs, US IMGs"),
        (
            "/specialties/",
            "Non-US IMGs who matched to the specialty that they preferred",
        ),
    ],
)
def test_snippets_of_a_page_work_on_another_site(
    page: Page,
    site: str,
    article: tuple[Path, str],
    path: str,
    title: str,
    width: int,
) -> None:
    file, address = article
    page.set_viewport_size({"width": width, "height": 700})
    image, iframe = snippets_of(page, site, path, title)
    file.write_text(FRAMED.format(snippets=f"{image}\n{iframe}"))

    page.goto(address)

    picture = page.locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.complete && it.naturalWidth") >= 800
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text(title)
    expect(frame.get_by_text("As of edition 1 of the figures")).to_be_visible()
    # It fits: nobody scrolls inside of an article.
    inside = page.frames[1]
    assert inside.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && "
        "document.documentElement.scrollWidth <= innerWidth"
    )


@pytest.mark.parametrize("path", ["/match/2024/", "/", "/guide/", "/accounts/login/"])
def test_no_other_page_can_be_framed(
    page: Page, site: str, article: tuple[Path, str], path: str
) -> None:
    file, address = article
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    file.write_text(FRAMED.format(snippets=f'<iframe src="{site}{path}"></iframe>'))

    page.goto(address)

    page.wait_for_timeout(500)
    assert any("frame" in complaint.lower() for complaint in complaints)
    assert "IMG portal" not in page.frames[1].content()


@pytest.mark.parametrize("path", EMBEDS.values(), ids=EMBEDS.keys())
def test_embedded_page_can_be_read_by_everybody(
    browser: Browser, site: str, path: str
) -> None:
    seen = visit(browser, f"{site}{path}")

    assert seen.status == 200
    assert list(seen.violations) == looks_at(WIDTHS)
    assert {look: broken for look, broken in seen.violations.items() if broken} == {}
    assert {width: wide for width, wide in seen.widths.items() if wide != width} == {}
    assert seen.complaints == seen.refused == seen.cookies == []
    assert seen.stored == 0


def test_refusal_in_a_frame_can_be_read(page: Page, site: str) -> None:
    page.goto(f"{site}/embed/match-rates/?edition=99&grup=us_img")

    expect(page.get_by_text("Did you mean “group”?")).to_be_visible()
    assert faults(page) == []


def test_frame_without_scripts_has_every_value(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/embed/match-rates/")

    band = page.locator("[data-band]").last
    expect(band).to_have_attribute(
        "aria-label", "2026: Non-US IMGs 56.4% · US IMGs 70.0%"
    )
    context.close()


def test_drawing_opens_by_itself(page: Page, site: str) -> None:
    """As a file of its own: what the policy refuses in it would be seen here."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    for address in ("match-rates.svg?theme=dark", "most-open.svg", "scores.svg"):
        page.goto(f"{site}/embed/{address}")
        assert page.evaluate("document.documentElement.tagName") == "svg"

    assert complaints == []
