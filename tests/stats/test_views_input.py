"""Addresses that nobody meant: every one gets a page that says what is wrong."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from imgportal.middleware import is_data
from tests.effort import examples
from tests.pages import DATA, FOR_MACHINES, PAGES
from tests.reading import links_of, table_of, tables_of, text_of

pytestmark = pytest.mark.django_db

DIGITS = "9" * 5000
WRITING = ["post", "put", "patch", "delete", "options", "trace"]

# address → what is said, and where one may have wanted to go
MISSED = {
    "/match/1900/": (
        "There are no figures of the 1900 Match here.",
        ["/match/1997/", "/match/2000/"],
    ),
    "/match/2027/": (
        "There are no figures of the 2027 Match here.",
        ["/match/2026/", "/match/2023/"],
    ),
    f"/match/{DIGITS}/": (
        "There are no figures of that Match here.",
        ["/match/2026/"],
    ),
    "/match/1900.csv": (
        "There are no figures of the 1900 Match here.",
        ["/match/1997/"],
    ),
    "/match/1900/v1/": (
        "There are no figures of the 1900 Match here.",
        ["/match/1997/"],
    ),
    "/match/2013/v3/": (
        "The 2013 Match has no version 3.",
        ["/match/2013/v1/", "/match/2013/v2/"],
    ),
    f"/match/2013/v{DIGITS}.json": (
        "The 2013 Match has no such version.",
        ["/match/2013/v1/"],
    ),
    "/match/2013/v3/scores.csv": (
        "The 2013 Match has no version 3.",
        ["/match/2013/v1/"],
    ),
    "/match/2024/programs.csv": (
        "The figures of the 2024 Match have no table of this name.",
        ["/match/2024/totals.csv", "/match/2024/scores.csv"],
    ),
    "/match/2013/v1/programs.json": (
        "The figures of the 2013 Match have no table of this name.",
        ["/match/2013/v1/applicants.json"],
    ),
    "/specialties/neurologie/": (
        "There is no specialty at this address.",
        ["/specialties/neurology/"],
    ),
    "/specialties/zzzzzzzzzz.json": (
        "There is no specialty at this address.",
        ["/specialties/"],
    ),
    "/sources/nrmp-2021/": (
        "There is no source at this address.",
        ["/sources/nrmp-2021-rd/"],
    ),
    "/sources/%00/": ("There is no source at this address.", ["/sources/"]),
    f"/sources/{'x' * 9000}/": ("There is no source at this address.", ["/sources/"]),
    "/match/0/": ("There is no page at this address.", ["/match/"]),
    "/match/02024/": ("There is no page at this address.", ["/match/"]),
    "/match/-1/": ("There is no page at this address.", ["/match/"]),
    "/match/%FF/": ("There is no page at this address.", ["/match/"]),
    "/match/٢٠٢٤/": ("There is no page at this address.", ["/match/"]),
    "/match/2024.xlsx": ("There is no page at this address.", ["/match/"]),
    "/nothing/at/all/": ("There is no page at this address.", ["/", "/specialties/"]),
}


@pytest.mark.parametrize("path", MISSED, ids=lambda path: path[:30])
def test_address_without_a_page_says_so_and_offers_the_nearest(
    client: Client, path: str
) -> None:
    sentence, offered = MISSED[path]

    response = client.get(path)

    assert response.status_code == 404
    if path.endswith((".csv", ".json")):
        problem = json.loads(response.content)
        links = [
            near["address"].removeprefix("http://testserver")
            for near in problem["nearby"]
        ]
        assert problem["title"] == sentence
    else:
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert sentence in text_of(response)
        links = links_of(response)
    assert set(offered) <= set(links)
    for link in links:
        assert client.get(link).status_code == 200


# address → the sentence that the reader finds above the default
NOT_UNDERSTOOD = {
    "/match/?since=99999999999": "the first match year “99999999999”",
    "/match/?since=2024&since=2023": "more than one first match year",
    "/match/?until=;drop": "the last match year “;drop”",
    "/match/?group=%00": "the groups “(nothing that can be shown)”",
    "/match/?since=-1": "the first match year “-1”",
    "/specialties/?sort=;drop": "the order “;drop”",
    "/specialties/?sort=share&sort=name": "more than one order",
    "/specialties/?year=%00": "the match year “(nothing that can be shown)”",
    "/specialties/?year=1997": "the match year “1997”",
    "/specialties/?q=%00": "the specialty “(nothing that can be shown)”",
    f"/specialties/?q={'a' * 10_000}": f"the specialty “{'a' * 40}…”",
    f"/specialties/compare/?s={'%00' * 3000}": "the specialties",
    "/scores/?edition=2019": "the edition “2019”",
    "/scores/?edition=%FF%FE": "“\ufffd\ufffd” is no edition of these data",
    "/scores/?edition=2026&edition=2022": "more than one edition",
    f"/scores/?edition={DIGITS}": f"“{'9' * 40}…” is no edition",
    "/scores/?edition=%F0%9F%92%A9": "“💩” is no edition",
    "/scores/?charting_outcomes=abc": "the edition “abc”",
    "/match/?edition=2022": "“2022” is no edition",
    "/match/2024/?as_of=yesterday": "“yesterday” is no day",
    "/specialties/?as_of=1999-12-31": "before the first publication here",
    "/changes/?edition=1&as_of=2999-01-01": "later than today",
}


@pytest.mark.parametrize("path", NOT_UNDERSTOOD, ids=lambda path: path[:40])
def test_wish_that_is_not_understood_is_named_above_the_default(
    client: Client, path: str
) -> None:
    response = client.get(path)
    plain = client.get(path.partition("?")[0])

    assert response.status_code == 200
    assert NOT_UNDERSTOOD[path] in text_of(response)
    assert "we show the default" in text_of(response).lower()
    assert tables_of(response) == tables_of(plain)


# Which pages take which parameters.
TAKEN = {
    "/match/": ("group", "since", "until"),
    "/specialties/": ("year", "q", "sort"),
    "/specialties/compare/": ("s",),
    "/scores/": ("edition", "charting_outcomes", "as_of"),
    "/changes/": ("edition", "as_of"),
}
NONSENSE = (
    *("", "%00", "%FF", "%", DIGITS, "a" * 10_000, "%F0%9F%92%A9"),
    *("';drop table stats_release;--", "../..", "<script>"),
)


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, names in TAKEN.items() for name in names]
)
@pytest.mark.parametrize("value", NONSENSE, ids=range(len(NONSENSE)))
def test_no_value_breaks_a_page_or_its_downloads(
    client: Client, path: str, name: str, value: str
) -> None:
    for address in (path, f"{path.rstrip('/')}.csv", f"{path.rstrip('/')}.json"):
        for query in (f"{name}={value}", f"{name}={value}&{name}={value}"):
            answer = client.get(f"{address}?{query}")
            if answer.status_code == 400:
                # A page falls back; data are refused, in words that a program reads.
                assert address != path
                assert json.loads(answer.content)["errors"]
            else:
                assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/match/", "/specialties/", "/specialties/compare.csv", "/scores.json"]
)
def test_too_many_parameters_get_the_plain_page(client: Client, path: str) -> None:
    # As many as the largest form of the staff may have.
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    query = "&".join(f"p{number}=1" for number in range(most + 1))

    response = client.get(f"{path}?{query}")

    assert response.status_code == 400
    if path.endswith("/"):
        assert "The request cannot be read" in text_of(response)
    else:
        assert json.loads(response.content)["status"] == 400


def test_page_without_a_form_takes_no_notice_of_parameters(client: Client) -> None:
    plain = client.get("/match/2024/")

    response = client.get("/match/2024/?since=x&utm_source=%00&q=1")

    assert response.content == plain.content


@pytest.mark.parametrize("method", WRITING)
@pytest.mark.parametrize(
    "path", [*PAGES.values(), *DATA, *FOR_MACHINES, "/match/1900/"]
)
def test_nothing_can_be_written_to_a_public_page(path: str, method: str) -> None:
    # As a stranger would come: without the token that forms carry.
    stranger = Client(enforce_csrf_checks=True)

    response = getattr(stranger, method)(path)

    if method == "options" and is_data(path):
        # What a browser asks before a request from a page of another origin.
        assert (response.status_code, response.content) == (204, b"")
        return
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_search_is_found_whatever_its_case(client: Client) -> None:
    rows = table_of(client.get("/specialties/?year=2022&q=MEDICINE"), "specialt")

    assert rows
    assert all("medicine" in row[0].lower() for row in rows)


# --- Anything at all -----------------------------------------------------------------

TEXT = st.text(max_size=60).map(quote)
RAW = st.binary(max_size=40).map(quote)
NAMES = st.sampled_from([name for names in TAKEN.values() for name in names])
KNOWN = st.sampled_from(
    ("us_img", "all_imgs", "2013", "2024", "2026", "-share", "name", "neurology")
)
QUERIES = st.lists(
    st.tuples(NAMES | TEXT, KNOWN | TEXT | RAW).map("=".join), max_size=6
).map("&".join)
PARTS = st.sampled_from(
    (
        *("match", "specialties", "scores", "changes", "sources", "compare", "about"),
        *("2024", "2013", "v1", "v2", "totals.csv", "scores.json", "neurology"),
        *("..", ".", ""),
    )
)
PATHS = st.lists(PARTS | TEXT | RAW, max_size=5).map("/".join)


@given(query=QUERIES)
@examples(40)
def test_no_query_breaks_a_page(query: str) -> None:
    for path in TAKEN:
        assert Client().get(f"{path}?{query}").status_code == 200
        assert Client().get(f"{path[:-1]}.json?{query}").status_code in {200, 400}


@given(path=PATHS, query=QUERIES)
@examples(200)
def test_no_address_breaks_the_site(path: str, query: str) -> None:
    response = Client().get(f"/{path}?{query}")

    assert response.status_code in {200, 301, 400, 404}


@pytest.mark.parametrize(
    ("asked", "known", "sentence"),
    [
        (
            "/match/?group=us_img&group=martians",
            "/match/?group=us_img",
            "the groups “martians”; we leave it out",
        ),
        (
            "/specialties/compare/?s=neurology&s=astrology",
            "/specialties/compare/?s=neurology",
            "the specialties “astrology”; we leave it out",
        ),
    ],
)
def test_of_several_wishes_those_that_are_understood_are_met(
    client: Client, asked: str, known: str, sentence: str
) -> None:
    response = client.get(asked)

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert tables_of(response) == tables_of(client.get(known))
