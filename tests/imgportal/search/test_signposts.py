"""What is asked and not held here: it is said, and there is a next step."""

from __future__ import annotations

import pytest
from django.test import Client

from imgportal.search.library import SearchLibrary
from imgportal.search.signposts import (
    SIGNPOSTS,
    Signpost,
    find_without_score,
    list_signposts,
)
from profiles.countries import COUNTRIES
from tests.reading import html_of, json_of, links_of, text_of

pytestmark = pytest.mark.django_db

SHOWN = {
    "can I match with 230": ["score"],
    "230": ["score"],
    "Is 245 a good score?": ["score"],
    "step 2 ck 218 chances neurology": ["score"],
    "Iraq": ["country"],
    "residency for doctors from Brazil": ["country"],
    "Papua New Guinea": ["country"],
    "Iraqi": ["country"],
    "Syrian doctors": ["country"],
    "Ukrainian graduates": ["country"],
    "University of Baghdad": ["school"],
    "Mayo Clinic program": ["program"],
    "zzzz": ["nothing"],
    "AIIMS": ["nothing"],
    # What is held, and numbers that are no scores.
    "212(e)": [],
    "oet 300": [],
    "match rate 2026": [],
    "match 150": [],
    "India": [],
    "Nigerian doctors": [],
    "Iranian doctors": [],
    "UK": [],
    "Dominica": [],
    "New Mexico": [],
    "United States": [],
    "how many programs": [],
    "neurology": [],
}


def signposts(question: str, library: SearchLibrary) -> list[Signpost]:
    return list_signposts(find_without_score(question, library), library)


def test_what_is_not_held_is_said(founded: SearchLibrary) -> None:
    shown = {
        question: [signpost.key for signpost in signposts(question, founded)]
        for question in SHOWN
    }

    assert shown == SHOWN


def test_every_country_has_a_page_or_is_said_to_have_none(
    founded: SearchLibrary,
) -> None:
    unanswered = [
        name
        for code, name in COUNTRIES.items()
        if code != "US"
        and not find_without_score(name, founded).documents
        and [signpost.key for signpost in signposts(name, founded)] != ["country"]
    ]

    assert unanswered == []


def test_no_page_is_found_because_it_holds_the_same_number(
    founded: SearchLibrary,
) -> None:
    with_score = find_without_score("can I match with 230", founded)
    without = find_without_score("can I match with", founded)
    in_neurology = find_without_score("chance with 230 in neurology", founded)

    assert with_score.documents == without.documents
    assert in_neurology.documents[0].address == "/specialties/neurology/"
    assert find_without_score("230", founded).documents == ()


def test_the_country_is_named(founded: SearchLibrary) -> None:
    (signpost,) = signposts("papua new guinea", founded)

    assert "no page of its own about Papua New Guinea." in signpost.sentence


@pytest.mark.usefixtures("today")
def test_every_step_of_a_signpost_leads_somewhere(client: Client) -> None:
    missing = []
    for signpost in SIGNPOSTS.values():
        assert signpost.links
        for link in signpost.links:
            if link.is_elsewhere:
                assert link.address.startswith("https://")
                continue
            path, _, anchor = link.address.partition("#")
            html = html_of(client.get(path))
            if anchor and f'id="{anchor}"' not in html:
                missing.append(link.address)

    assert missing == []


@pytest.mark.usefixtures("today")
def test_a_score_leads_to_the_field_and_stays_out_of_the_address(
    client: Client,
) -> None:
    response = client.get("/search/?q=can+I+match+with+230")

    assert "/scores/#own" in links_of(response)
    assert [link for link in links_of(response) if "230" in link] == [
        "/search.json?q=can+I+match+with+230"
    ]
    assert "probability" not in text_of(response).lower()


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("asked", ["iraq", "zzzz", "can+I+match+with+230"])
def test_json_says_the_same(client: Client, asked: str) -> None:
    page = client.get(f"/search/?q={asked}")
    (step,) = json_of(client.get(f"/search.json?q={asked}"))["next_steps"]

    assert step["sentence"] in text_of(page)
    assert {
        link["address"].removeprefix("http://testserver") for link in step["links"]
    } <= set(links_of(page))
    assert json_of(client.get("/search.json?q=soap"))["next_steps"] == []
