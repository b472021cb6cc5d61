"""Three people enter their histories, and read every verdict on the pages.

The pages are asked as of one day, so that the verdicts stay the same for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.record_pages import REPORTED_ITEMS, Member, taken
from tests.browser.visiting import faults

# The items that only the member can report.
REPORTED = (
    "MyIntealth account",
    "Identity confirmed",
    "Application for certification accepted",
    "School with a Sponsor Note for the graduation year",
    "Four credit years",
    "Diploma verified with the school",
    "Transcript verified with the school",
    "Nothing owed to ECFMG",
)
MISSING = (
    "Not known: Application for certification accepted, School with a Sponsor Note for "
    "the graduation year and 4 more."
)


def not_known() -> dict[str, str]:
    return dict.fromkeys(REPORTED, "? Not known")


def test_first_attempt_passes_of_a_recent_graduate(
    signs_in: Callable[[str], Member],
) -> None:
    member = signs_in("first-attempts")
    member.enters(
        "/me/profile/",
        us_citizen="no",
        school_country="IN",
        graduated_on="2025-06-30",
        season="2027",
    )
    member.sits("step1", taken("2024-03-10", "pass"))
    member.sits("step2ck", taken("2025-07-08", "pass", "251"))
    member.enters(
        "/me/exams/add/oet/",
        on="2026-05-09",
        listening="350",
        reading="360",
        writing="300",
        speaking="350",
        released="yes",
    )
    member.enters(
        "/me/certification/pathways/",
        licence_held="no",
        school_osce="no",
        school_wfme="yes",
    )
    member.enters(
        "/me/certification/pathways/add/",
        season="2027",
        number="3",
        submitted_on="2026-09-01",
        accepted_on="2026-11-02",
        valid_to="2029-12-31",
    )
    member.has_done(*REPORTED_ITEMS)

    assert member.attempts == [
        "Attempt 1 10 March 2024 ✓ Passed",
        "Attempt 1 8 July 2025 ✓ Passed 251 minimum that day 218",
    ]
    step1 = "✓ Done. Step 1 was passed on 10 March 2024."
    step2ck = (
        "✓ Done. Step 2 CK was passed on 8 July 2025 with 251 (the minimum was 218)."
    )
    seven_years = (
        "✓ Done. Both Steps were passed within seven years: between 10 March 2024 and "
        "8 July 2025; the limit was 10 March 2031."
    )
    english = (
        "✓ Done. The OET sitting of 9 May 2026 reaches every minimum, and the 2027 "
        "season takes sittings from 1 January 2025 on."
    )
    assert member.exams == {
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Step 3": "○ Not yet. No sitting of Step 3 is recorded.",
        "Seven years": seven_years,
        "OET Medicine for the 2027 Match": english,
    }
    reported = "✓ Done"
    assert member.items == {
        **dict.fromkeys(REPORTED, reported),
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Both Steps within seven years": seven_years,
        "Clinical skills": "✓ Done. Pathway 3 was accepted on 2 November 2026 and is "
        "valid to 31 December 2029.",
        "Communication skills": english,
        "Certificate": "○ Ready. Everything is there by what you entered. The "
        "certificate is issued about two weeks after ECFMG has it all.",
    }
    assert member.answers == {
        "Which Pathway for the 2027 Match?": "→ Pathway 3. Pathway 3 fits for the 2027 "
        "season. That rests on days which are not confirmed yet.",
        "OET against the cut-off of the 2027 Match": english,
    }
    # The cut-off of OET is no official text: the page says so, and where to ask.
    communication = member.page.locator("#communication_skills")
    assert "Confirm on the official site" in communication.inner_text()
    # Before the Pathway was accepted it was not there yet.
    member.open("/me/certification/?as_of=2026-11-01")
    assert "Not yet." in member.page.locator("#clinical_skills").inner_text()
    assert member.complaints == []


def test_three_failures_and_seven_years_that_run_out(
    signs_in: Callable[[str], Member],
) -> None:
    member = signs_in("three-failures")
    member.enters("/me/profile/", season="2027", graduated_on="2017-06-30")
    member.sits(
        "step1-with-score",
        taken("2018-01-15", "fail", "190"),
        taken("2018-06-15", "fail", "185"),
        taken("2019-02-15", "fail", "191"),
        taken("2020-03-10", "pass", "203"),
    )
    assert member.attempts == [
        "Attempt 1 15 January 2018 ○ Not passed 190 minimum that day 194",
        "Attempt 2 15 June 2018 ○ Not passed 185 minimum that day 194",
        "Attempt 3 15 February 2019 ○ Not passed 191 minimum that day 194",
        "Attempt 4 10 March 2020 ✓ Passed 203 minimum that day 194",
    ]
    step1 = (
        "✓ Done. Step 1 was passed on 10 March 2020 with 203 (the minimum was 194), on "
        "attempt 4."
    )
    step2ck = "○ Not yet. No sitting of Step 2 CK is recorded."
    seven_years = (
        "◔ Runs out soon. The seven years run since the pass of 10 March 2020. Step 2 "
        "CK must be passed by 10 March 2027, that day included."
    )
    english = "○ Not yet. No sitting of OET Medicine is recorded."
    assert member.exams == {
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Step 3": "○ Not yet. No sitting of Step 3 is recorded.",
        "Seven years": seven_years,
        "OET Medicine for the 2027 Match": english,
    }
    assert member.items == {
        **not_known(),
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Both Steps within seven years": seven_years,
        "Clinical skills": "○ Not yet. No accepted Pathway is recorded, and no Step 2 "
        "CS pass that counts.",
        "Communication skills": english,
        "Certificate": "○ Not yet. Still missing: Step 2 CK, Both Steps within seven "
        "years, Clinical skills and Communication skills. " + MISSING,
    }
    assert member.answers == {
        "Which Pathway for the 2027 Match?": "? Not known. We do not know yet which "
        "Pathway is yours. That hangs on whether you have held a licence to practise "
        "without supervision.",
        "OET against the cut-off of the 2027 Match": english,
    }
    # The last day counts; the day after it the pass of Step 1 does not any more.
    for day, word in (("2027-03-10", "Runs out soon."), ("2027-03-11", "Run out.")):
        member.open(f"/me/exams/?as_of={day}")
        section = member.page.locator(
            "section", has=member.page.locator("#seven-years")
        )
        assert word in section.inner_text()
    # And before the fourth attempt there was a wait, to a day that the page names.
    member.open("/me/exams/?as_of=2019-03-01")
    step = member.page.locator("section", has=member.page.locator("#step1"))
    assert "The next one is allowed from 15 August 2019" in step.inner_text()
    assert member.complaints == []


def test_old_graduate_with_a_step_2_cs_failure_and_a_licence(
    signs_in: Callable[[str], Member],
) -> None:
    member = signs_in("old-graduate")
    member.enters(
        "/me/profile/",
        us_citizen="no",
        school_country="EG",
        graduated_on="2008-06-30",
        season="2027",
    )
    member.sits("step1-with-score", taken("2016-05-10", "pass", "222"))
    member.sits("step2ck", taken("2018-09-01", "pass", "231"))
    member.sits("step2cs", taken("2019-08-01", "fail"))
    member.enters(
        "/me/certification/pathways/",
        licence_held="yes",
        licence_valid_on="2026-01-01",
        licence_disciplined="no",
        school_wfme="yes",
    )
    assert member.attempts == [
        "Attempt 1 10 May 2016 ✓ Passed 222 minimum that day 192",
        "Attempt 1 1 September 2018 ✓ Passed 231 minimum that day 209",
        "Attempt 1 1 August 2019 ○ Not passed",
    ]
    step1 = "✓ Done. Step 1 was passed on 10 May 2016 with 222 (the minimum was 192)."
    step2ck = "✓ Done. Step 2 CK was passed on 1 September 2018 with 231 (the minimum was 209)."
    seven_years = (
        "✓ Done. Both Steps were passed within seven years: between 10 May 2016 and "
        "1 September 2018; the limit was 10 May 2023."
    )
    english = "○ Not yet. No sitting of OET Medicine is recorded."
    assert member.exams == {
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Step 2 CS": "○ Not yet. Step 2 CS is not passed after one attempt, and it is "
        "no longer given.",
        "Step 3": "○ Not yet. No sitting of Step 3 is recorded.",
        "Seven years": seven_years,
        "OET Medicine for the 2027 Match": english,
    }
    assert member.items == {
        **not_known(),
        "Step 1": step1,
        "Step 2 CK": step2ck,
        "Both Steps within seven years": seven_years,
        "Clinical skills": "○ Not yet. No accepted Pathway is recorded, and no Step 2 "
        "CS pass that counts.",
        "Communication skills": english,
        "Certificate": "○ Not yet. Still missing: Clinical skills and Communication "
        "skills. " + MISSING,
    }
    # A licence would open Pathway 1, had Step 2 CS not been failed (E-PATH-2).
    assert member.answers == {
        "Which Pathway for the 2027 Match?": "→ Pathway 6. After a failed Step 2 CS, "
        "Pathway 6 is the only way.",
        "OET against the cut-off of the 2027 Match": english,
    }
    member.page.get_by_text("All six, and why or why not").click()
    routes = [
        " ".join(line.inner_text().split())
        for line in member.page.locator(".routes .verdict__line").all()
    ]
    assert [route.split(".")[0] for route in routes] == [
        *["○ It does not fit"] * 5,
        "✓ It fits",
    ]
    assert member.complaints == []


# Every page of a record, once there is something in it.
PAGES = (
    *("/me/", "/me/exams/", "/me/exams/?as_of=2027-03-10", "/me/exams/?as_of=nonsense"),
    *("/me/exams/add/", "/me/exams/add/step1/", "/me/exams/add/step3/"),
    *("/me/exams/add/oet/", "/me/certification/", "/me/certification/account/"),
    *("/me/certification/pathways/", "/me/certification/pathways/add/"),
    *("/me/certification/certificate/edit/", "/me/profile/"),
)


def test_every_page_is_for_everybody(signs_in: Callable[[str], Member]) -> None:
    member = signs_in("looks-around")
    member.page.set_viewport_size({"width": 360, "height": 800})
    found: list[str] = []
    for path in ("/me/", "/me/exams/"):
        member.open(path)
        found += faults(member.page, f"{path}, empty")
    member.enters("/me/profile/", season="2027", graduated_on="2024-06-30")
    member.sits(
        "step2ck",
        # What is reported and what the score says contradict: it needs a look.
        taken("2024-05-05", "pass", "209"),
        taken("2025-05-05", "fail", "200"),
    )
    member.enters("/me/exams/add/oet/", on="2026-05-09", listening="350")
    member.enters("/me/certification/account/", state="done", note="A note.\n" * 60)
    for path in PAGES:
        member.open(path)
        member.page.evaluate(
            "document.querySelectorAll('details').forEach((it) => it.open = true)"
        )
        found += faults(member.page, path)
    # A form that is refused, and the page that asks before it removes.
    member.open("/me/exams/add/step2ck/")
    member.fill(on="2024-05-05", outcome="pass", score="301")
    member.page.get_by_role("button", name="Save", exact=True).click()
    assert "from 1 to 300" in member.page.locator(".form-errors").inner_text()
    found += faults(member.page, "refused")
    member.open("/me/exams/")
    member.page.get_by_role("link", name="Change Step 2 CK of 5 May 2024").click()
    found += faults(member.page, "change")
    member.page.get_by_role("link", name="Remove this").click()
    found += faults(member.page, "remove")
    member.page.get_by_role("button", name="Remove it").click()
    assert "Removed: Step 2 CK, 5 May 2024." in member.page.locator("main").inner_text()

    assert found == []
    assert member.complaints == []
