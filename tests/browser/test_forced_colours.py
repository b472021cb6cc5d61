"""In forced colours, where the reader's system chooses every colour: focus is seen on every
control, the marks of groups stay, and parts of a bar differ by more than colour.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.visiting import HEIGHT, VISITED

# Each kind of control there is: links, folds, filters, charts, terms, forms.
PATHS = [
    *("/", "/match/", "/match/2026/", "/scores/", "/specialties/"),
    *("/specialties/internal-medicine/", "/specialties/compare/", "/guide/match/"),
    *("/guide/scoring/", "/search/?q=step", "/report/", "/accounts/login/"),
]
MOST_STOPS = 60

# What the element with the focus shows of it; nothing when nobody could see it.
FOCUS = """() => {
  const it = document.activeElement;
  if (it === document.body) return "end";
  const style = getComputedStyle(it);
  if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return "seen";
  // A year of a chart draws a frame.
  const frame = it.matches("[data-band]") && getComputedStyle(it.querySelector("rect"));
  if (frame && frame.stroke !== "none" && parseFloat(frame.strokeWidth) >= 2) return "seen";
  return it.outerHTML.slice(0, 120);
}"""

# How each group's mark is drawn beside its name.
MARKS = """() => {
  const ground = getComputedStyle(document.body).backgroundColor;
  const shapes = {};
  for (const chip of document.querySelectorAll(".chip")) {
    if (!chip.getClientRects().length) continue;
    const style = getComputedStyle(chip, "::before");
    const group = [...chip.classList].find((name) => name.startsWith("g-"));
    const isSeen = style.backgroundColor !== ground && parseFloat(style.width) > 5;
    shapes[group] = isSeen ? `${style.clipPath} ${style.borderRadius}` : "vanished";
  }
  return shapes;
}"""

# How many colours a picture has that make up a tenth of it or more.
COLOURS = """async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const {data} = pen.getImageData(0, 0, image.width, image.height);
  const counts = {};
  for (let at = 0; at < data.length; at += 4) {
    const colour = [data[at], data[at + 1], data[at + 2]].map((part) => part >> 6).join();
    counts[colour] = (counts[colour] ?? 0) + 1;
  }
  return Object.values(counts).filter((count) => count > data.length / 40).length;
}"""


@pytest.fixture(params=["light", "dark"])
def forced(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        forced_colors="active",
        color_scheme=request.param,
        viewport={"width": 1280, "height": HEIGHT},
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_focus_is_seen_on_every_control(forced: Page, site: str, path: str) -> None:
    forced.goto(f"{site}{path}")
    stops = []
    for _ in range(MOST_STOPS):
        forced.keyboard.press("Tab")
        stops.append(forced.evaluate(FOCUS))
        if stops[-1] == "end":
            stops.pop()
            break

    assert len(stops) > 8
    assert [stop for stop in stops if stop != "seen"] == []


def test_marks_of_groups_stay(forced: Page, site: str) -> None:
    shapes: dict[str, str] = {}
    for path in VISITED.values():
        if path.startswith(("/match/", "/scores/", "/specialties/", "/guide/")):
            forced.goto(f"{site}{path}")
            shapes |= forced.evaluate(MARKS)

    assert {"g-non_us_img", "g-us_img", "g-us_md_senior", "g-us_do_senior"} <= {*shapes}
    assert "vanished" not in shapes.values()
    four = {shapes[f"g-{key}"] for key in ("non_us_img", "us_img", "us_md_senior")}
    assert len(four | {shapes["g-us_do_senior"]}) == 4


def colours_of(part: Locator, page: Page) -> int:
    picture = base64.b64encode(part.screenshot()).decode()
    colours: int = page.evaluate(COLOURS, f"data:image/png;base64,{picture}")
    return colours


def test_parts_of_a_bar_differ_by_more_than_colour(forced: Page, site: str) -> None:
    forced.goto(f"{site}/match/2024/")
    bar = (
        forced.locator(".bars__track").filter(has=forced.locator(".bars__hatch")).first
    )
    bar.scroll_into_view_if_needed()
    # A page of its own, which no content policy keeps from drawing a picture.
    blank = forced.context.new_page()

    first, second = (bar.locator("rect:not(.bars__hatch)").nth(at) for at in (0, 1))
    assert colours_of(first, blank) == 1
    assert colours_of(second, blank) >= 2
