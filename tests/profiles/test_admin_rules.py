"""The staff pages of the dated tables."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from profiles.models import (
    Country,
    PassingStandard,
    PathwaySeason,
    RuleChange,
    RuleNumber,
    RuleProposal,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import ReferenceRow
from profiles.staff_groups import PERMISSIONS
from tests import staff

pytestmark = pytest.mark.django_db

TABLES: tuple[type[ReferenceRow], ...] = (
    PassingStandard,
    SeasonDeadline,
    PathwaySeason,
    Country,
    RuleNumber,
    SpecialtyService,
)


@pytest.fixture
def editor(client: Client) -> Client:
    staff.sign_in(client, staff.editor("alice@example.org"))
    return client


def page(row: Model, name: str = "change") -> str:
    return reverse(f"admin:profiles_{row._meta.model_name}_{name}", args=[row.pk])


def newest() -> PassingStandard:
    return PassingStandard.objects.get(measured="step2ck", minimum_score=218)


def of_standard(row: PassingStandard, **changes: str) -> dict[str, str]:
    """What the form of a minimum score sends."""
    return {
        "measured": row.measured,
        "effective_from": row.effective_from.isoformat(),
        "minimum_score": str(row.minimum_score),
        "confidence": row.confidence,
        "sources": row.sources,
        "note": row.note,
        "last_checked": row.last_checked.isoformat(),
        "next_review": row.next_review.isoformat() if row.next_review else "",
        "why": "USMLE announced it.",
        "reason": "The announcement gives this number for these exams.",
        "seen_at": row.stored_at.isoformat() if row.pk else "",
        **changes,
    }


@pytest.mark.parametrize("model", TABLES)
def test_editors_see_lists_and_forms(editor: Client, model: type[ReferenceRow]) -> None:
    row = model._default_manager.first()
    assert row is not None
    name = model._meta.model_name

    assert editor.get(reverse(f"admin:profiles_{name}_changelist")).status_code == 200
    assert editor.get(reverse(f"admin:profiles_{name}_add")).status_code == 200
    html = editor.get(page(row)).content.decode()
    assert 'name="why"' in html
    assert 'name="sources"' in html


def proposed() -> RuleProposal:
    return RuleProposal.objects.latest("pk")


def test_a_change_is_a_proposal_and_changes_nothing_yet(editor: Client) -> None:
    row = newest()

    response = editor.post(page(row), of_standard(row, minimum_score="219"))

    assert response.status_code == 302
    assert response["Location"] == page(proposed())
    row.refresh_from_db()
    assert row.minimum_score == 218
    assert not RuleChange.objects.exists()
    assert proposed().values == {"minimum_score": "219"}
    assert proposed().note == "USMLE announced it."


def test_a_change_without_a_reason_is_refused(editor: Client) -> None:
    row = newest()

    response = editor.post(page(row), of_standard(row, minimum_score="219", why=""))

    assert "This field is required" in response.content.decode()
    row.refresh_from_db()
    assert row.minimum_score == 218
    assert not RuleChange.objects.exists()


def test_saving_without_a_change_proposes_nothing(editor: Client) -> None:
    row = newest()

    editor.post(page(row), of_standard(row))

    row.refresh_from_db()
    assert row.changed_at is None
    assert not RuleProposal.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sources": "s31;nobody"}, "There is no document with the key nobody"),
        ({"sources": "s31, s32"}, "There is no document"),
        ({"sources": ""}, "Name the document that says so"),
        ({"sources": "s31\x00"}, "Null characters"),
        ({"minimum_score": "301"}, "A Step is scored from 1 to 300"),
        ({"minimum_score": "-1"}, "greater than or equal to 0"),
        ({"minimum_score": "9" * 400}, "minimum"),
        ({"effective_from": "2022-07-01"}, "already has a minimum from that day"),
        ({"effective_from": "2022-02-30"}, "This is no day of the calendar"),
        ({"confidence": "certain"}, "not one of the available choices"),
        ({"why": "x" * 301}, "at most 300"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    editor: Client, changes: dict[str, str], said: str
) -> None:
    row = newest()

    response = editor.post(page(row), of_standard(row, **changes))

    assert response.status_code == 200
    assert said in response.content.decode()
    row.refresh_from_db()
    assert row.minimum_score == 218


def test_two_people_at_once_see_each_others_proposal(editor: Client) -> None:
    row = newest()
    first = of_standard(row, minimum_score="219")
    second = of_standard(row, minimum_score="220", why="A slip.")
    editor.post(page(row), first)

    refused = editor.post(page(row), second)

    assert "Somebody else has saved “219” here" in refused.content.decode()
    assert proposed().values == {"minimum_score": "219"}
    seen = f"{row.stored_at.isoformat()} {proposed().written_at.isoformat()}"
    editor.post(page(row), {**second, "seen_at": seen})
    assert proposed().values == {"minimum_score": "220"}
    assert RuleProposal.objects.count() == 1


def test_a_value_of_a_season_needs_its_grade(editor: Client) -> None:
    row = PathwaySeason.objects.get(match_year=2027)
    sent = {
        "match_year": "2027",
        "licence_from": "2022-01-01",
        "licence_confidence": "",
        "sources": row.sources,
        "last_checked": "2026-12-01",
        "why": "Found it.",
        "seen_at": row.stored_at.isoformat(),
    }

    refused = editor.post(page(row), sent)

    assert "Say how far “licence from” can be trusted" in refused.content.decode()


def test_nobody_deletes(client: Client) -> None:
    staff.sign_in(client, staff.owner())
    row = newest()

    assert client.get(page(row, "delete")).status_code == 403
    assert client.post(page(row, "delete"), {"post": "yes"}).status_code == 403
    assert PassingStandard.objects.filter(pk=row.pk).exists()


def test_whoever_is_not_staff_finds_nothing(client: Client) -> None:
    staff.sign_in(client, staff.member())

    assert client.get(page(newest())).status_code == 404


def test_groups_hold_what_is_written_and_nothing_about_members() -> None:
    for name, codenames in PERMISSIONS.items():
        permissions = Group.objects.get(name=name).permissions
        held = permissions.filter(content_type__app_label="profiles")
        assert set(held.values_list("codename", flat=True)) == codenames
        assert not [code for code in codenames if code.startswith("delete")]


def test_migrate_mends_what_was_granted() -> None:
    group = Group.objects.get(name="Editors")
    group.permissions.filter(codename="change_country").delete()
    group.permissions.remove(*group.permissions.filter(codename="add_country"))

    call_command("migrate", verbosity=0)

    held = group.permissions.filter(content_type__app_label="profiles")
    assert set(held.values_list("codename", flat=True)) == PERMISSIONS["Editors"]


def test_only_the_tables_are_on_the_staff_pages() -> None:
    registered = {
        model for model in admin.site._registry if model._meta.app_label == "profiles"
    }

    assert registered == {*TABLES, RuleProposal}
