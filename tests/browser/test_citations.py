"""Citations on a page: one press copies, and the browser writes the day of access."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

PAGES = ("/match/2024/", "/data/")


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    for summary in page.locator(".cite > summary").all():
        summary.click()
    return page


@pytest.mark.parametrize("path", PAGES)
def test_one_press_copies_with_the_day_of_access(
    browser: Browser, site: str, path: str
) -> None:
    context = browser.new_context(
        permissions=["clipboard-read", "clipboard-write"], timezone_id="Asia/Kolkata"
    )
    page = opened(context.new_page(), f"{site}{path}")
    box = page.locator("[data-cite]")
    today = page.evaluate(
        "new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'long', "
        "year: 'numeric', timeZone: 'Asia/Kolkata'}).format(new Date())"
    )
    box.get_by_role("button", name="Copy the long citation").click()
    expect(box.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()

    assert copied.startswith("IMG portal contributors. “")
    assert "edition 1, published " in copied
    assert copied.endswith(f"(accessed {today}).")
    assert site in copied


def test_without_scripts_the_reader_is_told(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page(), f"{site}/match/2024/")
    box = page.locator("[data-cite]")
    expect(box).to_contain_text("add the day on which you read it")
    expect(box.get_by_role("button")).to_have_count(0)
    expect(box.get_by_role("link", name="BibTeX")).to_be_visible()
    context.close()


def test_what_cannot_be_copied_says_so(browser: Browser, site: str) -> None:
    context = browser.new_context()
    context.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('no'))"
    )
    page = opened(context.new_page(), f"{site}/match/2024/")
    page.get_by_role("button", name="Copy the short citation").click()
    expect(page.locator("[data-told]")).to_contain_text("Select the text instead")
    context.close()
