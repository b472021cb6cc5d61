"""Who reaches the staff pages, and how."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from imgportal import outbox
from imgportal.accounts import redirects, second_factor
from imgportal.lib import clock
from imgportal.models import OutgoingMessage, User
from tests import members, staff

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"
CODE = "/accounts/2fa/authenticate/"


def editor(client: Client) -> None:
    staff.sign_in(client, staff.editor())


def test_staff_site_signs_nobody_in_by_itself(client: Client) -> None:
    user = staff.editor()
    form = {"username": user.email, "password": staff.PASSWORD}

    client.post("/admin/login/", form)
    assert "_auth_user_id" not in client.session

    # Nor does it change who is signed in.
    staff.sign_in(client, staff.owner())
    client.post("/admin/login/", form)
    assert client.session["_auth_user_id"] != str(user.pk)


def test_sign_in_with_password_and_code_leads_on(client: Client) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    address = f"{SIGN_IN}?next=/admin/jsi18n/"

    first = client.post(address, {"login": user.email, "password": staff.PASSWORD})
    assert first["Location"] == CODE
    assert "_auth_user_id" not in client.session

    second = client.post(CODE, {"code": staff.code()})
    assert second["Location"] == "/admin/jsi18n/"
    assert client.get("/admin/jsi18n/").status_code == 200


def test_address_is_the_same_in_capitals(client: Client) -> None:
    user = staff.editor("Ana@Example.org")

    client.post(SIGN_IN, {"login": "ANA@example.org", "password": staff.PASSWORD})

    assert user.email == "ana@example.org"
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_sign_in_leads_to_no_other_host(client: Client, elsewhere: str) -> None:
    user = staff.editor()

    response = client.post(
        SIGN_IN,
        {"login": user.email, "password": staff.PASSWORD, "next": elsewhere},
    )

    assert response["Location"] == "/admin/"
    # And the page after the set-up trusts no session either.
    session = client.session
    session["staff_wanted"] = elsewhere
    session.save()
    assert client.get(reverse("account_onward"))["Location"] == "/admin/"


def test_signed_in_member_is_not_sent_to_the_staff_pages(client: Client) -> None:
    user = staff.member()

    response = client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})

    assert response["Location"] == redirects.get_start_page(user)
    assert not response["Location"].startswith("/admin/")


@pytest.mark.parametrize(
    "login", ["editor@example.org", "nobody@example.org"], ids=["known", "unknown"]
)
def test_wrong_password_says_the_same_for_every_address(
    client: Client, login: str
) -> None:
    staff.editor()

    page = client.post(SIGN_IN, {"login": login, "password": "wrong"})

    assert page.status_code == 422
    assert b"do not belong together" in page.content
    assert b'aria-invalid="true"' not in page.content


def test_account_is_closed_to_guessing_after_five_wrong_passwords(
    client: Client,
) -> None:
    user = staff.editor()
    for _ in range(5):
        client.post(SIGN_IN, {"login": user.email, "password": "wrong"})

    page = client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})

    assert b"Too many attempts" in page.content
    assert "_auth_user_id" not in client.session


def test_codes_cannot_be_guessed_either(client: Client) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})
    for _ in range(5):
        client.post(CODE, {"code": "000000"})

    page = client.post(CODE, {"code": staff.code()})

    assert b"Too many attempts" in page.content
    assert "_auth_user_id" not in client.session


def test_a_flood_from_one_place_is_answered_429(client: Client) -> None:
    answers = [
        client.post(
            SIGN_IN, {"login": f"{number}@example.org", "password": "wrong"}
        ).status_code
        for number in range(31)
    ]

    assert answers[:30] == [422] * 30
    assert answers[30] == 429


def test_inactive_person_is_told_and_not_let_in(client: Client) -> None:
    user = staff.editor()
    User.objects.update(is_active=False)

    response = client.post(
        SIGN_IN, {"login": user.email, "password": staff.PASSWORD}, follow=True
    )

    assert b"switched off" in response.content
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "path",
    [
        *("/accounts/login/", "/accounts/signup/", "/accounts/nothing/"),
        *("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"),
        *("/admin/", "/admin/jsi18n/", "/admin/nothing/", "/me/"),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_personal_page_is_kept_by_nobody(
    client: Client, path: str, signed_in: bool
) -> None:
    if signed_in:
        editor(client)

    assert client.get(path)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("path", ["/", "/match/", "/nothing/", "/about/privacy/"])
def test_public_page_does_not_know_who_is_signed_in(client: Client, path: str) -> None:
    before = Client().get(path)
    editor(client)

    after = client.get(path)

    assert after.content == before.content
    assert "Cookie" not in after.get("Vary", "")
    assert "sessionid" not in after.cookies


def test_cookies_end_with_the_browser_and_stay_with_the_site(client: Client) -> None:
    user = staff.editor()

    response = client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})

    cookie = response.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    assert not client.get(SET_UP).cookies["csrftoken"]["max-age"]


def test_signing_out_ends_the_session(client: Client) -> None:
    editor(client)

    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200
    response = client.post("/accounts/logout/", follow=True)

    assert response.redirect_chain == [(SIGN_IN, 302)]
    assert client.cookies["sessionid"].value == ""
    assert client.get("/admin/").status_code == 302


def test_lost_password_is_replaced_by_a_code_from_a_message(client: Client) -> None:
    user = staff.editor()

    client.post("/accounts/password/reset/", {"email": user.email})
    code = members.delivered()[0].body.splitlines()[2]
    client.post("/accounts/password/reset/confirm/", {"code": code})
    response = client.post(
        "/accounts/password/reset/complete/",
        {"password1": "another-long-password", "password2": "another-long-password"},
        follow=True,
    )

    assert b"The password is changed" in response.content
    assert members.delivered()[0].to == [user.email]
    user.refresh_from_db()
    assert user.check_password("another-long-password")
    assert "_auth_user_id" not in client.session


def test_reset_for_an_unknown_address_looks_the_same(client: Client) -> None:
    known = client.post(
        "/accounts/password/reset/", {"email": staff.editor().email}, follow=True
    )
    unknown = Client().post(
        "/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True
    )

    assert known.redirect_chain == unknown.redirect_chain
    assert unknown.status_code == 200
    assert "There is no account" in members.delivered()[1].body


def test_mail_server_that_is_away_breaks_no_page(
    client: Client, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    response = client.post("/accounts/password/reset/", {"email": staff.editor().email})

    assert response.status_code == 302
    with pytest.raises(outbox.MailAway, match="Nothing is lost") as away:
        members.delivered()
    assert "editor@example.org" not in str(away.value)
    # No try is counted: it is sent as soon as the server is back.
    assert OutgoingMessage.objects.get().next_try_at <= clock.now()


def test_new_address_counts_when_its_code_was_typed(client: Client) -> None:
    user = staff.editor()
    client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})

    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "editor@example.org"
    message = next(
        found for found in members.delivered() if found.to == ["new@example.org"]
    )
    code = next(line for line in message.body.splitlines() if len(line) in {6, 7, 8, 9})
    client.post("/accounts/confirm-email/", {"code": code.strip()})

    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert EmailAddress.objects.get(user=user).email == user.email


def test_form_from_elsewhere_is_refused_with_a_way_out() -> None:
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(SIGN_IN, {"login": "a@example.org", "password": "b"})

    assert page.status_code == 403
    assert b"load the page again" in page.content


def test_nobody_browses_addresses_and_second_factors() -> None:
    registered = {model._meta.app_label for model in admin.site._registry}

    assert registered <= {"imgportal", "stats", "profiles"}


def test_helper_leaves_what_a_real_sign_in_leaves(client: Client) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    client.post(SIGN_IN, {"login": user.email, "password": staff.PASSWORD})
    client.post(CODE, {"code": staff.code()})
    real = client.session
    quick = Client()

    staff.sign_in(quick, user)

    made = quick.session
    for name in ("account_authentication_methods_user", "_auth_user_id"):
        assert made[name] == real[name]
    methods = [record["method"] for record in real["account_authentication_methods"]]
    assert methods == ["password", "mfa"]
    assert second_factor.has_second_factor(user)
