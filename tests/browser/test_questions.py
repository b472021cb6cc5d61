"""Twelve questions on a phone: the answer is on the first screen (docs/questions.md)."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.imgportal.test_questions import ADDRESS, QUESTIONS

PHONE = {"width": 390, "height": 844}


def answer_on(page: Page, address: str) -> Locator:
    """The place that is linked, or the title of the page."""
    anchor = address.partition("#")[2]
    return page.locator(f"#{anchor}" if anchor else "h1")


@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_answer_is_on_the_first_screen(
    browser: Browser, site: str, asked: str
) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    try:
        (found,) = ADDRESS.findall(QUESTIONS[asked][0])
        page.goto(f"{site}/search/?{urlencode({'q': asked})}")
        link = page.locator(".signpost__links a, .result__title a").first
        expect(link).to_be_in_viewport()
        link.click()
        expect(page).to_have_url(re.compile(re.escape(found) + "$"))
        expect(answer_on(page, found)).to_be_in_viewport()

        steps = ADDRESS.findall(QUESTIONS[asked][1])
        page.goto(f"{site}/")
        for step in steps:
            place = step.rpartition("#")
            own = f'a[href="#{place[2]}"], ' if place[1] else ""
            page.locator("main").locator(f'{own}a[href="{step}"]').first.click()
        expect(answer_on(page, steps[-1])).to_be_in_viewport()
    finally:
        context.close()


def test_the_field_for_a_score_is_ready(page: Page, site: str) -> None:
    page.goto(f"{site}/search/?q=can+I+match+with+230")
    page.get_by_role("link", name="Place your own score").click()

    expect(page).to_have_url(f"{site}/scores/#own")
    expect(page.get_by_label("Your Step 2 CK score")).to_be_focused()
