"""`/me/`: the next five things, the risks, the certificate, exams, scores; any day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from profiles.models import Profile
from stats import public
from tests.profiles import records
from tests.reading import html_of, links_of, tags_of, text_of

HEADINGS = (
    "What is next",
    "What could go wrong",
    "How far the certificate is",
    "Exams",
    "Where my score stands",
)


def between(page: str, first: str, last: str) -> str:
    return page[page.index(first) : page.index(last)]


def test_parts_stand_in_the_order_in_which_they_are_asked(
    as_ana: Client, ana: User
) -> None:
    records.full_record(ana)

    html = html_of(as_ana.get("/me/"))

    # The navigation has a link to the exams as well.
    places = [html.index(f">{heading}</h2>") for heading in HEADINGS]
    assert places == sorted(places)


def test_five_things_come_next_and_the_rest_is_counted(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2025, 3, 10))
    for name in ("account", "identity", "application_accepted", "fees_clear"):
        records.item(ana, name, state="not_started", since=None)

    page = as_ana.get("/me/")

    html = between(html_of(page), 'id="next"', 'id="risks"')
    assert html.count('<p class="what">') == 5
    assert "more wait behind them" in text_of(page)


def test_each_thing_to_do_has_its_reason_and_leads_somewhere(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2025, 3, 10))

    page = as_ana.get("/me/")

    words = text_of(page)
    assert (
        "31 December 2026 in 39 days Plan Step 2 CK for 31 December 2026 or before."
        in words
    )
    assert "For the 2027 Match its result should be there by 3 March 2027" in words
    assert "/me/exams/#step2ck" in links_of(page)
    assert "/rules/#E-NRMP-1" in links_of(page)


def test_planned_exam_that_comes_late_shows_the_last_day_with_little_risk(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, on=date(2027, 2, 20), state="planned", outcome="")

    words = text_of(as_ana.get("/me/"))

    assert "Step 2 CK May come too late, 31 December 2026." in words
    assert "The last exam day of low risk is 31 December 2026" in words


def test_hours_are_said_where_the_member_is_as_well(as_ana: Client, ana: User) -> None:
    records.profile(ana)

    words = text_of(as_ana.get("/me/?as_of=2027-02-20"))

    assert (
        "3 March 2027, 21:00 Eastern Time in 11 days Where you are: 4 March 2027, 07:30"
        in words
    )


def test_deadline_is_not_over_while_its_day_lasts_in_new_york(
    as_ana: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.profile(ana)
    # Half past one on 4 March in India, and three in the afternoon before in New York.
    afternoon = datetime(2027, 3, 3, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: afternoon)

    words = text_of(as_ana.get("/me/"))

    assert "3 March 2027, 21:00 Eastern Time today Where you are: 4 March" in words
    assert "Eastern Time over" not in words


def test_another_day_can_be_asked_about(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2025, 3, 10))

    today, later = as_ana.get("/me/"), as_ana.get("/me/?as_of=2027-03-04")

    assert "The Match Missed" not in text_of(today)
    assert "As of 4 March 2027, not today." in text_of(later)
    assert "The Match Missed, 3 March 2027." in text_of(later)


@pytest.mark.parametrize("day", ["2027-02-30", "0000-00-00", "x\x00y", "9" * 400])
def test_day_that_is_none_falls_back_to_today(
    as_ana: Client, ana: User, day: str
) -> None:
    records.profile(ana)

    response = as_ana.get("/me/", {"as_of": day})

    assert response.status_code == 200
    assert "these are today's verdicts" in text_of(response)


# --- Scores -------------------------------------------------------------------------


def test_score_is_marked_among_both_outcomes_of_each_chosen_specialty(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, on=date(2025, 3, 10), score=245)

    page = as_ana.get("/me/")
    words = text_of(page)

    figures = public.everything()
    for slug in ("internal-medicine", "neurology"):
        rows = [row for row in figures.scores_of[slug] if row.edition == 2026]
        assert len(rows) == 2
        for row in rows:
            assert f"n = {row.applicants_with_score:,}" in words
    assert (
        "245: below the middle of those who matched, above the middle of those who did "
        "not match." in words
    )
    assert "not what will happen" in words
    marks = [tag for tag in tags_of(page, "line") if "data-own" in tag]
    assert len(marks) == 4
    # 245 on an axis from 200 to 300.
    assert {mark["x1"] for mark in marks} == {"45.0%"}
    assert all("visibility" not in mark for mark in marks)


def test_us_img_gets_means_and_the_other_group_under_its_own_name(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, us_citizen=True, specialties=["internal-medicine"])
    records.attempt(ana, on=date(2025, 3, 10), score=240)

    words = text_of(as_ana.get("/me/"))

    assert "US IMGs mean only" in words
    assert "240: 5 above the mean of those who matched." in words
    assert "No quartiles are published of US IMGs here, only means." in words
    assert "Of the other group there is this: Non-US IMGs" in words


def test_what_is_withheld_is_called_too_few_to_publish(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, specialties=["thoracic-surgery", "dermatology"])

    words = text_of(as_ana.get("/me/"))

    assert "Non-US IMGs, edition 2026: too few to publish." in words
    assert "Edition 2026. Matched: too few to publish." in words


def test_group_that_no_edition_covers_is_said(as_ana: Client, ana: User) -> None:
    records.profile(ana, us_citizen=True, specialties=["thoracic-surgery"])

    words = text_of(as_ana.get("/me/"))

    assert "No edition gives scores of US IMGs in this specialty." in words


def test_citizenship_that_is_not_said_shows_both_groups(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, us_citizen=None, specialties=["psychiatry"])

    page = as_ana.get("/me/")

    assert "so both are shown" in text_of(page)
    chips = between(html_of(page), 'id="scores"', "signed-in")
    assert "g-non_us_img" in chips
    assert "g-us_img" in chips


@pytest.mark.parametrize(
    "attempt",
    [
        {"outcome": "fail", "score": 200},
        {"outcome": "pass", "score": None},
        {"outcome": "pass", "score": 209},  # below the minimum: needs a look
        {"on": date(2027, 1, 5), "state": "planned", "outcome": ""},
    ],
)
def test_only_a_passing_score_that_is_sure_is_marked(
    as_ana: Client, ana: User, attempt: dict[str, Any]
) -> None:
    records.profile(ana)
    records.attempt(ana, **attempt)

    page = as_ana.get("/me/")

    assert "No passed Step 2 CK with a score is in your record" in text_of(page)
    marks = [tag for tag in tags_of(page, "line") if "data-own" in tag]
    assert marks
    assert {mark["visibility"] for mark in marks} == {"hidden"}


def test_score_is_not_known_before_its_day(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, on=date(2025, 3, 10), score=245, result_on=date(2025, 4, 2))

    before = text_of(as_ana.get("/me/?as_of=2025-04-01"))
    after = text_of(as_ana.get("/me/?as_of=2025-04-02"))

    assert "245:" not in before
    assert "245:" in after


def test_name_that_is_published_no_longer_is_kept_and_said(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, specialties=["phrenology"])

    assert "Nothing is published under the name “phrenology”" in text_of(
        as_ana.get("/me/")
    )


def test_pages_of_scores_never_speak_of_chances(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, score=245)

    words = text_of(as_ana.get("/me/")).lower()

    for word in ("chance", "probab", "likely", "odds", "competitive"):
        assert word not in words


# --- Three questions ------------------------------------------------------------------


def test_new_member_is_asked_three_questions_and_gets_an_answer(
    as_ana: Client, ana: User
) -> None:
    page = as_ana.get("/me/")
    asked = [tag["name"] for tag in tags_of(page, "select")]
    assert asked == ["season", "school_country", "us_citizen"]
    assert "/me/start/" in [tag.get("action") for tag in tags_of(page, "form")]

    answer = as_ana.post(
        "/me/start/",
        {"season": "2027", "school_country": "IN", "us_citizen": "no", "seen": "0"},
        follow=True,
    )

    assert answer.redirect_chain == [("/me/", 302)]
    words = text_of(answer)
    assert "You are a non-US IMG" in words
    assert "You aim at the 2027 Match." in words
    assert "Apply to your Pathway." in words


def test_questions_may_stay_open(as_ana: Client, ana: User) -> None:
    response = as_ana.post("/me/start/", {"seen": "0"}, follow=True)

    assert response.status_code == 200
    assert "Choose the Match that you aim at." in text_of(response)


def test_wrong_answer_comes_back_with_what_was_typed(as_ana: Client, ana: User) -> None:
    response = as_ana.post(
        "/me/start/", {"season": "1066", "school_country": "IN", "seen": "0"}
    )

    assert response.status_code == 422
    assert not Profile.objects.owned_by(ana).exists()
    assert '<option value="IN" selected' in html_of(response)


def test_questions_do_not_empty_the_rest_of_the_profile(
    as_ana: Client, ana: User
) -> None:
    row = records.profile(ana)

    as_ana.post(
        "/me/start/",
        {"season": "2028", "school_country": "IN", "us_citizen": "no", "seen": "1"},
    )

    row.refresh_from_db()
    assert row.season == 2028
    assert row.specialties == ["internal-medicine", "neurology"]
    assert row.time_zone == "Asia/Kolkata"


def test_who_is_no_img_is_not_asked_which_group_of_imgs_is_theirs(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana, school_country="US", us_citizen=None)

    text = text_of(as_ana.get("/me/"))

    assert "Say which you are" not in text
    assert "By what you entered you are not one" in text


def test_every_link_of_the_overview_leads_to_a_page(as_ana: Client, ana: User) -> None:
    records.profile(ana, us_citizen=None)

    links = {link for link in links_of(as_ana.get("/me/")) if link.startswith("/me/")}

    assert "/me/exams/add/step2ck/" in links
    for link in links:
        assert as_ana.get(link.partition("#")[0]).status_code == 200, link
