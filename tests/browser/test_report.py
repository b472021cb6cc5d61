"""A reader reports a problem, and the staff puts it away, in a real browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import WIDTHS, Look, broken_rules, visit

ROOT = Path(__file__).resolve().parent.parent.parent
US_IMGS = "/report/?year=2024&version=1&table=applicants&row=us_img"
FORMS = {
    "about a row": US_IMGS,
    "about a row of a version that was replaced": "/report/?year=2013&version=1"
    "&table=totals&row=",
    "about nothing in particular": "/report/?year=1800",
    "after it was sent": "/report/thanks/",
}
DESK = (Look(1280, "light"), Look(1280, "dark"))
SIGN_IN = """
from django.test import Client
from tests import staff
client = Client()
staff.sign_in(client, staff.owner("reports@example.org"))
print(client.session.session_key)
"""


@pytest.fixture(scope="module")
def session(site: str, site_environment: dict[str, str]) -> str:
    """The session of an owner on the running site who used a second factor."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", SIGN_IN],
        cwd=ROOT,
        env=site_environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()[-1]


@pytest.mark.parametrize("path", FORMS.values(), ids=list(FORMS))
def test_page_is_for_everybody(browser: Browser, site: str, path: str) -> None:
    seen = visit(browser, f"{site}{path}")

    assert seen.status == 200
    assert [fault for look in seen.violations.values() for fault in look] == []
    assert {width for width in WIDTHS if seen.widths[width] > width} == set()
    assert seen.complaints == seen.refused == []
    names = {cookie["name"] for cookie in seen.cookies}
    assert names == (set() if "thanks" in path else {"csrftoken"})


def test_report_goes_from_a_figure_to_the_staff_and_is_put_away(
    page: Page, site: str, session: str
) -> None:
    page.goto(f"{site}/match/2024/")
    row = page.get_by_role("row", name="US IMGs").first
    row.locator("summary").click()
    row.get_by_role("link", name="Report a problem with US IMGs, 2024").click()

    expect(page.get_by_role("heading", name="US IMGs, 2024")).to_be_visible()
    page.get_by_label("What is wrong?").fill("too short")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 10 characters")
    assert broken_rules(page, DESK[0]) == []
    page.get_by_role("alert").get_by_role("link", name="What is wrong?").click()
    expect(page.get_by_label("What is wrong?")).to_be_focused()
    expect(page.get_by_label("Your e-mail address")).to_have_value("reader@example.org")

    page.get_by_label("What is wrong?").fill("My copy says 3,180 on page 15.")
    page.get_by_role("button", name="Send the report").click()
    expect(page).to_have_url(f"{site}/report/thanks/")

    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page.goto(f"{site}/admin/stats/problemreport/")
    assert [broken_rules(page, look) for look in DESK] == [[], []]
    line = page.get_by_role("row", name="My copy says 3,180")
    expect(line).to_contain_text("US IMGs, 2024 version 1")
    line.get_by_role("rowheader").get_by_role("link").click()
    assert [broken_rules(page, look) for look in DESK] == [[], []]
    expect(page.get_by_role("link", name="reader@example.org")).to_be_visible()
    page.get_by_label("Answered").check()
    page.get_by_role("button", name="Save", exact=True).click()

    line = page.get_by_role("row", name="My copy says 3,180")
    expect(line).to_contain_text("Answered")
    line.get_by_role("rowheader").get_by_role("link").click()
    expect(page.locator("body")).not_to_contain_text("reader@example.org")


@pytest.mark.parametrize("name", ["source", "specialty"])
def test_staff_pages_of_sources_and_specialties_break_no_rule(
    page: Page, site: str, session: str, name: str
) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])

    found: list[str] = []
    for look in DESK:
        page.goto(f"{site}/admin/stats/{name}/")
        found += broken_rules(page, look)
        page.locator("#result_list tbody th a").first.click()
        found += broken_rules(page, look)

    assert found == []
