"""What a member did in each Match: kept, shown, taken away and brought back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from profiles.models import SeasonRecord
from tests.profiles import records
from tests.profiles.test_import import bring_back, exported, good
from tests.reading import html_of, text_of

PAGE = "/me/season/record/"
TYPED = {
    "season": "2026",
    "registered_on": "2025-10-01",
    "applied_to": "120",
    "interviews": "0",
    "outcome": "soap",
    "seen": "0",
}


def test_a_season_is_kept_and_changed(as_ana: Client, ana: User) -> None:
    assert as_ana.post(f"{PAGE}add/", TYPED).status_code == 302
    row = SeasonRecord.objects.owned_by(ana).get()

    changed = TYPED | {"certified_on": "2026-02-27", "seen": "1"}
    assert as_ana.post(f"{PAGE}{row.pk}/", changed).status_code == 302
    page = text_of(as_ana.get(PAGE))

    assert "2026 Match" in page
    assert "Registered with NRMP 1 October 2025" in page
    assert "Rank order list certified 27 February 2026" in page
    assert "Matched in SOAP" in page


def test_none_is_shown_as_none_and_unsaid_is_not_shown(as_ana: Client) -> None:
    as_ana.post(f"{PAGE}add/", TYPED)
    page = text_of(as_ana.get(PAGE))

    assert "Interviews 0" in page
    assert "Programs ranked" not in page


def test_a_season_is_removed_after_asking(as_ana: Client, ana: User) -> None:
    row = records.season_record(ana)
    page = f"{PAGE}{row.pk}/remove/"

    assert "2026 Match" in text_of(as_ana.get(page))
    assert SeasonRecord.objects.exists()
    assert as_ana.post(page).status_code == 302
    assert not SeasonRecord.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"season": ""}, "Choose the season."),
        ({"registered_on": "2099-01-01"}, "This day has not come yet."),
        ({"interviews": "-1"}, "Enter a whole number, from 0 to 9999."),
        ({"ranked": "9" * 400}, "Enter a whole number, from 0 to 9999."),
        ({"eras_specialties": "no-such"}, "no-such"),
        ({"outcome": "won"}, "won"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(
    as_ana: Client, typed: dict[str, Any], sentence: str
) -> None:
    page = as_ana.post(f"{PAGE}add/", TYPED | typed)

    assert page.status_code == 422
    assert sentence in text_of(page)
    if "registered_on" not in typed:
        assert 'value="2025-10-01"' in html_of(page)
    assert not SeasonRecord.objects.exists()


def test_a_match_has_one_record(as_ana: Client, ana: User) -> None:
    records.season_record(ana)
    page = as_ana.post(f"{PAGE}add/", TYPED)

    assert "You have a record of this season already" in text_of(page)
    assert SeasonRecord.objects.count() == 1


def test_it_comes_back_as_it_was_taken_away(as_ana: Client, ana: User) -> None:
    # One of the names is not published here.
    records.season_record(
        ana,
        eras_on=date(2025, 9, 24),
        eras_specialties=["internal-medicine", "one-of-another-site"],
        interviews=0,
    )
    taken = exported(ana)
    SeasonRecord.objects.owned_by(ana).delete()
    bring_back(as_ana, good() | {"version": 4, "record": taken["record"]})

    assert exported(ana)["record"]["seasons"] == taken["record"]["seasons"]
    assert len(taken["record"]["seasons"][0]["eras_specialties"]) == 2


def test_a_file_of_version_3_knows_no_seasons_and_takes_none_away(
    as_ana: Client, ana: User
) -> None:
    records.season_record(ana)
    bring_back(as_ana, good())

    assert SeasonRecord.objects.owned_by(ana).exists()
