"""The season page: where a member stands, and what is ahead in their own hours."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from imgportal.models import User
from profiles.models import Profile
from tests.profiles import records
from tests.reading import html_of, text_of

SEASON = "/me/season/"


def test_without_a_match_the_page_asks_for_one(as_ana: Client) -> None:
    response = as_ana.get(SEASON)

    assert "Which Match are you aiming at?" in text_of(response)
    assert "/me/profile/#id_season" in html_of(response)
    assert "/me/exams/add/" in html_of(response)


def test_hours_are_those_of_the_member_and_of_new_york(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, time_zone="Asia/Kolkata")
    text = text_of(as_ana.get(SEASON))

    # In winter New York is ten and a half hours behind, in summer nine and a half.
    assert "07:30 your time · Wed 3 Mar, 21:00 Eastern Time" in text
    assert "Asia/Kolkata" in text
    assert "18:30 to 20:30 your time · Thu 18 Mar, 09:00 to 11:00 Eastern Time" in text


def test_an_event_stands_under_the_day_of_the_member(as_ana: Client, ana: User) -> None:
    for zone, day in (
        ("Asia/Kolkata", "Thu 4 Mar"),
        ("America/Los_Angeles", "Wed 3 Mar"),
        ("Pacific/Kiritimati", "Thu 4 Mar"),
    ):
        Profile.objects.all().delete()
        records.profile(ana, time_zone=zone)
        text = text_of(as_ana.get(SEASON))
        before = text[: text.index("Rank order list must be certified")]
        assert before.split("\n")[-1].endswith(day) or day in before[-30:], zone


@pytest.mark.parametrize("zone", ["", "Atlantis/Nowhere"])
def test_without_a_zone_hours_are_eastern_only(
    as_ana: Client, ana: User, zone: str
) -> None:
    records.profile(ana, time_zone=zone)
    response = as_ana.get(SEASON)

    assert "Wed 3 Mar, 21:00 Eastern Time" in text_of(response)
    assert "your time" not in text_of(response).replace("your time zone", "")
    assert "/me/profile/#id_time_zone" in html_of(response)


def test_how_far_a_date_can_be_trusted_is_said_in_words(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, season=2026)
    text = text_of(as_ana.get(SEASON, {"as_of": "2025-06-01"}))

    for words in ("Confirmed.", "Reported, not official.", "Unconfirmed."):
        assert words in text


def test_a_planned_exam_stands_in_its_season(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    row = records.attempt(ana, on=date(2027, 2, 10), state="planned", outcome="")
    response = as_ana.get(SEASON)
    text = text_of(response)

    assert "Step 2 CK exam" in text
    assert "Result of Step 2 CK is typically there" in text
    assert "may come after the rank order list deadline" in text
    assert "The last exam day of low risk is 31 December 2026" in text
    assert f"/me/exams/step2ck/{row.pk}/" in html_of(response)


def test_readiness_for_the_rank_list_is_judged(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    records.attempt(ana, on=date(2027, 2, 10), state="planned", outcome="")

    text = text_of(as_ana.get(SEASON))

    assert "must be there by 3 March 2027, 21:00 Eastern Time" in text
    assert "E-NRMP-1" in text


def test_a_season_that_nobody_knows_says_so(as_ana: Client, ana: User) -> None:
    records.profile(ana, season=2031)

    assert "No date of the 2031 Match is known here yet." in text_of(as_ana.get(SEASON))


def test_what_is_past_is_folded_away(as_ana: Client, ana: User) -> None:
    records.profile(ana, season=2026)
    text = text_of(as_ana.get(SEASON))

    assert "dates behind you" in text
    assert "Aim at the next Match" in text


def test_somebody_elses_exam_is_not_there(as_ana: Client, ana: User, ben: User) -> None:
    records.profile(ana)
    records.attempt(ben, on=date(2027, 2, 10), state="planned", outcome="")

    assert "Step 2 CK exam" not in text_of(as_ana.get(SEASON))


@pytest.mark.parametrize(
    ("specialties", "words"),
    [
        (
            ["emergency-medicine"],
            "Emergency Medicine takes applications in ResidencyCAS",
        ),
        ([], "Some specialties use another service: Emergency Medicine (ResidencyCAS)"),
    ],
)
def test_the_page_says_through_which_service_to_apply(
    as_ana: Client, ana: User, specialties: list[str], words: str
) -> None:
    records.profile(ana, season=2027, specialties=specialties)

    assert words in text_of(as_ana.get(SEASON))


def test_a_match_that_cannot_be_had_asks_for_nothing(as_ana: Client, ana: User) -> None:
    """Neither a Pathway nor an exam, and the page says why its days are missing."""
    records.profile(ana, season=2027)
    for year in (2022, 2023, 2024, 2025):
        records.attempt(ana, "step1", on=date(year, 3, 1), outcome="fail", score=None)

    text = text_of(as_ana.get(SEASON))

    assert "this Match cannot be had any more" in text
    assert "No date of the 2027 Match is known here yet" not in text
    assert "Apply to your Pathway" not in text
    assert "last exam day of low risk" not in text
    assert "No exam of yours is planned" not in text


def test_who_has_everything_is_asked_for_no_pathway(as_ana: Client, ana: User) -> None:
    records.profile(ana, season=2026)
    records.certificate(ana)

    text = text_of(as_ana.get(SEASON))

    assert "The last day to apply to a Pathway" not in text
