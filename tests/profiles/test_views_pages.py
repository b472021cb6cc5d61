"""What the pages of a record say: verdicts, empty states, contradictions, other days."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from imgportal.models import User
from profiles.choices import Item
from profiles.rules.text.rulebook import RULES
from profiles.views.verdict_links import IN_PATHWAY_FACTS, IN_PROFILE, field_link
from tests.profiles import records
from tests.reading import html_of, links_of, tags_of, text_of

PAGES = ("/me/", "/me/exams/", "/me/certification/", "/me/profile/", "/me/exams/add/")


@pytest.mark.parametrize("address", PAGES)
def test_pages_need_no_script(as_ana: Client, address: str) -> None:
    assert tags_of(as_ana.get(address), "script") == []


def test_an_empty_record_leads_on(as_ana: Client) -> None:
    page = as_ana.get("/me/")

    assert "Your record begins here" in text_of(page)
    assert {"/me/exams/add/", "/me/certification/", "/me/data/import/"} <= set(
        links_of(page)
    )
    exams = as_ana.get("/me/exams/")
    assert "Nothing here yet." in text_of(exams)
    assert "/me/exams/add/" in links_of(exams)


def test_overview_counts_in_three_answers(as_ana: Client, ana: User) -> None:
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    records.attempt(ana, on=date(2025, 7, 8), score=251)
    records.item(ana, "account")

    page = text_of(as_ana.get("/me/"))

    # The account, both Steps and the seven years; clinical and communication skills and
    # the certificate are not there; nothing is said about the other seven.
    assert "4 of 14 done, 3 not yet, 7 not known." in page


def test_overview_puts_the_nearest_date_first(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2020, 3, 10), score=203)

    page = text_of(as_ana.get("/me/"))

    apply_by, pass_by = page.index("31 January 2027"), page.index("10 March 2027")
    assert apply_by < pass_by


def test_attempts_are_numbered_by_date_whatever_the_order_of_entry(
    as_ana: Client, ana: User
) -> None:
    for on in (date(2023, 5, 1), date(2021, 5, 1), date(2022, 5, 1)):
        records.attempt(ana, on=on, outcome="fail", score=180)
    records.attempt(ana, on=date(2020, 5, 1), outcome="", state="not_attended")

    page = text_of(as_ana.get("/me/exams/"))

    places = [
        page.index(words)
        for words in (
            "1 May 2020 ○ Not attended",
            "Attempt 1 1 May 2021",
            "Attempt 2 1 May 2022",
            "Attempt 3 1 May 2023",
        )
    ]
    assert places == sorted(places)


def test_a_contradiction_is_shown_and_not_corrected(as_ana: Client, ana: User) -> None:
    records.attempt(ana, on=date(2024, 5, 5), outcome="pass", score=209)

    for page in ("/me/", "/me/exams/"):
        words = text_of(as_ana.get(page))
        assert "Needs a look" in words
        assert "reported is “Pass”, but the score 209 makes it fail" in words
    assert "Reported: Pass" in text_of(as_ana.get("/me/exams/"))


def test_a_reported_item_that_the_rules_deny_needs_a_look(
    as_ana: Client, ana: User
) -> None:
    records.attempt(ana, on=date(2024, 5, 5), outcome="fail", score=200)
    records.item(ana, "step2ck", state="done", since=date(2024, 6, 1))

    response = as_ana.get("/me/certification/")

    assert "Needs a look" in text_of(response)
    values = {tag["name"]: tag.get("value") for tag in tags_of(response, "input")}
    assert values["step2ck-since"] == "2024-06-01"


def test_a_verdict_tells_its_rule_and_its_sources(as_ana: Client, ana: User) -> None:
    records.attempt(ana, "step1", on=date(2020, 3, 10), score=203)

    page = as_ana.get("/me/exams/")

    assert RULES["E-7Y-1"].wording in text_of(page)
    assert "The date that decides: 10 March 2027." in text_of(page)
    sources = [link for link in links_of(page) if link.startswith("/sources/")]
    assert sources
    for link in set(sources):
        assert as_ana.get(link).status_code == 200


def test_what_is_not_confirmed_says_so_and_where_to_ask(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, season=2027)
    records.sitting(ana)

    page = as_ana.get("/me/certification/")

    assert "Confirm on the official site" in text_of(page)
    assert "https://www.ecfmg.org/" in links_of(page)


def test_what_is_not_known_names_the_field_that_settles_it(
    as_ana: Client, ana: User
) -> None:
    records.attempt(ana, "step1", on=date(2024, 3, 10))

    page = as_ana.get("/me/certification/")

    assert "/me/profile/#id_season" in links_of(page)
    assert "the Match you are aiming at" in text_of(page)


@pytest.mark.parametrize(
    "name",
    [
        *(*IN_PROFILE, *IN_PATHWAY_FACTS),
        *(f"items.{item.value}" for item in Item),
        *("attempts", "attempts.outcome", "sittings.scores", "pathways.valid_to"),
        *("certificate.basis", "something.new"),
    ],
)
def test_every_field_that_settles_something_has_its_place(
    as_ana: Client, name: str
) -> None:
    link = field_link(name)
    path, _, anchor = link.url.partition("#")

    page = as_ana.get(path)

    assert page.status_code == 200
    assert link.label
    assert not anchor or f'id="{anchor}"' in html_of(page)


def test_a_private_note_is_shown_to_its_owner(as_ana: Client, ana: User) -> None:
    records.item(ana, "account", state="", note="Ask again <b>in March</b>.")

    assert "Ask again <b>in March</b>." in text_of(as_ana.get("/me/certification/"))


# --- As of another day ----------------------------------------------------------------


def test_seven_years_as_of_their_last_day_and_the_next(
    as_ana: Client, ana: User
) -> None:
    records.attempt(ana, "step1", on=date(2020, 3, 10), score=203)

    for page in ("/me/exams/", "/me/certification/"):
        last = text_of(as_ana.get(page, {"as_of": "2027-03-10"}))
        over = text_of(as_ana.get(page, {"as_of": "2027-03-11"}))
        assert "As of 10 March 2027, not today." in last
        assert "Runs out soon." in last
        assert "Run out." in over


def test_an_attempt_of_later_days_is_still_to_come(as_ana: Client, ana: User) -> None:
    records.attempt(ana, "step1", on=date(2024, 3, 10))

    page = text_of(as_ana.get("/me/exams/", {"as_of": "2024-03-09"}))

    assert "Step 1 was passed" not in page
    assert "10 March 2024 ◌ Still to come" in page


@pytest.mark.parametrize(
    "day", ["nonsense", "2027-02-30", "1066-10-14", "9999-12-31", "03/04/2027", "\x00"]
)
def test_nonsense_falls_back_to_today_and_says_so(as_ana: Client, day: str) -> None:
    for page in ("/me/exams/", "/me/certification/"):
        response = as_ana.get(page, {"as_of": day})
        assert response.status_code == 200
        assert "so these are today's verdicts" in text_of(response)
        assert "not today" not in text_of(response)


def test_two_days_at_once_fall_back_to_today(as_ana: Client) -> None:
    response = as_ana.get("/me/exams/", {"as_of": ["2027-01-01", "2028-01-01"]})

    assert "The address names more than one day" in text_of(response)


def test_an_empty_day_is_today(as_ana: Client) -> None:
    for query in ({"as_of": ""}, {"as_of": "2026-11-22"}, {}):
        page = text_of(as_ana.get("/me/exams/", query))
        assert "not today" not in page
        assert "today's verdicts" not in page


def test_form_for_another_day_shows_the_day_in_force(as_ana: Client) -> None:
    page = as_ana.get("/me/exams/", {"as_of": "2027-03-10"})

    (field,) = [tag for tag in tags_of(page, "input") if tag.get("name") == "as_of"]
    assert field["value"] == "2027-03-10"
    # No token in it, or it would stand in the address.
    names = {tag.get("name") for tag in tags_of(page, "input")}
    assert "csrfmiddlewaretoken" not in names


def test_privacy_page_tells_of_records(client: Client, db: None) -> None:
    page = text_of(client.get(reverse("privacy")))

    assert "When you keep a record" in page
    assert "The staff has no page that shows it" in page
