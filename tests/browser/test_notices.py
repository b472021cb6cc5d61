"""Two people of the staff change a rule; whose answer changes reads of it, nobody else."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.own_site import STAFF, OwnSite
from tests.browser.record_pages import SIGN_IN, Member
from tests.browser.visiting import faults


def propose(page: Page, button: str = "Propose") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("has to approve it")


def approve(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("I opened the documents").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Approved.")


def test_a_moved_deadline_reaches_whose_answer_it_changes(
    own: OwnSite, enters: Callable[[str], Page]
) -> None:
    found = []
    members = {}
    for name, season in (("nadia", "2027"), ("omar", "2028")):
        session = own.session_of(SIGN_IN.format(email=f"{name}@example.org"))
        members[name] = Member(enters(session), own.site)
        members[name].enters("/me/profile/", season=season)
    assert "changed" not in own.runs("send_messages")

    alice = enters(own.session_of(STAFF.format(role="editor", name="alice")))
    bert = enters(own.session_of(STAFF.format(role="publisher", name="bert")))
    alice.goto(f"{own.site}/admin/profiles/seasondeadline/?match_year=2027")
    alice.get_by_role("link", name="Rank order list must be certified").click()
    alice.get_by_label("Date:").fill("2027-02-25")
    alice.get_by_label("Public note:").fill("NRMP moved it.")
    propose(alice)
    assert "with them" not in own.runs("send_messages")

    # The second pair of eyes finds a slip.
    bert.goto(alice.url)
    expect(bert.locator("#content")).to_contain_text("fewer than 10 members")
    expect(bert.locator("ins", has_text="25 February 2027")).to_have_count(1)
    found += faults(bert, "a proposal")
    bert.get_by_label("What should be changed").fill("The page says 24 February.")
    bert.get_by_role("button", name="Return with a remark").click()
    alice.reload()
    expect(alice.locator("#content")).to_contain_text("The page says 24 February.")
    alice.get_by_role("link", name="Change the proposal").click()
    alice.get_by_label("Date:").fill("2027-02-24")
    propose(alice, "Change the proposal")
    assert "with them" not in own.runs("send_messages")
    approve(bert, alice.url)
    assert "with them 1 answers" in own.runs("send_messages")
    assert "with them" not in own.runs("send_messages")

    (text,) = own.messages_to("nadia@example.org")
    assert "Date: it was 3 March 2027, it is 24 February 2027." in text
    assert "- The Match you aim at" in text
    assert own.messages_to("omar@example.org") == []

    nadia = members["nadia"]
    nadia.open("/me/")
    section = nadia.page.locator("section.answer-changes")
    assert "was 3 March 2027, is 24 February 2027" in section.inner_text()
    found += faults(nadia.page, "overview")
    nadia.open("/me/changes/")
    found += faults(nadia.page, "changed answers")
    nadia.page.get_by_role("button", name="I have read this").click()
    assert "Marked as read" in nadia.page.locator(".notice").first.inner_text()
    assert (
        "Deciding day: 24 February 2027" in nadia.page.locator("#read + *").inner_text()
    )
    found += faults(nadia.page, "changed answers that were read")
    nadia.open("/me/")
    expect(nadia.page.locator("section.answer-changes")).to_have_count(0)

    omar = members["omar"]
    omar.open("/me/changes/")
    assert "No change of the rules" in omar.page.locator("main").inner_text()
    found += faults(omar.page, "no changed answers")
    assert found == []
    assert nadia.complaints == omar.complaints == []


def test_a_minimum_that_nobody_announced_is_asked_about_and_withdrawn(
    own: OwnSite, enters: Callable[[str], Page]
) -> None:
    found = []
    members = {}
    for name, score in (("nadia", "219"), ("omar", "245")):
        session = own.session_of(SIGN_IN.format(email=f"{name}@example.org"))
        members[name] = Member(enters(session), own.site)
        members[name].enters("/me/exams/add/step2ck/", on="2026-02-10", score=score)
    own.runs("send_messages")
    alice = enters(own.session_of(STAFF.format(role="editor", name="alice")))
    bert = enters(own.session_of(STAFF.format(role="publisher", name="bert")))
    alice.goto(f"{own.site}/admin/profiles/passingstandard/add/")
    alice.get_by_label("Exam:").select_option("USMLE Step 2 CK")
    alice.get_by_label("Effective from:").fill("2026-01-07")
    alice.get_by_label("Minimum score:").fill("2")
    alice.get_by_label("Confidence:").select_option("confirmed")
    alice.get_by_label("Sources:").fill("s31")
    alice.get_by_label("Last checked:").fill("2026-11-20")
    alice.get_by_label("Public note:").fill("A new minimum.")

    alice.get_by_role("button", name="Propose", exact=True).click()

    expect(alice.locator("#content")).to_contain_text("the largest so far was 7")
    found += faults(alice, "what is asked")
    alice.get_by_label("Minimum score:").fill("220")
    alice.get_by_label("Why this is right").fill("The page names that day.")
    propose(alice)
    approve(bert, alice.url)
    assert "with them" in own.runs("send_messages")
    assert len(own.messages_to("nadia@example.org")) == 1
    assert own.messages_to("omar@example.org") == []

    alice.goto(f"{own.site}/admin/profiles/passingstandard/")
    row = alice.get_by_role("row").filter(has_text="220")
    row.get_by_role("link").first.click()
    alice.get_by_role("link", name="Propose to withdraw the row").click()
    found += faults(alice, "withdrawing")
    alice.get_by_label("Public note").fill("No document says so.")
    propose(alice, "Propose to withdraw it")
    approve(bert, alice.url)
    assert "with them" in own.runs("send_messages")

    assert len(own.messages_to("nadia@example.org")) == 2
    assert own.messages_to("omar@example.org") == []
    bert.goto(f"{own.site}/rules/changes/")
    expect(bert.locator("main")).to_contain_text("No document says so.")
    found += faults(bert, "public changes")
    assert found == []
