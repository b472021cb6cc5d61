"""A member takes the record away, brings it back, and leaves, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import faults
from tests.profiles.test_import_sheets import as_xlsx

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "long-enough-words-for-tests"
MAKE = """
from datetime import date
from imgportal.accounts import addresses
from imgportal.models import User
from profiles.actions import save_entry
from profiles.models import CertificationItem, ExamAttempt, Profile
user = User.objects.create_user("{address}", "{password}")
addresses.vouch_for_address(user)
for exam, on, score in (("step1", "2024-03-10", None), ("step2ck", "2025-03-10", 245)):
    save_entry.add(ExamAttempt, owner=user, values=dict(
        exam=exam, on=date.fromisoformat(on), state="taken", outcome="pass", score=score))
save_entry.put(CertificationItem, owner=user, key=dict(item="diploma_verified"), seen=0,
    values=dict(state="under_way", since=date(2026, 6, 1), note="Sent by courier."))
save_entry.put(Profile, owner=user, seen=0, values=dict(
    us_citizen=False, school_country="IN", specialties=["internal-medicine"],
    time_zone="Asia/Kolkata"))
"""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 360, "height": 740}
    )
    yield context.new_page()
    context.close()


def make_member(address: str, environment: dict[str, str]) -> None:
    code = MAKE.format(address=address, password=PASSWORD)
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=environment,
        check=True,
    )


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return waiting.value.path().read_bytes()


def hiding() -> bytes:
    """One exam, with a hidden column."""
    rows: list[list[Any]] = [
        ["Exam", "Date", "Result", "Score"],
        ["Step 1", "2020-03-14", "Pass", 230],
    ]
    return as_xlsx(rows, hides="D")


def test_away_and_back_and_gone(
    page: Page,
    site: str,
    site_environment: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    with_scripts = request.node.callspec.params["page"]
    address = f"leaver-{int(with_scripts)}@example.org"
    make_member(address, site_environment)

    def look() -> None:
        if with_scripts:
            assert faults(page) == []

    def show_who_it_is() -> None:
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()

    page.goto(f"{site}/accounts/login/?next=/me/data/")
    page.locator("[name=login]").fill(address)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/me/data/")
    look()

    # Take it away.
    page.get_by_role("button", name="Download JSON").click()
    show_who_it_is()
    look()
    content = download(page, "Download JSON")
    record = json.loads(content)["record"]
    assert record["exam_attempts"][1]["score"] == 245
    page.goto(f"{site}/me/data/")
    assert download(page, "Download CSV")[:2] == b"PK"
    page.get_by_role("link", name="Open the page").click()
    expect(page.get_by_text("Sent by courier.")).to_be_visible()
    look()

    # Delete the record.
    page.goto(f"{site}/me/data/")
    expect(page.get_by_text("Record exported")).to_have_count(2)
    page.get_by_role("link", name="Delete my record, keep the account").click()
    look()
    page.get_by_role("button", name="Delete my record").click()
    expect(page.get_by_text("Your record is empty.").first).to_be_visible()

    # Bring it back, all but the note.
    page.get_by_role("link", name="Choose a file").click()
    look()
    page.locator("[name=file]").set_input_files(
        {"name": "record.csv", "mimeType": "text/csv", "buffer": b"exam,on\n"}
    )
    page.get_by_role("button", name="Show what is in it").click()
    expect(page.get_by_text("There is no row below the names")).to_be_visible()
    look()
    page.get_by_label("Rows of a spreadsheet").fill("exam\ton\nStep 1\t03/04/2024")
    page.get_by_role("button", name="Show what is in the rows").click()
    expect(page.get_by_text("This may be 4 March 2024 or 3 April 2024")).to_be_visible()
    expect(page.get_by_label("Rows of a spreadsheet")).to_have_value(
        "exam\ton\nStep 1\t03/04/2024"
    )
    look()
    page.locator("[name=file]").set_input_files(
        {"name": "exams.xlsx", "mimeType": "application/zip", "buffer": hiding()}
    )
    page.get_by_role("button", name="Show what is in it").click()
    expect(page.get_by_text("The column “Score”")).to_be_visible()
    look()
    page.get_by_role("button", name="Leave out what is hidden").click()
    expect(page.get_by_text("1 new, 0 different, 0 the same")).to_be_visible()
    page.goto(f"{site}/me/data/import/")
    page.locator("[name=file]").set_input_files(
        {"name": "record.json", "mimeType": "application/json", "buffer": content}
    )
    page.get_by_role("button", name="Show what is in it").click()
    expect(page.get_by_text("4 new, 0 different, 0 the same")).to_be_visible()
    look()
    page.get_by_label("Diploma verified with the school").uncheck()
    page.get_by_role("button", name="Take over what is ticked").click()
    expect(page.get_by_text("Taken over: 3 entries.")).to_be_visible()
    back = json.loads(download(page, "Download JSON"))["record"]
    assert back == record | {"certification_items": []}

    # And leave.
    page.get_by_role("link", name="Delete my account").click()
    expect(page.get_by_text("2 exam attempts")).to_be_visible()
    look()
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    look()
    page.goto(f"{site}/me/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
