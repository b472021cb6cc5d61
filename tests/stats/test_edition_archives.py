"""The archive of each edition: the same bytes whatever happens afterwards."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import zipfile
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from imgportal.models import User
from stats import public
from stats.actions import keep_edition, publish_version, record_history
from stats.actions.keep_edition import keep_missing
from stats.editions import at_edition
from stats.models import Edition
from stats.open_tables import build_archive
from tests.factories import (
    NOW,
    corrected_by,
    in_review_by,
    publish,
    published_by,
    stored_draft,
    stored_result,
)
from tests.reading import csv_of, links_of, table_of, text_of

pytestmark = pytest.mark.django_db

FIRST = "/data/editions/1/"


def published_three_times(alice: User, bert: User) -> None:
    corrected_by(alice, bert, note="Read again.")
    published_by(alice, bert, 1990)
    corrected_by(alice, bert, note="Read a third time.")


def test_every_publication_keeps_its_archive(alice: User, bert: User) -> None:
    published_three_times(alice, bert)

    figures = public.everything()
    assert figures.edition == 4
    for edition in Edition.objects.all():
        archive = bytes(edition.archive)
        assert edition.size == len(archive)
        assert edition.sha256 == hashlib.sha256(archive).hexdigest()
        # Made of what was public then, and of nothing later.
        assert archive == build_archive(at_edition(figures, edition.number))
    assert Edition.objects.count() == 4


def test_archive_is_the_same_after_three_more_publications(
    client: Client, alice: User, bert: User
) -> None:
    before = client.get(f"{FIRST}imgportal.zip")
    published_three_times(alice, bert)
    caches["drafts"].clear()
    public.memo.forget()

    after = client.get(f"{FIRST}imgportal.zip")

    assert after.content == before.content
    assert after.headers["ETag"] == before.headers["ETag"]
    assert keep_missing(now=NOW) == ()


def test_archive_is_the_same_in_a_restored_database(
    client: Client, alice: User, bert: User
) -> None:
    corrected_by(alice, bert, note="Read again.")
    kept = {edition.number: edition.sha256 for edition in Edition.objects.all()}

    written = serializers.serialize("json", Edition.objects.all())
    rows: list[Any] = [row.object for row in serializers.deserialize("json", written)]
    restored = {row.number: bytes(row.archive) for row in rows}

    assert set(restored) == {1, 2}
    for number, archive in restored.items():
        assert hashlib.sha256(archive).hexdigest() == kept[number]


@pytest.mark.either_database
def test_archive_survives_a_dump_of_the_whole_database() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite writes itself as SQL")
    kept = Edition.objects.get(number=1)
    connection.ensure_connection()
    dump = "\n".join(connection.connection.iterdump())

    restored = sqlite3.connect(":memory:")
    restored.executescript(dump)

    ((archive, sha256),) = restored.execute(
        "SELECT archive, sha256 FROM stats_edition WHERE number = 1"
    )
    assert archive == bytes(kept.archive)
    assert sha256 == kept.sha256 == hashlib.sha256(archive).hexdigest()
    # The guards came with it.
    with pytest.raises(sqlite3.IntegrityError, match="kept as it was made"):
        restored.execute("DELETE FROM stats_edition")


def test_publication_that_fails_keeps_no_archive(
    alice: User, bert: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = in_review_by(alice)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(record_history, "record", fail)
    with pytest.raises(DatabaseError):
        publish_version.publish(release_id=release.pk, by=bert, now=NOW)

    assert list(Edition.objects.values_list("number", flat=True)) == [1]
    assert public.everything().edition == 1


def test_publication_without_its_archive_is_none(
    alice: User, bert: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = in_review_by(alice)

    def fail(_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(keep_edition, "build_archive", fail)
    with pytest.raises(MemoryError):
        publish_version.publish(release_id=release.pk, by=bert, now=NOW)

    release.refresh_from_db()
    assert release.status == "in_review"
    assert public.everything().edition == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stats_edition SET sha256 = ''",
        "UPDATE stats_edition SET number = 7",
        "DELETE FROM stats_edition",
    ],
)
def test_database_refuses_to_change_an_archive(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="kept as it was made"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.either_database
def test_replacing_an_archive_is_refused() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has REPLACE")
    with (
        pytest.raises(DatabaseError, match="kept as it was made"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("REPLACE INTO stats_edition SELECT * FROM stats_edition")


def test_archives_of_before_are_made_once(client: Client) -> None:
    # As a program did that kept no archives.
    draft = stored_draft(2024, version=2)
    stored_result(draft)
    publish(draft)
    assert client.get("/data/editions/2/imgportal.zip").status_code == 404
    said = StringIO()

    call_command("archive_editions", stdout=said)
    call_command("archive_editions", stdout=said)

    assert said.getvalue() == "Archived edition 2.\n"
    assert client.get("/data/editions/2/imgportal.zip").status_code == 200
    assert "before which archives were not kept" in text_of(
        client.get("/data/editions/")
    )


# --- Addresses -----------------------------------------------------------------------


def test_every_file_of_an_archive_has_an_address(client: Client) -> None:
    whole = client.get(f"{FIRST}imgportal.zip")
    archive = zipfile.ZipFile(io.BytesIO(whole.content))
    assert archive.testzip() is None

    for name in archive.namelist():
        answer = client.get(f"{FIRST}{name}")
        assert answer.status_code == 200
        assert answer.content == archive.read(name)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = client.get(
            f"{FIRST}{name}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"].endswith("immutable")
    sums = client.get(f"{FIRST}SHA256SUMS").content.decode().splitlines()
    for line in sums:
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert len(sums) == len(archive.namelist()) - 1
    assert 'filename="imgportal-edition-1.zip"' in whole.headers["Content-Disposition"]


def test_files_say_which_edition_they_are(
    client: Client, alice: User, bert: User
) -> None:
    corrected_by(alice, bert, note="Read again.")

    for number in (1, 2):
        about = json.loads(
            client.get(f"/data/editions/{number}/datapackage.json").content
        )
        assert about["version"] == str(number)
    first, second = (
        csv_of(client.get(f"/data/editions/{number}/data/applicants.csv"))
        for number in (1, 2)
    )
    assert len(first) == len(second)
    changed = [row for row in second if row not in first]
    assert {row["match_year"] for row in changed} == {"2024"}
    assert "Read again." in {row["note"] for row in changed}


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/data/editions/7/imgportal.zip", "/data/editions/1/imgportal.zip"),
        (f"/data/editions/{'9' * 30}/imgportal.zip", "/data/editions/1/imgportal.zip"),
        ("/data/editions/1/imgportal.sqlite", "/data/editions/1/imgportal.sqlite3"),
        ("/data/editions/1/data/applicant.csv", "/data/editions/1/data/applicants.csv"),
        ("/data/editions/1/zzzz", "/data/editions/1/imgportal.zip"),
        ("/data/editions/1/../2/x.csv", ""),
        ("/data/editions/1/%00.csv", ""),
        ("/data/editions/01/imgportal.zip", ""),
    ],
)
def test_file_that_is_not_there_is_told_to_programs(
    client: Client, address: str, near: str
) -> None:
    missed = client.get(address)

    assert missed.status_code == 404
    assert missed.headers["Content-Type"] == "application/problem+json"
    assert missed.headers["Access-Control-Allow-Origin"] == "*"
    if near:
        nearby = [item["address"] for item in json.loads(missed.content)["nearby"]]
        assert f"http://testserver{near}" in nearby


def test_page_lists_every_edition(client: Client, alice: User, bert: User) -> None:
    corrected_by(alice, bert, note="Read again.", now=NOW + timedelta(days=1))
    kept = {edition.number: edition.sha256 for edition in Edition.objects.all()}

    page = client.get("/data/editions/")

    second, first = table_of(page, "2 editions")[-2:]
    assert second[0] == "2"
    assert second[1] == "23 November 2026"
    assert "2024, version 2 (completion). Read again." in second[2]
    assert kept[2] in second[4]
    assert "The founding figures: " in first[2]
    assert kept[1] in first[4]
    for link in links_of(page):
        if link.startswith(("/data/", "/match/")):
            assert client.get(link).status_code == 200
