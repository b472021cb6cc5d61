"""Somebody makes an account, and nobody learns who else has one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from imgportal.accounts import redirects
from imgportal.models import User
from tests import members, staff
from tests.members import ADDRESS, CONFIRM, SIGN_IN, SIGN_UP

pytestmark = pytest.mark.django_db

NEW = {"email": ADDRESS, "password1": staff.PASSWORD}
CODE_BY_MAIL = "/accounts/login/code/"
TYPE_CODE = "/accounts/login/code/confirm/"
RESET = "/accounts/password/reset/"
TYPE_RESET_CODE = "/accounts/password/reset/confirm/"


def test_address_password_and_code_make_an_account(client: Client) -> None:
    sent = client.post(SIGN_UP, NEW)
    assert sent["Location"] == CONFIRM
    page = client.get(CONFIRM).content.decode()
    assert f"{ADDRESS}</span>" in page
    # Nobody is signed in, and the address is nobody's, until the code is typed.
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get(email=ADDRESS).verified

    done = client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})

    user = User.objects.get(email=ADDRESS)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert done["Location"] == redirects.get_start_page(user)
    assert not user.is_staff
    assert list(
        EmailAddress.objects.filter(user=user).values_list("email", "verified")
    ) == [(ADDRESS, True)]


def test_message_with_the_code_is_short_and_says_what_it_is_for(client: Client) -> None:
    client.post(SIGN_UP, NEW)

    [message] = members.delivered()
    assert message.to == [ADDRESS]
    assert message.subject == "[IMG portal] Your code to confirm this address"
    body = str(message.body)
    assert "It is good for 15 minutes" in body
    assert len(body) < 400
    # Not where a screen that is locked would show it.
    assert members.code_in(body) not in message.subject


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda code: code.replace("-", ""), id="without the dash"),
        pytest.param(lambda code: f" {code} ", id="with spaces"),
    ],
)
def test_code_may_be_typed_as_people_type(
    client: Client, typed: Callable[[str], str]
) -> None:
    client.post(SIGN_UP, NEW)

    client.post(CONFIRM, {"code": typed(members.code_sent_to(ADDRESS))})

    assert "_auth_user_id" in client.session


def test_page_that_was_asked_for_follows_the_sign_up(client: Client) -> None:
    wanted = "/accounts/sessions/"
    page = client.get(f"{SIGN_IN}?next={wanted}").content.decode()
    assert f'href="{SIGN_UP}?next=%2Faccounts%2Fsessions%2F"' in page

    client.post(f"{SIGN_UP}?next={wanted}", NEW)
    done = client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})

    assert done["Location"] == wanted


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example"]
)
def test_sign_up_leads_to_no_other_host(client: Client, elsewhere: str) -> None:
    client.post(SIGN_UP, NEW | {"next": elsewhere})

    done = client.post(
        f"{CONFIRM}?next={elsewhere}", {"code": members.code_sent_to(ADDRESS)}
    )

    user = User.objects.get(email=ADDRESS)
    assert done["Location"] == redirects.get_start_page(user)


# --- What cannot be --------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"email": ""}, "required"),
        ({"email": "ana"}, "valid email"),
        ({"email": "ana@example.org\x00"}, "Null characters"),
        ({"email": "😀@example.org"}, "valid email"),
        ({"email": f"{'a' * 10_000}@example.org"}, "at most 254"),
        ({"email": f"ana@{'a.' * 130}example.org"}, "at most 254"),
        ({"password1": ""}, "required"),
        ({"password1": "short"}, "too short"),
        ({"password1": "1234567890123"}, "entirely numeric"),
        ({"password1": "password123"}, "too common"),
        ({"password1": ADDRESS}, "too similar"),
        ({"password1": "p" * 10_000}, "at most 1000"),
        ({"password1": "long enough \x00 words"}, "Null characters"),
    ],
)
def test_account_is_not_made_from_what_cannot_be(
    client: Client, values: dict[str, str], complaint: str
) -> None:
    page = client.post(SIGN_UP, NEW | values)

    assert page.status_code == 422
    assert complaint in page.content.decode()
    assert not User.objects.filter(email__startswith="a", is_staff=False).exists()
    assert members.delivered() == []


def test_what_was_typed_is_still_there_and_the_password_is_not(client: Client) -> None:
    page = client.post(SIGN_UP, NEW | {"password1": "short"}).content.decode()

    assert f'value="{ADDRESS}"' in page
    assert "short" not in re.findall(r'value="([^"]*)"', page)


def test_address_of_another_script_is_taken_or_refused_never_an_error(
    client: Client,
) -> None:
    for address in ("ana@😀.example", "ana@bücher.example", "ana@例え.jp"):
        answer = client.post(SIGN_UP, NEW | {"email": address})
        assert answer.status_code in {302, 422}
        Client().post("/accounts/logout/")
        client.cookies.clear()


def test_capitals_make_no_second_account(client: Client) -> None:
    members.sign_up(Client(), "ana@example.org")

    client.post(SIGN_UP, NEW | {"email": "ANA@Example.org"})

    assert User.objects.filter(email__iexact=ADDRESS).count() == 1
    assert "with this address already" in str(members.delivered()[-1].body)


# --- Codes -----------------------------------------------------------------------


def test_wrong_code_is_refused_and_the_third_ends_it(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    code = members.code_sent_to(ADDRESS)

    for _ in range(2):
        page = client.post(CONFIRM, {"code": "BBBB-BBBB"})
        assert "not the one in the message" in page.content.decode()
    assert client.post(CONFIRM, {"code": "BBBB-BBBB"})["Location"] == SIGN_IN

    assert client.post(CONFIRM, {"code": code})["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "code", ["", "\x00", "C" * 10_000, "😀" * 8, "'; --", "אבגד-הוזח"]
)
def test_nonsense_instead_of_a_code_is_a_wrong_code(client: Client, code: str) -> None:
    client.post(SIGN_UP, NEW)

    assert client.post(CONFIRM, {"code": code}).status_code == 422
    assert "_auth_user_id" not in client.session


def test_old_code_is_no_good(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    session = client.session
    session[EMAIL_VERIFICATION_CODE_SESSION_KEY]["at"] -= 15 * 60
    session.save()

    answer = client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)}, follow=True)

    assert answer.redirect_chain == [(SIGN_IN, 302)]
    assert "15 minutes, and they are over" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_code_sent_twice_leads_to_where_the_first_did(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    form = {"code": members.code_sent_to(ADDRESS)}

    answers = [client.post(CONFIRM, form)["Location"] for _ in range(2)]

    assert answers == [redirects.get_start_page(User.objects.get(email=ADDRESS))] * 2


def test_code_is_of_no_use_in_another_browser(client: Client) -> None:
    client.post(SIGN_UP, NEW)

    other = Client()
    answer = other.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})

    assert answer["Location"] == SIGN_IN
    assert "_auth_user_id" not in other.session


def test_another_code_replaces_the_first(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    first = members.code_sent_to(ADDRESS)
    cache.clear()  # ten seconds later

    client.post(CONFIRM, {"action": "resend"})

    second = members.code_sent_to(ADDRESS)
    assert second != first
    client.post(CONFIRM, {"code": first})
    assert "_auth_user_id" not in client.session
    client.post(CONFIRM, {"code": second})
    assert "_auth_user_id" in client.session


def test_another_code_at_once_has_to_wait_and_the_first_stays_good(
    client: Client,
) -> None:
    client.post(SIGN_UP, NEW)
    code = members.code_sent_to(ADDRESS)

    page = client.post(CONFIRM, {"action": "resend"}, follow=True)

    assert "A code was sent a moment ago" in page.content.decode()
    assert len(members.delivered()) == 1
    client.post(CONFIRM, {"code": code})
    assert "_auth_user_id" in client.session


def test_third_further_code_is_not_sent(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    for _ in range(4):
        cache.clear()
        client.post(CONFIRM, {"action": "resend"})

    assert len(members.messages_to(ADDRESS)) == 3
    assert "Send another code" not in client.get(CONFIRM).content.decode()


def test_who_closed_the_page_signs_in_and_is_asked_for_a_code_again(
    client: Client,
) -> None:
    client.post(SIGN_UP, NEW)
    cache.clear()
    later = Client()

    answer = later.post(SIGN_IN, {"login": ADDRESS, "password": staff.PASSWORD})

    assert answer["Location"] == CONFIRM
    later.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})
    assert "_auth_user_id" in later.session
    assert User.objects.get(email=ADDRESS).has_usable_password()


# --- Nobody learns who has an account ----------------------------------------------


class Counting(MD5PasswordHasher):
    """Hashes as the tests' own does, and counts: what takes the time of an answer."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.hashed += 1
        return super().encode(password, salt)


def trail(client: Client, steps: list[tuple[str, dict[str, str]]]) -> list[Any]:
    """What a stranger sees at each step: status, page or way, cookies, hashes, mail."""
    seen: list[Any] = []
    for path, form in steps:
        hashed, sent = Counting.hashed, len(members.delivered())
        answer = client.post(path, form) if form else client.get(path)
        page = re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()
        )
        seen.append(
            (
                path,
                answer.status_code,
                answer.get("Location"),
                page,
                sorted(client.cookies),
                Counting.hashed - hashed,
                len(members.delivered()) - sent,
            )
        )
    return seen


WRONG = {"code": "BBBB-BBBB"}
AGAIN = {"action": "resend"}
GIVE_UP = {"next": SIGN_IN}
WAYS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "sign up": [
        (SIGN_UP, {"email": ADDRESS, "password1": staff.PASSWORD}),
        (CONFIRM, {}),
        (CONFIRM, AGAIN),
        (CONFIRM, {}),
        (SIGN_IN, {}),
        (CONFIRM, WRONG),
        (CONFIRM, WRONG),
        (CONFIRM, WRONG),
        (SIGN_IN, {}),
    ],
    "sign up and give up": [
        (SIGN_UP, {"email": ADDRESS, "password1": staff.PASSWORD}),
        ("/accounts/logout/", GIVE_UP),
        (CONFIRM, {}),
        (CONFIRM, WRONG),
        (SIGN_IN, {}),
    ],
    "sign up with a passkey": [
        ("/accounts/signup/passkey/", {"email": ADDRESS}),
        (CONFIRM, {}),
        (CONFIRM, WRONG),
        ("/accounts/2fa/webauthn/signup/", {}),
    ],
    "sign in with a wrong password": [
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
        (SIGN_IN, {"login": ADDRESS, "password": "w" * 10_000}),
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
        (SIGN_IN, {"login": ADDRESS, "password": "wrong"}),
    ],
    "sign in by code": [
        (CODE_BY_MAIL, {"email": ADDRESS}),
        (TYPE_CODE, {}),
        (TYPE_CODE, AGAIN),
        (TYPE_CODE, AGAIN),
        (TYPE_CODE, {}),
        (TYPE_CODE, WRONG),
        (TYPE_CODE, {"code": ""}),
        (TYPE_CODE, WRONG),
        (SIGN_IN, {}),
    ],
    "forgotten password": [
        (RESET, {"email": ADDRESS}),
        (TYPE_RESET_CODE, {}),
        (TYPE_RESET_CODE, WRONG),
        (TYPE_RESET_CODE, {"code": ""}),
        (TYPE_RESET_CODE, WRONG),
        ("/accounts/password/reset/complete/", {}),
        (SIGN_IN, {}),
    ],
}


def with_password() -> None:
    members.sign_up(Client())


def with_a_passkey_only() -> None:
    members.sign_up(Client())
    user = User.objects.get(email=ADDRESS)
    user.set_unusable_password()
    user.save()


def switched_off() -> None:
    members.sign_up(Client())
    User.objects.filter(email=ADDRESS).update(is_active=False)


def never_confirmed() -> None:
    Client().post(SIGN_UP, NEW)


def of_the_staff() -> None:
    staff.editor(ADDRESS)


@pytest.mark.parametrize(
    "account",
    [with_password, with_a_passkey_only, switched_off, never_confirmed, of_the_staff],
    ids=lambda account: account.__name__,
)
@pytest.mark.parametrize("way", WAYS)
def test_known_and_unknown_address_look_the_same_and_take_the_same_work(
    settings: Settings, way: str, account: Callable[[], None]
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    unknown = trail(Client(), WAYS[way])
    User.objects.filter(email=ADDRESS).delete()
    cache.clear()
    account()
    cache.clear()
    members.delivered().clear()

    known = trail(Client(), WAYS[way])

    assert known == unknown
    # That the counters count at all.
    assert sum(seen[-1] + seen[-2] for seen in known) > 0
    assert {tuple(message.to) for message in members.delivered()} <= {(ADDRESS,)}


def test_owner_of_the_address_is_told_what_was_tried(client: Client) -> None:
    members.sign_up(Client())

    client.post(SIGN_UP, NEW)

    message = members.messages_to(ADDRESS)[-1]
    assert message.subject == "[IMG portal] You have an account already"
    assert "wanted to create an account" in str(message.body)
    assert f"http://testserver{reverse('account_request_login_code')}" in str(
        message.body
    )


def test_two_sign_ups_at_the_same_moment_make_one_account(client: Client) -> None:
    def be_quicker(sender: type[User], **kwargs: Any) -> None:
        User.objects.bulk_create([User(email=ADDRESS, password="!")])

    # After the form has looked, and before its account is written.
    pre_save.connect(be_quicker, sender=User)
    try:
        answer = client.post(SIGN_UP, NEW)
    finally:
        pre_save.disconnect(be_quicker, sender=User)

    # As every other sign-up with an address that is taken; no error, no second row.
    assert answer["Location"] == CONFIRM
    assert "with this address already" in str(members.delivered()[-1].body)


# --- Somebody else's address ---------------------------------------------------------


@pytest.mark.parametrize("comes_by", ["code", "forgotten password"])
def test_stranger_who_signed_up_first_is_shut_out_when_the_owner_comes(
    client: Client, comes_by: str
) -> None:
    stranger = Client()
    stranger.post(SIGN_UP, NEW | {"password1": "the-password-of-a-stranger"})

    if comes_by == "code":
        client.post(CODE_BY_MAIL, {"email": ADDRESS})
        client.post(TYPE_CODE, {"code": members.code_sent_to(ADDRESS)})
        assert "_auth_user_id" in client.session
        page = client.get("/accounts/").content.decode()
        assert "was never confirmed with a code" in page
    else:
        client.post(RESET, {"email": ADDRESS})
        # And then leaves without choosing a password.
        client.post(TYPE_RESET_CODE, {"code": members.code_sent_to(ADDRESS)})

    assert EmailAddress.objects.get(email=ADDRESS).verified
    answer = Client().post(
        SIGN_IN, {"login": ADDRESS, "password": "the-password-of-a-stranger"}
    )
    assert "do not belong together" in answer.content.decode()
    # Nor does the page that the stranger still has open lead anywhere.
    stranger.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})
    assert "_auth_user_id" not in stranger.session


# --- Limits and forged forms -----------------------------------------------------------


def test_flood_of_sign_ups_from_one_place_is_answered_politely(client: Client) -> None:
    for number in range(20):
        Client().post(SIGN_UP, NEW | {"email": f"{number}@example.org"})

    page = client.post(SIGN_UP, NEW)

    assert page.status_code == 429
    assert page["Retry-After"] == "60"
    assert page["Cache-Control"] == "no-store, private"
    assert "Wait a minute" in page.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("path", [CODE_BY_MAIL, RESET])
def test_nobody_fills_a_mailbox_with_codes(settings: Settings, path: str) -> None:
    # What is left of the limits when each minute is over.
    settings.ACCOUNT_RATE_LIMITS = {
        action: ",".join(rate for rate in rates.split(",") if "/h/" in rate)
        for action, rates in settings.ACCOUNT_RATE_LIMITS.items()
    }

    for _ in range(12):
        Client().post(path, {"email": ADDRESS})

    assert len(members.messages_to(ADDRESS)) == 10


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, CODE_BY_MAIL, RESET])
def test_form_from_elsewhere_is_refused(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(path, NEW | {"login": ADDRESS}).status_code == 403
    assert members.delivered() == []
