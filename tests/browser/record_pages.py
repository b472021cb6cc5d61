"""A member in the browser: signed in, entering a record, reading its answers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

AS_OF = "?as_of=2026-11-22"
# The items that only the member can report.
REPORTED_ITEMS = (
    *("account", "identity", "application_accepted", "school_eligible"),
    *("credit_years_4", "diploma_verified", "transcript_verified", "fees_clear"),
)

PASSWORD = "long-enough-words-for-tests"
# As after a sign-in, without the forms: those have tests of their own.
SIGN_IN = """
import sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from imgportal.accounts import addresses
from imgportal.models import User
user = User.objects.create_user("{email}", "long-enough-words-for-tests")
addresses.vouch_for_address(user)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
sys.stdout.write("session:" + session.session_key)
"""


class Member:
    """Somebody who is signed in, and writes down what the console complains of."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(f"{self.site}{path}")

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            field = self.page.locator(f"form.entry [name={name}]").first
            if field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def save(self, button: str = "Save") -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator(".form-errors")).to_have_count(0)
        assert "Saved" in self.page.locator(".notice").first.inner_text()

    def shows_who_it_is(self) -> None:
        """The password once more, as before what concerns the whole record."""
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Continue").click()

    def enters(self, path: str, **values: str) -> None:
        self.open(path)
        self.fill(**values)
        self.save()

    def sits(self, exam: str, *attempts: dict[str, str]) -> None:
        """Several attempts in a row, without going back to the list."""
        self.open(f"/me/exams/add/{exam}/")
        for number, attempt in enumerate(attempts, start=1):
            self.fill(**attempt)
            if number == len(attempts):
                self.save()
            else:
                self.save("Save and add another")
                # Which exam is next, is asked.
                self.page.locator(f'a[href="/me/exams/add/{exam}/"]').click()

    def has_done(self, *items: str) -> None:
        """All in one list, saved together."""
        self.open("/me/certification/")
        for item in items:
            line = self.page.locator(f"#{item}")
            line.get_by_role("radio", name="Done", exact=True).check()
            line.get_by_label("since").fill("2026-06-01")
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.locator(".notice")).to_contain_text(
            f"Saved: {len(items)} items."
        )

    def verdicts(self, path: str, places: str) -> dict[str, str]:
        """The first line of each verdict on a page, by the place where it stands."""
        self.open(path)
        return {
            place.locator("h2").first.inner_text(): " ".join(
                place.locator(".verdict__line").first.inner_text().split()
            )
            for place in self.page.locator(places).all()
        }

    @property
    def exams(self) -> dict[str, str]:
        return self.verdicts(f"/me/exams/{AS_OF}", "section.step")

    @property
    def items(self) -> dict[str, str]:
        """The first line of each verdict; one word of what is reported and no more."""
        self.open(f"/me/certification/{AS_OF}")
        return {
            item.locator(".item-report__name").inner_text(): " ".join(
                item.locator(".verdict__line, .item-report__word")
                .first.inner_text()
                .split()
            )
            for item in self.page.locator(".items > li").all()
        }

    @property
    def answers(self) -> dict[str, str]:
        return self.verdicts(f"/me/certification/{AS_OF}", "section.step")

    @property
    def attempts(self) -> list[str]:
        """Each attempt in one line, as it is listed."""
        self.open(f"/me/exams/{AS_OF}")
        lines = self.page.locator("[id^=attempt-] .attempt__main")
        return [
            " ".join(
                line.locator(part).inner_text().replace("\n", " ")
                for part in (".attempt__when", ".attempt__what")
            )
            for line in lines.all()
        ]


def taken(on: str, outcome: str, score: str = "", **more: str) -> dict[str, str]:
    return {
        "on": on,
        "outcome": outcome,
        **({"score": score} if score else {}),
        **more,
    }
