"""What holds for every kind of page, on every width and in both colour schemes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.visiting import VISITED, WIDTHS, Visit, visit
from tests.pages import MISSED


@pytest.fixture(scope="module", params=list(VISITED.values()), ids=list(VISITED))
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def seen(browser: Browser, site: str, path: str) -> Visit:
    return visit(browser, f"{site}{path}")


def test_page_is_there(seen: Visit, path: str) -> None:
    assert seen.status == (404 if path == MISSED else 200)


def test_page_breaks_no_rule_of_wcag_on_any_width_in_any_scheme(seen: Visit) -> None:
    assert len(seen.violations) == 2 * (len(WIDTHS) + 1)
    assert {look: found for look, found in seen.violations.items() if found} == {}


def test_page_is_no_wider_than_the_window(seen: Visit) -> None:
    assert seen.widths == {width: width for width in WIDTHS}


def test_page_is_quiet(seen: Visit) -> None:
    assert seen.complaints == []
    assert seen.refused == []


def test_page_asks_nobody_but_the_site(seen: Visit, site: str) -> None:
    # A data: address is drawn from the page itself.
    elsewhere = [
        url for url in seen.requests if not url.startswith((f"{site}/", "data:"))
    ]

    assert seen.requests
    assert elsewhere == []


def test_page_leaves_nothing_behind(seen: Visit) -> None:
    assert seen.cookies == []
    assert seen.stored == 0


def test_page_keeps_still_while_it_loads(seen: Visit) -> None:
    # What is called good. Long tables settle their columns as their rows come in.
    assert seen.shift < 0.1
