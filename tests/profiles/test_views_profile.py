"""Entering the profile: every field may be empty, and says why it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from imgportal.models import User
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
    assert "To show you the published figures of these first." in text_of(page)


PROFILE_REFUSALS: dict[str, dict[str, Any]] = {
    "a country that there is not": {"school_country": "XX"},
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
