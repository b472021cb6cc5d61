"""How much a first visit costs somebody on a slow line."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.visiting import VISITED

MOST = 60 * 1024
# A document that somebody asks for, and that grows with the guide: no first visit.
MOST_OF_THE_WHOLE_GUIDE = 80 * 1024


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_first_visit_costs_little(browser: Browser, site: str, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    received: list[float] = []
    wire.on(
        "Network.loadingFinished",
        lambda event: received.append(event["encodedDataLength"]),
    )
    wire.send("Network.enable")

    page.goto(f"{site}{path}", wait_until="networkidle")
    context.close()

    # The page itself and at least its four style sheets.
    assert len(received) >= 5
    is_whole = path == VISITED["the guide to print"]
    most = MOST_OF_THE_WHOLE_GUIDE if is_whole else MOST
    assert 10_000 < sum(received) <= most
