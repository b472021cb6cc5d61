"""A figure in a sentence carries its mark where it is not confirmed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client

from stats import public
from stats.choices import FigureConfidence
from tests.factories import applicant_row, provenance
from tests.reading import tags_of, text_of

A, B, C = FigureConfidence


def drawn(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


def row(grade: FigureConfidence) -> object:
    return applicant_row(provenance=provenance(confidence=grade))


def test_confirmed_figures_need_no_mark() -> None:
    assert drawn("{% trust row none %}{{ row|trust_in_words }}", row=row(A)) == ""


@pytest.mark.parametrize(
    ("grades", "mark", "words"),
    [
        ((A, B), "Good", " (graded good, not confirmed)"),
        ((B, C, A), "Use with care", " (use with care)"),
    ],
)
def test_mark_is_that_of_the_least_certain_figure(
    grades: tuple[FigureConfidence, ...], mark: str, words: str
) -> None:
    rows = tuple(row(grade) for grade in grades)

    linked = drawn("{% trust first others %}", first=rows[0], others=rows[1:])

    assert 'href="/about/measures/#confidence"' in linked
    assert linked.endswith(f"{mark}</a>")
    assert drawn("{{ rows|trust_in_words }}", rows=rows) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/guide/who-is-an-img/", "of the non-US IMGs 56.4%."),
        ("/guide/questions/", "of the non-US IMGs 56.4%."),
        ("/guide/why-figures-differ/", "people matched to a first-year position."),
        ("/match/2026/", "of all matched applicants (9,682 of 38,354)."),
    ],
)
def test_sentences_of_2026_are_marked(
    client: Client, address: str, sentence: str
) -> None:
    _, _, after = text_of(client.get(address)).partition(sentence)

    assert after.startswith(" How far these figures can be trusted: ")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/match/2026/"])
def test_descriptions_of_2026_are_marked(client: Client, address: str) -> None:
    (description,) = [
        tag["content"]
        for tag in tags_of(client.get(address), "meta")
        if tag.get("name") == "description"
    ]

    assert "2026" in description
    assert "(graded good, not confirmed)" in description


@pytest.mark.django_db
def test_results_of_a_search_are_marked(client: Client) -> None:
    text = client.get("/search.json?q=match+rate+2026").content.decode()

    assert "59.9% (graded good, not confirmed)" in text


@pytest.mark.django_db
def test_home_says_who_reports_the_newest_year_and_shows_the_newest_confirmed(
    client: Client,
) -> None:
    figures = public.everything()
    assert figures.newest is not None
    assert figures.newest.imgs is not None
    assert figures.newest_confirmed is not None
    text = text_of(client.get("/"))

    for publisher in figures.newest.imgs.provenance.publishers:
        assert publisher in text
    assert "Nobody here has read it in an official text." in text
    assert figures.newest_confirmed.match_year == 2025
    assert (
        "The newest year that is confirmed is 2025: 9,761 of 16,052 IMGs matched, 60.8%."
        in text
    )


WRITES_A_FIGURE = re.compile(r"\|plain_(percent|count)|\{% printed ")
SAYS_ITS_GRADE = re.compile(r"\{% (trust|source_mark) |\|trust_in_words")
# It tells what was another value before, and counts values.
OF_THE_PAST = {"stats/change_entry.html"}
# A picture: the table beside it has a mark for each row.
# They count changes, rows and editions, which have no grade.
COUNTED_HERE = {
    *("components/later_changes.html", "stats/edition_list.html"),
    *("open_data/overview.html", "api/docs.html"),
}
DRAWN = {"components/score_line.html", "components/score_strip.html"}


def test_every_template_with_figures_in_sentences_says_their_grade() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    writing = {
        path.relative_to(templates).as_posix(): text
        for path in templates.rglob("*.html")
        if WRITES_A_FIGURE.search(text := path.read_text(encoding="utf-8"))
    }

    assert len(writing) > 10
    assert {
        name for name, text in writing.items() if not SAYS_ITS_GRADE.search(text)
    } == OF_THE_PAST | DRAWN | COUNTED_HERE
