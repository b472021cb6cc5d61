"""Somebody new enters five years with a phone: how many taps it takes, and how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.record_pages import REPORTED_ITEMS, Member

PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_TAPS, MOST_SECONDS = 40, 300


class Stranger:
    """Taps and types as a person does, and counts the taps.

    A list costs two: to open it and to choose. A day or a number costs one, to get into
    it; from field to field the keyboard leads on.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, it: Locator) -> None:
        it.tap()
        self.taps += 1

    def follow(self, name: str) -> None:
        self.tap(self.page.get_by_role("link", name=name).first)

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def choose(self, label: str, option: str) -> None:
        field = self.page.get_by_label(label).first
        field.focus()
        field.select_option(label=option)
        self.taps += 2

    def type_into(self, label: str, value: str) -> None:
        field = self.page.get_by_label(label).first
        self.tap(field)
        field.fill(value)

    def go_on_and_type(self, label: str, value: str) -> None:
        """Into the field that the keyboard leads to."""
        self.page.keyboard.press("Tab")
        field = self.page.get_by_label(label).first
        expect(field).to_be_focused()
        field.fill(value)

    def sits(self, exam: str, on: str, outcome: str, score: str = "") -> None:
        self.tap(self.page.locator(".choices").get_by_role("link", name=exam).first)
        self.type_into("Exam day", on)
        self.choose("Result on the score report", outcome)
        if score:
            self.go_on_and_type("Three-digit score", score)


@pytest.fixture
def stranger(
    browser: Browser, signs_in: Callable[[str], Member], page: Page
) -> Iterator[Stranger]:
    """With a phone, where somebody has just signed in for the first time."""
    member = signs_in("a-stranger")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    phone = context.new_page()
    phone.goto(f"{member.site}/me/")
    yield Stranger(phone)
    context.close()


def test_five_years_are_entered_in_forty_taps(stranger: Stranger) -> None:
    began = time.monotonic()
    stranger.choose("Which Match are you aiming at?", "2027 Match")
    stranger.choose("In which country is your medical school?", "India")
    stranger.choose("Are you a US citizen?", "No")
    stranger.press("Show what follows")
    stranger.follow("Add an exam")
    stranger.sits("Step 1 ", "2023-03-10", "Pass")
    stranger.press("Save and add another")
    stranger.sits("Step 2 CK", "2024-07-08", "Fail", "210")
    stranger.press("Save and add another")
    stranger.sits("Step 2 CK", "2025-03-08", "Pass", "241")
    stranger.press("Save and add another")
    stranger.tap(stranger.page.get_by_role("link", name="OET Medicine"))
    stranger.type_into("Exam day", "2026-05-09")
    stranger.type_into("Listening", "360")
    for part in ("Reading", "Writing", "Speaking"):
        stranger.go_on_and_type(part, "360")
    stranger.press("Save")
    stranger.follow("Certification")
    for item in REPORTED_ITEMS:
        line = stranger.page.locator(f"#{item}")
        stranger.tap(line.get_by_role("radio", name="Done", exact=True))
    stranger.press("Save")

    expect(stranger.page.locator(".notice").first).to_contain_text("Saved: 8 items.")
    assert stranger.taps <= MOST_TAPS, stranger.taps
    assert time.monotonic() - began < MOST_SECONDS
    expect(stranger.page.locator(".tally")).to_contain_text("12 of 14 done")
    stranger.page.get_by_role("link", name="Overview").tap()
    expect(stranger.page.locator("main")).to_contain_text("Apply")
