"""A new member answers three questions and reads the dashboard, on screen and paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.record_pages import Member, taken
from tests.browser.test_paper import BETWEEN_MARGINS, SHEETS
from tests.browser.visiting import faults

AS_OF = "/me/?as_of=2026-11-22"


def lines(member: Member, section: str) -> list[str]:
    return [
        " ".join(line.inner_text().split())
        for line in member.page.locator(f"#{section} ~ * > li").all()
    ]


def test_from_three_questions_to_what_is_next(
    signs_in: Callable[[str], Member],
) -> None:
    member = signs_in("begins")
    page, found = member.page, []

    member.open("/me/")
    found += faults(page, "welcome")
    member.fill(season="2027", school_country="IN", us_citizen="no")
    page.get_by_role("button", name="Show what follows").click()
    assert "You are a non-US IMG" in page.locator("main").inner_text()
    assert "Apply to your Pathway." in page.locator("main").inner_text()

    # The first thing that every answer waits for leads to it.
    page.get_by_role(
        "link", name="Enter the exams that you have sat or planned."
    ).click()
    expect(page).to_have_url(re.compile(r"/me/exams/$"))
    member.sits("step2ck", taken("2020-03-10", "pass", "231"))
    member.sits("step1", {"on": "2027-02-20", "state": "planned", "outcome": ""})
    member.open(AS_OF)
    assert lines(member, "next")[0].startswith("31 December 2026")
    risks = lines(member, "risks")
    assert any("May come too late, 31 December 2026." in line for line in risks)
    assert any("Runs out soon, 10 March 2027." in line for line in risks)
    found += faults(page, "dashboard")

    # What would be true on another day.
    page.get_by_label("Show the verdicts as of").fill("2027-03-11")
    page.get_by_role("button", name="Show", exact=True).click()
    assert any(
        "A result is open, 10 March 2027." in line for line in lines(member, "risks")
    )
    assert "As of 11 March 2027, not today." in page.locator("main").inner_text()

    assert found == []
    assert member.complaints == []


def test_own_score_stands_where_it_lies_without_scripts_or_requests(
    signs_in: Callable[[str], Member],
) -> None:
    member = signs_in("stands")
    page = member.page
    member.enters("/me/profile/", us_citizen="no", school_country="IN", season="2027")
    member.open("/me/profile/")
    page.get_by_label("Internal Medicine", exact=True).check()
    member.save()
    member.sits("step2ck", taken("2026-05-03", "pass", "245"))

    member.open(AS_OF)

    strip = page.locator("[data-strip]").first
    assert "240 · 251 · 259" in strip.inner_text()
    assert "below the middle of those who matched" in strip.inner_text()
    track = strip.locator("svg").first.bounding_box()
    mark = strip.locator("[data-own]").first
    assert track is not None
    at = mark.evaluate("(line) => line.getBoundingClientRect().x")
    assert at == pytest.approx(track["x"] + track["width"] * 0.45, abs=1)
    # Edition, confidence and document are one press away.
    page.locator(".strip__source summary").first.click()
    expect(page.locator(".strip__source .source__body a").first).to_be_visible()
    assert "245" not in page.url
    assert faults(page, "scores") == []


@pytest.mark.parametrize("sheet", BETWEEN_MARGINS)
def test_dashboard_fits_on_one_sheet(
    signs_in: Callable[[str], Member], sheet: str
) -> None:
    member = signs_in(f"prints-{sheet.lower()}")
    page = member.page
    member.enters("/me/profile/", us_citizen="no", school_country="IN", season="2027")
    member.open("/me/profile/")
    for name in ("Internal Medicine", "Neurology", "Pathology"):
        page.get_by_label(name, exact=True).check()
    member.save()
    member.sits("step1", taken("2024-03-10", "pass"))
    member.sits("step2ck", taken("2026-05-03", "pass", "245"))
    member.sits("step3", {"on": "2027-02-20", "state": "planned", "outcome": ""})
    member.enters("/me/exams/add/oet/", on="2025-02-09", listening="350")
    member.has_done("account", "application_accepted")

    member.open(AS_OF)
    document = page.pdf(format=sheet, prefer_css_page_size=False)

    assert len(SHEETS.findall(document)) == 1
    page.emulate_media(media="print")
    expect(page.locator(".on-paper-only")).to_be_visible()
    expect(page.get_by_role("navigation", name="My record")).to_be_hidden()
    expect(page.get_by_text("Add an exam")).to_be_hidden()
