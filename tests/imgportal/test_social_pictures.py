"""The pictures that social networks show for links: each page its own, drawn when asked."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from imgportal import social_pictures
from tests.factories import publish, stored_draft, stored_result
from tests.pages import GUIDE, MISSED, PAGES
from tests.reading import html_of, tags_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

OWN = {**PAGES, **GUIDE}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn, without the time that it takes."""
    svgs: list[str] = []

    def draw(svg: str, *, width: int) -> bytes:
        svgs.append(svg)
        return b"picture"

    monkeypatch.setattr(social_pictures, "draw_png", draw)
    return svgs


def picture_of(page: Any) -> str:
    (image,) = (
        tag["content"]
        for tag in tags_of(page, "meta")
        if tag.get("property") == "og:image"
    )
    return str(image).removeprefix("http://testserver")


def words_in(svg: str) -> str:
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return " ".join(text.text or "" for text in texts)


@pytest.mark.parametrize("path", OWN.values(), ids=OWN.keys())
def test_page_has_a_picture_of_its_own(
    client: Client, drawn: list[str], path: str
) -> None:
    image = picture_of(client.get(path))
    # The page itself draws none.
    assert drawn == []

    answer = client.get(image)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert image.startswith(f"/social{path.partition('?')[0]}picture.png")
    assert "IMG portal" in words_in(drawn[0])


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", r"The 2026 Match: [\d,]+ of [\d,]+ IMGs matched \(\d\d\.\d%\)"),
        ("/match/2024/", r"The 2024 Match: 9,045 of 14,772 IMGs matched \(61\.2%\)"),
        ("/match/2013/v1/", r"version 1 \(replaced\): .* US IMGs 53\.1%"),
        ("/specialties/neurology/", r"Neurology, 20\d\d: IMGs filled [\d,]+ of [\d,]+"),
        ("/scores/", r"Step 2 CK .* and \d+ more"),
        ("/guide/pathways/", "Which Pathway"),
        ("/guide/countries/egypt/", "For graduates of Egypt"),
        ("/sources/nrmp-2021-rd/", "2021 Main Residency .*Match"),
    ],
)
def test_picture_has_the_figure_of_its_page(
    client: Client, drawn: list[str], path: str, says: str
) -> None:
    client.get(f"/social{path}picture.png")

    words = words_in(drawn[0])
    assert re.search(says, words), words
    assert f"{path}" in words


def test_replaced_version_shows_what_it_said(client: Client, drawn: list[str]) -> None:
    """Both came with one publication, so that no edition has the first one."""
    for path in ("/match/2013/v1/", "/match/2013/"):
        client.get(f"/social{path}picture.png")

    replaced, current = map(words_in, drawn)
    page = html_of(client.get("/match/2013/v1/"))
    assert "53.1%" in replaced
    assert "53.1%" in page
    assert "53.1%" not in current
    assert "replaced" not in current


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/specialties/?year=2022", "that IMGs filled, 2022 Match"),
        ("/scores/?charting_outcomes=2022&group=us_img", "Charting Outcomes 2022"),
        ("/match/?group=us_md_senior&since=2015", "US MD seniors"),
        ("/match/all-applicants/?of=registered", "of all who registered matched"),
        # Nothing to draw.
        ("/specialties/?year=2008", "IMG portal"),
    ],
)
def test_picture_shows_what_the_address_of_its_page_chooses(
    client: Client, drawn: list[str], path: str, says: str
) -> None:
    answer = client.get(picture_of(client.get(path)))

    assert answer.status_code == 200
    assert says in words_in(drawn[0])


def test_picture_of_an_edition_stays(client: Client, drawn: list[str]) -> None:
    frozen = picture_of(client.get("/match/2024/?edition=1"))
    client.get(frozen)
    draft = stored_draft(2024, version=2)
    stored_result(draft)
    publish(draft)

    client.get(frozen)
    client.get("/social/match/2024/picture.png")

    assert "67.0%" in words_in(drawn[0])
    assert drawn[1] == drawn[0]
    assert "67.0%" not in words_in(drawn[2])


@pytest.mark.parametrize(
    "query", ["edition=9", "edition=1&as_of=2026-11-22", "year=2024", "grup=us_img"]
)
def test_nothing_of_an_address_is_passed_over(
    client: Client, drawn: list[str], query: str
) -> None:
    answer = client.get(f"/social/match/picture.png?{query}")

    assert answer.status_code == 400
    assert drawn == []


@pytest.mark.parametrize(
    "page",
    [
        *("me/", "accounts/login/", "admin/", "match/2024.csv", "robots.txt", "x"),
        *("specialties/astrology/", "guide/countries/atlantis/", "sources/never/"),
        MISSED[1:],
        "social/picture.png",
        "match/2024/v9/",
        "a" * 3000,
    ],
)
def test_what_is_no_page_has_no_picture(
    client: Client, drawn: list[str], page: str
) -> None:
    assert client.get(f"/social/{page}picture.png").status_code == 404
    assert drawn == []


def test_page_of_the_account_shows_the_picture_of_the_site(client: Client) -> None:
    assert picture_of(client.get("/accounts/login/")) == "/social/picture.png"
