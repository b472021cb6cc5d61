"""What a member takes away is everything, in words that can be read for years."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from imgportal.accounts import addresses, deletion
from imgportal.lib import clock
from imgportal.models import SecurityEvent, User
from profiles import member_record, record_tables
from profiles.models import AdviserSheet, ReminderChoice
from profiles.portable import json_document
from tests import factories, staff
from tests.profiles import records
from tests.reading import html_of

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
JSON, CSV = "/me/data/record.json", "/me/data/record.zip"
# In the part about the account, under the name of its list.
OF_THE_ACCOUNT: dict[str, str] = {
    "account.EmailAddress": "addresses",
    "mfa.Authenticator": "second_factors",
    "usersessions.UserSession": "devices",
    "imgportal.SecurityEvent": "security_events",
    "imgportal.OutgoingMessage": "warned_as_idle_at",
    "profiles.AnswerChange": "changed_answers",
    "profiles.AdviserSheet": "adviser_sheets",
}
NOT_EXPORTED = {
    "profiles.Reminder": "what was sent or waits, drawn from the record itself",
    "profiles.RecordChange": "that reminders are to be planned anew, and nothing else",
    "profiles.CalendarFeed": "only the hash of an address that works nowhere else",
    "imgportal.User_groups": "only staff are in groups, and they see it",
    "imgportal.User_user_permissions": "nobody is given a right of their own",
    "stats.Release": "public, with the history of figures",
    "stats.Release_editors": "public, with the history of figures",
    "stats.ReleaseEvent": "what staff did is on the staff pages",
    "stats.ProblemReport": "names who of the staff handled it, not who wrote it",
    "admin.LogEntry": "what staff did is on the staff pages",
    "stats.ScheduledPublication": "what staff did is on the staff pages",
    "stats.ReviewNote": "what staff did is on the staff pages",
    "stats.Withdrawal": "what staff did is on the staff pages",
    "stats.SecondLook": "what staff did is on the staff pages",
    "profiles.RuleProposal": "what staff did is on the staff pages",
    "profiles.RuleProposal_authors": "what staff did is on the staff pages",
    "imgportal.StaffChoice": "of what staff are told, on the staff pages",
}
# Bookkeeping of the program that says nothing about anybody.
NOT_TAKEN = {"id", "owner", "version"}
# No choice: that messages came back from this address, here.
NOT_CHOSEN = {"bounced", "followed_after"}


def content(user: User) -> dict[str, Any]:
    return json_document.export_record(
        user, member_record.read_all(user), now=clock.now()
    )


def test_every_model_that_points_at_a_person_is_exported() -> None:
    labels = {model._meta.label for model, _ in deletion.list_account_references()}
    in_the_record = {table.model._meta.label for table in record_tables.TABLES}

    assert labels == in_the_record | OF_THE_ACCOUNT.keys() | NOT_EXPORTED.keys()
    assert not in_the_record & NOT_EXPORTED.keys()


@pytest.mark.parametrize(
    "table", record_tables.TABLES, ids=lambda table: str(table.name)
)
def test_every_field_of_a_record_is_exported(table: record_tables.RecordTable) -> None:
    stored = {field.name for field in table.model._meta.concrete_fields}

    assert {field.name for field in table.fields} == stored - NOT_TAKEN - NOT_CHOSEN


def test_document_says_what_is_stored(ana: User) -> None:
    records.profile(ana, us_citizen=None, licence_held=True)
    records.attempt(ana, score=245, result_on=date(2025, 4, 2))
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    records.sitting(ana, writing=None)
    records.pathway(ana)
    records.item(ana, note="Sent by courier.\nTwice. 👩🏽‍⚕️")
    records.certificate(ana)

    found = content(ana)

    assert found["format"] == "imgportal-record"
    assert found["version"] == 4
    assert found["exported_at"] == "2026-11-22T12:00:00+00:00"
    mine = found["record"]
    assert mine["profile"]["us_citizen"] is None
    assert mine["profile"]["licence_held"] is True
    assert mine["profile"]["specialties"] == ["internal-medicine", "neurology"]
    # By date, whatever was entered first.
    assert [row["exam"] for row in mine["exam_attempts"]] == ["step1", "step2ck"]
    assert mine["exam_attempts"][1] == {
        "exam": "step2ck",
        "on": "2025-03-10",
        "second_day": None,
        "state": "taken",
        "outcome": "pass",
        "score": 245,
        "result_on": "2025-04-02",
        "applied_on": None,
        "period_from": None,
        "period_to": None,
        "extended_to": None,
        "for_time_limit": False,
    }
    assert mine["oet_sittings"][0]["writing"] is None
    assert mine["pathway_applications"][0]["season"] == 2027
    assert mine["certification_items"][0]["note"] == "Sent by courier.\nTwice. 👩🏽‍⚕️"
    assert mine["certificate"]["expires_on"] == "2029-12-31"
    assert json.loads(json_document.as_text(found)) == found


def test_an_empty_record_is_a_document_too(ana: User) -> None:
    assert content(ana)["record"] == {
        "profile": None,
        "exam_attempts": [],
        "oet_sittings": [],
        "pathway_applications": [],
        "certification_items": [],
        "certificate": None,
        "seasons": [],
        "fee_payments": [],
        "reminders": None,
    }


def test_the_account_is_in_it_without_its_secrets(as_ana: Client, ana: User) -> None:
    addresses.vouch_for_address(ana)
    as_ana.post(JSON)
    staff.give_second_factor(ana)
    UserSession.objects.create(
        user=ana, ip="192.0.2.7", session_key="k" * 32, user_agent="Firefox/130.0"
    )

    text = json_document.as_text(content(ana))
    found = json.loads(text)["account"]

    assert found["address"] == "ana@example.org"
    assert found["addresses"] == [
        {"address": "ana@example.org", "confirmed": True, "primary": True}
    ]
    assert [it["kind"] for it in found["second_factors"]] == ["totp"]
    assert found["devices"][0]["network_address"] == "192.0.2.7"
    assert [it["event"] for it in found["security_events"]] == ["Record exported"]
    secret = Authenticator.objects.get().data["secret"]
    for hidden in (ana.password, secret, staff.SECRET, "k" * 32):
        assert hidden
        assert hidden not in text


@pytest.mark.parametrize("path", [JSON, CSV])
def test_a_download_asks_who_it_is_and_comes_back_to_its_button(
    client: Client, ana: User, path: str
) -> None:
    ana.set_password(staff.PASSWORD)
    ana.save()
    client.force_login(ana)

    # Pressed on the page of the data: to the page of the file, which asks first.
    assert client.post(path)["Location"] == path
    asked = client.get(path)["Location"]
    assert asked == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"
    assert not SecurityEvent.objects.exists()
    assert client.post(asked, {"password": "wrong words"}).status_code == 422
    shown = client.post(asked, {"password": staff.PASSWORD, "next": path})

    assert shown["Location"] == path
    assert "Download your record" in html_of(client.get(path))
    assert "attachment" in client.post(path)["Content-Disposition"]
    assert SecurityEvent.objects.get().kind == "exported"


def test_a_download_needs_a_new_sign_in_of_who_has_only_codes(
    client: Client, ana: User
) -> None:
    client.force_login(ana)

    for answer in (client.get(JSON), client.post(JSON)):
        assert "Sign in again first" in html_of(answer)
        assert "Content-Disposition" not in answer


def test_the_sheets_are_named_without_their_address(ana: User) -> None:
    address = records.sheet(ana, "exams", "season", title="For my advisor")

    text = json_document.as_text(content(ana))

    assert json.loads(text)["account"]["adviser_sheets"] == [
        {
            "title": "For my advisor",
            "shows": "exams season",
            "made_at": "2026-11-22T12:00:00+00:00",
            "ends_at": "2026-11-29T12:00:00+00:00",
            "opened_count": 0,
            "last_opened_at": None,
        }
    ]
    assert address.split("/")[2] not in text
    assert AdviserSheet.objects.get().token_hash not in text


def test_download_is_a_file_that_names_nobody(as_ana: Client, ana: User) -> None:
    records.full_record(ana)

    answer = as_ana.post(JSON)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert (
        answer["Content-Disposition"]
        == 'attachment; filename="img-record-2026-11-22.json"'
    )
    assert "no-store" in answer["Cache-Control"]
    given = json.loads(answer.content)
    assert given["record"] == content(ana)["record"]
    assert SecurityEvent.objects.get().kind == "exported"


def test_sheets_hold_the_same(as_ana: Client, ana: User) -> None:
    records.full_record(ana)
    ReminderChoice.objects.create(owner=ana, leads="60,3")
    records.item(ana, "account", note="=HYPERLINK(evil)")

    answer = as_ana.post(CSV)

    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        sheets = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
            if name.endswith(".csv")
        }
    mine = content(ana)["record"]
    for table in record_tables.TABLES:
        rows = mine[table.name] if table.has_many else [mine[table.name]]
        sheet = sheets[f"{table.name}.csv"]
        assert len(sheet) == len(rows)
        assert list(sheet[0]) == [field.name for field in table.fields]
    attempt = sheets["exam_attempts.csv"][0]
    assert attempt["on"] == "2012-01-10"
    assert attempt["score"] == ""
    assert attempt["for_time_limit"] == "no"
    assert sheets["reminders.csv"] == [
        {
            "is_on": "yes",
            "leads": "60,3",
            "follows_years": "no",
            "follows_specialties": "",
        }
    ]
    assert sheets["profile.csv"][0]["specialties"] == "internal-medicine neurology"
    assert sheets["account.csv"][0]["address"] == "ana@example.org"
    notes = {row["item"]: row["note"] for row in sheets["certification_items.csv"]}
    assert notes["account"] == "'=HYPERLINK(evil)"


def test_page_to_print_holds_every_value(as_ana: Client, ana: User) -> None:
    records.full_record(ana)
    records.attempt(ana, score=287)

    text = html_of(as_ana.get("/me/data/print/"))

    for words in (
        *("Step 2 CK, 10 March 2025", "287", "Internal Medicine, Neurology", "India"),
        *("Sent by courier.", "2027 Match", "OET Medicine, 4 January 2020", "350"),
        *("31 December 2029", "Asia/Kolkata", "Diploma verified with the school"),
    ):
        assert words in text, words


def test_page_to_print_of_nothing(as_ana: Client) -> None:
    assert html_of(as_ana.get("/me/data/print/")).count("Nothing entered.") == 9


def test_page_says_what_there_is_and_what_happened(as_ana: Client, ana: User) -> None:
    assert "Your record is empty." in html_of(as_ana.get("/me/data/"))
    records.full_record(ana)
    for _ in range(9):
        as_ana.post(JSON)

    text = html_of(as_ana.get("/me/data/"))

    assert "your profile, 5 exam attempts, 5 sittings of OET" in text
    assert text.count("Record exported") == 9
    assert "1 earlier" in text


def test_only_the_record_goes_when_that_is_asked(as_ana: Client, ana: User) -> None:
    ben = factories.person("ben")
    records.full_record(ana)
    records.full_record(ben)
    # No password, and no sign-in a moment ago: nothing shows who it is.
    as_ana.logout()
    as_ana.force_login(ana)
    assert "Sign in again first" in html_of(as_ana.get("/me/data/empty/"))
    as_ana.post("/me/data/empty/")
    assert not member_record.read(ana).is_empty
    ana.set_password(staff.PASSWORD)
    ana.save()
    as_ana.force_login(ana)
    page = as_ana.get("/me/data/empty/")
    assert page["Location"].startswith("/accounts/reauthenticate/")
    as_ana.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    assert "5 exam attempts" in html_of(as_ana.get("/me/data/empty/"))

    done = as_ana.post("/me/data/empty/", follow=True)

    assert "Deleted: 17 entries. Your record is empty." in html_of(done)
    assert member_record.read(ana).is_empty
    assert not member_record.read(ben).is_empty
    assert User.objects.filter(pk=ana.pk).exists()
    assert SecurityEvent.objects.get().kind == "emptied"
    assert "already" in html_of(as_ana.get("/me/data/empty/"))


@pytest.mark.django_db
def test_description_names_every_field_of_the_account() -> None:
    ana = factories.person("ana")
    text = (DOCS / "record-format.md").read_text(encoding="utf-8")

    for name in content(ana)["account"]:
        assert f"`{name}`" in text, name
    assert EmailAddress.objects.count() == 0
