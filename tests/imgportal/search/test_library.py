"""What can be found follows what is public, at once and never ahead of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from imgportal.guide import page_inputs
from imgportal.search import library
from imgportal.search.library import SearchLibrary, index_documents
from profiles.actions import change_rule
from profiles.models import Country
from stats.actions import edit_catalogue, publish_version
from stats.models import Source
from tests.factories import NOW, in_review_by, person, stored_draft, stored_result
from tests.imgportal.search.conftest import TODAY
from tests.reading import json_of

pytestmark = pytest.mark.django_db


def found_for(client: Client, question: str) -> list[str]:
    data = json_of(client.get("/search.json", {"q": question}))
    return [
        result["address"].removeprefix("http://testserver")
        for result in data["results"]
    ]


def test_the_library_is_kept_until_something_public_changes(
    founded: SearchLibrary,
) -> None:
    assert library.read(page_inputs.read(now=TODAY)) is founded

    tomorrow = library.read(page_inputs.read(now=TODAY + timedelta(days=1)))

    assert tomorrow is not founded


def test_a_term_leads_to_every_document_that_has_it(founded: SearchLibrary) -> None:
    for word in ("soap", "nigeria", "2024"):
        having = {
            place
            for place, document in enumerate(founded.documents)
            if word
            in f"{document.title} {document.names} {document.context} {document.text}".lower()
            .replace("(", " ")
            .split()
        }

        assert having
        assert having <= founded.holding([word])


def test_a_title_ranks_above_a_text(founded: SearchLibrary) -> None:
    ranks = founded.ranks["nigeria"]

    best = founded.documents[max(ranks, key=ranks.__getitem__)]

    assert best.address == "/guide/countries/nigeria/"


def test_a_library_may_be_empty() -> None:
    empty = index_documents([])

    assert empty.documents == ()
    assert dict(empty.ranks) == {}


def test_a_draft_is_not_found_until_it_is_published(
    founded: SearchLibrary, client: Client
) -> None:
    release = in_review_by(person("ana"), active_applicants=400, matched_to_pgy1=100)
    assert "/match/1990/" not in found_for(client, "match rate 1990")
    before = client.get("/search/?q=1990")

    publish_version.publish(release_id=release.pk, by=person("bea"), now=NOW)

    assert found_for(client, "match rate 1990")[0] == "/match/1990/"
    after = client.get("/search/?q=1990", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200


def test_a_number_of_a_draft_is_not_found(
    founded: SearchLibrary, client: Client
) -> None:
    stored_result(stored_draft(1990), active_applicants=987_654)

    assert found_for(client, "987,654") == []


def test_an_edit_of_a_source_is_found_at_once_and_its_former_title_is_not(
    founded: SearchLibrary, client: Client
) -> None:
    source = Source.objects.get(key="nrmp-2021-rd")
    for title in ("Results and Unicorns", "Results and Griffins"):
        source.title = title
        edit_catalogue.save(row=source, columns=["title"], now=NOW)

    assert found_for(client, "griffins") == ["/sources/nrmp-2021-rd/"]
    assert found_for(client, "unicorns") == []


def test_a_change_of_a_dated_table_is_found_at_once(
    founded: SearchLibrary, client: Client
) -> None:
    row = Country.objects.get(name="Nigeria")
    row.particulars = "Unicorns are admitted."

    change_rule.save(row=row, columns=["particulars"], note="Found.", now=NOW)

    assert "/guide/countries/nigeria/" in found_for(client, "unicorns")
