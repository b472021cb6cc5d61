"""On a phone: the number that a table is read for is on the screen, and no uncertain date
stands without its mark.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import chain

import pytest
from playwright.sync_api import Browser, Page

from imgportal.guide import DATA
from profiles.founding_tables import FOUNDING_TABLES
from tests.browser.visiting import HEIGHT, VISITED, WIDTHS

PHONE = WIDTHS[0]
# Days of the founding tables, and how far each can be trusted.
DATED = {
    "deadlines.csv": [("date", "confidence")],
    "pathway_seasons.csv": [
        ("application_deadline", "deadline_confidence"),
        ("accepted_pathway_valid_to", "validity_confidence"),
    ],
}
PROSE = (
    FOUNDING_TABLES / "rule_book.toml",
    FOUNDING_TABLES / "countries.csv",
    DATA / "visas.toml",
)

# Of each table: how many rows have numbers, and those whose first number nobody sees.
FIRST_NUMBERS = """() => {
  for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
  const isSeen = (cell) => {
    // What is written first: what follows it may be there for screen readers alone.
    const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (words.nextNode() && !words.currentNode.textContent.trim());
    const text = document.createRange();
    text.selectNodeContents(words.currentNode);
    const box = text.getBoundingClientRect();
    return box.width > 0 && box.left >= 0 && box.right <= innerWidth;
  };
  return [...document.querySelectorAll("main table")].map((table) => {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const numbers = rows
      .map((row) => [...row.querySelectorAll(".number:not(:empty), .answer")])
      .filter((cells) => cells.length > 0);
    return {
      caption: table.caption.innerText,
      rows: numbers.length,
      unseen: numbers
        .filter((cells) => {
          const drawn = cells.filter((cell) => cell.getClientRects().length > 0);
          const answers = cells.filter((cell) => cell.matches(".answer"));
          return !drawn.length || ![drawn[0], ...answers].every(isSeen);
        })
        .map((cells) => cells[0].closest("tr").innerText),
      // Where the headings leave the screen, what stands in a cell names its column itself.
      nameless: table.matches(".folds")
        ? [...table.querySelectorAll("td:not(:empty, .answer, .whose, .event)")]
          .filter((cell) => !/\\D{2}/.test(cell.innerText)
            && !cell.matches("[data-label]") && !cell.querySelector("[data-label], .chip"))
          .map((cell) => cell.innerText)
        : [],
    };
  });
}"""

# Every text of the page with one of these days in it, and whether its block has a mark.
UNMARKED = """(days) => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const unmarked = [];
  let met = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent;
    const block = walker.currentNode.parentElement.closest("th, td, li, p, dd, script, .reviewed");
    if (!days.some((day) => text.includes(day)) || block?.matches("script, .reviewed")) continue;
    met += 1;
    if (!block?.querySelector(".unsure, .reported-only, .confirm")
      && !/unconfirmed|reported|not confirmed/i.test(block?.innerText ?? ""))
      unmarked.push(block?.innerText ?? text);
  }
  return {met, unmarked};
}"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": PHONE, "height": HEIGHT})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_number_one_came_for_is_on_the_screen(
    phone: Page, site: str, path: str
) -> None:
    phone.goto(f"{site}{path}")

    tables = phone.evaluate(FIRST_NUMBERS)

    assert {
        table["caption"]: table["unseen"] or table["nameless"]
        for table in tables
        if table["unseen"] or table["nameless"]
    } == {}


def test_tables_of_figures_were_looked_at(phone: Page, site: str) -> None:
    rows = {}
    for path in ("/match/2026/", "/scores/", "/changes/", "/rules/", "/sources/"):
        phone.goto(f"{site}{path}")
        rows[path] = sum(table["rows"] for table in phone.evaluate(FIRST_NUMBERS))

    assert min(rows.values()) >= 5
    assert rows["/scores/"] >= 40


def uncertain_days() -> list[str]:
    """As pages write them: days of the seasons that are less than confirmed in every row.

    Without those that prose names as the day of something else.
    """
    grades: dict[date, set[str]] = defaultdict(set)
    for name in ("deadlines.csv", "pathway_seasons.csv"):
        with (FOUNDING_TABLES / name).open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                for day, confidence in DATED[name]:
                    if row[day]:
                        grades[date.fromisoformat(row[day])].add(row[confidence])
    words = [path.read_text(encoding="utf-8").split() for path in PROSE]
    prose = " ".join(chain.from_iterable(words))
    written = {
        text
        for day, of_day in grades.items()
        if "confirmed" not in of_day and day.isoformat() not in prose
        for text in (
            f"{day.day} {day:%B %Y}",
            f"{day:%a} {day.day} {day:%b %Y}",
            f"{day:%A} {day.day} {day:%B %Y}",
        )
    }
    return sorted(text for text in written if text not in prose)


@pytest.mark.parametrize("path", VISITED.values(), ids=VISITED.keys())
def test_no_uncertain_date_stands_without_its_mark(
    phone: Page, site: str, path: str
) -> None:
    phone.goto(f"{site}{path}")

    assert phone.evaluate(UNMARKED, uncertain_days())["unmarked"] == []


def test_uncertain_dates_were_looked_at(phone: Page, site: str) -> None:
    days = uncertain_days()
    met = {}
    for path in ("/guide/match/", "/rules/", "/guide/pathways/"):
        phone.goto(f"{site}{path}")
        met[path] = phone.evaluate(UNMARKED, days)["met"]

    assert min(met.values()) >= 1
    assert met["/rules/"] >= 10
