"""Terms of the guide open where they are first used, and nothing needs a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

WIDTHS = (320, 1280)
HOURS = ".calendar__here:visible"


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


def test_term_opens_by_a_tap_and_closes_by_another_elsewhere(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(
        java_script_enabled=False,
        has_touch=True,
        is_mobile=True,
        viewport={"width": 375, "height": 700},
    )
    page = context.new_page()
    page.goto(f"{site}/guide/certification/")
    meaning = page.locator("#term-sponsor-note")

    page.get_by_role("button", name="Sponsor Note").tap()
    expect(meaning).to_be_visible()

    page.get_by_role("heading", level=1).tap()
    expect(meaning).to_be_hidden()
    context.close()


def test_screen_reader_hears_a_button_and_then_its_meaning(
    plain: Page, site: str
) -> None:
    plain.goto(f"{site}/guide/certification/")
    term = plain.get_by_role("button", name="Sponsor Note", exact=True)
    # Folded, the meaning is not read out within the sentence.
    expect(plain.get_by_role("paragraph").filter(has=term)).to_match_aria_snapshot(
        """
        - paragraph:
          - button "World Directory"
          - button "Sponsor Note"
        """
    )

    term.press("Enter")

    expect(plain.locator("#term-sponsor-note")).to_be_visible()
    expect(plain.get_by_role("paragraph").filter(has=term)).to_match_aria_snapshot(
        """
        - paragraph:
          - button "Sponsor Note"
          - strong: Sponsor Note
          - link "All terms"
        """
    )


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


ZONES = ["Asia/Kolkata", "Pacific/Auckland", "America/St_Johns", "Europe/London", "UTC"]


@pytest.mark.parametrize("zone", ZONES)
def test_browser_says_the_hours_where_the_reader_is_as_the_site_would(
    browser: Browser, site: str, zone: str
) -> None:
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    sent: list[str] = []
    page.goto(f"{site}/guide/match/")
    page.on("request", lambda request: sent.append(request.url))

    written = page.locator(HOURS).all_inner_texts()
    where = page.locator("[data-where]").inner_text()
    page.goto(f"{site}/guide/match/?zone={zone}")
    chosen = page.locator(".wide:has(#this-season)").locator(HOURS).all_inner_texts()

    assert len(written) > 10
    assert written == chosen
    assert "the time where you are" in where
    assert [url for url in sent if "zone=" not in url and "/static/" not in url] == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_clock_of_new_york_is_not_told_twice(browser: Browser, site: str) -> None:
    context = browser.new_context(timezone_id="America/Toronto")
    page = context.new_page()

    page.goto(f"{site}/guide/match/")

    expect(page.locator("[data-where]")).to_be_hidden()
    expect(page.locator(HOURS)).to_have_count(0)
    context.close()


def test_zone_is_chosen_without_scripts(plain: Page, site: str) -> None:
    plain.goto(f"{site}/guide/match/")
    plain.get_by_text("Show the hours in another time zone").click()
    plain.get_by_label("Time zone").select_option("Asia/Kolkata")

    plain.get_by_role("button", name="Show").click()

    expect(plain.get_by_text("Thu 4 Mar, 7:30 am GMT+5:30").first).to_be_visible()
    expect(plain.get_by_role("heading", name="This season")).to_be_in_viewport()
