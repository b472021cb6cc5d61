from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.cache import caches

from imgportal.lib.spreadsheets.file_bounds import MOST_BYTES
from stats.choices import FigureTable, Missing
from stats.exceptions import UploadGone
from stats.imports import held_files
from stats.imports.held_files import HeldFile, find_held_file, hold_file

FILE = HeldFile(
    name="report.csv",
    content=b"a,b\r\n" * 1000,
    table=FigureTable.SCORES,
    missing_reason=Missing.SUPPRESSED,
)


def test_file_comes_back_as_it_was() -> None:
    token = hold_file(FILE, user_id=1, release_id=2)

    assert find_held_file(token, user_id=1, release_id=2) == FILE


@pytest.mark.parametrize(("user_id", "release_id"), [(2, 2), (1, 3)])
def test_token_is_bound_to_its_person_and_draft(user_id: int, release_id: int) -> None:
    token = hold_file(FILE, user_id=1, release_id=2)

    with pytest.raises(UploadGone, match="Upload it again"):
        find_held_file(token, user_id=user_id, release_id=release_id)


def test_token_that_was_changed_is_refused() -> None:
    token = hold_file(FILE, user_id=1, release_id=2)

    with pytest.raises(UploadGone):
        find_held_file(
            token[:-1] + ("a" if token[-1] != "a" else "b"), user_id=1, release_id=2
        )


def test_newer_upload_takes_the_place() -> None:
    first = hold_file(FILE, user_id=1, release_id=2)
    hold_file(
        HeldFile(
            name="b.csv", content=b"x", table=FigureTable.SCORES, missing_reason=None
        ),
        user_id=1,
        release_id=2,
    )

    with pytest.raises(UploadGone, match="a newer upload"):
        find_held_file(first, user_id=1, release_id=2)


def test_file_that_the_cache_lost_is_gone() -> None:
    token = hold_file(FILE, user_id=1, release_id=2)
    caches["drafts"].clear()

    with pytest.raises(UploadGone):
        find_held_file(token, user_id=1, release_id=2)


def test_long_name_keeps_its_ending() -> None:
    token = hold_file(replace(FILE, name=f"{'a' * 300}.csv"), user_id=1, release_id=2)

    assert find_held_file(token, user_id=1, release_id=2).name == f"{'a' * 80}.csv"


def test_token_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    token = hold_file(FILE, user_id=1, release_id=2)
    monkeypatch.setattr(held_files, "SECONDS", -1)

    with pytest.raises(UploadGone, match="waits for one hour"):
        find_held_file(token, user_id=1, release_id=2)


def test_file_waits_in_less_room_than_it_takes() -> None:
    hold_file(FILE, user_id=1, release_id=2)

    assert len(caches["drafts"].get("importing:1")) < len(FILE.content) / 10


def test_file_that_is_too_large_is_not_held() -> None:
    large = HeldFile(
        name="a.csv",
        content=bytes(MOST_BYTES + 1),
        table=FigureTable.SCORES,
        missing_reason=None,
    )

    with pytest.raises(ValueError, match="refused before"):
        hold_file(large, user_id=1, release_id=2)
