"""Everything can be reached and read with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import VISITED

# How what has the focus shows it: a ring, a frame or, in a chart, a drawn line.
FOCUSED = """() => {
  const it = document.activeElement;
  const style = getComputedStyle(it);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const frame = style.boxShadow !== "none";
  const inside = it.querySelector("rect");
  const drawn = inside !== null && getComputedStyle(inside).stroke !== "none";
  const box = it.getBoundingClientRect();
  return {
    name: it.outerHTML.slice(0, 90),
    shown: ring || frame || drawn,
    sized: box.width > 0 && box.height > 0,
    ended: it === document.body,
  };
}"""
STOPS = 40


def test_first_stop_leads_past_the_navigation(page: Page, site: str) -> None:
    page.goto(f"{site}/match/2024/")
    link = page.get_by_role("link", name="Skip to the content")

    page.keyboard.press("Tab")

    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.querySelector('main').contains(document.activeElement)"
    )


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_focus_is_seen_at_every_stop(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}{path}")
    stops = []

    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["ended"]:
            break
        stops.append(stop)

    assert len(stops) > 10
    assert [stop["name"] for stop in stops if not stop["shown"]] == []
    assert [stop["name"] for stop in stops if not stop["sized"]] == []


def test_chart_is_one_stop_and_is_read_with_the_arrow_keys(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/match/")
    band = page.locator("[data-band]:focus")
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if band.count():
            break
    readings = []

    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        expect(band.locator("text")).to_be_visible()
        assert band.locator("text").text_content() == band.get_attribute("aria-label")
        readings.append(str(band.get_attribute("aria-label")))

    years = [reading[:4] for reading in readings]
    assert years == ["2026", "2025", "2024", "2025", "1997", "1997"]
    assert readings[2] == "2024: Non-US IMGs 58.5% · US IMGs 67.0%"
    page.keyboard.press("Tab")
    expect(page.locator("[data-band]:focus")).to_have_count(0)


def test_arrow_keys_go_on_from_where_the_mouse_was(page: Page, site: str) -> None:
    page.goto(f"{site}/match/")
    year_2020 = page.locator('[data-band][aria-label^="2020"]')

    year_2020.focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-band]:focus")).to_have_attribute(
        "aria-label", re.compile("^2021")
    )


def test_wide_table_scrolls_with_the_keyboard(page: Page, site: str) -> None:
    # Where its rows do not fold yet.
    page.set_viewport_size({"width": 640, "height": 700})
    page.goto(f"{site}/specialties/?year=2024")
    region = page.get_by_role("region", name=re.compile("specialties, 2024 Match"))

    region.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")

    page.wait_for_function("document.activeElement.scrollLeft > 0")
    heading = region.locator("tbody th").first.bounding_box()
    assert heading is not None
    assert 0 <= heading["x"] < 640


def test_source_folds_open_with_the_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/match/2024/")
    mark = page.locator(".hero__source details")

    mark.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(mark).to_have_attribute("open", "")
    page.keyboard.press("Enter")
    expect(mark).not_to_have_attribute("open", "")
