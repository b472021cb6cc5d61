"""What a member did in each Match: kept, shown, taken away and brought back."""

from __future__ import annotations

import re
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
    assert "Registered with NRMP 2026 1 October 2025" in page
    assert "Rank order list certified 2026 27 February 2026" in page
    assert "Matched in SOAP" in page


def test_the_match_aimed_at_is_chosen_until_it_is_recorded(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, season=2026)
    chosen = '<option value="2026" selected>'

    assert chosen in html_of(as_ana.get(f"{PAGE}add/"))
    as_ana.post(f"{PAGE}add/", TYPED)
    assert chosen not in html_of(as_ana.get(f"{PAGE}add/"))


def test_none_is_shown_as_none_and_unsaid_is_not_shown(as_ana: Client) -> None:
    as_ana.post(f"{PAGE}add/", TYPED)
    page = text_of(as_ana.get(PAGE))

    assert "Interviews 2026 0" in page
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


def test_seasons_stand_side_by_side_and_say_which_is_not_said(
    as_ana: Client, ana: User
) -> None:
    records.season_record(
        ana, season=2025, registered_on=date(2024, 10, 1), mspe="sent"
    )
    records.season_record(ana, interviews=3, letters="asked_for")
    page = text_of(as_ana.get(PAGE))

    assert "2026 Match Change the 2026 Match 2025 Match Change" in page
    assert "Interviews 2026 3 2025 Not said" in page
    assert "Letters of recommendation 2026 Asked for 2025 Not said" in page
    assert "MSPE 2026 Not said 2025 Sent" in page
    # Of no season was anything said of it.
    assert "Personal statement" not in page


def test_a_registration_after_the_standard_deadline_is_called_late(
    as_ana: Client, ana: User
) -> None:
    records.season_record(ana, season=2027, registered_on=date(2027, 2, 1))
    assert "1 February 2027, late" in text_of(as_ana.get(PAGE))


def test_a_document_is_in_no_other_state(as_ana: Client) -> None:
    page = as_ana.post(f"{PAGE}add/", TYPED | {"photo": "lost"})

    assert page.status_code == 422
    assert not SeasonRecord.objects.exists()


def test_ranked_stands_beside_the_published_ranks_of_the_own_group(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, us_citizen=False, school_country="NG")
    records.season_record(ana, ranked=7)
    page = text_of(as_ana.get(PAGE))
    ranks = page[page.index("Programs ranked, beside") :]

    assert "For the 2026 Match you ranked 7." in ranks
    # Edition 2026 of the founding figures: of those who matched, 6.1 and 5.
    assert re.search(r"Internal Medicine Non-US IMGs? matched 6\.1 5\.?0? 2026", ranks)
    assert "US IMG matched" not in ranks.replace("Non-US IMG matched", "")
    assert "chance" not in ranks
    assert "probab" not in ranks


def test_none_ranked_is_a_number_and_unsaid_has_no_comparison(
    as_ana: Client, ana: User
) -> None:
    row = records.season_record(ana, ranked=0)
    assert "you ranked 0" in text_of(as_ana.get(PAGE))

    SeasonRecord.objects.owned_by(ana).filter(pk=row.pk).update(ranked=None)
    assert "beside published figures" not in text_of(as_ana.get(PAGE))
