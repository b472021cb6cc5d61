"""`/sources/`: every document, and which figures rest on it."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from stats import public
from stats.choices import SourceKind
from tests.reading import csv_of, json_of, links_of, table_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def test_list_shows_every_document_by_its_kind_and_how_much_rests_on_it(
    client: Client,
) -> None:
    figures = public.everything()
    response = client.get("/sources/")

    kinds = {source.kind for source in figures.sources.values()}
    assert kinds == set(SourceKind)
    resting = {key: rows for key, rows in figures.rests_on.items() if rows}
    for kind in SourceKind:
        cited = [
            (" ".join(source.title.split()), len(resting[key]))
            for key, source in figures.sources.items()
            if source.kind == kind and key in resting
        ]
        shown = [(row[0], int(row[4])) for row in table_of(response, f"{kind.label}: ")]
        assert shown == cited
        read = [
            source
            for source in figures.sources.values()
            if source.kind == kind and source.was_read
        ]
        assert f"{kind.label}: {len(read)}, {len(cited)} of them with figures." in (
            text_of(response)
        )
    assert {f"/sources/{key}/" for key in figures.sources} <= set(links_of(response))
    unread = [it for it in figures.sources.values() if not it.was_read]
    assert f"{len(unread)} documents that nobody here has read" in text_of(response)


def test_list_stays_light(client: Client) -> None:
    """Of a page of 392 documents, as a browser asks for it."""
    content = client.get("/sources/").content

    assert len(gzip.compress(content, 6)) < 30_000


def test_document_says_what_it_rests_on_and_what_rests_on_it(client: Client) -> None:
    copy = text_of(client.get("/sources/whitecoat-2023/"))
    report = text_of(client.get("/sources/nrmp-rd-2023/"))
    table = text_of(client.get("/sources/nrmp-rd2020-t1-copy/"))

    assert "Kind Transcription" in copy
    assert "Rests on Results and Data: 2023 Main Residency Match" in copy
    assert "nobody here has read it" in report
    assert "documents rest on it" in report
    assert "2023 Main Residency Match NRMP Results and Data" in report
    assert "Its 50 specialties add up to NRMP's totals of 2020" in table


def test_documents_have_names_and_not_paths() -> None:
    """Which commit of which repository is in the address."""
    unreadable = re.compile(
        r"@[0-9a-f]{7}|\.(py|ts|tsx|js|md)\b|\((low-quality )?secondary|GitHub |project owner"
    )

    assert [
        source.key
        for source in public.everything().sources.values()
        if unreadable.search(f"{source.title} {source.publisher}")
    ] == []


def test_documents_are_named_for_what_they_are() -> None:
    sources = public.everything().sources

    assert sources["seed-guide-2024"].publisher.startswith("Kaplan")
    assert sources["medsarathi"].kind == SourceKind.CALCULATION
    assert "search-result summaries" in sources["nrmpsim-2026"].title


def test_list_explains_every_grade_of_confidence_and_the_rights(client: Client) -> None:
    text = text_of(client.get("/sources/"))

    for grade in ("Confirmed:", "Good:", "Use with care:"):
        assert grade in text
    assert "claim no licence over any of them" in text


def test_downloads_list_the_same_documents(client: Client) -> None:
    figures = public.everything()
    rows = csv_of(client.get("/sources.csv"))
    data = json_of(client.get("/sources.json"))["rows"]

    expected = [
        (key, source.title, len(figures.rests_on.get(key, ())))
        for key, source in figures.sources.items()
    ]
    assert [
        (row["key"], row["title"], int(row["figures_resting_on_it"])) for row in rows
    ] == expected
    assert [
        (row["key"], row["title"], row["figures_resting_on_it"]) for row in data
    ] == expected


def test_every_source_has_a_page_with_the_figures_that_rest_on_it(
    client: Client,
) -> None:
    figures = public.everything()

    for key, source in figures.sources.items():
        response = client.get(f"/sources/{key}/")
        assert response.status_code == 200
        text = text_of(response)
        assert " ".join(source.title.split()) in text
        rows = figures.rests_on.get(key, ())
        if rows:
            table = table_of(response, "of figures rest")
            assert [(row[0], row[2]) for row in table] == [
                (str(row.provenance.match_year), row.label) for row in rows
            ]
        else:
            assert "No published figure rests on this document." in text


def test_addresses_of_documents_lead_to_the_web_only(client: Client) -> None:
    for key, source in public.everything().sources.items():
        if source.url:
            links = [
                tag["href"]
                for tag in tags_of(client.get(f"/sources/{key}/"), "a")
                if tag.get("rel") == "external"
            ]
            assert links == [source.url]
            assert source.url.startswith(("https://", "http://"))
