"""A member signs in and out, changes what opens the account, and sees where it is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from imgportal.accounts import redirects
from imgportal.lib import clock
from imgportal.models import User
from tests import members, staff
from tests.members import ADDRESS, SIGN_IN

pytestmark = pytest.mark.django_db

FOURTEEN_DAYS = 14 * 24 * 3600
TWELVE_HOURS = 12 * 3600
SESSIONS = "/accounts/sessions/"
CODE_BY_MAIL = "/accounts/login/code/"
TYPE_CODE = "/accounts/login/code/confirm/"
NEW_PASSWORD = "another-long-password"


def signed_in(client: Client) -> bool:
    """Asked of the site, not of the cookie."""
    return client.get("/accounts/").status_code == 200


# --- Signing in --------------------------------------------------------------------


@pytest.mark.parametrize("remember", [True, False])
def test_session_lasts_as_long_as_was_asked(client: Client, remember: bool) -> None:
    staff.member(ADDRESS)

    answer = client.post(
        SIGN_IN,
        {"login": ADDRESS, "password": staff.PASSWORD}
        | ({"remember": "on"} if remember else {}),
    )

    assert client.session.get_expire_at_browser_close() is not remember
    expected = FOURTEEN_DAYS if remember else TWELVE_HOURS
    assert client.session.get_expiry_age() == expected
    assert (answer.cookies["sessionid"]["max-age"] or None) == (
        FOURTEEN_DAYS if remember else None
    )


def test_what_was_ticked_outlasts_the_second_factor(client: Client) -> None:
    staff.give_second_factor(staff.member(ADDRESS))

    client.post(
        SIGN_IN, {"login": ADDRESS, "password": staff.PASSWORD, "remember": "on"}
    )
    client.post("/accounts/2fa/authenticate/", {"code": staff.code()})

    assert signed_in(client)
    assert client.session.get_expiry_age() == FOURTEEN_DAYS


def test_staff_are_not_remembered(client: Client) -> None:
    user = staff.editor()

    client.post(
        SIGN_IN, {"login": user.email, "password": staff.PASSWORD, "remember": "on"}
    )

    assert client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == TWELVE_HOURS


def test_code_by_mail_signs_in_and_leads_on(client: Client) -> None:
    staff.member(ADDRESS)

    asked = client.post(f"{CODE_BY_MAIL}?next={SESSIONS}", {"email": ADDRESS})
    assert asked["Location"] == f"{TYPE_CODE}?next=%2Faccounts%2Fsessions%2F"
    done = client.post(asked["Location"], {"code": members.code_sent_to(ADDRESS)})

    assert done["Location"] == SESSIONS
    assert signed_in(client)
    assert members.delivered()[0].subject == "[IMG portal] Your code to sign in"


def test_code_by_mail_leads_to_no_other_host(client: Client) -> None:
    user = staff.member(ADDRESS)

    client.post(f"{CODE_BY_MAIL}?next=//evil.example", {"email": ADDRESS})
    done = client.post(
        f"{TYPE_CODE}?next=//evil.example", {"code": members.code_sent_to(ADDRESS)}
    )

    assert done["Location"] == redirects.get_start_page(user)


def test_code_by_mail_does_not_go_round_the_second_factor(client: Client) -> None:
    user = staff.member(ADDRESS)
    staff.give_second_factor(user)

    client.post(CODE_BY_MAIL, {"email": ADDRESS})
    asked = client.post(TYPE_CODE, {"code": members.code_sent_to(ADDRESS)})

    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert not signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": staff.code()})
    assert signed_in(client)


def test_old_code_by_mail_is_no_good(client: Client) -> None:
    staff.member(ADDRESS)
    client.post(CODE_BY_MAIL, {"email": ADDRESS})
    session = client.session
    stages = session["account_login"]["state"]["stages"]
    stages["login_by_code"]["data"]["at"] -= 15 * 60
    session.save()

    answer = client.post(
        TYPE_CODE, {"code": members.code_sent_to(ADDRESS)}, follow=True
    )

    assert answer.redirect_chain == [(CODE_BY_MAIL, 302)]
    assert "15 minutes, and they are over" in answer.content.decode()
    assert not signed_in(client)


def test_old_code_for_a_new_password_is_no_good(client: Client) -> None:
    user = staff.member(ADDRESS)
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    session = client.session
    session["account_password_reset_verification"]["at"] -= 15 * 60
    session.save()

    answer = client.post(
        "/accounts/password/reset/confirm/",
        {"code": members.code_sent_to(ADDRESS)},
        follow=True,
    )

    assert answer.redirect_chain == [(SIGN_IN, 302)]
    assert "15 minutes, and they are over" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(staff.PASSWORD)


def test_another_code_by_mail_replaces_the_first(client: Client) -> None:
    staff.member(ADDRESS)
    client.post(CODE_BY_MAIL, {"email": ADDRESS})
    first = members.code_sent_to(ADDRESS)

    page = client.post(TYPE_CODE, {"action": "resend"}, follow=True)
    assert "Another code is on its way" in page.content.decode()
    client.post(TYPE_CODE, {"code": first})
    assert not signed_in(client)
    client.post(TYPE_CODE, {"code": members.code_sent_to(ADDRESS)})
    assert signed_in(client)


def test_who_waits_for_a_code_may_sign_in_another_way(client: Client) -> None:
    staff.member(ADDRESS)
    client.post(CODE_BY_MAIL, {"email": ADDRESS})
    assert client.get(SIGN_IN)["Location"] == TYPE_CODE

    back = client.post("/accounts/logout/", {"next": SIGN_IN}, follow=True)

    assert back.redirect_chain == [(SIGN_IN, 302)]
    assert "<h1>Sign in</h1>" in back.content.decode()


# --- Changing what opens the account --------------------------------------------------


def change_password(client: Client) -> None:
    client.post(
        "/accounts/password/change/",
        {
            "oldpassword": staff.PASSWORD,
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
    )


def test_new_password_signs_out_every_other_device(client: Client) -> None:
    staff.member(ADDRESS)
    other = Client()
    members.sign_in(client)
    members.sign_in(other)

    change_password(client)

    assert signed_in(client)
    assert not signed_in(other)
    assert client.get(SESSIONS).content.decode().count("<li>\n        <div") == 1
    [notice] = members.delivered()
    assert notice.to == [ADDRESS]
    assert notice.subject == "[IMG portal] Your password was changed"


USERNAME = (
    f'<input type="text" name="username" value="{ADDRESS}" autocomplete="username" '
    "readonly hidden>"
)


def test_a_password_manager_learns_whose_password_it_is(client: Client) -> None:
    user = staff.member(ADDRESS)
    members.sign_in(client)
    for path in ("/accounts/password/change/", "/accounts/reauthenticate/"):
        assert client.get(path).content.decode().count(USERNAME) == 1, path
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert USERNAME in client.get("/accounts/password/set/").content.decode()
    client.logout()

    client.post("/accounts/password/reset/", {"email": ADDRESS})
    # Whoever asks for the code may be anybody.
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        assert 'name="username"' not in client.get(path).content.decode(), path
    answer = client.post(
        "/accounts/password/reset/confirm/",
        {"code": members.code_sent_to(ADDRESS)},
        follow=True,
    )
    assert USERNAME in answer.content.decode()


def test_notice_says_when_from_where_and_what_to_do(client: Client) -> None:
    staff.member(ADDRESS)
    members.sign_in(client)
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"

    client.post(
        "/accounts/password/change/",
        {
            "oldpassword": staff.PASSWORD,
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
        headers={"User-Agent": agent},
    )

    body = str(members.delivered()[-1].body)
    assert "From: 127.0.0.1" in body
    assert "With: Firefox on Windows" in body
    assert f"When: {clock.now():%-d %B %Y}" in body
    assert "http://testserver/accounts/" in body
    assert NEW_PASSWORD not in body


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"oldpassword": "wrong"}, "not your current password"),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password2": "something-else"}, "same password"),
        ({"password1": "p" * 10_000, "password2": "p" * 10_000}, "at most 1000"),
        ({"password1": "a\x00" * 8, "password2": "a\x00" * 8}, "Null characters"),
    ],
)
def test_password_is_not_changed_to_what_cannot_be(
    client: Client, values: dict[str, str], complaint: str
) -> None:
    user = staff.member(ADDRESS)
    members.sign_in(client)
    form = {
        "oldpassword": staff.PASSWORD,
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }

    page = client.post("/accounts/password/change/", form | values)

    assert page.status_code == 422
    assert complaint in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(staff.PASSWORD)
    assert members.delivered() == []


def begin_change_of_address(client: Client, new: str) -> None:
    client.post("/accounts/reauthenticate/", {"password": staff.PASSWORD})
    client.post("/accounts/email/", {"email": new, "action_add": ""})


def test_old_address_is_told_of_the_new_one(client: Client) -> None:
    user = staff.member(ADDRESS)
    members.sign_in(client)

    begin_change_of_address(client, "new@example.org")
    done = client.post(
        "/accounts/confirm-email/", {"code": members.code_sent_to("new@example.org")}
    )

    assert done["Location"] == "/accounts/"
    user.refresh_from_db()
    assert user.email == "new@example.org"
    notice = members.messages_to(ADDRESS)[-1]
    assert notice.subject == "[IMG portal] Your address was changed"
    assert f"from {ADDRESS} to new@example.org" in str(notice.body)


def test_change_of_address_needs_proof(client: Client) -> None:
    user = staff.member(ADDRESS)
    members.sign_in(client)

    answer = client.post(
        "/accounts/email/", {"email": "new@example.org", "action_add": ""}
    )

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert members.delivered() == []
    user.refresh_from_db()
    assert user.email == ADDRESS


def test_change_of_address_tells_nothing_about_other_accounts(client: Client) -> None:
    staff.member(ADDRESS)
    staff.member("other@example.org")
    members.sign_in(client)

    answers = []
    for new in ("other@example.org", "free@example.org"):
        begin_change_of_address(client, new)
        answers.append(client.get("/accounts/confirm-email/"))
        client.get("/accounts/email/")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(members.messages_to("other@example.org")) == 1
    assert len(members.messages_to("free@example.org")) == 1


@pytest.mark.parametrize(
    "address", ["", "x", "\x00@example.org", f"{'a' * 10_000}@example.org", ADDRESS]
)
def test_address_is_not_changed_to_what_cannot_be(client: Client, address: str) -> None:
    user = staff.member(ADDRESS)
    members.sign_in(client)

    begin_change_of_address(client, address)

    user.refresh_from_db()
    assert user.email == ADDRESS
    assert members.delivered() == []


@pytest.mark.django_db(transaction=True)
def test_member_switches_an_app_on_and_off_and_is_told(client: Client) -> None:
    members.sign_up(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = page.partition('<code class="key">')[2].partition("<")[0]

    client.post("/accounts/2fa/totp/activate/", {"code": staff.code(secret)})
    assert Authenticator.objects.filter(type="totp").exists()
    client.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert [message.subject for message in members.messages_to(ADDRESS)[1:]] == [
        "[IMG portal] Authenticator app switched on",
        "[IMG portal] Authenticator app switched off",
    ]


# --- Where it is open --------------------------------------------------------------


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_list_shows_the_sessions_of_one_person(client: Client) -> None:
    staff.member(ADDRESS)
    staff.member("other@example.org")
    phone, stranger = Client(), Client()
    members.sign_in(client)
    phone.post(
        SIGN_IN,
        {"login": ADDRESS, "password": staff.PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (iPhone; …) Version/18.0 Safari/604.1"},
    )
    members.sign_in(stranger, "other@example.org")

    page = client.get(SESSIONS).content.decode()

    assert "Safari on an iPhone" in page
    assert f"{SESSIONS}{session_of(phone).pk}/end/" in page
    assert f"{SESSIONS}{session_of(stranger).pk}/end/" not in page
    assert "This device" in page


def test_session_elsewhere_is_signed_out(client: Client) -> None:
    staff.member(ADDRESS)
    phone = Client()
    members.sign_in(client)
    members.sign_in(phone)

    answer = client.post(f"{SESSIONS}{session_of(phone).pk}/end/", follow=True)

    assert "That device is signed out" in answer.content.decode()
    assert not signed_in(phone)
    assert signed_in(client)


def test_own_session_is_signed_out_by_the_same_way(client: Client) -> None:
    staff.member(ADDRESS)
    members.sign_in(client)

    answer = client.post(f"{SESSIONS}{session_of(client).pk}/end/")

    assert answer["Location"] == SIGN_IN
    assert not signed_in(client)


def test_every_other_session_is_signed_out(client: Client) -> None:
    staff.member(ADDRESS)
    staff.member("other@example.org")
    others = [Client(), Client()]
    stranger = Client()
    for browser in (client, *others):
        members.sign_in(browser)
    members.sign_in(stranger, "other@example.org")

    client.post(f"{SESSIONS}end-others/")

    assert signed_in(client)
    assert not any(signed_in(other) for other in others)
    assert signed_in(stranger)


@pytest.mark.parametrize("person", [staff.member, staff.editor])
def test_session_of_somebody_else_is_not_there(
    client: Client, person: Callable[[str], User]
) -> None:
    staff.member(ADDRESS)
    victim = Client()
    members.sign_in(victim)
    person("eve@example.org")
    members.sign_in(client, "eve@example.org")

    answer = client.post(f"{SESSIONS}{session_of(victim).pk}/end/")

    assert answer.status_code == 404
    assert signed_in(victim)


def test_looking_at_the_list_changes_nothing(client: Client) -> None:
    staff.member(ADDRESS)
    members.sign_in(client)
    gone = Client()
    members.sign_in(gone)
    gone.session.flush()
    before = UserSession.objects.count()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(SESSIONS).content.decode()

    assert page.count('class="devices__what"') == 1
    assert UserSession.objects.count() == before
    writes = [
        it["sql"]
        for it in queries.captured_queries
        if it["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert writes == []
    assert client.get(f"{SESSIONS}{session_of(client).pk}/end/").status_code == 405
    assert client.get(f"{SESSIONS}end-others/").status_code == 405


def test_last_seen_is_brought_up_to_date_when_it_is_minutes_old(
    client: Client,
) -> None:
    staff.member(ADDRESS)
    members.sign_in(client)
    seen = clock.now() - timedelta(minutes=4)
    UserSession.objects.update(last_seen_at=seen, ip="192.0.2.1")
    client.get("/accounts/")
    assert session_of(client).last_seen_at == seen

    UserSession.objects.update(last_seen_at=clock.now() - timedelta(minutes=6))
    client.get("/match/")
    assert session_of(client).ip == "192.0.2.1"
    client.get("/accounts/", headers={"User-Agent": "curl/8.5.0"})

    now = session_of(client)
    assert clock.now() - now.last_seen_at < timedelta(minutes=1)
    assert (now.ip, now.user_agent) == ("127.0.0.1", "curl/8.5.0")


def test_public_page_does_not_know_that_a_member_is_signed_in(client: Client) -> None:
    staff.member(ADDRESS)
    members.sign_in(client)
    UserSession.objects.update(last_seen_at=clock.now() - timedelta(days=1))

    for path in ("/", "/match/", "/about/privacy/"):
        mine, theirs = client.get(path), Client().get(path)
        assert mine.content == theirs.content
        assert "Cookie" not in mine.get("Vary", "")
        assert 'href="/me/"' in mine.content.decode()


# --- Every page of an account ------------------------------------------------------------


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += names(pattern.url_patterns, path)
        elif path.startswith("accounts/"):
            found.append("/" + path.replace("<int:pk>", "1"))
    return sorted(set(found))


ENTRANCE = (200, "start", "start")
ENTRANCE_BY_CODE = (SIGN_IN, "start", "start")
WAY = (SIGN_IN, 200, 200)
# What a visitor, a member and an editor get who ask for a page: a status, or where they
# are sent to. Nobody gets an error, whatever step they leave out.
PAGES: dict[str, tuple[int | str, ...]] = {
    "/accounts/": WAY,
    "/accounts/onward/": (SIGN_IN, "start", "start"),
    "/accounts/login/": ENTRANCE,
    "/accounts/login/code/": ENTRANCE,
    "/accounts/login/code/confirm/": (CODE_BY_MAIL, "start", "start"),
    "/accounts/signup/": ENTRANCE,
    "/accounts/signup/passkey/": ENTRANCE,
    "/accounts/logout/": (SIGN_IN, 200, 200),
    "/accounts/inactive/": (200, 200, 200),
    "/accounts/deleted/": (200, 200, 200),
    "/accounts/reauthenticate/": WAY,
    "/accounts/email/": WAY,
    "/accounts/confirm-email/": ENTRANCE_BY_CODE,
    "/accounts/password/change/": WAY,
    "/accounts/password/set/": (SIGN_IN, *["/accounts/password/change/"] * 2),
    "/accounts/password/reset/": (200, 200, 200),
    "/accounts/password/reset/confirm/": (SIGN_IN,) * 3,
    "/accounts/password/reset/complete/": ("/accounts/password/reset/",) * 3,
    "/accounts/password/reset/done/": (200, 200, 200),
    "/accounts/2fa/": WAY,
    "/accounts/2fa/authenticate/": (SIGN_IN, "start", "start"),
    "/accounts/2fa/reauthenticate/": (SIGN_IN, *["/accounts/reauthenticate/"] * 2),
    "/accounts/2fa/totp/activate/": WAY,
    "/accounts/2fa/totp/deactivate/": (SIGN_IN, 404, 404),
    "/accounts/2fa/recovery-codes/": (SIGN_IN, 404, 404),
    "/accounts/2fa/recovery-codes/generate/": (SIGN_IN, 200, 200),
    "/accounts/2fa/recovery-codes/download/": (SIGN_IN, 404, 404),
    "/accounts/2fa/webauthn/": WAY,
    "/accounts/2fa/webauthn/add/": WAY,
    "/accounts/2fa/webauthn/login/": (SIGN_IN, "start", "start"),
    "/accounts/2fa/webauthn/signup/": ("/accounts/signup/", "start", "start"),
    "/accounts/2fa/webauthn/reauthenticate/": (
        *(SIGN_IN, "/accounts/reauthenticate/", "/accounts/reauthenticate/"),
    ),
    "/accounts/2fa/webauthn/keys/1/remove/": (SIGN_IN, 404, 404),
    "/accounts/2fa/webauthn/keys/1/edit/": (SIGN_IN, 404, 404),
    "/accounts/sessions/": WAY,
    "/accounts/sessions/1/end/": (SIGN_IN, 405, 405),
    "/accounts/sessions/end-others/": (SIGN_IN, 405, 405),
}


def test_every_account_page_is_in_the_table() -> None:
    assert names(get_resolver().url_patterns) == sorted(PAGES)


@pytest.mark.parametrize("who", ["visitor", "member", "editor"])
@pytest.mark.parametrize("path", PAGES)
def test_person_gets_what_the_table_says(client: Client, path: str, who: str) -> None:
    expected = PAGES[path][["visitor", "member", "editor"].index(who)]
    if who != "visitor":
        person = staff.member if who == "member" else staff.editor
        user = person(ADDRESS)
        members.sign_in(client)
        if expected == "start":
            expected = redirects.get_start_page(user)

    answer = client.get(path)

    got = answer.get("Location", "").partition("?")[0] or answer.status_code
    assert got == expected
    assert answer["Cache-Control"] == "no-store, private"
    if answer.status_code == 200:
        assert answer.content.decode().count("<h1>") == 1


@pytest.mark.parametrize("path", PAGES)
def test_nonsense_by_post_is_no_error_anywhere(client: Client, path: str) -> None:
    fields = (
        *("email", "login", "password", "password1", "password2", "oldpassword"),
        *("code", "credential", "name", "next", "action", "action_add"),
    )
    for browser in (client, Client()):
        if browser is client:
            members.sign_up(browser)
        for value in ("\x00", "😀" * 2_000, "x" * 10_000, "'\"><script>", "//evil"):
            answer = browser.post(path, dict.fromkeys(fields, value))
            assert answer.status_code < 500
            assert "evil" not in answer.get("Location", "")
