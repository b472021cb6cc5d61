"""Who gets which personal page: its owner, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import CASCADE
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from imgportal.models import User
from profiles.actions import calendar_address
from profiles.models import AdviserSheet
from profiles.models.owned import Owned
from tests import factories, staff
from tests.profiles import records
from tests.reading import html_of

SECRET = "Only Ana may read this."
# Every personal page by its name: what its address needs.
OWN = (
    *("dashboard", "start", "exam_list", "exam_add", "sitting_add", "certification"),
    *("certificate_edit", "certificate_remove", "pathway_facts", "pathway_add"),
    *("profile", "way", "season", "season_download", "feed_renew", "feed_revoke"),
    *("reminders", "answer_changes", "data", "printable", "empty", "import"),
    "import_example",
    *("sheet_list", "sheet_add", "season_record_list", "season_record_add"),
    *("fee_list", "visa_days"),
)
# Files: asked for by POST, because each leaves a line in the list of events; on GET there
# is a page with the button.
FILES = ("export_json", "export_csv")
# Answered by leading back to the file, when nothing of it comes along.
ANSWERS = ("import_confirm",)
WITH_WORDS: dict[str, list[Any]] = {
    "attempt_add": ["step1"],
    "item_edit": ["account"],
    "fee_edit": ["nrmp", 2027],
    "fee_remove": ["nrmp", 2027],
}
# One row of one member: somebody else's is as if it were not there.
ROWS = (
    *("attempt_edit", "attempt_remove", "sitting_edit", "sitting_remove"),
    *("pathway_edit", "pathway_remove", "sheet_end"),
    *("season_record_edit", "season_record_remove"),
)
# They need a row to show, which the others here do not have.
NEED_A_ROW = {"certificate_remove", "feed_revoke", "fee_remove"}
# They show, and there is nothing to send.
ONLY_READ = {
    *("dashboard", "exam_list", "exam_add"),
    *("season", "way", "season_download", "data", "printable", "sheet_list"),
    "import_example",
    "season_record_list",
}
# Only after password, passkey or code once more.
ASK_WHO_IT_IS = {"empty", "feed_renew", "sheet_add", *FILES}


@pytest.fixture
def addresses(ana: User) -> dict[str, str]:
    return addresses_of(ana)


def addresses_of(ana: User) -> dict[str, str]:
    """The address of every personal page, with the rows of Ana."""
    attempt = records.attempt(ana, score=287)
    sitting = records.sitting(ana)
    pathway = records.pathway(ana)
    records.item(ana, "account", note=SECRET)
    records.certificate(ana)
    records.profile(ana)
    calendar_address.renew(owner=ana, seen=0)
    records.fee(ana)
    records.sheet(ana)
    sheet = AdviserSheet.objects.get()
    rows: dict[str, list[Any]] = {
        "attempt": ["step2ck", attempt.pk],
        "sitting": [sitting.pk],
        "pathway": [pathway.pk],
        "sheet": [sheet.pk],
        "season": [records.season_record(ana).pk],
    }
    arguments: dict[str, list[Any]] = {name: [] for name in (*OWN, *FILES, *ANSWERS)}
    arguments |= WITH_WORDS
    arguments |= {name: rows[name.partition("_")[0]] for name in ROWS}
    return {
        name: reverse(f"profiles:{name}", args=values)
        for name, values in arguments.items()
    }


# Not inside the signed marks and tokens of a form, which are drawn anew each time.
SCORE = re.compile(r"(?<![\w-])287(?![\w-])")


def tells_of_ana(page: str) -> bool:
    return SECRET in page or bool(SCORE.search(page))


def names_of(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of(pattern)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name)


def test_every_personal_page_is_in_the_table() -> None:
    (mine,) = [
        found
        for found in get_resolver().url_patterns
        if isinstance(found, URLResolver) and found.app_name == "profiles"
    ]

    assert sorted(names_of(mine)) == sorted(
        [*OWN, *FILES, *ANSWERS, *WITH_WORDS, *ROWS]
    )


def test_a_visitor_is_sent_to_sign_in(
    client: Client, addresses: dict[str, str]
) -> None:
    for address in addresses.values():
        for method in (client.get, client.post):
            response = method(address)
            assert response.status_code == 302, address
            assert response["Location"] == f"/accounts/login/?next={address}"
            assert "no-store" in response["Cache-Control"]


def test_the_owner_gets_every_page(as_ana: Client, addresses: dict[str, str]) -> None:
    assert tells_of_ana(html_of(as_ana.get("/me/exams/")))
    assert tells_of_ana(html_of(as_ana.get("/me/certification/")))
    for name, address in addresses.items():
        if name in ANSWERS:
            continue
        response = as_ana.post(address) if name in FILES else as_ana.get(address)
        assert response.status_code == 200, address
        assert "no-store" in response["Cache-Control"]


@pytest.fixture(params=["another member", "staff", "an owner of the site"])
def stranger(request: pytest.FixtureRequest, db: None, client: Client) -> Client:
    if request.param == "another member":
        staff.sign_in_member(client, factories.person("ben"))
    else:
        user = staff.editor() if request.param == "staff" else staff.owner()
        staff.sign_in(client, user)
    return client


def test_a_stranger_finds_none_of_the_rows(
    stranger: Client, addresses: dict[str, str]
) -> None:
    for name in ROWS:
        for method in (stranger.get, stranger.post):
            response = method(addresses[name], {"on": "2020-01-01", "seen": "1"})
            assert response.status_code == 404, name
            assert "no-store" in response["Cache-Control"]
            assert not tells_of_ana(html_of(response))


def test_a_stranger_learns_nothing_from_a_404(
    stranger: Client, addresses: dict[str, str]
) -> None:
    for name in ROWS:
        there = addresses[name]
        nowhere = there.replace(there.split("/")[4], "999999")
        answers = [
            html_of(stranger.get(address)).replace(address, "")
            for address in (there, nowhere)
        ]
        assert answers[0] == answers[1]


def test_a_stranger_sees_a_record_of_their_own(
    stranger: Client, addresses: dict[str, str]
) -> None:
    for name in (*OWN, *WITH_WORDS):
        response = stranger.get(addresses[name])
        if name in ASK_WHO_IT_IS and response.status_code == 302:
            # Whoever has a second factor is asked for it first.
            assert response["Location"].startswith("/accounts/reauthenticate/")
            continue
        assert response.status_code == (404 if name in NEED_A_ROW else 200), name
        assert not tells_of_ana(html_of(response))
    mine = stranger.post(addresses["export_json"])
    if mine.status_code == 302:
        assert mine["Location"] == addresses["export_json"]
    else:
        assert '"exam_attempts": []' in html_of(mine)
        assert not tells_of_ana(html_of(mine))


def test_nothing_leaks_into_public_or_staff_pages(
    client: Client, addresses: dict[str, str]
) -> None:
    staff.sign_in(client, staff.owner())
    for page in (
        *("/", "/changes.atom", "/sitemap.xml", "/specialties/?q=Ana", "/admin/"),
        *("/admin/imgportal/user/", "/report/", "/scores/"),
    ):
        text = html_of(client.get(page))
        assert not tells_of_ana(text)
        assert addresses["attempt_edit"] not in text


def test_a_get_changes_nothing(as_ana: Client, addresses: dict[str, str]) -> None:
    def everything() -> list[Any]:
        return [
            sorted(model.objects.values_list(*fields(model))) for model in personal()
        ]

    def fields(model: Any) -> list[str]:
        return ["pk", "version"]

    before = everything()

    for address in addresses.values():
        as_ana.get(address)
        as_ana.head(address)

    assert everything() == before


def test_other_methods_are_refused(as_ana: Client, addresses: dict[str, str]) -> None:
    for address in addresses.values():
        for method in (as_ana.put, as_ana.delete, as_ana.patch):
            assert method(address).status_code == 405, address
    for name in ONLY_READ:
        assert as_ana.post(addresses[name]).status_code == 405
    for name in ANSWERS:
        assert as_ana.get(addresses[name]).status_code == 405


def test_a_forged_form_is_refused(ana: User, addresses: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    for name, address in addresses.items():
        if name not in ONLY_READ:
            assert client.post(address).status_code == 403, name


# --- The models themselves ----------------------------------------------------------


def personal() -> list[Any]:
    """Every model that points at an account, itself or by its rows."""
    return [
        model
        for model in apps.get_app_config("profiles").get_models()
        if issubclass(model, Owned)
    ]


# What staff keep: the same for everybody, and about nobody.
REFERENCE = {
    *("country", "passingstandard", "pathwayseason", "rulechange", "seasondeadline"),
    *("rulenumber", "specialtyservice", "ruleproposal", "ruleproposal_authors"),
    "occasioncheck",
    # The tables once more, and how far the members are compared with them.
    "compared",
}


def test_every_table_is_a_members_or_a_reference() -> None:
    names = {model._meta.model_name for model in personal()}

    every = {
        model._meta.model_name
        for model in apps.get_app_config("profiles").get_models(
            include_auto_created=True
        )
    }
    assert names == {
        *("profile", "examattempt", "englishsitting", "pathwayapplication"),
        *("certificationitem", "certificate", "calendarfeed", "advisersheet"),
        *("reminder", "reminderchoice", "answerchange", "seasonrecord"),
        "feepayment",
        "recordchange",
    }
    assert every - names <= REFERENCE


def test_every_personal_row_has_one_owner_and_goes_with_them() -> None:
    for model in personal():
        owner = model._meta.get_field("owner")
        assert owner.related_model._meta.label == settings.AUTH_USER_MODEL
        assert owner.remote_field.on_delete is CASCADE
        assert not owner.null
        others = [
            field
            for field in model._meta.get_fields()
            if field.is_relation and field is not owner
        ]
        assert others == []


def test_no_personal_model_is_in_the_admin() -> None:
    registered = set(admin.site._registry)

    assert registered
    assert registered.isdisjoint(personal())


@pytest.mark.django_db
def test_no_group_may_look_at_records() -> None:
    # Rights exist for every model; what they open is the admin, which has none of
    # these. No group holds one, so that the list of rights promises nothing.
    names = {model._meta.model_name for model in personal()}
    held = {
        right.content_type.model
        for group in Group.objects.prefetch_related("permissions__content_type")
        for right in group.permissions.all()
    }
    assert held.isdisjoint(names)


def test_no_field_says_who_a_member_is() -> None:
    forbidden = ("name", "passport", "birth", "usmle", "aamc", "intealth_id", "email")
    for model in personal():
        for field in model._meta.get_fields():
            assert not any(word in field.name for word in forbidden), field


def test_a_row_says_nothing_of_its_owner_in_a_log(ana: User) -> None:
    row = records.attempt(ana, score=287)

    assert str(row) == f"exam attempt {row.pk}"
