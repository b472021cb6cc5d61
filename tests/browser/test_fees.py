"""A member enters an eligibility period and visa days, and ticks off fees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from imgportal.lib import clock
from profiles.rules.days import add_months
from tests.browser.record_pages import Member
from tests.browser.visiting import faults


def test_period_visa_days_and_fees(signs_in: Callable[[str], Member]) -> None:
    member = signs_in("pays")
    page, found = member.page, []
    on = clock.now().date() + timedelta(days=40)
    first = on.replace(day=1)
    last = add_months(first, 3) - timedelta(days=1)

    member.enters("/me/profile/", us_citizen="no", school_country="IN", season="2027")
    found += faults(page, "profile")
    page.get_by_role("link", name="Your visa days").click()
    member.fill(visa_interview_on=str(on))
    found += faults(page, "visa days")
    member.save()
    member.open("/me/exams/add/step1/")
    member.fill(on=str(on), state="planned", period_from=str(first))
    found += faults(page, "a period")
    # Without its end it is not stored, and nothing typed is lost.
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".form-errors")).to_contain_text("When does the period end?")
    found += faults(page, "a period without its end")
    member.fill(period_to=str(last))
    member.save()
    assert "Eligibility period" in page.locator("main").inner_text()

    member.open("/me/season/")
    ahead = page.locator("main").inner_text()
    assert "Your eligibility period for Step 1 ends" in ahead
    assert "Your visa interview" in ahead
    page.get_by_role("link", name="Your fees").click()
    page.get_by_label("NRMP registration, 2027 Match").check()
    found += faults(page, "fees")
    page.get_by_role("button", name="Save what is ticked as paid").click()
    assert "Saved: 1 fee paid." in page.locator("main").inner_text()
    page.get_by_role("link", name="Change NRMP registration, 2027 Match").click()
    member.fill(amount="85")
    found += faults(page, "a fee")
    member.save()
    assert (
        "By the amounts you entered: 85 US dollars."
        in page.locator("main").inner_text()
    )
    found += faults(page, "fees with a sum")

    assert found == []
    assert member.complaints == []
