"""Two people publish a version: returned, scheduled, and stuck with one another."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Dialog, Page, expect

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


def fill_in_us_imgs(page: Page, address: str, text: str) -> None:
    """Type into the row of US IMGs, and save nothing."""
    page.goto(address)
    page.get_by_role("link", name="Fill in or change").nth(1).click()
    page.get_by_label("Note, US IMGs", exact=True).fill(text)


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


def test_what_was_typed_outlives_its_row_and_its_version(
    own: OwnSite, enters: Enters
) -> None:
    alice, bert = staff_of(own, enters)
    version = amend_2024(alice)
    fill_in_us_imgs(alice, version, "Typed while it was removed.")
    bert.goto(alice.url)
    bert.get_by_text("Remove a row").click()
    bert.get_by_role("button", name="Remove US IMGs").click()
    done(bert)

    alice.get_by_role("button", name="Save and back to the version").click()

    expect(alice.get_by_role("alert")).to_contain_text("Nothing was saved.")
    removed = alice.get_by_role("heading", name="Removed while you typed")
    expect(removed.locator("..")).to_contain_text("Typed while it was removed.")
    found = faults(alice, "a row that was removed")
    alice.get_by_role("button", name="Put back US IMGs").click()
    expect(alice.get_by_label("Note, US IMGs", exact=True)).to_have_value(
        "Typed while it was removed."
    )
    found += faults(alice, "a row that was put back")

    bert.goto(version)
    bert.get_by_text("Discard this draft").click()
    bert.get_by_role("button", name="Discard the draft of 2024").click()
    done(bert)
    alice.get_by_role("button", name="Save and back to the version").click()

    expect(alice.get_by_role("heading", level=1)).to_contain_text("not saved")
    expect(alice.locator("#content")).to_contain_text("Typed while it was removed.")
    found += faults(alice, "what was typed into a version that is gone")
    assert found == []


def test_reviewer_ticks_and_comments_and_the_editor_reads_it(
    own: OwnSite, enters: Enters
) -> None:
    alice, bert = staff_of(own, enters)
    version = amend_2024(alice)
    note(alice, version, "US IMGs", "Read agian.")
    alice.get_by_role("button", name="Submit for review").click()
    done(alice)

    bert.goto(version)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    bert.on("dialog", stay)
    differing = bert.locator("li", has_text="US IMGs: looked at")
    # Whoever leaves is asked, because nothing of it is saved.
    differing.get_by_label("US IMGs: looked at").check()
    bert.get_by_role("link", name="The public page as it will be").click(
        no_wait_after=True
    )
    bert.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    bert.get_by_role("button", name="Save ticks and comments").last.click()
    done(bert)
    expect(differing.get_by_label("US IMGs: looked at")).to_be_checked()
    found = faults(bert, "a version that was looked through")
    differing.get_by_text("Comment on US IMGs").click()
    differing.get_by_label("Comment on US IMGs").fill("“again”, not “agian”.")
    bert.get_by_role("button", name="Return with a comment").click()
    done(bert)

    alice.goto(version)
    returned = alice.get_by_role("region", name="Returned by bert@example.org")
    expect(returned).to_contain_text("“again”, not “agian”.")
    found += faults(alice, "a returned version with comments")
    assert asked == ["beforeunload"]
    assert found == []


LINK = re.compile(r"\S+(/invitations/\S+)")


def test_invited_person_chooses_a_password_by_the_link(
    own: OwnSite, enters: Enters
) -> None:
    olga = enters(own.session_of(STAFF.format(role="owner", name="olga")))
    olga.goto(f"{own.site}/admin/imgportal/user/add/")
    olga.locator("#id_email").fill("ana@example.org")
    olga.get_by_label("Editors").check()
    olga.get_by_role("button", name="Save", exact=True).click()
    done(olga)
    own.runs("send_messages")
    link = LINK.search(own.messages_to("ana@example.org")[-1])
    assert link is not None
    # What a mail program does with the links of a message.
    assert olga.request.get(f"{own.site}{link[1]}").status == 200

    ana = enters("nobody")
    referers: list[str] = []
    ana.on(
        "request", lambda request: referers.append(request.headers.get("referer", ""))
    )
    ana.goto(f"{own.site}{link[1]}")
    found = faults(ana, "an invitation")
    ana.locator("#id_password1").fill("1234")
    ana.locator("#id_password2").fill("1234")
    ana.get_by_role("button", name="Save the password").click()
    expect(ana.get_by_role("alert")).to_be_visible()
    found += faults(ana, "a password that is refused")
    for field in ("#id_password1", "#id_password2"):
        ana.locator(field).fill("four quite different words")
    ana.get_by_role("button", name="Save the password").click()
    expect(ana.locator("main")).to_contain_text("Your password is kept.")
    assert not [referer for referer in referers if "/invitations/" in referer]
    ana.get_by_label("E-mail address").fill("ana@example.org")
    ana.get_by_label("Password").fill("four quite different words")
    ana.get_by_role("button", name="Sign in", exact=True).click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Set up a second factor")

    late = enters("nobody else")
    late.goto(f"{own.site}{link[1]}")
    expect(late.get_by_role("heading", level=1)).to_have_text(
        "There is no invitation at this address"
    )
    found += faults(late, "an invitation that was used")
    assert found == []
