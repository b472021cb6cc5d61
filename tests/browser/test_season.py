"""A member looks at the season, takes it into a calendar, and chooses reminders."""

from __future__ import annotations

from collections.abc import Callable
from urllib.request import urlopen

from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.record_pages import Member
from tests.browser.visiting import faults


def test_a_season_from_choosing_it_to_its_calendar(
    signs_in: Callable[[str], Member], site: str
) -> None:
    member = signs_in("season")
    page, found = member.page, []

    member.open("/me/season/")
    found += faults(page, "without a season")
    page.get_by_role("link", name="Choose the Match").click()
    member.fill(season="2027", time_zone="Asia/Kolkata")
    member.save()
    member.enters(
        "/me/exams/add/step2ck/", on="2027-02-10", state="planned", outcome=""
    )
    member.open("/me/season/?as_of=2026-11-22")
    rank_list = page.locator("li", has_text="Rank order list must be certified")
    assert "Thu 4 Mar" in rank_list.inner_text()
    assert "07:30 your time" in rank_list.inner_text()
    assert "Step 2 CK exam" in page.locator(".is-own").first.inner_text()
    found += faults(page, "a season")

    page.get_by_role("link", name="Make a secret address for your calendar").click()
    member.shows_who_it_is()
    found += faults(page, "before the address")
    page.get_by_role("button", name="Make the address").click()
    found += faults(page, "the address")
    address = page.get_by_label("The address").input_value()
    with urlopen(address) as response:  # noqa: S310 - the site of this test
        calendar = Calendar.from_ical(response.read())
    assert address.startswith(f"{site}/calendar/")
    webcal = page.get_by_role("link", name="Open it in your calendar")
    assert webcal.get_attribute("href") == address.replace("http:", "webcal:")
    assert "Step 2 CK exam" in {str(one["SUMMARY"]) for one in calendar.walk("VEVENT")}

    member.open("/me/reminders/")
    found += faults(page, "reminders")
    page.get_by_label("60 days before").uncheck()
    member.save()
    expect(page.get_by_label("60 days before")).not_to_be_checked()

    assert found == []
    assert member.complaints == []
