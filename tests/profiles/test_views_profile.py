"""Entering the profile: every field may be empty, and says why it is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
from profiles.countries import COUNTRIES, UNINHABITED
from profiles.models import Profile
from tests.profiles import forms, records
from tests.reading import asked_by, tags_of, text_of


def test_profile_is_kept(as_ana: Client, ana: User) -> None:
    response = as_ana.post("/me/profile/", forms.PROFILE)

    assert (response.status_code, response["Location"]) == (302, "/me/profile/")
    row = Profile.objects.owned_by(ana).get()
    assert (row.us_citizen, row.school_country, row.season) == (False, "IN", 2027)
    assert row.specialties == ["internal-medicine", "neurology"]
    assert row.time_zone == "Asia/Kolkata"


def test_profile_may_be_emptied_again(as_ana: Client, ana: User) -> None:
    records.profile(ana)

    response = as_ana.post("/me/profile/", {"seen": "1"})

    assert response.status_code == 302
    row = Profile.objects.owned_by(ana).get()
    assert (row.us_citizen, row.school_country, row.season) == (None, "", None)
    assert (row.graduated_on, row.specialties, row.time_zone) == (None, [], "")


def test_every_field_of_the_profile_says_why_it_is_asked(as_ana: Client) -> None:
    page = as_ana.get("/me/profile/")

    asked = asked_by(page)
    explained = {
        tag["id"].removeprefix("id_").removesuffix("_helptext")
        for tag in tags_of(page, "div")
        if tag.get("id", "").endswith("_helptext")
    }
    assert asked == {*forms.PROFILE} - {"seen"}
    # Several boxes carry one explanation, without an id of its own.
    assert asked - {"specialties"} <= explained
    assert "through which service they take applications." in text_of(page)


def test_countries_are_those_where_people_live_with_their_whole_names(
    as_ana: Client,
) -> None:
    offered = {
        tag["value"]
        for tag in tags_of(as_ana.get("/me/profile/"), "option")
        if len(tag["value"]) == 2
    }

    assert "XK" in offered
    assert not offered & UNINHABITED
    assert {"PR", "GD", "SJ"} <= offered
    assert [
        name for name in COUNTRIES.values() if re.search(r"\.|\bSt\b|NL", name)
    ] == []


def test_kosovo_can_be_chosen(as_ana: Client, ana: User) -> None:
    as_ana.post("/me/profile/", forms.PROFILE | {"school_country": "XK"})

    assert Profile.objects.owned_by(ana).get().school_country == "XK"
    assert "Kosovo" in text_of(as_ana.get("/me/data/print/"))


def test_a_country_that_is_not_offered_any_more_stays_in_its_record(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, school_country="BV")

    page = as_ana.get("/me/profile/")
    assert any(
        tag["value"] == "BV" and "selected" in tag for tag in tags_of(page, "option")
    )
    response = as_ana.post(
        "/me/profile/", forms.PROFILE | {"school_country": "BV", "seen": "1"}
    )
    assert response.status_code == 302
    assert Profile.objects.owned_by(ana).get().school_country == "BV"


PROFILE_REFUSALS: dict[str, dict[str, Any]] = {
    "a country that there is not": {"school_country": "XX"},
    "a place where nobody lives": {"school_country": "BV"},
    "a Match long ago": {"season": "1999"},
    "a season in words": {"season": "next"},
    "a specialty that there is not": {"specialties": ["witchcraft"]},
    "a zone that there is not": {"time_zone": "Mars/Olympus"},
    "a path for a zone": {"time_zone": "../../etc/passwd"},
    "citizenship in other words": {"us_citizen": "maybe"},
    "a graduation of the year 1": {"graduated_on": "0001-01-01"},
}


@pytest.mark.parametrize("case", list(PROFILE_REFUSALS))
def test_profile_that_cannot_be_is_refused(as_ana: Client, case: str) -> None:
    response = as_ana.post("/me/profile/", forms.PROFILE | PROFILE_REFUSALS[case])

    assert response.status_code == 422
    assert "Not saved yet." in text_of(response)
    assert not Profile.objects.exists()


def test_eleven_specialties_are_too_many(as_ana: Client) -> None:
    options = [
        tag["value"]
        for tag in tags_of(as_ana.get("/me/profile/"), "input")
        if tag.get("name") == "specialties"
    ]

    response = as_ana.post(
        "/me/profile/", forms.PROFILE | {"specialties": options[:11]}
    )

    assert response.status_code == 422
    assert "These are 11; choose 10 at most." in text_of(response)


def test_a_specialty_that_is_no_longer_published_stays_chosen(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, specialties=["phrenology"])

    boxes = [
        tag for tag in tags_of(as_ana.get("/me/profile/"), "input") if "checked" in tag
    ]

    assert [tag["value"] for tag in boxes] == ["phrenology"]


def test_a_zone_that_this_machine_lost_stays_chosen(as_ana: Client, ana: User) -> None:
    records.profile(ana, time_zone="Europe/Atlantis")

    page = as_ana.get("/me/profile/")

    chosen = [tag["value"] for tag in tags_of(page, "option") if "selected" in tag]
    assert "Europe/Atlantis" in chosen
