"""Two people publish a version: returned, scheduled, and stuck with one another."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.own_site import STAFF, OwnSite
from tests.browser.visiting import faults

Enters = Callable[[str], Page]
DUE = """
from django.utils import timezone
from stats.models import ScheduledPublication
ScheduledPublication.objects.update(at=timezone.now())
"""
# Nobody else is here.
ALONE = """
from imgportal.models import User
people = ["alice@example.org", "bert@example.org"]
User.objects.exclude(email__in=people).update(is_active=False)
"""


def staff_of(own: OwnSite, enters: Enters) -> tuple[Page, Page]:
    """An editor and a publisher, each at the list of versions."""
    pages = []
    for role, name in (("editor", "alice"), ("publisher", "bert")):
        page = enters(own.session_of(STAFF.format(role=role, name=name)))
        page.goto(f"{own.site}/admin/stats/release/")
        pages.append(page)
    return pages[0], pages[1]


def amend_2024(page: Page) -> str:
    page.get_by_role("link", name="2024 v1", exact=True).click()
    page.get_by_role("button", name="Open an amendment").click()
    return page.url


def note(page: Page, address: str, row: str, text: str) -> None:
    """Change the note of a row, which changes no figure."""
    page.goto(address)
    tables = page.get_by_role("link", name="Fill in or change")
    tables.nth(1).click()
    page.get_by_label(f"Note, {row}", exact=True).fill(text)
    page.get_by_role("button", name="Save and back to the version").click()
    expect(page.locator(".messagelist")).to_contain_text("1 value saved.")


def done(page: Page) -> None:
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_version_is_returned_mended_and_public_at_its_hour(
    own: OwnSite, enters: Enters
) -> None:
    found: list[str] = []
    alice, bert = staff_of(own, enters)
    version = amend_2024(alice)
    note(alice, version, "US IMGs", "Read agian.")
    alice.get_by_role("button", name="Submit for review").click()
    own.runs("send_messages")
    assert len(own.messages_to("bert@example.org")) == 1

    bert.goto(f"{own.site}/admin/")
    bert.get_by_role("link", name="The 2024 Match, version 2").click()
    bert.get_by_label("What should be changed").fill("A letter is in the wrong place.")
    bert.get_by_role("button", name="Return with a comment").click()
    done(bert)

    own.runs("send_messages")
    assert "A letter is in the wrong place." in own.messages_to("alice@example.org")[-1]
    alice.goto(f"{own.site}/admin/")
    expect(alice.locator("#content")).to_contain_text("Came back to you")
    found += faults(alice, "the desk")
    note(alice, version, "US IMGs", "Read again.")
    alice.get_by_label("What you did about it").fill("Mended.")
    found += faults(alice, "a returned version")
    alice.get_by_role("button", name="Submit for review").click()
    done(alice)

    bert.goto(version)
    bert.get_by_role("link", name="The public page as it will be").click()
    expect(bert.locator("main")).to_contain_text("Not public yet.")
    found += faults(bert, "the page as it will be")
    bert.goto(version)
    bert.get_by_label("Revision: the source changed").check()
    bert.get_by_label("Public note").fill("The note of US IMGs says more.")
    bert.get_by_label("Or on a day").fill("2027-03-19")
    bert.get_by_label("at (Eastern Time)").fill("12:00")
    bert.get_by_role("button", name="Publish at that hour").click()
    expect(bert.locator(".messagelist")).to_contain_text(
        "It becomes public on 19 March 2027, 12:00 Eastern Time."
    )
    found += faults(bert, "a scheduled version")
    reader = enters("nobody")
    reader.goto(f"{own.site}/changes/")
    expect(reader.locator("#match-2024-v2")).to_have_count(0)

    own.runs("shell", "--no-imports", "-c", DUE)
    reader = enters("nobody else")
    reader.goto(f"{own.site}/changes/")
    expect(reader.locator("#match-2024-v2")).to_contain_text(
        "The note of US IMGs says more."
    )
    assert found == []


def test_two_people_who_both_changed_a_value_find_a_way_out(
    own: OwnSite, enters: Enters
) -> None:
    found: list[str] = []
    alice, bert = staff_of(own, enters)
    own.runs("shell", "--no-imports", "-c", ALONE)
    version = amend_2024(alice)
    note(alice, version, "US IMGs", "Read again.")

    bert.goto(version)
    bert.get_by_role("link", name="Fill in or change").nth(1).click()
    expect(bert.locator("#content")).to_contain_text("You are the only one left")
    found += faults(bert, "a warning")
    note(bert, version, "Non-US IMGs", "Read again, too.")
    alice.goto(version)
    alice.get_by_role("button", name="Submit for review").click()
    done(alice)

    expect(alice.locator("#content")).to_contain_text("Nobody can publish this version")
    found += faults(alice, "a version that nobody may publish")
    alice.get_by_label("I compared each of these values").check()
    alice.get_by_role("button", name="Answer for it").click()
    done(alice)
    bert.goto(version)
    bert.get_by_label("Revision: the source changed").check()
    bert.get_by_label("Public note").fill("Two notes say more.")
    bert.get_by_role("button", name="Publish", exact=True).click()

    expect(bert.locator(".messagelist")).to_contain_text("Published.")
    reader = enters("nobody")
    reader.goto(f"{own.site}/match/2024/v2/")
    expect(reader.locator("main")).not_to_contain_text("published by one person")
    assert found == []
