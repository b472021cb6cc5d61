"""What comes out of the printer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

SHEETS = re.compile(rb"/Type\s*/Page\b(?!s)")

# The width between the margins of a sheet, in pixels as CSS counts them.
BETWEEN_MARGINS = {"A4": (210 - 26) / 25.4 * 96, "Letter": (216 - 26) / 25.4 * 96}

HIDDEN = """() => [...document.querySelectorAll(
  ".figure-table td, .figure-table th, .headline, .story p, .tiles dd, .bars__value, " +
  ".note, figure.chart, .source summary")]
  .filter((it) => it.textContent.trim() && !it.closest("details:not([open]) > :not(summary)"))
  .filter((it) => !it.checkVisibility({visibilityProperty: true}) ||
    it.getBoundingClientRect().right > innerWidth + 1)
  .map((it) => it.outerHTML.slice(0, 120))"""


# A year with figures after SOAP has a second sheet, which begins with them.
@pytest.mark.parametrize(("year", "sheets"), [(2023, 1), (2024, 2), (2025, 2)])
@pytest.mark.parametrize("sheet", BETWEEN_MARGINS)
def test_year_fits_on_one_sheet_and_what_came_after_soap_on_a_second(
    page: Page, site: str, sheet: str, year: int, sheets: int
) -> None:
    page.goto(f"{site}/match/{year}/")

    document = page.pdf(format=sheet, prefer_css_page_size=False)

    assert len(SHEETS.findall(document)) == sheets


@pytest.mark.parametrize("sheet", BETWEEN_MARGINS)
@pytest.mark.parametrize(
    "path", ["/match/2024/", "/match/2022/", "/match/", "/specialties/", "/scores/"]
)
def test_no_figure_is_hidden_or_cut_off_on_paper(
    page: Page, site: str, path: str, sheet: str
) -> None:
    page.set_viewport_size({"width": int(BETWEEN_MARGINS[sheet]), "height": 1000})
    page.emulate_media(media="print")

    page.goto(f"{site}{path}")

    assert page.evaluate(HIDDEN) == []
    assert page.locator(".figure-table").count() > 0


def test_paper_is_white_and_says_where_it_comes_from(page: Page, site: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{site}/match/2024/")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    expect(page.get_by_text(f"{site}/match/2024/", exact=True)).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_text("opens the documents behind a row")).to_be_hidden()


@pytest.mark.parametrize(
    "path", ["/match/2024/", "/match/", "/specialties/", "/scores/"]
)
def test_paper_names_the_documents(page: Page, site: str, path: str) -> None:
    page.emulate_media(media="print")
    page.goto(f"{site}{path}")
    named = page.locator(".on-paper--sources")

    expect(named).to_be_visible()
    expect(named).to_contain_text("NRMP")
    page.emulate_media(media="screen")
    expect(named).to_be_hidden()
