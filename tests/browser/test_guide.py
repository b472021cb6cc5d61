"""Terms of the guide open where they are first used, and nothing needs a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

WIDTHS = (320, 1280)


@pytest.fixture(params=WIDTHS)
def plain(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose reader switched scripts off."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": request.param, "height": 700}
    )
    yield context.new_page()
    context.close()


def test_term_opens_by_a_press_and_closes_with_escape(plain: Page, site: str) -> None:
    plain.goto(f"{site}/guide/certification/")
    meaning = plain.locator("#term-sponsor-note")
    expect(meaning).to_be_hidden()

    plain.get_by_role("button", name="Sponsor Note").click()
    expect(meaning).to_be_visible()
    expect(meaning).to_contain_text("for which years of graduation")
    box = meaning.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= (plain.viewport_size or {"width": 0})["width"]

    plain.mouse.move(1, 1)
    plain.keyboard.press("Escape")
    expect(meaning).to_be_hidden()


def test_term_opens_when_the_pointer_rests_on_it(plain: Page, site: str) -> None:
    plain.goto(f"{site}/guide/certification/")

    plain.get_by_role("button", name="Sponsor Note").hover()

    expect(plain.locator("#term-sponsor-note")).to_be_visible()


def test_term_opens_by_the_keyboard(plain: Page, site: str) -> None:
    plain.goto(f"{site}/guide/certification/")
    plain.get_by_role("link", name="wdoms.org").focus()

    plain.keyboard.press("Tab")

    expect(plain.get_by_role("button", name="Sponsor Note")).to_be_focused()
    expect(plain.locator("#term-sponsor-note")).to_be_visible()


def test_question_is_answered_without_scripts(plain: Page, site: str) -> None:
    plain.goto(f"{site}/guide/who-is-an-img/")
    plain.get_by_label("In another country").check()
    plain.get_by_label("No, or green card only").check()

    plain.get_by_role("button", name="See the answer").click()

    expect(plain.get_by_role("status")).to_contain_text("You are a non-US IMG.")
    # The answer is what the reader sees first, and the choices are still there.
    expect(plain.get_by_role("status")).to_be_in_viewport()
    expect(plain.get_by_label("In another country")).to_be_checked()
