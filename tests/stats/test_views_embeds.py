"""Charts for other sites: framed, as SVG and as PNG, live and frozen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from imgportal.lib.eastern_time import eastern_day
from stats import public
from stats.choices import FigureConfidence
from stats.embeds import chart_words
from stats.embeds.catalogue import EMBEDS
from tests import pages
from tests.factories import NOW, provenance, publish, stored_draft, stored_result
from tests.reading import html_of, tags_of
from tests.stats.test_data_refusals import is_free, problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

SVG = "{http://www.w3.org/2000/svg}"
ADDRESSES = [address.replace("/?", ".svg?") for address in pages.EMBEDS.values()]
ADDRESSES = [
    f"{address.removesuffix('/')}.svg" if address.endswith("/") else address
    for address in ADDRESSES
]


def words_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    texts = ET.fromstring(answer.content.decode()).iter(f"{SVG}text")
    return " ".join(text.text or "" for text in texts)


def framed_by(answer: Any) -> list[str]:
    policy: str = answer.headers["Content-Security-Policy"]
    (ancestors,) = (
        part.split()[1:]
        for part in policy.split(";")
        if part.strip().startswith("frame-ancestors")
    )
    return ancestors


def every_choice() -> Iterator[tuple[str, dict[str, str]]]:
    """Each kind of chart with each value of each parameter, one at a time."""
    figures = public.everything()
    for name, embed in EMBEDS.items():
        offers = embed.offers(figures)
        needed = {
            key: choice.values[0] for key, choice in offers.items() if choice.is_needed
        }
        yield name, needed
        for key, choice in offers.items():
            for value in choice.values:
                yield name, needed | {key: value}


@pytest.mark.parametrize("address", pages.EMBEDS.values(), ids=pages.EMBEDS.keys())
def test_only_these_pages_may_be_framed(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert framed_by(answer) == ["*"]
    assert "X-Frame-Options" not in answer.headers
    assert b"<script" not in answer.content
    assert not answer.cookies
    # Also when it comes out of the cache.
    assert framed_by(client.get(address)) == ["*"]


@pytest.mark.parametrize(
    "address",
    [
        *pages.PAGES.values(),
        *pages.GUIDE.values(),
        *pages.SEARCH.values(),
        *pages.DATA,
        *pages.FOR_MACHINES,
        *("/report/", "/accounts/login/", "/me/", "/admin/", pages.MISSED),
        *("/embed/", "/embed/match-rates.svg", "/embed/match-rates.png"),
        "/social/picture.png",
    ],
)
def test_nothing_else_may_be_framed(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.headers["X-Frame-Options"] == "DENY"
    assert framed_by(answer) == ["'none'"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_picture_says_what_it_shows(client: Client, address: str) -> None:
    answer = client.get(address)

    words = words_of(answer)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert is_free(answer)
    assert "Source" in words
    day = public.everything().publication.published_at
    assert day
    assert chart_words.day_in_words(day) in words
    assert any(word in words for word in ("onfirmed", "ood", "se with care"))


def test_every_choice_of_every_chart_is_a_file_or_says_that_there_is_none(
    client: Client,
) -> None:
    drawn, empty = 0, []
    for name, choice in every_choice():
        answer = client.get(f"/embed/{name}.svg", choice)
        if answer.status_code == 404:
            empty.append((name, choice))
            assert "nothing to draw" in problem_of(answer)["title"]
            continue
        assert ET.fromstring(words_of(answer) and answer.content.decode()) is not None
        drawn += 1

    assert drawn > 200
    # Years of which a rate is known of nobody, specialties of which one year is known.
    assert len(empty) < drawn / 4


def test_picture_is_the_same_bytes_twice(client: Client) -> None:
    first = client.get("/embed/img-share.png?specialty=neurology")
    second = client.get("/embed/img-share.png?specialty=neurology&")

    assert first.headers["Content-Type"] == "image/png"
    assert first.content == second.content
    assert is_free(first)


def test_no_picture_stands_in_for_another(client: Client) -> None:
    """Of one page, with the same choices: only what is drawn tells them apart."""
    charts = ("match-rates", "after-soap", "all-applicants")
    pictures = [client.get(f"/embed/{name}.png").content for name in charts]
    again = [client.get(f"/embed/{name}.png").content for name in charts[::-1]]

    assert len(set(pictures)) == len(charts)
    assert again == pictures[::-1]


def test_frozen_chart_stays_and_says_so(client: Client) -> None:
    frozen = "/embed/match-rate-by-type.svg?year=2024&edition=1"
    live = "/embed/match-rate-by-type.svg?year=2024"
    before = client.get(frozen).content
    assert "67.0%" in words_of(client.get(live))

    draft = stored_draft(2024, version=2)
    stored_result(draft)
    publish(draft)

    assert client.get(frozen).content == before
    assert "As of edition 1 of the figures" in words_of(client.get(frozen))
    assert "Later figures stand at the address below." in words_of(client.get(frozen))
    assert "67.0%" not in words_of(client.get(live))
    assert "edition 2" in words_of(client.get(live))
    assert client.get(f"{live}&edition=3").status_code == 400


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("/embed/match-rates.svg?grup=us_img", ["grup"]),
        ("/embed/match-rates.svg?group=martian&since=1&theme=pink", ["group", "since", "theme"]),
        ("/embed/match-rates.png?since=2020&until=2010", ["since"]),
        ("/embed/match-rates.png?since=2020&since=2021", ["since"]),
        ("/embed/match-rates.svg?edition=0", ["edition"]),
        ("/embed/match-rates.svg?edition=01", ["edition"]),
        ("/embed/match-rates.svg?edition=%D9%A1", ["edition"]),
        ("/embed/match-rates.svg?edition=1&edition=1", ["edition"]),
        ("/embed/match-rates.svg?edition=", ["edition"]),
        ("/embed/match-rates.svg?edition=" + "9" * 5000, ["edition"]),
        ("/embed/match-rates.svg?group=%00", ["group"]),
        ("/embed/match-rates.svg?group=%ff", ["group"]),
        ("/embed/match-rates.svg?as_of=2020-01-01", ["as_of"]),
        ("/embed/match-rates.svg?as_of=yesterday&year=2024", ["as_of", "year"]),
        ("/embed/match-rates.svg?edition=1&as_of=2026-11-22", ["as_of"]),
        ("/embed/headline.svg?year=1899", ["year"]),
        ("/embed/img-share.svg", ["specialty"]),
        ("/embed/img-share.svg?specialty=", ["specialty"]),
        ("/embed/img-share.svg?specialty=neurology&specialty=pathology", ["specialty"]),
        ("/embed/preferred-in-specialty.svg?" + "&".join(
            f"specialty={slug}" for slug in ("neurology", "pathology", "psychiatry",
            "pediatrics", "internal-medicine")), ["specialty"]),
        ("/embed/scores.svg?edition=2026", ["edition"]),
    ],
)  # fmt: skip
def test_nothing_of_an_address_is_passed_over(
    client: Client, address: str, parameters: list[str]
) -> None:
    answer = client.get(address)

    assert answer.status_code == 400
    faults = problem_of(answer)["errors"]
    assert [fault["parameter"] for fault in faults] == parameters
    page = client.get(address.replace(".svg", "/").replace(".png", "/"))
    assert page.status_code == 400
    # The page stands in somebody's frame as well.
    assert framed_by(page) == ["*"]
    html = html_of(page)
    assert all(fault["detail"].split("“")[0] in html for fault in faults)


def test_chart_of_a_day_is_that_of_its_edition(client: Client) -> None:
    day = eastern_day(public.everything().publication.published_at or NOW)

    of_day = client.get(f"/embed/match-rates.svg?as_of={day}")

    assert of_day.content == client.get("/embed/match-rates.svg?edition=1").content


def test_chart_that_is_not_there_offers_the_nearest(client: Client) -> None:
    answer = client.get("/embed/match-rate.svg")

    assert answer.status_code == 404
    nearby = [near["label"] for near in problem_of(answer)["nearby"]]
    assert "match-rates" in nearby
    page = client.get("/embed/match-rate/")
    assert page.status_code == 404
    assert framed_by(page) == ["*"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "match-rates"),
        ("/", "headline"),
        ("/match/", "match-rates"),
        ("/match/", "after-soap"),
        ("/match/all-applicants/?of=registered", "all-applicants"),
        ("/match/2024/", "match-rate-by-type"),
        ("/match/2024/", "placed-rate-by-type"),
        ("/match/2024/", "most-open"),
        ("/match/2024/v1/", "match-rate-by-type"),
        ("/specialties/", "preferred"),
        ("/specialties/neurology/", "img-share"),
        ("/specialties/neurology/", "preferred-in-specialty"),
        ("/specialties/neurology/", "scores"),
        ("/specialties/compare/?s=neurology&s=pathology", "preferred-in-specialty"),
        ("/scores/", "scores"),
        ("/scores/?edition=2022&group=us_img", "scores"),
        ("/scores/", "preferred"),
    ],
)
def test_page_offers_its_chart(client: Client, path: str, name: str) -> None:
    hrefs = [
        tag["href"]
        for tag in tags_of(client.get(path), "a")
        if tag.get("href", "").startswith(f"http://testserver/embed/{name}")
    ]

    assert len(hrefs) >= 4
    for href in hrefs:
        assert client.get(href).status_code == 200, href
    # Frozen but for the one that says that it is not.
    assert sum("edition=1" in href for href in hrefs) == 3 * len(hrefs) // 4


def test_chart_of_a_page_is_that_of_its_offer(client: Client) -> None:
    """The one with the filters of the page, not with the defaults."""
    page = html_of(client.get("/match/?group=us_md_senior&since=2015"))

    assert (
        "/embed/match-rates.svg?group=us_md_senior&amp;since=2015&amp;edition=1" in page
    )


def test_version_that_was_never_the_newest_offers_no_other(client: Client) -> None:
    """The founding figures brought two versions of 2013 in one edition."""
    assert "/embed/" in html_of(client.get("/match/2013/v2/"))
    assert "/embed/" not in html_of(client.get("/match/2013/v1/"))


def test_trust_is_said_of_what_is_less_certain() -> None:
    def of(*grades: str) -> str:
        return chart_words.trust_in_words(
            [
                (label, provenance(confidence=FigureConfidence(grade)))
                for label, _, grade in (item.partition(" ") for item in grades)
            ]
        )

    assert of() == ""
    assert of("2024 A", "2025 A") == "Confirmed."
    assert of("2020 C", "2021 C", "2022 C", "2024 C", "2025 A") == (
        "Use with care: 2020–2022, 2024; the others are confirmed."
    )
    # The worse of two rows of a year counts.
    assert of("2020 A", "2020 B", "2021 A") == "Good: 2020; the others are confirmed."
    names = [f"n{number} C" for number in range(5)]
    assert of(*names, "x B") == "Use with care: 5 of 6 values; the others are good."


def test_what_was_withdrawn_is_said_first() -> None:
    values = [
        ("2023", provenance()),
        ("2024", provenance(withdrawn_because="The report was wrong.")),
    ]

    assert chart_words.trust_in_words(values).startswith(
        "Withdrawn, not to be used: 2024. The report was wrong. "
    )


def test_sources_are_named_or_counted() -> None:
    figures = public.everything()
    rows = [(row.label, row.provenance) for row in figures.years[2021].applicants]

    assert "documents of" in chart_words.sources_in_words(
        [
            ("", row.provenance)
            for year in figures.years.values()
            for row in year.applicants
        ]
    )
    assert chart_words.sources_in_words(rows[:1]).startswith("Source")
    assert chart_words.sources_in_words([]) == ""


def test_nothing_published_has_no_chart(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = public.everything()
    empty = type(figures)(
        publication=figures.publication, versions={}, specialties={}, sources={}
    )
    monkeypatch.setattr("stats.public_page.current_figures", lambda: empty)
    for name in EMBEDS:
        answer = client.get(f"/embed/{name}.svg")
        assert answer.status_code in {400, 404}
        assert json.loads(answer.content)["title"]
