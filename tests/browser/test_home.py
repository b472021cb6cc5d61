from __future__ import annotations

from playwright.sync_api import Page, expect


def test_home_page_is_quiet_and_keeps_to_itself(page: Page, site: str) -> None:
    complaints: list[str] = []
    addresses: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: addresses.append(request.url))

    response = page.goto(f"{site}/", wait_until="networkidle")

    assert response is not None
    assert response.status == 200
    expect(page.locator("h1")).to_have_count(1)
    assert complaints == []
    # A data: address is drawn from the page itself.
    outside = [url for url in addresses if not url.startswith((site, "data:"))]
    assert outside == []
    assert page.context.cookies() == []
