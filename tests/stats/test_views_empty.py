"""A site on which nothing is published yet, as on its first day."""

from __future__ import annotations

import re

import pytest

from tests.elsewhere import Answer, prepare, visit
from tests.pages import DATA, GUIDE, PAGES, SEARCH
from tests.reading import csv_of, json_of, links_of, text_of

YEARS = ("/match/2024", "/match/2022", "/match/2026", "/match/2013", "/match/2019")
ROWS = (
    *("/specialties/internal-medicine", "/specialties/dermatology", "/sources/nrmp"),
    "/guide/countries/egypt",
)
NOT_THERE = (*YEARS, *ROWS)
PATHS = [
    *PAGES.values(),
    *GUIDE.values(),
    *SEARCH.values(),
    *DATA,
    "/match/?since=2024",
    "/specialties/?year=2024&q=x",
]
PATHS += ["/scores/?edition=2022", "/sitemap.xml", "/robots.txt", "/readyz"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    database = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'site.sqlite3'}"
    prepare(database)
    return dict(zip(PATHS, visit(PATHS, database), strict=True))


@pytest.mark.parametrize("path", PATHS)
def test_page_answers_sensibly(answers: dict[str, Answer], path: str) -> None:
    answer = answers[path]

    assert answer.status_code == (404 if path.startswith(NOT_THERE) else 200)


@pytest.mark.parametrize(
    ("path", "sentence"),
    {
        "/": "No figures are published here yet.",
        "/match/": "No Match year is published here yet.",
        "/specialties/": "No specialty is published here yet.",
        "/specialties/compare/": "No specialty is published here yet.",
        "/scores/": "No edition of Charting Outcomes is published here yet.",
        "/changes/": "No published figure has been changed yet.",
        "/sources/": "No document is listed here yet.",
        "/about/": "No Match year is published here yet.",
        "/match/2024/": "There are no figures of the 2024 Match here.",
        "/scores/?edition=2022": "We do not know the edition “2022”",
    }.items(),
)
def test_page_says_what_will_be_here(
    answers: dict[str, Answer], path: str, sentence: str
) -> None:
    assert sentence in text_of(answers[path])


@pytest.mark.parametrize("path", [*PAGES.values(), *GUIDE.values(), *SEARCH.values()])
def test_page_says_neither_none_nor_nothing_between_words(
    answers: dict[str, Answer], path: str
) -> None:
    text = text_of(answers[path])

    assert "since None" not in text
    assert "since ," not in text
    assert not re.search(r"\b0 [a-z]", text)
    assert "“”" not in text


@pytest.mark.parametrize(
    "path", ["/match", "/specialties", "/scores", "/changes", "/sources"]
)
def test_downloads_have_their_columns_and_no_rows(
    answers: dict[str, Answer], path: str
) -> None:
    data = json_of(answers[f"{path}.json"])

    assert data["rows"] == csv_of(answers[f"{path}.csv"]) == []
    assert data["columns"]
    assert answers[f"{path}.csv"].content.decode().strip().split(",") == data["columns"]


def test_every_link_of_the_home_page_leads_somewhere(
    answers: dict[str, Answer],
) -> None:
    for link in links_of(answers["/"]):
        assert answers[link].status_code == 200
