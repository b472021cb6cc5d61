"""A published version is withdrawn with a reason, by two people; nothing is hidden."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from imgportal.models import User
from stats import public
from stats.actions import withdraw_version
from stats.choices import ReleaseStep
from stats.editions import at_edition
from stats.exceptions import NoteMissing, SamePerson, WrongStatus
from stats.models import Edition, Release, ReleaseEvent, Withdrawal
from tests import staff
from tests.factories import NOW, corrected_by, draft_by
from tests.reading import csv_of, html_of, json_of, tables_of, text_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=3)
REASON = "The table was read from the wrong page of the report."
AGAIN = "The page was the right one after all; two people have read it."
SHOWS_2024 = (
    *("/match/", "/match/2024/", "/match/2024/v1/", "/specialties/?year=2024"),
    *("/match/all-applicants/", "/match/?edition=1", "/match/2024/?edition=1"),
)
OTHERS = ("/match/2023/", "/match/?until=2020", "/scores/", "/specialties/?year=2019")


@pytest.fixture
def release() -> Release:
    return Release.objects.get(match_year=2024)


def propose(release: Release, by: User, *, lifts: bool = False) -> Withdrawal:
    return withdraw_version.propose(
        release_id=release.pk,
        lifts=lifts,
        reason=AGAIN if lifts else REASON,
        by=by,
        now=NOW,
    )


def confirm(proposal: Withdrawal, by: User) -> Withdrawal:
    return withdraw_version.confirm(
        release_id=proposal.release_id, seen=proposal.pk, by=by, now=LATER
    )


def withdraw(release: Release, alice: User, bert: User) -> None:
    confirm(propose(release, alice), bert)


def test_a_proposal_is_not_public(
    client: Client, release: Release, alice: User
) -> None:
    before = public.everything()
    propose(release, alice)

    assert public.everything() is before
    assert REASON not in text_of(client.get("/match/2024/"))


def test_every_page_that_shows_it_says_why(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    shown = {path: tables_of(client.get(path)) for path in (*SHOWS_2024, *OTHERS)}
    withdraw(release, alice, bert)

    for path in SHOWS_2024:
        page = client.get(path)
        assert (
            "Withdrawn: do not use the figures of the 2024 Match, version 1. " + REASON
        ) in text_of(page), path
        assert "Withdrawn" in html_of(page)
    for path in OTHERS:
        page = client.get(path)
        assert REASON not in text_of(page), path
        assert tables_of(page) == shown[path]


def test_no_figure_changes_and_none_is_hidden(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    before = csv_of(client.get("/match/2024/applicants.csv"))
    archive = client.get("/data/editions/1/imgportal.zip").content
    withdraw(release, alice, bert)

    after = csv_of(client.get("/match/2024/applicants.csv"))
    assert [row | {"note": ""} for row in after] == [
        row | {"note": ""} for row in before
    ]
    # Where a program reads rows, each says it.
    for row in after:
        assert row["note"].startswith(f"Withdrawn: {REASON}")
    data = json_of(client.get("/match/2024/applicants.json"))
    assert data["notices"] == [f"The 2024 Match, version 1, is withdrawn: {REASON}"]
    assert json_of(client.get("/match/2024.json"))["withdrawn_because"] == REASON
    assert json_of(client.get("/match/2023.json"))["withdrawn_because"] is None
    open_rows = csv_of(client.get("/data/applicants.csv"))
    assert {
        row["match_year"] for row in open_rows if row["note"].startswith("Withdrawn")
    } == {"2024"}
    # It makes no edition, and changes the archive of none.
    assert public.everything().edition == 1
    assert client.get("/data/editions/1/imgportal.zip").content == archive
    assert Edition.objects.count() == 1


def test_a_withdrawn_year_is_confirmed_no_longer(
    release: Release, alice: User, bert: User
) -> None:
    def row() -> Any:
        return public.everything().years[2024].imgs

    assert row().provenance.is_confirmed
    withdraw(release, alice, bert)

    assert not row().provenance.is_confirmed
    assert public.everything().newest_confirmed != public.everything().years[2024]


def test_a_kept_page_does_not_outlive_a_withdrawal(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    first = client.get("/match/2024/")
    withdraw(release, alice, bert)
    again = client.get(
        "/match/2024/",
        headers={
            "If-None-Match": first.headers["ETag"],
            "If-Modified-Since": first.headers["Last-Modified"],
        },
    )

    assert again.status_code == 200
    assert REASON in text_of(again)
    since = client.get(
        "/match/2024/",
        headers={"If-Modified-Since": first.headers["Last-Modified"]},
    )
    assert since.status_code == 200


def test_next_version_replaces_what_was_withdrawn(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    withdraw(release, alice, bert)
    corrected_by(alice, bert, now=LATER, note="Read on the right page.")

    assert REASON not in text_of(client.get("/match/"))
    assert f"version 1. {REASON}" in text_of(client.get("/match/2024/v1/"))
    assert f"withdrawn: {REASON}" in text_of(client.get("/match/2024/"))
    assert f"version 1. {REASON}" in text_of(client.get("/match/2024/?edition=1"))
    assert at_edition(public.everything(), 1).years[2024].release.withdrawn_because
    # The next amendment carries nothing of it.
    for row in csv_of(client.get("/match/2024/applicants.csv")):
        assert "Withdrawn" not in row["note"]


def test_changes_and_feed_tell_of_it_and_that_it_was_lifted(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    withdraw(release, alice, bert)
    confirm(propose(release, bert, lifts=True), alice)

    page = text_of(client.get("/changes/"))
    assert "The 2024 Match, version 1: withdrawn" in page
    assert REASON in page
    assert "The 2024 Match, version 1: may be used again" in page
    assert AGAIN in page
    feed = client.get("/changes.atom").content.decode()
    assert feed.count("<entry>") == len(public.everything().versions) + 2
    assert REASON in feed
    assert AGAIN in feed
    ids = re.findall("<id>(.*?)</id>", feed)
    assert len(ids) == len(set(ids))
    assert REASON not in text_of(client.get("/match/2024/"))
    assert AGAIN not in text_of(client.get("/match/2024/"))


# --- Two people ----------------------------------------------------------------------


def test_who_proposes_cannot_confirm(release: Release, alice: User) -> None:
    proposal = propose(release, alice)

    with pytest.raises(SamePerson, match="Somebody else"):
        confirm(proposal, alice)

    assert public.everything().withdrawals == ()


def test_one_person_is_enough_where_two_are_not_required(
    release: Release, alice: User, settings: Settings
) -> None:
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False

    confirm(propose(release, alice), alice)

    assert public.everything().years[2024].release.withdrawn_because == REASON


def test_a_reason_is_a_sentence(release: Release, alice: User) -> None:
    for reason in ("", "   ", "wrong"):
        with pytest.raises(NoteMissing):
            withdraw_version.propose(
                release_id=release.pk, lifts=False, reason=reason, by=alice, now=NOW
            )
    assert Withdrawal.objects.count() == 0


@pytest.mark.parametrize("lifts", [False, True])
def test_what_cannot_be_proposed_is_refused(
    release: Release, alice: User, bert: User, lifts: bool
) -> None:
    if not lifts:
        withdraw(release, alice, bert)
    with pytest.raises(WrongStatus):
        propose(release, alice, lifts=lifts)


def test_there_is_one_proposal_at_a_time(
    release: Release, alice: User, bert: User
) -> None:
    propose(release, alice)

    with pytest.raises(WrongStatus, match="proposal already"):
        propose(release, bert)


def test_a_draft_cannot_be_withdrawn(alice: User) -> None:
    with pytest.raises(WrongStatus):
        propose(draft_by(alice), alice)


def test_a_proposal_that_was_taken_back_is_not_confirmed(
    release: Release, alice: User, bert: User
) -> None:
    first = propose(release, alice)
    withdraw_version.take_back(release_id=release.pk, seen=first.pk, by=alice, now=NOW)
    propose(release, alice, lifts=False)

    with pytest.raises(WrongStatus, match="Look again"):
        withdraw_version.confirm(
            release_id=release.pk, seen=first.pk + 1000, by=bert, now=NOW
        )
    assert public.everything().withdrawals == ()


def test_history_says_who_did_what(release: Release, alice: User, bert: User) -> None:
    withdraw(release, alice, bert)

    steps = ReleaseEvent.objects.filter(match_year=2024).order_by("pk")
    assert [(event.step, event.by) for event in steps] == [
        (ReleaseStep.PROPOSED, alice),
        (ReleaseStep.WITHDRAWN, bert),
    ]
    assert REASON in steps[0].detail


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stats_withdrawal SET reason = 'other'",
        "UPDATE stats_withdrawal SET confirmed_at = NULL, confirmed_by_id = NULL",
        "DELETE FROM stats_withdrawal",
    ],
)
def test_database_keeps_what_was_confirmed(
    release: Release, alice: User, bert: User, statement: str
) -> None:
    withdraw(release, alice, bert)

    with (
        pytest.raises(DatabaseError, match="withdrawal is kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


# --- The pages of staff --------------------------------------------------------------


def client_of(person: User) -> Client:
    client = Client()
    staff.sign_in(client, person)
    return client


def at(name: str, release: Release, *more: int) -> str:
    return reverse(f"admin:stats_release_{name}", args=[release.pk, *more])


def test_staff_withdraw_and_lift_with_two_people(
    client: Client, release: Release
) -> None:
    ada, boris = staff.publisher("ada@example.org"), staff.publisher("bo@example.org")
    for first, second, lifts in ((ada, boris, "no"), (boris, ada, "yes")):
        one, other = client_of(first), client_of(second)
        asked = one.post(
            at("withdraw", release),
            {"reason": REASON if lifts == "no" else AGAIN, "lifts": lifts},
            follow=True,
        )
        assert "Proposed. Somebody else can confirm it now." in text_of(asked)
        (proposal,) = Withdrawal.objects.filter(confirmed_at=None)
        refused = one.post(at("confirm", release, proposal.pk), follow=True)
        assert "Somebody else has to confirm it." in text_of(refused)
        done = other.post(at("confirm", release, proposal.pk), follow=True)
        assert ("Lifted." if lifts == "yes" else "Withdrawn. Every page") in text_of(
            done
        )
        is_withdrawn = REASON in text_of(client.get("/match/2024/"))
        assert is_withdrawn == (lifts == "no")


def test_staff_are_told_what_is_missing(release: Release) -> None:
    ada = client_of(staff.publisher("ada@example.org"))

    page = ada.post(at("withdraw", release), {"reason": "wrong", "lifts": "no"})

    assert page.status_code == 422
    assert "Say why, in a sentence for everybody to read." in text_of(page)
    assert "wrong" in html_of(page)


def test_editors_cannot_withdraw(release: Release, alice: User) -> None:
    editor = client_of(alice)

    assert "Withdraw this version" not in text_of(
        editor.get(reverse("admin:stats_release_change", args=[release.pk]))
    )
    answer = editor.post(at("withdraw", release), {"reason": REASON, "lifts": "no"})
    assert answer.status_code == 403
    assert Withdrawal.objects.count() == 0


def test_a_refusal_of_data_stays_a_refusal(client: Client, release: Release) -> None:
    answer = client.get("/match/2024.json?withdrawn=1")

    assert answer.status_code == 400
    assert json.loads(answer.content)["errors"][0]["parameter"] == "withdrawn"


def test_home_page_says_it_of_its_headline(
    client: Client, alice: User, bert: User
) -> None:
    newest = public.everything().newest
    assert newest is not None
    release = Release.objects.get(match_year=newest.match_year, is_current=True)
    withdraw(release, alice, bert)

    page = client.get("/")
    assert f"do not use the figures of the {newest.match_year} Match. {REASON}" in (
        text_of(page)
    )
    assert "(withdrawn)" in html_of(page)


def test_one_person_is_named_as_one(
    client: Client, release: Release, alice: User, settings: Settings
) -> None:
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False
    confirm(propose(release, alice), alice)

    assert "22 November 2026, decided by one person." in text_of(
        client.get("/changes/")
    )


def test_charts_for_other_sites_say_it(
    client: Client, release: Release, alice: User, bert: User
) -> None:
    frozen = "/embed/match-rates/?edition=1"
    assert "Withdrawn" not in text_of(client.get(frozen))
    withdraw(release, alice, bert)

    assert f"Withdrawn, not to be used: 2024. {REASON}" in text_of(client.get(frozen))
    picture = client.get("/embed/match-rates.svg?edition=1").content.decode()
    assert "Withdrawn, not to be used: 2024." in picture
