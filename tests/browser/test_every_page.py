"""What holds for every kind of page, on every width and in both colour schemes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.visiting import VISITED, WIDTHS, looks_at, visit
from tests.pages import MISSED


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_page_is_for_everybody_and_quiet(
    browser: Browser, site: str, path: str
) -> None:
    seen = visit(browser, f"{site}{path}")

    assert list(seen.violations) == looks_at(WIDTHS)
    # A data: address is drawn from the page itself.
    own = (f"{site}/", "data:")
    assert seen.requests
    faults = {
        "status": seen.status if seen.status != (404 if path == MISSED else 200) else 0,
        "rules of WCAG": {
            look: found for look, found in seen.violations.items() if found
        },
        "wider than the window": {
            width: wide for width, wide in seen.widths.items() if wide != width
        },
        "complaints": seen.complaints,
        "refused by the content policy": seen.refused,
        "asked of others": [url for url in seen.requests if not url.startswith(own)],
        "left behind": [*seen.cookies, *["something stored"] * seen.stored],
        # Below a tenth is called good. Long tables settle their columns as rows come in.
        "moves while it loads": seen.shift if seen.shift >= 0.1 else 0,
    }
    assert {name: found for name, found in faults.items() if found} == {}
