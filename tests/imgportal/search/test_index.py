"""The index follows what is public, whole or not at all."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from imgportal.guide import page_inputs
from imgportal.lib import clock
from imgportal.models import SearchIndex
from imgportal.search import index
from imgportal.search import library as libraries
from imgportal.search.engines import TABLE, engine
from imgportal.search.library import Library
from profiles.actions import change_rule
from profiles.models import Country
from stats.actions import edit_catalogue, publish_version
from stats.models import Source
from tests.factories import NOW, in_review_by, person, stored_source
from tests.imgportal.search.conftest import TODAY
from tests.reading import json_of, text_of
from tests.stats.test_races import at_once

pytestmark = pytest.mark.django_db


def found_for(client: Client, question: str) -> list[str]:
    data = json_of(client.get("/search.json", {"q": question}))
    return [
        result["address"].removeprefix("http://testserver")
        for result in data["results"]
    ]


def rows() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_building_again_changes_nothing(founded: Library) -> None:
    built = SearchIndex.objects.get()

    assert index.build(now=TODAY + timedelta(minutes=1)) is None
    assert SearchIndex.objects.get().built_at == built.built_at
    assert built.documents == rows() == len(founded.entries)


def test_the_index_is_built_anew_only_when_a_text_has_changed(
    founded: Library,
) -> None:
    # The day is part of what the pages are made of, and most days change no text.
    assert index.build(now=TODAY + timedelta(days=1)) is None


def test_engine_finds_the_documents_of_any_of_the_words(founded: Library) -> None:
    for question in (["soap"], ["soap", "nigeria"], ["img", "2024"], ["zzzz"]):
        expected = {
            address
            for address, entry in founded.entries.items()
            if not entry.terms.isdisjoint(question)
        }

        assert set(engine().find(question, most=1000)) == expected


def test_engine_ranks_a_title_above_a_text(founded: Library) -> None:
    ranked = engine().find(["nigeria"], most=10)

    assert ranked[0] == "/guide/countries/nigeria/"


@pytest.mark.parametrize("word", ["and", "or", "not", "near", "title", "a"])
def test_no_word_is_an_operator(founded: Library, word: str) -> None:
    expected = {
        address for address, entry in founded.entries.items() if word in entry.terms
    }

    assert set(engine().find([word], most=1000)) == expected


def test_a_failure_leaves_the_former_index(
    founded: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_source(title="A report on unicorns")
    filling = engine()

    def fill(self: Any, entries: Any) -> None:
        filling.fill(list(entries)[:3])
        raise RuntimeError("The disk is full.")

    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(index, "engine", lambda: type("Full", (), {"fill": fill})())
        index.follow(sender=None)

    assert rows() == len(founded.entries)
    assert engine().find(["soap"], most=10)


def test_a_draft_is_not_found_until_it_is_published(
    founded: Library, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        release = in_review_by(
            person("ana"), active_applicants=400, matched_to_pgy1=100
        )
        index.build(now=TODAY)
    assert "/match/2060/" not in found_for(client, "match rate 2060")
    before = client.get("/search/?q=2060")

    with django_capture_on_commit_callbacks(execute=True):
        publish_version.publish(release_id=release.pk, by=person("bea"), now=NOW)

    assert found_for(client, "match rate 2060")[0] == "/match/2060/"
    after = client.get("/search/?q=2060", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200


def test_a_publication_shows_no_former_figure_while_the_index_is_behind(
    founded: Library, client: Client
) -> None:
    # Published, and the process that was to fill the index died.
    release = in_review_by(person("ana"), 2024 + 36, active_applicants=400)
    publish_version.publish(release_id=release.pk, by=person("bea"), now=NOW)
    source = Source.objects.get(key="nrmp-2021-rd")
    source.title = "Results and Unicorns"
    edit_catalogue.save(row=source, columns=["title"], now=NOW)

    found = json_of(client.get("/search.json?q=nrmp-2021-rd"))["results"]

    # What is found is found by its former words, and shown in its present ones.
    assert found[0]["title"] == "Results and Unicorns"
    assert SearchIndex.objects.get().token == founded.token


def test_an_edit_of_a_source_is_found_at_once(
    founded: Library, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    source = Source.objects.get(key="nrmp-2021-rd")
    source.title = "Results and Unicorns"

    with django_capture_on_commit_callbacks(execute=True):
        edit_catalogue.save(row=source, columns=["title"], now=NOW)

    assert found_for(client, "unicorns") == ["/sources/nrmp-2021-rd/"]


def test_a_change_of_a_dated_table_is_found_at_once(
    founded: Library, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    row = Country.objects.get(name="Nigeria")
    row.particulars = "Unicorns are admitted."

    with django_capture_on_commit_callbacks(execute=True):
        change_rule.save(row=row, columns=["particulars"], note="Found.", now=NOW)

    assert "/guide/countries/nigeria/" in found_for(client, "unicorns")


def test_a_change_that_is_taken_back_tells_nobody(
    founded: Library, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as told, transaction.atomic():
        edit_catalogue.save(row=stored_source(), columns=["title"], now=NOW)
        transaction.set_rollback(True)

    assert told == []


def test_before_the_first_time_the_page_says_so(db: None, client: Client) -> None:
    SearchIndex.objects.all().delete()

    assert "The search is being prepared" in text_of(client.get("/search/"))


def test_the_command_says_what_it_did(
    founded: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    call_command("build_search", stdout=said)
    assert "up to date" in said.getvalue()

    SearchIndex.objects.all().delete()
    call_command("build_search", stdout=said)

    assert f"has {len(founded.entries)} documents" in said.getvalue()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once_fill_it_once_and_whole() -> None:
    moment = clock.now()
    SearchIndex.objects.all().delete()

    done = at_once(*(lambda: index.build(now=moment) for _ in range(3)))

    assert [one for one in done if isinstance(one, BaseException)] == []
    assert len([one for one in done if one is not None]) == 1
    library = libraries.of(page_inputs.read(now=moment))
    assert rows() == len(library.entries)
    assert SearchIndex.objects.get().token == library.token
