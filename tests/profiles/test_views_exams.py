"""Entering exams: each form asks what that exam needs, each refusal says its rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from imgportal.lib import clock
from imgportal.models import User
from profiles.models import EnglishSitting, ExamAttempt
from profiles.record_tables import ATTEMPTS
from profiles.rules.days import add_months, in_words
from tests.profiles import forms, records
from tests.reading import asked_by, html_of, tags_of, text_of

ADD = "/me/exams/add"


def tomorrow() -> date:
    return clock.now().date() + timedelta(days=1)


RESULT = {"on", "state", "outcome", "result_on"}
PERIOD = {"period_from", "period_to", "extended_to"}


@pytest.mark.parametrize(
    ("slug", "fields"),
    [
        ("step1", RESULT | PERIOD),
        ("step1-with-score", RESULT | PERIOD | {"score", "applied_on"}),
        ("step2ck", RESULT | PERIOD | {"score", "applied_on"}),
        ("step2cs", RESULT | {"applied_on"}),
        ("step3", RESULT | PERIOD | {"second_day", "score", "applied_on"}),
    ],
)
def test_form_asks_what_the_exam_needs(
    as_ana: Client, slug: str, fields: set[str]
) -> None:
    assert asked_by(as_ana.get(f"{ADD}/{slug}/")) == fields


def test_nobody_plans_a_step_2_cs(as_ana: Client) -> None:
    for slug, planned in (("step2cs", False), ("step1", True)):
        options = tags_of(as_ana.get(f"{ADD}/{slug}/"), "option")
        assert ("planned" in {tag["value"] for tag in options}) is planned


def test_a_retake_asks_for_its_reason(as_ana: Client, ana: User) -> None:
    assert "for_time_limit" not in asked_by(as_ana.get(f"{ADD}/step2ck/"))
    records.attempt(ana, on=date(2018, 3, 1))
    assert "for_time_limit" in asked_by(as_ana.get(f"{ADD}/step2ck/"))
    assert "for_time_limit" not in asked_by(as_ana.get(f"{ADD}/step3/"))


@pytest.mark.parametrize(
    ("slug", "posted"),
    [
        ("step1", forms.STEP1),
        ("step1-with-score", forms.STEP1_WITH_SCORE),
        ("step2ck", forms.STEP2CK),
        ("step2cs", forms.STEP2CS),
        ("step3", forms.STEP3),
    ],
)
def test_attempt_is_saved(as_ana: Client, ana: User, slug: str, posted: Any) -> None:
    response = as_ana.post(f"{ADD}/{slug}/", posted)

    assert (response.status_code, response["Location"]) == (302, "/me/exams/")
    row = ExamAttempt.objects.owned_by(ana).get()
    assert row.exam == slug.removesuffix("-with-score")
    assert row.on.isoformat() == posted["on"]
    assert str(row.score or "") == posted.get("score", "")


def test_save_and_add_another_asks_for_the_next(as_ana: Client) -> None:
    response = as_ana.post(
        f"{ADD}/step2ck/", forms.STEP2CK | {"another": "yes"}, follow=True
    )

    # Which one it is, is asked: nobody has to go back from another form of Step 2 CK.
    assert response.redirect_chain == [("/me/exams/add/", 302)]
    assert "Which exam?" in text_of(response)
    assert "Saved: Step 2 CK." in text_of(response)


def test_sitting_of_oet_is_saved(as_ana: Client, ana: User) -> None:
    response = as_ana.post(f"{ADD}/oet/", forms.OET)

    assert response.status_code == 302
    row = EnglishSitting.objects.owned_by(ana).get()
    assert (row.listening, row.reading, row.writing, row.speaking) == (
        *(350, 360),
        *(300, 350),
    )
    assert row.released is True


# What is posted, what is said about it, by which rule.
REFUSALS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no date": ("step2ck", {"on": ""}, "Enter the day", ""),
    "30 February": ("step2ck", {"on": "2024-02-30"}, "no day of the calendar", ""),
    "29 February of no leap year": (
        *("step2ck", {"on": "2023-02-29"}),
        *("no day of the calendar", ""),
    ),
    "a day and a month that could be swapped": (
        *("step2ck", {"on": "03/04/2024"}),
        *("no day of the calendar", ""),
    ),
    "the year 24": ("step2ck", {"on": "0024-03-10"}, "check the year", ""),
    "the year 9999": ("step2ck", {"on": "9999-12-31"}, "check the year", ""),
    "before there was such an exam": (
        *("step2ck", {"on": "1989-12-31"}),
        *("check the year", ""),
    ),
    "far ahead": (
        "step2ck",
        {"on": "2040-01-01", "state": "planned", "outcome": "", "score": ""},
        *("more than three years ahead", ""),
    ),
    "a result of tomorrow": (
        *("step2ck", {"on": "tomorrow"}),
        *("has not come yet, so there can be no result", "F-DATE-1"),
    ),
    "taken tomorrow": (
        "step2ck",
        {"on": "tomorrow", "outcome": "", "score": ""},
        *("Choose “Planned”", "F-DATE-1"),
    ),
    "a planned exam with a result": (
        *("step2ck", {"state": "planned"}),
        *("“Planned” has no result", ""),
    ),
    "a score of 301": ("step2ck", {"score": "301"}, "from 1 to 300", "U-SCORE-1"),
    "a score of 0": ("step2ck", {"score": "0"}, "from 1 to 300", "U-SCORE-1"),
    "half a score": ("step2ck", {"score": "245.5"}, "from 1 to 300", "U-SCORE-1"),
    "a score in words": ("step2ck", {"score": "high"}, "from 1 to 300", "U-SCORE-1"),
    "a number for a Step 1 without one": (
        *("step1-with-score", {"on": "2022-01-26", "score": "231"}),
        *("has no number on 26 January 2022", "U-SCORE-2"),
    ),
    "a Step 1 that had a number": (
        *("step1", {"on": "2022-01-25"}),
        *("was reported with a number", "U-SCORE-2"),
    ),
    "a Step 2 CS after the last one": (
        *("step2cs", {"on": "2021-02-01"}),
        *("was given up in January 2021", "U-CS-1"),
    ),
    "a second day before the first": (
        *("step3", {"second_day": "2025-03-09"}),
        *("comes after the first one", ""),
    ),
    "a result before the exam": (
        *("step2ck", {"result_on": "2025-03-09"}),
        *("A result comes after the exam", ""),
    ),
    "a result that is still to come": (
        *("step2ck", {"result_on": "tomorrow"}),
        *("has not come yet", "F-DATE-1"),
    ),
    "an application after the exam": (
        *("step2ck", {"applied_on": "2025-03-11"}),
        *("comes before the exam", ""),
    ),
    "a state that there is not": ("step2ck", {"state": "guessed"}, "guessed", ""),
    "an outcome that there is not": ("step2ck", {"outcome": "win"}, "win", ""),
    "OET not in tens": ("oet", {"writing": "355"}, "0 to 500 in tens", "F-OET-1"),
    "OET above the scale": ("oet", {"reading": "510"}, "0 to 500 in tens", "F-OET-1"),
    "OET below the scale": ("oet", {"reading": "-10"}, "0 to 500 in tens", "F-OET-1"),
    "OET in words": ("oet", {"speaking": "B"}, "0 to 500 in tens", "F-OET-1"),
    "OET scores of tomorrow": (
        *("oet", {"on": "tomorrow"}),
        *("there can be no scores", "F-DATE-1"),
    ),
}
SENSIBLE = {
    "step1": forms.STEP1,
    "step1-with-score": forms.STEP1_WITH_SCORE,
    "step2ck": forms.STEP2CK,
    "step2cs": forms.STEP2CS,
    "step3": forms.STEP3,
    "oet": forms.OET,
}


@pytest.mark.parametrize("case", list(REFUSALS))
def test_refusal_says_why_and_keeps_what_was_typed(as_ana: Client, case: str) -> None:
    slug, change, sentence, rule = REFUSALS[case]
    posted = SENSIBLE[slug] | {
        name: tomorrow().isoformat() if value == "tomorrow" else value
        for name, value in change.items()
    }

    response = as_ana.post(f"{ADD}/{slug}/", posted)

    assert response.status_code == 422
    words = text_of(response)
    assert sentence in words
    assert not rule or f"Rule {rule}." in words
    kept = {tag.get("name"): tag.get("value") for tag in tags_of(response, "input")}
    for name, value in posted.items():
        if name in kept:
            assert (kept[name] or "") == value, name
    assert not ExamAttempt.objects.exists()
    assert not EnglishSitting.objects.exists()


def test_an_old_step_1_may_be_saved_without_its_number(as_ana: Client) -> None:
    old = forms.STEP1 | {"on": "2020-05-04"}
    asked_again = as_ana.post(f"{ADD}/step1/", old)

    response = as_ana.post(f"{ADD}/step1/", old | {"score": ""})

    assert "score" in asked_by(asked_again)
    assert response.status_code == 302
    assert ExamAttempt.objects.get().score is None


def test_last_day_of_the_numbers_has_one(as_ana: Client) -> None:
    for on, status in (("2022-01-25", 302), ("2022-01-26", 422)):
        response = as_ana.post(
            f"{ADD}/step1-with-score/", forms.STEP1_WITH_SCORE | {"on": on}
        )
        assert response.status_code == status


def test_a_form_posted_twice_makes_one_attempt(as_ana: Client) -> None:
    for _ in range(2):
        response = as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK)
        assert response.status_code == 302

    assert ExamAttempt.objects.count() == 1


def test_two_attempts_at_one_exam_on_one_day_are_refused(as_ana: Client) -> None:
    as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK | {"outcome": "fail", "score": "190"})

    response = as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK)

    assert response.status_code == 422
    assert "Nobody sits it twice on one day" in text_of(response)
    assert ExamAttempt.objects.get().score == 190


def test_two_sittings_of_oet_on_one_day_are_refused(as_ana: Client) -> None:
    as_ana.post(f"{ADD}/oet/", forms.OET)

    response = as_ana.post(f"{ADD}/oet/", forms.OET | {"writing": "400"})

    assert response.status_code == 422
    assert "Rule E-OET-2." in text_of(response)
    assert EnglishSitting.objects.get().writing == 300


def test_two_exams_on_one_day_are_kept(as_ana: Client) -> None:
    for slug in ("step2ck", "step3"):
        form = forms.STEP2CK if slug == "step2ck" else forms.STEP3
        assert as_ana.post(f"{ADD}/{slug}/", form).status_code == 302

    assert ExamAttempt.objects.count() == 2


def test_a_second_pass_needs_the_reason_of_a_time_limit(
    as_ana: Client, ana: User
) -> None:
    records.attempt(ana, on=date(2017, 3, 1))

    refused = as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK)
    saved = as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK | {"for_time_limit": "on"})

    assert refused.status_code == 422
    assert "Rule U-ATT-4." in text_of(refused)
    assert saved.status_code == 302
    assert ExamAttempt.objects.get(on="2025-03-10").for_time_limit is True


def test_a_contradiction_with_the_score_is_kept_as_reported(
    as_ana: Client, ana: User
) -> None:
    response = as_ana.post(
        f"{ADD}/step2ck/", forms.STEP2CK | {"outcome": "fail", "score": "280"}
    )

    assert response.status_code == 302
    row = ExamAttempt.objects.owned_by(ana).get()
    assert (row.outcome, row.score) == ("fail", 280)


def test_edit_shows_what_is_stored(as_ana: Client, ana: User) -> None:
    row = records.attempt(ana, "step1", on=date(2020, 5, 4), score=231)

    response = as_ana.get(f"/me/exams/step1/{row.pk}/")

    values = {tag.get("name"): tag.get("value") for tag in tags_of(response, "input")}
    assert (values["on"], values["score"], values["seen"]) == ("2020-05-04", "231", "1")


def test_edit_changes_the_row(as_ana: Client, ana: User) -> None:
    row = records.attempt(ana, score=245)

    response = as_ana.post(
        f"/me/exams/step2ck/{row.pk}/", forms.STEP2CK | {"score": "250", "seen": "1"}
    )

    assert (response.status_code, response["Location"]) == (302, "/me/exams/")
    assert ExamAttempt.objects.get().score == 250


def test_two_tabs_lose_nothing(as_ana: Client, ana: User) -> None:
    row = records.attempt(ana, score=245)
    page = f"/me/exams/step2ck/{row.pk}/"
    as_ana.post(page, forms.STEP2CK | {"score": "250", "seen": "1"})

    late = as_ana.post(page, forms.STEP2CK | {"score": "199", "seen": "1"})

    assert late.status_code == 409
    assert "this was changed in the meantime" in text_of(late)
    assert "Three-digit score 250" in text_of(late)
    values = {tag.get("name"): tag.get("value") for tag in tags_of(late, "input")}
    assert (values["score"], values["seen"]) == ("199", "2")
    assert ExamAttempt.objects.get().score == 250
    # Both were shown; who saves again means it.
    as_ana.post(page, forms.STEP2CK | {"score": "199", "seen": "2"})
    assert ExamAttempt.objects.get().score == 199


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 50, "\x00"])
def test_a_version_that_nobody_was_shown_overwrites_nothing(
    as_ana: Client, ana: User, seen: str
) -> None:
    row = records.attempt(ana, score=245)

    response = as_ana.post(
        f"/me/exams/step2ck/{row.pk}/", forms.STEP2CK | {"score": "199", "seen": seen}
    )

    assert response.status_code == 409
    assert ExamAttempt.objects.get().score == 245


def test_a_change_of_what_was_removed_keeps_what_was_typed(
    as_ana: Client, ana: User
) -> None:
    row = records.attempt(ana)
    as_ana.post(f"/me/exams/step2ck/{row.pk}/remove/")

    late = as_ana.post(
        f"/me/exams/step2ck/{row.pk}/", forms.STEP2CK | {"score": "199", "seen": "1"}
    )

    assert late.status_code == 404
    values = {tag.get("name"): tag.get("value") for tag in tags_of(late, "input")}
    assert values["score"] == "199"
    (form,) = [tag for tag in tags_of(late, "form") if tag.get("method") == "post"]
    assert form["action"] == f"{ADD}/step2ck/"


def test_removal_asks_first(as_ana: Client, ana: User) -> None:
    row = records.attempt(ana)
    page = f"/me/exams/step2ck/{row.pk}/remove/"

    asked_first = as_ana.get(page)
    assert "Remove Step 2 CK, 10 March 2025?" in text_of(asked_first)
    assert ExamAttempt.objects.exists()

    response = as_ana.post(page)
    assert (response.status_code, response["Location"]) == (302, "/me/exams/")
    assert not ExamAttempt.objects.exists()
    assert as_ana.post(page).status_code == 404


def test_a_full_record_says_so(
    as_ana: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "profiles.actions.save_entry.TABLE_OF", {ExamAttempt: replace(ATTEMPTS, most=1)}
    )
    records.attempt(ana, on=date(2019, 1, 1), outcome="fail")

    response = as_ana.post(f"{ADD}/step2ck/", forms.STEP2CK)

    assert response.status_code == 422
    assert "A record holds 1 of these and no more" in text_of(response)


def test_a_result_of_what_was_never_sat_is_refused_with_its_day(as_ana: Client) -> None:
    answer = as_ana.post(
        "/me/exams/add/step2ck/",
        forms.STEP2CK | {"state": "cancelled", "result_on": "2025-04-02"},
    )

    assert answer.status_code == 422
    assert "has no result" in text_of(answer)


def test_a_period_is_kept_and_shown(as_ana: Client) -> None:
    on = clock.now().date() + timedelta(days=40)
    first = on.replace(day=1)
    last = add_months(first, 3) - timedelta(days=1)
    posted = {
        "on": str(on),
        "state": "planned",
        "period_from": str(first),
        "period_to": str(last),
    }

    refused = as_ana.post(f"{ADD}/step1/", posted | {"period_from": str(last)})
    assert refused.status_code == 422
    assert f'value="{last}"' in html_of(refused)
    assert "U-EP-1" in text_of(refused)

    assert as_ana.post(f"{ADD}/step1/", posted).status_code == 302
    page = text_of(as_ana.get("/me/exams/"))
    assert f"Eligibility period {in_words(first)} to {in_words(last)}" in page
    assert "Your eligibility period for Step 1 ends" in text_of(
        as_ana.get("/me/season/")
    )
