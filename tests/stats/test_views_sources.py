"""`/sources/`: every document, and which figures rest on it."""

from __future__ import annotations

import pytest
from django.test import Client

from stats import public
from tests.reading import csv_of, json_of, links_of, table_of, tags_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def test_list_shows_every_document_and_how_much_rests_on_it(client: Client) -> None:
    figures = public.everything()
    response = client.get("/sources/")

    shown = [
        (row[0], int(row[5]))
        for row in table_of(response, "Documents that figures rest")
    ]

    resting = {key: rows for key, rows in figures.rests_on.items() if rows}
    assert shown == [
        (" ".join(source.title.split()), len(resting[key]))
        for key, source in figures.sources.items()
        if key in resting
    ]
    assert {f"/sources/{key}/" for key in figures.sources} <= set(links_of(response))
    further = len(figures.sources) - len(resting)
    assert f"{further} further documents" in text_of(response)


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
