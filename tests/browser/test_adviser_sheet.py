"""A member shows a sheet to an adviser, who opens it, and not after its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.record_pages import Member
from tests.browser.test_paper import SHEETS
from tests.browser.visiting import faults

ROOT = Path(__file__).resolve().parent.parent.parent
# A month passes for the newest sheet.
A_MONTH = """
from datetime import timedelta
from profiles.models import AdviserSheet
row = AdviserSheet.objects.latest("pk")
row.made_at -= timedelta(days=31)
row.ends_at -= timedelta(days=31)
row.save()
"""


def test_an_adviser_opens_the_sheet_and_not_after_its_end(
    signs_in: Callable[[str], Member],
    browser: Browser,
    site: str,
    site_environment: dict[str, str],
) -> None:
    member = signs_in("advised")
    page, found = member.page, []
    member.open("/me/profile/")
    member.fill(season="2027", time_zone="Asia/Kolkata")
    member.save()
    member.enters(
        *("/me/exams/add/step2ck/",), on="2025-03-10", outcome="pass", score="247"
    )
    member.enters(
        "/me/certification/account/", state="done", note="Only I may read this."
    )

    member.open("/me/data/sheets/")
    found += faults(page, "no sheet")
    page.get_by_role("link", name="Make a sheet").click()
    member.shows_who_it_is()
    found += faults(page, "before the sheet")
    page.get_by_label("Title").fill("For my advisor")
    page.get_by_label("30 days").check()
    page.get_by_role("button", name="Make the sheet").click()
    found += faults(page, "the address")
    address = page.get_by_label("The address").input_value()
    assert address.startswith(f"{site}/sheets/")

    # Somebody else, on a phone, without an account and without scripts.
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 740}
    )
    adviser = context.new_page()
    asked: list[str] = []
    adviser.on("request", lambda request: asked.append(request.url))
    opened = adviser.goto(address)
    assert opened is not None
    assert opened.status == 200
    expect(adviser.get_by_role("heading", name="For my advisor")).to_be_visible()
    words = adviser.locator("main").inner_text()
    assert "Step 2 CK was passed on 10 March 2025" in words
    assert "247" not in words
    assert "Only I may read this." not in words
    assert "@" not in words
    assert all(url.startswith(site) for url in asked)
    assert context.cookies() == []
    # Nobody is told which address the reader came from.
    adviser.get_by_role("link", name="Privacy").click()
    assert adviser.evaluate("document.referrer") == ""

    looking = browser.new_page()
    looking.goto(address)
    found += faults(looking, "the sheet")
    # On paper it says what it is, and not where it can be read.
    assert len(SHEETS.findall(looking.pdf(format="A4"))) <= 3
    looking.emulate_media(media="print")
    assert address not in looking.locator("body").inner_text()
    looking.close()

    member.open("/me/data/sheets/")
    expect(page.get_by_text("Opened 2 times")).to_be_visible()
    found += faults(page, "a sheet")

    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", A_MONTH],
        cwd=ROOT,
        env=site_environment,
        check=True,
    )
    ended = adviser.goto(address)
    assert ended is not None
    assert ended.status == 404
    expect(
        adviser.get_by_role("heading", name="There is no sheet at this address")
    ).to_be_visible()
    assert "For my advisor" not in adviser.content()
    context.close()

    member.open("/me/data/sheets/")
    expect(page.get_by_text("its address answers no more")).to_be_visible()
    assert found == []
    assert member.complaints == []
