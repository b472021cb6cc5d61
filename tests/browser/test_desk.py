"""The staff pages, each in every state: for everybody, and quick with the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from stats.choices import FigureTable
from tests import staff, staging
from tests.browser.conftest import environment_in, served, stage
from tests.browser.test_keyboard import FOCUSED, STOPS
from tests.browser.visiting import faults, visit
from tests.stats.imports.files import as_xlsx, cells_of, good

WIDTHS = (320, 1280)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A site of its own with everything staged."""

    site: str
    sessions: dict[str, str]
    pages: dict[str, str]

    def address(self, name: str) -> str:
        return self.site + self.pages[name]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Desk]:
    environment = environment_in(tmp_path_factory.mktemp("desk"), copy_of=prepared)
    with served(environment) as site:
        yield Desk(site=site, **stage(environment))


Enter = Callable[[str, str], Page]


@pytest.fixture
def enter(browser: Browser, desk: Desk) -> Iterator[Enter]:
    """Opens a staged page as one of the staged people."""
    contexts = []

    def open_page(person: str, name: str) -> Page:
        context = browser.new_context()
        contexts.append(context)
        value = desk.sessions[person]
        context.add_cookies([{"name": "sessionid", "value": value, "url": desk.site}])
        page = context.new_page()
        page.goto(desk.address(name))
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_every_state_is_staged(desk: Desk) -> None:
    assert set(desk.pages) == set(staging.PAGES)


@pytest.mark.parametrize("name", staging.PAGES)
def test_page_is_for_everybody(browser: Browser, desk: Desk, name: str) -> None:
    session = desk.sessions[staging.PAGES[name]]

    seen = visit(browser, desk.address(name), session=session, widths=WIDTHS)

    assert seen.status == 200
    assert {look: found for look, found in seen.violations.items() if found} == {}
    assert seen.widths == {width: width for width in WIDTHS}
    assert seen.complaints == seen.refused == []
    assert [url for url in seen.requests if not url.startswith(desk.site)] == []


def test_table_with_mistakes_is_for_everybody_too(enter: Enter) -> None:
    page = enter("ana", "applicants of an amendment")
    wrong = page.get_by_label("Active applicants, US IMGs")
    wrong.fill("many")
    page.get_by_label("Matched to PGY-1, Non-US IMGs").fill("999999")

    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
    expect(wrong).to_have_value("many")
    expect(wrong).to_be_focused()
    assert faults(page) == []


def test_refused_publication_is_for_everybody_too(enter: Enter) -> None:
    page = enter("ana", "in review, for who entered it")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)

    page = enter("ben", "in review")
    page.get_by_label("Revision: the source changed").check()
    page.get_by_label("Public note").fill("\n \n")
    page.get_by_role("button", name="Publish", exact=True).click()

    expect(page.locator(".errorlist")).to_contain_text("This field is required.")
    assert faults(page) == []


def test_question_about_what_is_hidden_is_for_everybody_too(enter: Enter) -> None:
    page = enter("ana", "import")
    table, year = FigureTable.APPLICANTS, {"match_year": staging.NEW_YEAR}
    assert page.url.endswith(f"/{table}/import/")
    rows = [good(table, **year, active_applicants="–"), good(table, **year) | HIDDEN]
    content = as_xlsx(
        cells_of(table, rows),
        hidden=[3],
        hidden_columns=["note"],
        sheets={"Lists": [["US IMGs"]]},
    )
    page.locator("[name=file]").set_input_files(
        {
            "name": "hidden.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": content,
        }
    )
    page.get_by_role("button", name="Compare with the draft").click()

    question = page.get_by_role("region", name="hidden.xlsx")
    expect(question).to_contain_text("hides or filters out 1 of its rows: line 3")
    expect(question).to_contain_text("It hides 1 of its columns: note")
    expect(question).to_contain_text("It hides 1 sheet with something on it: Lists")
    assert faults(page, "the question") == []
    page.get_by_label("not published", exact=True).check()
    page.get_by_label("leave it out").check()
    question.get_by_role("button", name="Compare with the draft").click()
    expect(page.locator("#content")).to_contain_text("The hidden column “note”")
    assert faults(page, "what would change without it") == []


HIDDEN = {"applicant_type": "non_us_img"}
COLUMNS = ("Active applicants", "Matched to PGY-1", "Match rate as published, percent")
# A year as its report prints it, row by row.
YEAR = {
    "US MD seniors": ("13,500", "12,420", "92.0"),
    "US MD graduates": ("1,650", "801", "48.5"),
    "US DO seniors": ("1,100", "869", "79.0"),
    "US DO graduates": ("640", "290", "45.3"),
    "US IMGs": ("2,400", "1,200", "50.0"),
    "Non-US IMGs": ("5,500", "2,475", "45.0"),
}


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            return
    pytest.fail(f"{wanted} was not reached with {most} tabs.")


def test_year_is_started_and_filled_in_without_a_mouse(enter: Enter) -> None:
    page = enter("ana", "versions")
    tab_to(page, page.get_by_label("Start a Match year"), most=12)
    page.keyboard.type("1991")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1991 Match, version 1")
    tab_to(page, page.get_by_role("link", name="Fill in or change").nth(1))
    page.keyboard.press("Enter")

    def field(column: str, row: str) -> Locator:
        return page.get_by_label(f"{column}, {row}", exact=True)

    # Down a column with the arrow keys, on to the next one with Tab.
    for place, column in enumerate(COLUMNS):
        if place:
            page.keyboard.press("Tab")
            for _ in range(len(YEAR) - 1):
                page.keyboard.press("ArrowUp")
        for number, (row, values) in enumerate(YEAR.items()):
            if number:
                page.keyboard.press("ArrowDown")
            expect(field(column, row)).to_be_focused()
            expect(field(column, row)).to_be_in_viewport()
            page.keyboard.type(values[place])
    common = page.get_by_label("Source of every row that has none yet")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if common.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.type(staging.REPORT)
    page.keyboard.press("Enter")

    # Three values, the source and the reason why they were missing: in each row.
    expect(page.locator(".messagelist")).to_contain_text("30 values saved.")
    for row, values in YEAR.items():
        line = page.get_by_role("row", name=re.compile(f"^{row}"))
        expect(line.locator(".desk__rate")).to_have_text(f"{values[2]}%")


@dataclass(slots=True)
class Keys:
    """A keyboard that counts how often it is pressed."""

    page: Page
    pressed: int = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += len(name.split("+"))

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def to(self, wanted: Locator, key: str = "Tab", most: int = 80) -> None:
        for _ in range(most):
            if wanted.evaluate("it => it === document.activeElement"):
                return
            self.press(key)
        pytest.fail(f"{wanted} was not reached with {most} presses of {key}.")


# Applicants, those with a score, mean, quartile, median, quartile, and ranks.
SCORES = ("1,240", "1,180", "244.3", "236", "245", "253", "9.1", "8")


def test_scores_of_a_new_year_take_few_key_presses(enter: Enter) -> None:
    page = enter("ana", "a new year")
    keys = Keys(page)
    heading = page.get_by_role("heading", level=3, name="Step 2 CK scores")
    line = heading.locator("xpath=following-sibling::p[1]")
    keys.to(line.get_by_role("link", name="Fill in or change"))
    keys.press("Enter")
    keys.to(page.get_by_role("button", name=re.compile("^Add the .* rows of 2026")))
    keys.press("Enter")
    rows = page.locator(".desk__grid tbody tr")
    expect(rows.nth(49)).to_be_attached()
    count = rows.count()
    assert faults(page) == []

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = "\r\n".join("\t".join(SCORES) for _ in range(count)) + "\r\n"
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    # All of it is marked and copied in the spreadsheet.
    keys.pressed += len("^A^C")
    first = rows.first.locator("input[type=text]").first
    keys.to(first)
    keys.press("Control+V")
    expect(page.get_by_role("status")).to_have_text(
        f"{count * len(SCORES)} fields filled, nothing saved yet."
    )
    expect(rows.last.locator("input[type=text]").nth(7)).to_have_value(SCORES[-1])
    keys.to(page.get_by_label("Source of every row that has none yet"), "Shift+Tab")
    page.keyboard.press("Control+A")
    keys.type(staging.REPORT)
    keys.press("Enter")

    # Eight values, the source and the reason why they were missing: in each row.
    expect(page.locator(".messagelist")).to_contain_text(f"{count * 10} values saved.")
    assert count == 50
    assert keys.pressed < 400


def test_block_that_is_larger_than_the_table_says_what_found_no_field(
    enter: Enter,
) -> None:
    page = enter("ana", "applicants of an amendment")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('1\\t2\\n3\\t4\\n5\\t6')")
    last = page.locator(".desk__grid tbody tr").last.locator("input[type=text]").first
    last.focus()

    page.keyboard.press("Control+V")

    expect(page.get_by_role("status")).to_have_text(
        "2 fields filled, nothing saved yet. 4 cells found no field: compare before "
        "you save."
    )
    expect(last).to_have_value("1")


def test_pasted_block_is_undone_but_not_what_was_typed_since(enter: Enter) -> None:
    page = enter("ana", "applicants of an amendment")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    undo = page.get_by_role("button", name="Undo the block that was pasted")
    expect(undo).to_be_hidden()
    active = page.get_by_label("Active applicants, US IMGs", exact=True)
    matched = page.get_by_label("Matched to PGY-1, US IMGs", exact=True)
    before = active.input_value()
    page.evaluate("text => navigator.clipboard.writeText(text)", "1\t2\r\n")
    active.focus()
    page.keyboard.press("Control+V")
    expect(matched).to_have_value("2")
    matched.fill("3170")

    undo.click()

    expect(active).to_have_value(before)
    expect(matched).to_have_value("3170")
    expect(page.locator("#grid-status")).to_have_text(
        "Undone: 1 of the 2 fields that the block had filled."
    )
    expect(undo).to_be_hidden()
    expect(active).to_be_focused()


def test_leaving_with_typing_unsaved_asks_first(enter: Enter) -> None:
    page = enter("ana", "applicants of an amendment")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    address = page.url
    note = page.get_by_label("Note, US IMGs", exact=True)
    away = page.get_by_role("link", name="Versions")
    before = note.input_value()
    note.press_sequentially("x")
    away.click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert (asked, page.url) == (["beforeunload"], address)

    note.fill(before)
    away.click()
    expect(page.get_by_label("Start a Match year")).to_be_visible()
    assert asked == ["beforeunload"]

    page.goto(address)
    note.press("End")
    note.press_sequentially(" More.")
    note.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("1 value saved.")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    "name", ["versions", "a new year", "applicants of a new year", "footnotes"]
)
def test_focus_is_seen_at_every_stop(enter: Enter, name: str) -> None:
    page = enter("ana", name)
    page.evaluate("document.activeElement.blur()")
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


def test_tab_goes_along_a_row_in_the_order_of_the_source(enter: Enter) -> None:
    page = enter("ana", "applicants of a new year")
    names = []

    for _ in range(11):
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")

    assert names[:4] == [
        *(f"{column}, US MD graduates" for column in COLUMNS),
        "Why values are missing, US MD graduates",
    ]
    assert names[9:] == [f"{column}, US DO seniors" for column in COLUMNS[:2]]


def test_second_editor_sees_both_values_and_saves_theirs(enter: Enter) -> None:
    first, second = (enter(who, "scores of an amendment") for who in ("ana", "olga"))
    label = "Applicants, Neurology, Non-US IMGs, matched"
    note = "Note, Neurology, Non-US IMGs, matched"
    before = first.get_by_label(label, exact=True).input_value()
    for page, value in ((first, "216"), (second, "217")):
        page.get_by_label(label, exact=True).fill(value)
    second.get_by_label(note, exact=True).fill("Of page 12. 🙂")
    first.get_by_label(label, exact=True).press("Enter")
    expect(first.locator(".messagelist")).to_contain_text("1 value saved.")

    second.get_by_label(label, exact=True).press("Enter")

    expect(second.get_by_role("alert")).to_contain_text("Nothing was saved.")
    expect(second.locator(".errorlist")).to_contain_text(
        f"changed this to 216 while you entered 217; it was {before}."
    )
    expect(second.get_by_label(label, exact=True)).to_have_value("217")
    expect(second.get_by_label(note, exact=True)).to_have_value("Of page 12. 🙂")
    assert faults(second) == []
    second.get_by_label(label, exact=True).press("Enter")
    expect(second.locator(".messagelist")).to_contain_text("2 values saved.")


def test_note_that_took_longer_than_the_session_is_published(enter: Enter) -> None:
    page = enter("ben", "a first version in review")
    page.get_by_label("Public note").fill("Counted twice.")
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_label("E-mail address").fill("ben@example.org")
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(staff.code())
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This was not sent yet")
    expect(page.get_by_role("definition")).to_have_text("Counted twice.")
    assert faults(page) == []
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".messagelist")).to_contain_text("Everybody can read it now.")
