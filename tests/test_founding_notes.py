"""Wherever a figure of 2026 stands, it says who reports it and what agrees with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imgportal.lib import numbers
from stats import public
from stats.choices import FigureTable
from stats.figures import YearFigures
from tests.pages import GUIDE, PAGES, SEARCH
from tests.reading import text_of

pytestmark = pytest.mark.django_db

OTHERS = {
    "search, the year": "/search/?q=2026",
    "search, its rates": "/search/?q=match+rate+2026",
    "search, as JSON": "/search.json?q=match+rate+2026",
    "its first version": "/match/2026/v1/",
}
# Both tables have it, and notes in other rows cite it.
CITED = 48050


def counts_of(year: YearFigures, table: FigureTable) -> set[str]:
    """The counts of 2026 in one table, as a page writes them."""
    rows = [row for row in year.rows() if row.table == table]
    if table == FigureTable.APPLICANTS and year.imgs is not None:
        counts = [year.imgs.active_applicants, year.imgs.matched_to_pgy1]
    else:
        counts = []
    counts += [getattr(row, column) for row in rows for column in row.counts]
    return {
        numbers.count(count) for count in counts if count is not None and count != CITED
    }


def words_of(response: Any) -> str:
    """What a page or a download says."""
    is_page = "html" in response["Content-Type"]
    return text_of(response) if is_page else str(response.content.decode())


@pytest.mark.parametrize("table", [FigureTable.APPLICANTS, FigureTable.TOTALS])
def test_figures_of_2026_never_stand_without_their_note(
    client: Client, table: FigureTable
) -> None:
    year = public.everything().years[2026]
    (note,) = [
        note.text for note in year.footnotes_of(table) if not note.row + note.column
    ]
    counts = counts_of(year, table)
    texts = {
        address: words_of(client.get(address))
        for address in (PAGES | GUIDE | SEARCH | OTHERS).values()
    }
    showing = {
        address for address, text in texts.items() if any(it in text for it in counts)
    }

    assert "copies of one text count as one reading" in note
    assert len(counts) >= 4
    assert {"/match/2026/", "/guide/print/"} <= showing
    assert [it for it in sorted(showing) if note not in texts[it]] == []
