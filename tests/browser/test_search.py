"""Looking for something, in a real browser: by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

PHONES = (320, 375)


def test_search_is_asked_and_answered_with_the_keyboard_alone(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/match/2024/")
    field = page.get_by_role("searchbox", name="Search the site")
    # Past the link to the content and the name of the site.
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(field).to_be_focused()

    page.keyboard.type("oet minimum score")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site}/search/?q=oet+minimum+score")
    first = page.get_by_role("main").get_by_role("listitem").first.get_by_role("link")
    first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/guide/exams/#oet-medicine")
    expect(page.locator("#oet-medicine")).to_be_in_viewport()


def test_a_misspelt_question_can_be_mended_where_it_was_asked(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/search/?q=pathwey")
    field = page.get_by_role("searchbox", name="What are you looking for?")
    expect(field).to_have_value("pathwey")
    expect(page.get_by_role("main")).to_contain_text("Showing results for pathway")

    field.fill("soap")
    field.press("Enter")

    expect(page.get_by_role("heading", level=2)).to_have_text(
        re.compile(r"^\d+ results for “soap”$")
    )


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_field_fits_a_phone_and_a_finger_without_scripts(
    browser: Browser, site: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(f"{site}/guide/")
    name = page.get_by_role("link", name="IMG portal").bounding_box()
    field = page.get_by_role("searchbox", name="Search the site")
    box = field.bounding_box()
    button = page.get_by_role("banner").get_by_role("button").bounding_box()
    assert name
    assert box
    assert button

    # On the line of the site's name, and large enough to hit.
    assert box["y"] < name["y"] + name["height"]
    assert button["x"] + button["width"] <= width - 15
    assert min(box["height"], button["height"], button["width"]) >= 24
    assert box["width"] >= 60

    field.fill("nigeria")
    page.get_by_role("banner").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Nigeria").first).to_be_visible()
    context.close()


def test_words_of_the_question_are_marked(page: Page, site: str) -> None:
    page.goto(f"{site}/search/?q=certificate")

    words = page.locator("mark").all_text_contents()

    assert len(words) > 10
    assert [word for word in words if not word.lower().startswith("certif")] == []
