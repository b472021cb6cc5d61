"""The ways to the answers that docs/questions.md promises."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from imgportal.lib import clock
from tests.imgportal.search.conftest import TODAY
from tests.reading import Response, html_of, links_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.either_database,
    pytest.mark.usefixtures("today"),
]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
ADDRESS = re.compile(r"`(/[^`]*)`")
MOST_STEPS = 2


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)


def table_rows(columns: int) -> list[list[str]]:
    """The rows of the document's table with so many columns, without its head."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return [row for row in rows if len(row) == columns and ADDRESS.search(row[-1])]


QUESTIONS = {asked: ways for asked, *ways in table_rows(3)}
ITEMS = {item: ADDRESS.findall(answers) for item, answers in table_rows(2)}


def first_link(response: Response) -> str:
    """Where the first thing that the search shows leads: a signpost or a result."""
    html = html_of(response)
    shown = re.search(r'class="(?:signpost__links|result__title)"', html)
    assert shown is not None
    link = re.search(r'href="([^"]+)"', html[shown.end() :])
    assert link is not None
    return link.group(1)


def is_there(client: Client, address: str) -> bool:
    path, _, anchor = address.partition("#")
    response = client.get(path)
    return response.status_code == 200 and (
        not anchor or f'id="{anchor}"' in html_of(response)
    )


def links_to(response: Response, page: str, address: str) -> bool:
    """Is the address linked, in full or as a place on the page itself?"""
    links = links_of(response)
    path, _, anchor = address.partition("#")
    return address in links or (path == page and f"#{anchor}" in links)


def test_there_are_twelve_questions_and_a_table_of_items() -> None:
    assert len(QUESTIONS) == 12
    assert len(ITEMS) == 12


@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_search_leads_to_the_answer_first(client: Client, asked: str) -> None:
    (address,) = ADDRESS.findall(QUESTIONS[asked][0])
    response = client.get(f"/search/?{urlencode({'q': asked})}")

    assert first_link(response) == address
    assert is_there(client, address)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_the_home_page_leads_to_the_answer_in_two_steps(
    client: Client, asked: str
) -> None:
    steps = ADDRESS.findall(QUESTIONS[asked][1])

    assert 1 <= len(steps) <= MOST_STEPS
    page = "/"
    for step in steps:
        assert links_to(client.get(page), page, step), f"{page} does not lead to {step}"
        page = step.partition("#")[0]
    assert is_there(client, steps[-1])


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_of_the_founding_guide_is_answered(
    client: Client, item: str
) -> None:
    assert ITEMS[item]
    assert [place for place in ITEMS[item] if not is_there(client, place)] == []
