"""The entries of visas.toml, whoever writes them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from imgportal.guide.grounds import GROUNDS
from imgportal.guide.visas import VISA_ENTRIES, VisaEntry, read_entries
from imgportal.lib.content_files import ContentError
from imgportal.lib.official_sites import OFFICIAL_SITES
from profiles.choices import Confidence

ENTRY = """
[[entry]]
key = "a"
title = "A"
ground = "V-A"
state = "It holds."
confirm = "state"
sources = ["s1"]
confidence = "reported"
checked = 2026-11-27
review_by = 2026-12-15
"""
EVENT = """
[[event]]
entry = "a"
day = 2026-01-01
what = "It began."
sources = ["s2", "s1"]
"""


@pytest.mark.parametrize("entry", VISA_ENTRIES.values(), ids=list(VISA_ENTRIES))
def test_entry_can_be_checked_again(entry: VisaEntry) -> None:
    assert entry.confirm in OFFICIAL_SITES
    assert entry.review_by > entry.checked
    assert GROUNDS[entry.ground].sources == entry.documents
    assert entry.state.endswith(".")
    assert ". " not in entry.state
    assert entry.events
    for event in entry.events:
        assert event.what.endswith(".")
        assert event.day <= entry.checked
    for earlier, later in pairwise(entry.events):
        assert earlier.day <= later.day


@pytest.mark.parametrize("entry", VISA_ENTRIES.values(), ids=list(VISA_ENTRIES))
def test_what_no_document_says_is_unconfirmed(entry: VisaEntry) -> None:
    """Only a document makes something reported; nobody here read a ruling itself."""
    named = all(event.sources for event in entry.events)

    expected = Confidence.REPORTED if named else Confidence.UNCONFIRMED
    assert entry.confidence is expected


def test_events_belong_to_their_entry(tmp_path: Path) -> None:
    path = tmp_path / "visas.toml"
    path.write_text(ENTRY + EVENT, encoding="utf-8")

    (entry,) = read_entries(path)

    assert [event.what for event in entry.events] == ["It began."]
    assert entry.documents == ("s1", "s2")


def test_event_of_no_entry_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "visas.toml"
    path.write_text(ENTRY + EVENT.replace('"a"', '"b"'), encoding="utf-8")

    with pytest.raises(ContentError, match=r"visas\.toml: .*2026-01-01 is of 'b'"):
        list(read_entries(path))


def test_entry_without_its_day_of_review_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "visas.toml"
    path.write_text(ENTRY.replace("review_by = 2026-12-15\n", ""), encoding="utf-8")

    with pytest.raises(
        ContentError, match=r"visas\.toml, line 2: review_by is missing"
    ):
        list(read_entries(path))
