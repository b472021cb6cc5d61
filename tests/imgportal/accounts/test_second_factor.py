"""Setting up a second factor, using it, losing it, and how it is stored."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from imgportal.models import User
from tests import members, passkeys, staff

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"
CODE = "/accounts/2fa/authenticate/"
RECOVERY = "/accounts/2fa/recovery-codes/"
ANOTHER_KEY = "another-key-for-tests-0123456789-abcdefghijklmnopqrs"


def type_password(client: Client, user: User, wanted: str = "/admin/") -> None:
    client.post(
        f"{SIGN_IN}?next={wanted}", {"login": user.email, "password": staff.PASSWORD}
    )


def set_up(client: Client, user: User, wanted: str = "/admin/") -> str:
    """Sign in for the first time and set up the app; the secret it was given."""
    type_password(client, user, wanted)
    client.get(wanted)
    page = client.get(SET_UP).content.decode()
    found = re.search(r'<code class="key">([A-Z2-7]+)</code>', page)
    assert found is not None, page
    client.post(SET_UP, {"code": staff.code(found.group(1))})
    return found.group(1)


def recovery_codes(client: Client) -> list[str]:
    page = client.get(RECOVERY).content.decode()
    return re.findall(r"<li><code>(\d{8})</code></li>", page)


def test_first_sign_in_leads_through_the_set_up_to_where_it_was_going(
    client: Client,
) -> None:
    user = staff.editor()
    type_password(client, user, "/admin/jsi18n/?page=2")

    asked = client.get("/admin/jsi18n/?page=2", follow=True)
    assert asked.redirect_chain == [(SET_UP, 302)]
    assert "The staff pages open only with one" in asked.content.decode()
    assert b"data:image/svg+xml" in asked.content

    secret = set_up(client, user, "/admin/jsi18n/?page=2")
    assert len(secret) == 32
    assert len(recovery_codes(client)) == 10
    onward = client.get("/accounts/onward/", follow=True)
    assert onward.redirect_chain == [("/admin/jsi18n/?page=2", 302)]
    assert onward.status_code == 200


def test_wrong_code_switches_nothing_on(client: Client) -> None:
    user = staff.editor()
    type_password(client, user)
    client.get(SET_UP)

    page = client.post(SET_UP, {"code": "000000"})

    assert b"This code is not right" in page.content
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/admin/")["Location"] == SET_UP


def test_set_up_long_after_the_password_asks_for_it_again(client: Client) -> None:
    user = staff.editor()
    client.force_login(user)  # with no record of a recent password

    assert client.get(SET_UP)["Location"].startswith("/accounts/reauthenticate/")


def test_switching_it_off_asks_for_password_or_code_and_closes_the_staff_pages(
    client: Client,
) -> None:
    user = staff.editor()
    type_password(client, user)
    staff.give_second_factor(user)
    client.post(CODE, {"code": staff.code()})
    staff.sign_in(client, user)
    address = "/accounts/2fa/totp/deactivate/"

    assert client.post(address)["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    client.post(address)

    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/admin/")["Location"] == SET_UP


def test_session_older_than_the_second_factor_must_use_it(client: Client) -> None:
    user = staff.editor()
    type_password(client, user)
    # Meanwhile, in another browser.
    set_up(Client(), user)

    sent = client.get("/admin/?a=1")
    assert sent["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F%3Fa%3D1"


def test_code_works_once(client: Client) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    code = staff.code()
    type_password(client, user)
    client.post(CODE, {"code": code})
    assert client.session["_auth_user_id"] == str(user.pk)
    other = Client()
    type_password(other, user)

    page = other.post(CODE, {"code": code})

    assert b"was used already" in page.content
    assert "_auth_user_id" not in other.session


def test_recovery_code_works_once(client: Client) -> None:
    user = staff.editor()
    set_up(client, user)
    code = recovery_codes(client)[0]
    first, second = Client(), Client()
    for browser in (first, second):
        type_password(browser, user)
        browser.post(CODE, {"code": code})

    assert first.get("/admin/").status_code == 200
    assert "_auth_user_id" not in second.session
    assert code not in recovery_codes(client)


def test_new_recovery_codes_end_the_old_ones(client: Client) -> None:
    user = staff.editor()
    set_up(client, user)
    old = recovery_codes(client)

    client.post("/accounts/2fa/recovery-codes/generate/")

    assert not set(old) & set(recovery_codes(client))


def test_recovery_codes_come_as_text(client: Client) -> None:
    set_up(client, staff.editor())

    download = client.get("/accounts/2fa/recovery-codes/download/")

    assert download["Content-Type"].startswith("text/plain")
    assert download["Cache-Control"] == "no-store, private"
    assert all(code in download.content.decode() for code in recovery_codes(client))


@pytest.mark.django_db(transaction=True)
def test_database_holds_no_secret_in_clear(client: Client) -> None:
    user = staff.editor()
    secret = set_up(client, user)
    codes = recovery_codes(client)

    stored = json.dumps(
        list(Authenticator.objects.filter(user=user).values_list("data", flat=True))
    )

    assert Authenticator.objects.filter(user=user).count() == 2
    assert secret not in stored
    assert not any(code in stored for code in codes)
    # A seed in clear is eighty hexadecimal digits.
    assert re.search(r"[0-9a-f]{40}", stored) is None
    assert secret not in str(dict(client.session.items()))
    # And its owner learns that it was switched on.
    assert [message.to for message in members.delivered()] == [[user.email]]
    assert secret not in members.delivered()[0].body


def test_second_factor_outlives_a_new_site_key(
    client: Client, settings: Settings
) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        ANOTHER_KEY,
        [settings.SECRET_KEY],
    )

    type_password(client, user)
    client.post(CODE, {"code": staff.code()})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_lost_site_key_is_explained(client: Client, settings: Settings) -> None:
    user = staff.editor()
    staff.give_second_factor(user)
    settings.SECRET_KEY = ANOTHER_KEY

    type_password(client, user)
    page = client.post(CODE, {"code": staff.code()})

    assert page.status_code == 422
    assert b"the key of this site was changed" in page.content
    assert "_auth_user_id" not in client.session


def reset(email: str) -> str:
    output = StringIO()
    call_command("reset_second_factor", email, stdout=output)
    return output.getvalue()


def test_operator_takes_away_a_lost_second_factor(client: Client) -> None:
    user = staff.editor()
    set_up(client, user)

    said = reset("EDITOR@example.org")

    assert "of editor@example.org are gone" in said
    assert not Authenticator.objects.filter(user=user).exists()
    # Whoever is signed in, perhaps with the lost phone, needs a new one first.
    assert client.get("/admin/")["Location"] == SET_UP
    assert "Nothing was changed" in reset("editor@example.org")


def test_operator_helps_a_member_who_has_lost_the_only_passkey(client: Client) -> None:
    browser = Client()
    members.sign_up(browser)
    passkeys.add(browser, passkeys.Device())

    said = reset(members.ADDRESS)

    assert f"of {members.ADDRESS} are gone. The password, or a code" in said
    members.sign_in(client)


def test_reset_of_nobody_is_an_error() -> None:
    with pytest.raises(CommandError, match="Nobody signs in with"):
        reset("nobody@example.org")
