"""Staff sign in for the first time, and every page on the way is for everybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import staff
from tests.browser.visiting import faults

ROOT = Path(__file__).resolve().parent.parent.parent
OWNER = "owner@example.org"


@pytest.fixture
def owner(site: str, site_environment: dict[str, str]) -> str:
    """An owner on the running site, who has not set up anything yet."""
    subprocess.run(
        [
            *(sys.executable, "manage.py", "createsuperuser"),
            *("--noinput", "--email", OWNER),
        ],
        cwd=ROOT,
        env=site_environment | {"DJANGO_SUPERUSER_PASSWORD": staff.PASSWORD},
        check=True,
    )
    return OWNER


def test_owner_signs_in_sets_up_a_second_factor_and_signs_in_again(
    page: Page, site: str, owner: str
) -> None:
    wanted = f"{site}/admin/imgportal/user/"
    complaints: list[str] = []
    # axe loads style sheets in ways that the content policy refuses: listen before it.
    listening = [True]
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{page.url}: {message.text}")
            if listening[0]
            and message.type == "error"
            # That a wrong form is answered 422 is as it should be.
            and not ("422" in message.text and message.location["url"] == page.url)
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    found: list[str] = []

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        listening[0] = False
        found.extend(faults(page, name))
        listening[0] = True

    page.goto(wanted)
    look("sign in")
    page.get_by_label("E-mail address").fill(owner)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    look("sign in refused")
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Set up a second factor"
    page.get_by_text("Type a key instead").click()
    look("set-up")
    secret = page.locator("code.key").inner_text()
    page.get_by_label("The six digits").fill(staff.code(secret))
    page.get_by_role("button", name="Switch it on").click()

    look("recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Continue to the staff pages").click()

    expect(page).to_have_url(wanted)
    look("a list")
    page.get_by_role("link", name="editor@localhost").click()
    look("a row")
    page.get_by_label("Publishers").check()
    page.get_by_role("button", name="Save", exact=True).click()
    assert "was changed successfully" in page.locator(".messagelist").inner_text()
    page.goto(f"{site}/admin/")
    look("staff pages")
    page.goto(f"{site}/accounts/2fa/")
    look("second factor")
    page.goto(f"{site}/accounts/password/change/")
    look("password")

    page.goto(f"{site}/admin/")
    page.get_by_role("button", name="Sign out").click()
    assert "sessionid" not in {cookie["name"] for cookie in page.context.cookies()}

    page.goto(wanted)
    page.get_by_label("E-mail address").fill(owner)
    page.get_by_label("Password").fill(staff.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    look("code")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(wanted)

    assert found == []
    assert complaints == []
