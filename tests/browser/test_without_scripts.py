"""Every page is whole when no script runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.visiting import VISITED


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """A browser whose owner switched scripts off."""
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


@pytest.fixture
def still(plain: BrowserContext) -> Iterator[Page]:
    page = plain.new_page()
    yield page
    page.close()


# What is read on a page, apart from what only a browser can know: where a score of one's
# own lies, what the clock says where the reader is, and the day of access of a citation.
READ = """(main) => {
  const copy = main.cloneNode(true);
  copy.querySelectorAll("#own, noscript, [data-moment], [data-where], [data-accessed], [data-copy]")
    .forEach((part) => part.remove());
  return copy.textContent.replace(/\\s+/g, " ").trim();
}"""

OUT_OF_SIGHT = """(main) => {
  const wanted = "h1, table, svg, .bars__list, .strip,"
    + "form:not([hidden]) :is(input:not([type=hidden]), select)";
  return [...main.querySelectorAll(wanted)]
    .filter((it) => !it.closest("details:not([open])"))
    .filter((it) => !it.checkVisibility({visibilityProperty: true}))
    .map((it) => it.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_page_says_the_same(page: Page, still: Page, site: str, path: str) -> None:
    page.goto(f"{site}{path}")
    still.goto(f"{site}{path}")

    text = str(still.locator("main").evaluate(READ))

    assert len(text) > 100
    assert text == page.locator("main").evaluate(READ)


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_everything_is_in_sight_or_one_press_away(
    still: Page, site: str, path: str
) -> None:
    still.goto(f"{site}{path}")

    assert still.locator("main").evaluate(OUT_OF_SIGHT) == []


def test_strips_show_their_numbers(still: Page, site: str) -> None:
    still.goto(f"{site}/scores/")

    expect(still.get_by_text("240 · 251 · 259", exact=True)).to_be_visible()
    expect(still.get_by_text("2,649 matched, 2,730 not matched")).to_be_visible()
    expect(still.get_by_text("233 · 243 · 253").first).to_be_visible()
    expect(still.locator("#own")).to_be_hidden()
    assert "every number is here" in str(still.locator("noscript").text_content())


def test_filter_is_sent_by_its_button(still: Page, site: str) -> None:
    still.goto(f"{site}/scores/")

    still.get_by_label("Edition", exact=True).select_option("2018")
    still.get_by_role("button", name="Show").click()

    assert still.url == f"{site}/scores/?charting_outcomes=2018&group=&specialty="
    expect(
        still.get_by_role("heading", name="Step 2 CK scores, edition 2018")
    ).to_be_visible()


def test_comparison_is_chosen_with_boxes(still: Page, site: str) -> None:
    still.goto(f"{site}/specialties/compare/")

    still.get_by_label("Neurology", exact=True).check()
    still.get_by_label("Pathology", exact=True).check()
    still.get_by_role("button", name="Show").click()

    assert still.url == f"{site}/specialties/compare/?s=neurology&s=pathology"
    expect(still.get_by_role("columnheader", name="Pathology")).to_be_visible()


def test_source_of_a_figure_folds_open(still: Page, site: str) -> None:
    still.goto(f"{site}/match/2024/")
    mark = still.locator(".hero__source details")

    mark.locator("summary").click()

    expect(mark.get_by_text("Sum of US IMGs and non-US IMGs.")).to_be_visible()
    expect(mark.get_by_role("link", name="2024 figures, version 1")).to_be_visible()


def test_a_filter_stays_in_the_edition_that_is_shown(still: Page, site: str) -> None:
    still.goto(f"{site}/scores/?edition=1")

    still.get_by_label("Edition", exact=True).select_option("2018")
    still.get_by_role("button", name="Show").click()

    assert "edition=1&charting_outcomes=2018" in still.url
    expect(still.get_by_text("Edition 1 of the figures, as published")).to_be_visible()
