"""Passkeys: making one, signing with it, and everything that is no passkey."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from fido2.utils import websafe_decode, websafe_encode

from imgportal.accounts import redirects
from imgportal.models import User
from tests import members, passkeys, staff
from tests.members import ADDRESS, CONFIRM
from tests.passkeys import ADD, AGAIN, SIGN_IN, SIGN_UP, Device

pytestmark = pytest.mark.django_db

CODES = "/accounts/2fa/recovery-codes/"
SHOW = "/accounts/2fa/authenticate/"
FOURTEEN_DAYS = 14 * 24 * 3600


def sign_up_with_passkey(client: Client) -> Device:
    client.post("/accounts/signup/passkey/", {"email": ADDRESS})
    client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})
    device = Device()
    options = passkeys.options_of(client, SIGN_UP)
    made = passkeys.send(client, SIGN_UP, device.make(options), name="My phone")
    assert made["Location"] == CODES
    return device


def member_with_passkey(client: Client) -> Device:
    """Signed in, with a password too."""
    members.sign_up(client)
    device = Device()
    assert passkeys.add(client, device)["Location"] == CODES
    return device


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_address_code_and_passkey_make_an_account(client: Client) -> None:
    sign_up_with_passkey(client)

    user = User.objects.get(email=ADDRESS)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()
    assert b"<li><code>" in client.get(CODES).content
    onward = client.get("/accounts/onward/")
    assert onward["Location"] == redirects.get_start_page(user)


def test_sign_up_asks_for_a_passkey_that_recognises_its_owner(client: Client) -> None:
    client.post("/accounts/signup/passkey/", {"email": ADDRESS})
    client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})

    options = passkeys.options_of(client, SIGN_UP)["creation_options"]["publicKey"]

    selection = options["authenticatorSelection"]
    assert selection["userVerification"] == "required"
    assert selection["residentKey"] == "required"
    assert options["rp"] == {"id": "testserver", "name": "IMG portal"}
    assert options["user"]["name"] == ADDRESS


def test_account_whose_passkey_was_never_made_opens_by_a_code(client: Client) -> None:
    client.post("/accounts/signup/passkey/", {"email": ADDRESS})
    client.post(CONFIRM, {"code": members.code_sent_to(ADDRESS)})
    assert not signed_in(client)

    later = Client()
    later.post("/accounts/login/code/", {"email": ADDRESS})
    later.post("/accounts/login/code/confirm/", {"code": members.code_sent_to(ADDRESS)})

    assert signed_in(later)


def test_passkey_signs_in_alone_and_leads_on(client: Client) -> None:
    device = member_with_passkey(Client())

    answer = passkeys.sign_in(client, device, wanted="/accounts/sessions/")

    assert answer["Location"] == "/accounts/sessions/"
    assert signed_in(client)
    assert client.session.get_expiry_age() == FOURTEEN_DAYS
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


@pytest.mark.parametrize("attachment", ["cross-platform", None, "something new"])
def test_computer_that_does_not_hold_the_passkey_is_not_remembered(
    client: Client, attachment: str | None
) -> None:
    device = member_with_passkey(Client())
    device.attachment = attachment

    passkeys.sign_in(client, device)

    assert signed_in(client)
    assert client.session.get_expire_at_browser_close()


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/"])
def test_passkey_leads_to_no_other_host(client: Client, elsewhere: str) -> None:
    device = member_with_passkey(Client())

    answer = passkeys.sign_in(client, device, wanted=elsewhere)

    assert answer["Location"] == redirects.get_start_page(
        User.objects.get(email=ADDRESS)
    )


def test_passkey_counts_as_second_factor_for_staff(client: Client) -> None:
    user = staff.editor()
    members.sign_in(client, user.email)
    device = Device()
    passkeys.add(client, device)
    assert client.get("/admin/").status_code == 200

    later = Client()
    passkeys.sign_in(later, device, wanted="/admin/")

    assert later.get("/admin/").status_code == 200
    # Staff are not remembered, whatever they sign in with.
    assert later.session.get_expire_at_browser_close()
    assert later.session.get_expiry_age() == 12 * 3600


def test_staff_with_a_passkey_only_are_asked_for_it(client: Client) -> None:
    user = staff.editor()
    members.sign_in(client, user.email)
    earlier = Client()
    members.sign_in(earlier, user.email)
    device = Device()
    passkeys.add(client, device)

    asked = earlier.get("/admin/")
    assert asked["Location"] == f"{AGAIN}?next=%2Fadmin%2F"
    page = f"{AGAIN}?next=/admin/"
    options = passkeys.options_of(earlier, page)
    shown = passkeys.send(earlier, page, device.sign(options))

    assert shown["Location"] == "/admin/"
    assert earlier.get("/admin/").status_code == 200


def test_after_a_password_the_passkey_is_asked_for_too(client: Client) -> None:
    device = member_with_passkey(Client())

    answer = client.post(
        "/accounts/login/", {"login": ADDRESS, "password": staff.PASSWORD}
    )
    assert answer["Location"] == SHOW
    assert not signed_in(client)

    options = passkeys.options_of(client, SHOW)
    assert options["request_options"]["publicKey"]["allowCredentials"]
    passkeys.send(client, SHOW, device.sign(options))
    assert signed_in(client)


def test_recovery_code_stands_in_for_a_lost_passkey(client: Client) -> None:
    browser = Client()
    member_with_passkey(browser)
    page = browser.get(CODES).content.decode()
    code = page.partition("<li><code>")[2][:8]

    client.post("/accounts/login/", {"login": ADDRESS, "password": staff.PASSWORD})
    page = client.get(SHOW).content.decode()
    assert "Recovery code" in page
    client.post(SHOW, {"code": code})

    assert signed_in(client)


def test_owner_is_told_of_a_passkey_that_came_or_went(client: Client) -> None:
    member_with_passkey(client)
    key = Authenticator.objects.get(type="webauthn")
    assert members.delivered()[-1].subject == "[IMG portal] A passkey was added"
    assert "http://testserver/accounts/" in str(members.delivered()[-1].body)

    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")

    assert members.delivered()[-1].subject == "[IMG portal] A passkey was removed"
    # Codes that stand in for nothing are no second factor.
    assert not Authenticator.objects.exists()


def test_passkey_of_somebody_else_is_not_there(client: Client) -> None:
    member_with_passkey(Client())
    key = Authenticator.objects.get(type="webauthn")
    members.sign_up(client, "eve@example.org")
    members.sign_in(Client(), "eve@example.org")
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})

    for what in ("remove", "edit"):
        address = f"/accounts/2fa/webauthn/keys/{key.pk}/{what}/"
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_passkey_is_renamed_after_proof(client: Client) -> None:
    member_with_passkey(client)
    key = Authenticator.objects.get(type="webauthn")

    client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", {"name": "<b>Old</b>"})

    page = client.get("/accounts/2fa/webauthn/").content.decode()
    assert "&lt;b&gt;Old&lt;/b&gt;" in page
    assert "<b>Old" not in page
    for name in ("", "\x00", "n" * 10_000):
        wrong = client.post(
            f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", {"name": name}
        )
        assert b"invalid-feedback" in wrong.content


def test_member_without_password_chooses_one_and_is_told(client: Client) -> None:
    sign_up_with_passkey(client)
    choose = "/accounts/password/set/"
    assert client.get("/accounts/password/change/")["Location"] == choose

    client.post(choose, {"password1": staff.PASSWORD, "password2": staff.PASSWORD})

    assert User.objects.get(email=ADDRESS).check_password(staff.PASSWORD)
    assert members.delivered()[-1].subject == "[IMG portal] A password was chosen"
    assert client.get(choose)["Location"] == "/accounts/password/change/"


# --- What is no passkey ------------------------------------------------------------


def bent(answer: dict[str, Any], part: str, **values: object) -> dict[str, Any]:
    """An answer with one part of its client data changed."""
    said = json.loads(websafe_decode(answer["response"][part])) | values
    changed = websafe_encode(json.dumps(said).encode())
    return answer | {"response": answer["response"] | {part: changed}}


def test_passkey_that_did_not_recognise_its_owner_signs_nobody_in(
    client: Client,
) -> None:
    device = member_with_passkey(Client())
    device.verified = False

    passkeys.sign_in(client, device)

    assert not signed_in(client)


def test_passkey_that_does_not_recognise_its_owner_is_not_taken(client: Client) -> None:
    members.sign_up(client)

    page = passkeys.add(client, Device(verified=False))

    assert page.status_code == 422
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "bend",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://testserver"},  # not HTTPS, and not localhost
        {"site": "evil.example"},
    ],
    ids=str,
)
def test_passkey_for_another_site_is_refused(
    client: Client, bend: dict[str, str]
) -> None:
    device = member_with_passkey(Client())
    for name, value in bend.items():
        setattr(device, name, value)

    answer = passkeys.sign_in(client, device)

    assert answer["Location"] == "/accounts/login/"
    assert b"passkey was not accepted" in client.get("/accounts/login/").content
    assert not signed_in(client)


def test_answer_works_once(client: Client) -> None:
    device = member_with_passkey(Client())
    answer = device.sign(passkeys.options_of(client, SIGN_IN))
    passkeys.send(client, SIGN_IN, answer)
    assert signed_in(client)
    client.post("/accounts/logout/")

    passkeys.send(client, SIGN_IN, answer)
    assert not signed_in(client)
    # Nor in another browser, that was asked something else.
    other = Client()
    passkeys.options_of(other, SIGN_IN)
    passkeys.send(other, SIGN_IN, answer)
    assert not signed_in(other)


def test_passkey_opens_no_account_but_its_own(client: Client) -> None:
    member_with_passkey(Client())
    eve = Client()
    members.sign_up(eve, "eve@example.org")
    device = Device()
    passkeys.add(eve, device)
    ana = User.objects.get(email=ADDRESS)
    # It signs well, and says that it is somebody else's.
    device.owner = websafe_encode(user_pk_to_url_str(ana).encode())

    passkeys.sign_in(client, device)

    assert not signed_in(client)


def test_passkey_of_an_account_that_is_switched_off_opens_nothing(
    client: Client,
) -> None:
    device = member_with_passkey(Client())
    User.objects.filter(email=ADDRESS).update(is_active=False)

    passkeys.sign_in(client, device)

    assert not signed_in(client)


NONSENSE: list[object] = [
    *("", "x", "null", "[]", "{}", "1", '"text"', "NaN", "[" * 15_000),
    *("{" * 50_000, "\x00", "\\u0000", '{"id": "\\ud800"}', "😀"),
    {"response": None},
    {"response": []},
    {"response": {"userHandle": 5}},
    {"id": "a", "rawId": "b", "response": {}},
    {"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}},
    {"id": 1, "rawId": 1, "type": 1, "response": 1},
    {"id": "é", "rawId": "é", "response": {"clientDataJSON": "é"}},
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=lambda it: str(it)[:24])
def test_nonsense_is_no_passkey_and_no_error(client: Client, nonsense: object) -> None:
    text = nonsense if isinstance(nonsense, str) else json.dumps(nonsense)
    passkeys.options_of(client, SIGN_IN)
    assert client.post(SIGN_IN, {"credential": text}).status_code == 302
    assert not signed_in(client)

    members.sign_up(client)
    client.get(ADD)
    assert client.post(ADD, {"credential": text}).status_code == 422
    assert not Authenticator.objects.exists()


def parts_of(answer: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        *((name,) for name in answer),
        *(("response", name) for name in answer["response"]),
    ]


BAD_VALUES: list[object] = [
    *(None, "", 0, [], {}, True, "!", "AA", "A" * 999, "_" * 998, "oWFh"),
    # CBOR that promises more than it holds, or nests without end.
    *("W__________8", websafe_encode(b"\x81" * 6000), websafe_encode(b"\xa1" * 6000)),
    *(websafe_encode(b"{}"), websafe_encode(b"[]"), websafe_encode(b'{"type":1}')),
    websafe_encode(b"\xff" * 37),
]


def test_every_part_of_an_answer_may_be_bad(client: Client) -> None:
    """Each part of a right answer, one after the other, with each bad value."""
    device = member_with_passkey(Client())
    good = device.sign(passkeys.options_of(client, SIGN_IN))
    for path in parts_of(good):
        for value in BAD_VALUES:
            answer = json.loads(json.dumps(good))
            *above, last = path
            (answer[above[0]] if above else answer)[last] = value
            cache.clear()
            response = passkeys.send(client, SIGN_IN, answer)
            assert response.status_code == 302, (path, value)
    # None of them used up the question, so the right answer is still right.
    passkeys.send(client, SIGN_IN, good)
    assert signed_in(client)


def test_every_part_of_a_new_passkey_may_be_bad(client: Client) -> None:
    members.sign_up(client)

    for path in parts_of(Device().make(passkeys.options_of(client, ADD))):
        for value in BAD_VALUES:
            answer = Device().make(passkeys.options_of(client, ADD))
            *above, last = path
            (answer[above[0]] if above else answer)[last] = value
            response = passkeys.send(client, ADD, answer)
            assert response.status_code in {302, 422}, (path, value)
        # What was taken can be shown and used like any other. It makes way for the
        # next part: each further request reads every passkey there is.
        assert client.get("/accounts/2fa/webauthn/").status_code == 200
        Authenticator.objects.filter(type="webauthn").delete()


def test_what_is_sent_beside_a_passkey_is_not_kept(client: Client) -> None:
    members.sign_up(client)
    answer = Device().make(passkeys.options_of(client, ADD))
    answer["more"] = {"of": "it"}
    answer["response"]["more"] = "of it"
    answer["clientExtensionResults"]["more"] = 1.5

    passkeys.send(client, ADD, answer)

    data = Authenticator.objects.get(type="webauthn").data
    assert "more" not in json.dumps(data)
    assert sorted(data["credential"]["response"]) == [
        "attestationObject",
        "clientDataJSON",
    ]


def test_flood_of_wrong_passkeys_is_answered_429(client: Client) -> None:
    answers = [
        client.post(SIGN_IN, {"credential": "{}"}).status_code for _ in range(11)
    ]

    assert answers == [302] * 10 + [429]


def test_passkey_sent_twice_is_stored_once(client: Client) -> None:
    member_with_passkey(client)
    answer = Device().make(passkeys.options_of(client, ADD))
    before = dict(client.session)
    assert passkeys.send(client, ADD, answer).status_code == 302
    # As if the database had gone away before the session was saved.
    session = client.session
    session.update(before)
    session.save()

    again = passkeys.send(client, ADD, answer)

    assert again.status_code == 422
    assert "This passkey is there already" in again.content.decode()
    assert Authenticator.objects.filter(type="webauthn").count() == 2
