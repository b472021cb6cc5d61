"""A member signs up and in, with a password and with a passkey, and looks around."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.conftest import SECONDS_TO_START
from tests.browser.visiting import faults
from tests.members import CODE
from tests.staff import PASSWORD, code

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(site: str) -> str:
    """The site by its name: browsers accept no passkeys at an address in numbers."""
    return site.replace("127.0.0.1", "localhost")


class Mailbox:
    """Where the messages of a laptop lie. They come a moment after the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read = {code for text in self._texts() for code in CODE.findall(text)}

    def _texts(self) -> list[str]:
        texts = [path.read_text(encoding="utf-8") for path in self.folder.glob("*")]
        # Messages that were sent together are in one file, a line of dashes between.
        return [message for text in texts for message in text.split("-" * 79)]

    def code_for(self, address: str) -> str:
        """The code of a message to an address that was not read before."""
        give_up_at = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up_at:
            for text in self._texts():
                new = set(CODE.findall(text)) - self.read
                if new and f"To: {address}\n" in text:
                    self.read |= new
                    return str(new.pop())
            time.sleep(0.05)
        raise AssertionError(f"No code came for {address}.")


@pytest.fixture
def mailbox(site_environment: dict[str, str]) -> Mailbox:
    return Mailbox(Path(site_environment["EMAIL_URL"].removeprefix("file://")))


class Walk:
    """Looks at every page on the way, and writes down what is wrong with it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        # axe loads style sheets in ways that the content policy refuses.
        self._looking = False
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if self._looking or message.type not in {"error", "warning"}:
            return
        # That a wrong form is answered 422 is as it should be.
        if "422" in message.text and message.location["url"] == self.page.url:
            return
        self.found.append(f"{self.page.url}: {message.text}")

    def look(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self._looking = True
        self.found += faults(self.page, heading)
        small = self.page.locator("main").evaluate(TOO_SMALL)
        self.found += [f"{heading}: too small to hit: {what}" for what in small]
        self._looking = False


# What stands alone and is pressed: a link within a sentence may be as high as its line.
TOO_SMALL = """(main) => [...main.querySelectorAll("a, button")]
  .filter((it) => it.checkVisibility())
  .filter((it) => it.parentElement.textContent.trim() === it.textContent.trim())
  .filter((it) => it.getBoundingClientRect().height < 24)
  .map((it) => it.outerHTML.slice(0, 120))"""


@pytest.fixture
def walk(page: Page) -> Iterator[Walk]:
    walk = Walk(page)
    yield walk
    assert walk.found == []


@pytest.fixture
def phone(page: Page) -> None:
    """A phone or computer that keeps passkeys and always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    press(page, "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_member_signs_up_with_a_password_and_walks_through_the_account(
    page: Page, site: str, mailbox: Mailbox, walk: Walk
) -> None:
    address = "walker@example.org"
    page.goto(f"{site}/accounts/login/?next=/accounts/sessions/")
    walk.look("Sign in")
    page.get_by_role("link", name="Create an account", exact=True).click()
    walk.look("Create an account")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill("123")
    press(page, "Create the account")
    walk.look("Create an account")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create the account")
    walk.look("Type the code")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Confirm the address")

    # Where it was going when it was asked who it is.
    walk.look("Signed-in devices")
    expect(page).to_have_url(f"{site}/accounts/sessions/")
    expect(page.get_by_text("This device", exact=True)).to_be_visible()
    for link, heading in {
        "Account": "Your account",
        "Passkeys": "Passkeys",
        "Second factor": "Second factor",
        "Password": "Change your password",
    }.items():
        page.get_by_role("link", name=link, exact=True).first.click()
        walk.look(heading)

    page.get_by_role("link", name="Second factor", exact=True).click()
    page.get_by_role("link", name="Set it up").click()
    walk.look("Set up a second factor")
    page.get_by_text("Type a key instead").click()
    secret = page.locator("code.key").inner_text()
    page.get_by_label("The six digits").fill(code(secret))
    press(page, "Switch it on")
    walk.look("Recovery codes")
    spare = page.locator(".codes code").first.inner_text()

    sign_out(page, site)
    page.get_by_role("link", name="Send me a code by e-mail").click()
    walk.look("Sign in with a code")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Send the code")
    walk.look("Type the code")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Sign in")
    walk.look("Your second factor")
    page.get_by_label("Code").fill(spare)
    press(page, "Sign in")
    page.wait_for_load_state()

    page.goto(f"{site}/accounts/email/")
    walk.look("Your e-mail address")
    page.get_by_label("New e-mail address").fill("walked@example.org")
    press(page, "Change the address")
    walk.look("Your password, once more")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Continue")
    walk.look("Type the code")
    page.get_by_label("Code").fill(mailbox.code_for("walked@example.org"))
    press(page, "Confirm the address")
    walk.look("Your account")
    expect(page.get_by_text("walked@example.org is confirmed.")).to_be_visible()


def test_member_signs_up_and_in_with_a_passkey(
    page: Page, named: str, mailbox: Mailbox, walk: Walk, phone: None
) -> None:
    address = "keyholder@example.org"
    page.goto(f"{named}/accounts/signup/")
    page.get_by_role("link", name="Create an account with a passkey").click()
    walk.look("Create an account with a passkey")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Continue")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Confirm the address")
    walk.look("Make your passkey")
    page.get_by_label("Name").fill("My phone")
    press(page, "Make the passkey")
    walk.look("Recovery codes")
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="Continue").click()
    page.wait_for_load_state()

    page.goto(f"{named}/accounts/")
    walk.look("Your account")
    expect(page.get_by_text("None. You sign in with a passkey.")).to_be_visible()
    page.goto(f"{named}/accounts/2fa/webauthn/")
    walk.look("Passkeys")
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()

    page.goto(f"{named}/accounts/password/set/")
    walk.look("Choose a password")

    sign_out(page, named)
    page.goto(f"{named}/accounts/login/?next=/accounts/2fa/webauthn/")
    press(page, "Use a passkey")
    walk.look("Passkeys")
    expect(page).to_have_url(f"{named}/accounts/2fa/webauthn/")
    expect(page.get_by_text("last used")).to_be_visible()

    # The passkey stands behind a code by e-mail as well.
    sign_out(page, named)
    page.goto(f"{named}/accounts/login/code/")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Send the code")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Sign in")
    walk.look("Your second factor")
    press(page, "Use the passkey")
    page.wait_for_url(lambda url: "/2fa/authenticate/" not in url)

    # What protects the account is changed after showing it once more.
    page.goto(f"{named}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename My phone").click()
    walk.look("Your passkey, once more")
    press(page, "Use the passkey")
    walk.look("Rename a passkey")
    page.get_by_label("Name").fill("My old phone")
    press(page, "Save the name")
    page.get_by_role("link", name="Remove My old phone").click()
    walk.look("Remove “My old phone”")
    press(page, "Remove the passkey")
    walk.look("Passkeys")
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()


def test_member_with_a_password_adds_a_passkey_and_one_device_holds_one(
    page: Page, named: str, mailbox: Mailbox, walk: Walk, phone: None
) -> None:
    address = "both@example.org"
    page.goto(f"{named}/accounts/signup/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create the account")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Confirm the address")
    page.wait_for_load_state()

    page.goto(f"{named}/accounts/2fa/webauthn/add/")
    walk.look("Add a passkey")
    press(page, "Make the passkey")
    walk.look("Recovery codes")

    page.goto(f"{named}/accounts/2fa/webauthn/add/")
    press(page, "Make the passkey")
    said = page.get_by_text("This device holds a passkey for your account already.")
    expect(said).to_be_visible()
    expect(page.get_by_role("button", name="Make the passkey")).to_be_enabled()


def test_staff_reach_their_pages_with_a_passkey_alone(
    page: Page, named: str, site_environment: dict[str, str], walk: Walk, phone: None
) -> None:
    address = "passkey-owner@example.org"
    subprocess.run(
        [
            *(sys.executable, "manage.py", "createsuperuser"),
            *("--noinput", "--email", address),
        ],
        env=site_environment | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD},
        check=True,
    )
    page.goto(f"{named}/accounts/login/?next=/accounts/2fa/webauthn/add/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    press(page, "Make the passkey")
    walk.look("Recovery codes")
    sign_out(page, named)

    page.goto(f"{named}/admin/imgportal/user/")
    press(page, "Use a passkey")

    expect(page.get_by_role("link", name=address)).to_be_visible()
    expect(page).to_have_url(f"{named}/admin/imgportal/user/")


def test_member_who_forgot_the_password_gets_a_new_one(
    page: Page, site: str, mailbox: Mailbox, walk: Walk
) -> None:
    address = "forgetful@example.org"
    page.goto(f"{site}/accounts/signup/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    # As some people press every button.
    page.get_by_role("button", name="Create the account").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type the code")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    page.get_by_role("button", name="Confirm the address").dblclick()
    page.wait_for_url(f"{site}/me/")
    page.goto(f"{site}/accounts/2fa/totp/activate/")
    page.get_by_text("Type a key instead").click()
    page.get_by_label("The six digits").fill(
        code(page.locator("code.key").inner_text())
    )
    press(page, "Switch it on")
    for path, heading in {
        "2fa/recovery-codes/generate/": "New recovery codes",
        "2fa/totp/deactivate/": "Switch off the authenticator app",
        "2fa/reauthenticate/": "A code, once more",
        "reauthenticate/": "Your password, once more",
        "logout/": "Sign out",
        "inactive/": "This account is switched off",
    }.items():
        page.goto(f"{site}/accounts/{path}")
        walk.look(heading)
    sign_out(page, site)

    page.get_by_role("link", name="Forgot your password?").click()
    walk.look("Forgotten password")
    page.get_by_label("E-mail address").fill(address)
    press(page, "Send the code")
    walk.look("Type the code")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Continue")
    walk.look("Choose a new password")
    for field in ("password1", "password2"):
        page.locator(f"#id_{field}").fill("four quite different words")
    press(page, "Save the new password")
    walk.look("The password is changed")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill("four quite different words")
    press(page, "Sign in")
    # A new password does not go round the second factor.
    walk.look("Your second factor")


def test_page_at_a_number_says_where_passkeys_work(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")

    port = site.rpartition(":")[2]
    expect(page.get_by_text(f"Open http://localhost:{port} instead")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_disabled()


def test_signing_up_and_in_needs_no_script(
    browser: Browser, named: str, mailbox: Mailbox
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    address = "plain@example.org"
    page.goto(f"{named}/accounts/signup/passkey/")
    assert "needs JavaScript" in str(page.locator("noscript").text_content())
    page.goto(f"{named}/accounts/signup/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Create the account")
    page.get_by_label("Code").fill(mailbox.code_for(address))
    press(page, "Confirm the address")
    sign_out(page, named)

    assert "needs JavaScript" in str(page.locator("noscript").text_content())
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.goto(f"{named}/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    context.close()
