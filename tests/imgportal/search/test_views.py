"""`/search/` as readers, caches and browsers meet it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from imgportal.search.forms import LONGEST
from imgportal.search.views import SHOWN
from tests.effort import examples
from tests.pages import GUIDE, MISSED, PAGES, SEARCH
from tests.reading import html_of, json_of, links_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

# For what is public. The words are looked up in memory.
QUERIES = 2


# --- A public page -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SEARCH.values(), "/search.json?q=soap"])
def test_page_is_the_same_for_everybody(
    client: Client, admin_client: Client, path: str
) -> None:
    client.cookies["sessionid"] = "somebody"

    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["ETag"].startswith('W/"')
    assert "Last-Modified" not in response.headers
    assert response.cookies == {}
    assert "cookie" not in response.headers["Vary"].lower()
    sql = " ".join(query["sql"] for query in queries)
    assert "django_session" not in sql
    assert "imgportal_user" not in sql
    assert not re.search(r"\b(INSERT|UPDATE|DELETE)\b", sql)
    assert admin_client.get(path).content == response.content


def test_page_asks_the_database_for_no_words(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get("/search/?q=soap")

    for question in ("soap", "match rate 2026 neurology", "pathwey 1", "zzzz"):
        with django_assert_num_queries(QUERIES):
            client.get("/search/", {"q": question})


def test_page_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = client.get("/search/?q=soap")

    again = client.get("/search/?q=soap", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/search/", "/search.json", "/opensearch.xml"])
def test_nothing_can_be_written(path: str, method: str) -> None:
    stranger = Client(enforce_csrf_checks=True)

    assert getattr(stranger, method)(path).status_code == 405


def test_search_engines_are_asked_to_stay_away(client: Client) -> None:
    robots = [
        tag["content"]
        for tag in tags_of(client.get("/search/?q=soap"), "meta")
        if tag.get("name") == "robots"
    ]

    assert robots == ["noindex"]
    assert client.get("/search.json")["X-Robots-Tag"] == "noindex"
    assert client.get("/search/?q=soap")["X-Robots-Tag"] == "noindex"
    assert "/search" not in client.get("/sitemap.xml").content.decode()


# --- What it says --------------------------------------------------------------------


def test_results_have_kind_title_excerpt_and_address(client: Client) -> None:
    response = client.get("/search/?q=how+many+attempts+step+1")

    html = html_of(response)
    assert "Guide · Scores and attempts" in text_of(response)
    assert '<a href="/guide/scoring/#attempts">' in html
    assert "<mark>attempts</mark>" in html
    assert "/guide/scoring/#attempts" in text_of(response)


def test_what_was_misspelt_is_said_and_what_was_meant_is_shown(client: Client) -> None:
    text = text_of(client.get("/search/?q=pathwey"))

    assert "Showing results for pathway; nothing was found for “pathwey”." in text
    assert "results for “pathway”" in text


def test_only_the_best_are_shown_and_it_says_so(client: Client) -> None:
    response = client.get("/search/?q=ecfmg")

    assert html_of(response).count('class="result"') == SHOWN
    assert f"These are the best {SHOWN} of " in text_of(response)


def test_nothing_asked_says_what_can_be_found(client: Client) -> None:
    response = client.get("/search/")

    examples = [link for link in links_of(response) if link.startswith("/search/?q=")]
    assert len(examples) > 8
    for example in examples:
        assert 'class="result"' in html_of(client.get(example)), example


def test_nothing_found_says_so_and_leads_on(client: Client) -> None:
    response = client.get("/search/?q=zzzz")

    assert "Nothing was found for “zzzz”" in text_of(response)
    assert {"/guide/", "/guide/questions/", "/match/"} <= set(links_of(response))


def test_what_was_asked_stays_in_the_field(client: Client) -> None:
    values = [
        tag.get("value", "")
        for tag in tags_of(client.get("/search/?q=%22soap%22+%3Cb%3E"), "input")
        if tag.get("name") == "q"
    ]

    # The one in the header is empty for everybody.
    assert values == ["", '"soap" <b>']


@pytest.mark.parametrize(
    "asked",
    ["<script>alert(1)</script> soap", '"><img src=x> soap', "soap&amp;<b>soap</b>"],
)
def test_what_was_asked_is_never_markup(client: Client, asked: str) -> None:
    html = html_of(client.get("/search/", {"q": asked}))

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<b>soap" not in html


# --- Anything at all -----------------------------------------------------------------

STRANGE = [
    "%00",
    "soap%00soap",
    "x" * 10_000,
    "soap+" * 2_000,
    "%FF%FE",
    "...",
    '"',
    "'",
    "%22soap%22",
    "AND",
    "soap+AND+NOT+img",
    "NEAR(soap+img,2)",
    "soap*",
    "-soap",
    "title:soap",
    "%5Esoap",
    "soap|img%26%21",
    "'soap':*",
    "{soap}",
    "%F0%9F%99%82",
    "%D7%A9%D7%9C%D7%95%D7%9D",
    "%E2%80%AEsoap",
    "%E4%BD%8F%E9%99%A2",
    "soap%0D%0AX-Evil:1",
    "%",
    "9" * 5_000,
    "1.5e9999",
]


@pytest.mark.parametrize("path", ["/search/", "/search.json"])
def test_strange_questions_have_friendly_answers(client: Client, path: str) -> None:
    responses = {asked: client.get(f"{path}?q={asked}") for asked in STRANGE}

    unfriendly = [
        asked
        for asked, response in responses.items()
        if response.status_code != 200 or len(response.content) > 60_000
    ]

    assert unfriendly == []


def test_a_long_question_is_cut_and_it_says_so(client: Client) -> None:
    response = client.get("/search/?q=soap+" + "x" * 10_000)

    assert f"its first {LONGEST} characters" in text_of(response)
    assert "x" * (LONGEST + 1) not in html_of(response)


def test_of_several_questions_the_first_is_answered(client: Client) -> None:
    response = client.get("/search/?q=soap&q=nigeria")

    assert "results for “soap”" in text_of(response)
    assert "more than one question" in text_of(response)
    assert "more than one" not in text_of(client.get("/search/?q=&q=soap&q="))


@examples(
    150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    asked=st.text(max_size=80).map(quote)
    | st.binary(max_size=60).map(quote)
    | st.lists(
        st.sampled_from(
            "\" * ( ) : - ^ | & ! AND OR NOT NEAR soap 2024 pathwey J-1 \\ ' %".split()  # noqa: SIM905
        ),
        max_size=8,
    )
    .map(" ".join)
    .map(quote)
)
def test_any_question_has_an_answer(client: Client, asked: str) -> None:
    page = client.get(f"/search/?q={asked}")
    data = json_of(client.get(f"/search.json?q={asked}"))

    assert page.status_code == 200
    assert html_of(page).count('class="result"') == len(data["results"])


# --- For programs --------------------------------------------------------------------


def test_json_says_the_same_as_the_page(client: Client) -> None:
    data = json_of(client.get("/search.json?q=sopa"))
    page = client.get("/search/?q=sopa")

    assert data["asked"] == "sopa"
    assert data["shown_for"] == "soap"
    assert data["total"] >= len(data["results"]) > 3
    for result in data["results"]:
        assert result["address"].removeprefix("http://testserver") in links_of(page)
        assert result["title"] in text_of(page)
    assert "/search.json?q=sopa" in links_of(page)


def test_browsers_learn_how_to_search_here(client: Client) -> None:
    (link,) = [
        tag for tag in tags_of(client.get("/"), "link") if tag.get("rel") == "search"
    ]
    response = client.get(link["href"])
    root = ElementTree.fromstring(response.content)
    places = {
        url.get("type"): url.get("template")
        for url in root.iter("{http://a9.com/-/spec/opensearch/1.1/}Url")
    }

    assert response["Content-Type"].startswith(link["type"])
    assert places["text/html"] == "http://testserver/search/?q={searchTerms}"
    address = str(places["text/html"]).replace("{searchTerms}", "nigeria")
    assert "/guide/countries/nigeria/" in links_of(client.get(address))


# --- On every page -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES.values(), *GUIDE.values(), MISSED])
def test_every_page_has_the_field_in_its_header(client: Client, path: str) -> None:
    header = html_of(client.get(path)).partition("</header>")[0]

    assert 'action="/search/"' in header
    assert 'method="get"' in header
    assert re.search(r'<input[^>]* name="q"', header)
    assert re.search(r"<label[^>]* for=\"site_q\"", header)


def test_a_page_that_is_not_there_offers_a_larger_field(client: Client) -> None:
    main = html_of(client.get(MISSED)).partition("<main")[2]

    assert 'action="/search/"' in main
    ids = re.findall(r'\bid="([^"]+)"', html_of(client.get(MISSED)))
    assert len(ids) == len(set(ids))
