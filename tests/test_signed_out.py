"""A session ends while somebody fills in a staff form: nothing they typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from imgportal.lib import clock, typed_drafts
from imgportal.lib.typed_drafts import LONGEST, MOST_A_BROWSER
from imgportal.models import User
from profiles.models import ExamAttempt
from stats.actions import handle_reports
from stats.choices import Status
from stats.models import ProblemReport, Release, Source
from tests import staff
from tests.factories import NOW, in_review_by, person, stored_source

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
NOTE = "Counted again.\nThe <b>sum</b> was wrong. 🙂"


def sent_away(client: Client, path: str, values: dict[str, Any]) -> str:
    """Posts when the session has ended; where the person is led after signing in."""
    client.logout()
    answer: Any = client.post(path, values)
    assert answer.status_code == 302
    wanted: str = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert wanted.startswith(f"{path}?held=")
    return wanted


def offered(page: Any) -> dict[str, str]:
    """The values that the page would send once more."""
    html = page.content.decode()
    assert "This was not sent yet" in html
    return {
        name: unescape(value)
        for name, value in HIDDEN.findall(html)
        if name != "csrfmiddlewaretoken"
    }


@pytest.fixture
def publisher(client: Client) -> User:
    user = staff.publisher()
    staff.sign_in(client, user)
    return user


def test_public_note_is_still_there_and_published_only_when_sent_again(
    client: Client, publisher: User
) -> None:
    release = in_review_by(person("ana"))
    path = reverse("admin:stats_release_publish", args=[release.pk])

    wanted = sent_away(client, path, {"public_note": NOTE})
    staff.sign_in(client, publisher)
    page = client.get(wanted)

    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW
    assert offered(page) == {"public_note": NOTE}
    client.post(path, offered(page))
    release.refresh_from_db()
    assert release.status == Status.PUBLISHED
    assert release.public_note == NOTE


def test_form_of_a_source_is_sent_again(client: Client, publisher: User) -> None:
    source = stored_source()
    path = reverse("admin:stats_source_change", args=[source.pk])
    values = {
        "title": NOTE.replace("\n", " "),
        "publisher": source.publisher,
        "kind": source.kind,
        "published": source.published,
        "url": "",
        "accessed_on": "2026-11-22",
        "seen_at": source.changed_at.isoformat(),
    }

    wanted = sent_away(client, path, values)
    staff.sign_in(client, publisher)
    client.post(path, offered(client.get(wanted)))

    assert Source.objects.get(pk=source.pk).title == values["title"]


def test_several_values_of_one_field_are_sent_again(
    client: Client, publisher: User
) -> None:
    reports = [
        handle_reports.receive(
            text=f"Report number {number}.",
            email="",
            match_year=None,
            version=None,
            table=None,
            row="",
            now=NOW,
        )
        for number in range(2)
    ]
    path = reverse("admin:stats_problemreport_changelist")
    values = {
        "action": "close_selected",
        "_selected_action": [report.pk for report in reports],
    }

    wanted = sent_away(client, path, values)
    staff.sign_in(client, publisher)
    html = client.get(wanted).content.decode()

    names = [name for name, _ in HIDDEN.findall(html)]
    assert names.count("_selected_action") == 2
    assert not ProblemReport.objects.exclude(status="open").exists()


def test_password_is_kept_nowhere(client: Client) -> None:
    owner = staff.owner()
    staff.sign_in(client, owner)
    path = reverse("admin:imgportal_user_add")
    values = {"email": "new@example.org", "new_password": staff.PASSWORD}

    wanted = sent_away(client, path, values)
    staff.sign_in(client, owner)
    page = client.get(wanted)

    assert offered(page) == {"email": "new@example.org"}
    assert staff.PASSWORD not in page.content.decode()


def test_only_the_browser_that_sent_them_is_shown_the_values(
    client: Client, publisher: User
) -> None:
    # Somebody without an account prepares a form and sends a publisher its address.
    release = in_review_by(person("ana"))
    path = reverse("admin:stats_release_publish", args=[release.pk])

    prepared = sent_away(Client(), path, {"public_note": "Not yours."})

    page: Any = client.get(prepared, follow=True)
    assert "Not yours." not in page.content.decode()
    assert page.redirect_chain[-1][0] == reverse(
        "admin:stats_release_change", args=[release.pk]
    )


def test_form_that_was_sent_again_is_offered_no_more(
    client: Client, publisher: User
) -> None:
    path = reverse("admin:stats_source_add")
    wanted = sent_away(client, path, {"title": NOTE})
    staff.sign_in(client, publisher)

    client.post(path, offered(client.get(wanted)))

    assert "This was not sent yet" not in client.get(wanted).content.decode()


def test_several_forms_wait_encrypted_and_the_oldest_goes_first(
    client: Client, publisher: User
) -> None:
    sources = [stored_source(f"s-{number}") for number in range(MOST_A_BROWSER + 1)]
    paths = [reverse("admin:stats_source_change", args=[row.pk]) for row in sources]
    client.logout()
    for number, path in enumerate(paths):
        client.post(path, {"title": f"Title {number}"})
    kept = str(dict(client.session))

    staff.sign_in(client, publisher)
    pages = [client.get(path, {"held": "1"}) for path in paths]

    assert "Title" not in kept
    assert "This was not sent yet" not in pages[0].content.decode()
    assert [offered(page)["title"] for page in pages[1:]] == [
        f"Title {number}" for number in range(1, len(paths))
    ]


def test_form_waits_for_four_hours(
    client: Client, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_at = clock.now()
    wanted = sent_away(client, reverse("admin:stats_source_add"), {"title": NOTE})
    staff.sign_in(client, publisher)

    for hours, is_there in ((3.9, True), (4.1, False)):
        later = sent_at + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        page = client.get(wanted).content.decode()
        assert ("This was not sent yet" in page) is is_there


def test_form_that_is_too_long_is_not_kept(client: Client) -> None:
    path = reverse("admin:stats_source_add")

    answer: Any = client.post(path, {"title": "n" * LONGEST})

    assert parse_qs(urlsplit(answer.url).query)["next"] == [path]
    assert dict(client.session) == {}


@pytest.mark.parametrize("name", ["", "made-up", "x" * 5000, "a\x00b", "🙂"])
def test_made_up_name_leads_to_the_page_itself(
    client: Client, publisher: User, name: str
) -> None:
    page = client.get(reverse("admin:stats_source_add"), {"held": name})

    assert page.status_code in {200, 302}
    assert b"This was not sent yet" not in page.content


def test_values_belong_to_one_address(client: Client, publisher: User) -> None:
    release = in_review_by(person("ana"))
    path = reverse("admin:stats_release_publish", args=[release.pk])
    wanted = sent_away(client, path, {"public_note": NOTE})
    staff.sign_in(client, publisher)
    elsewhere = reverse("admin:stats_release_return", args=[release.pk])

    page = client.get(f"{elsewhere}?{urlsplit(wanted).query}", follow=True)

    assert NOTE not in page.content.decode()
    assert Release.objects.get(pk=release.pk).status == Status.IN_REVIEW


def test_signing_out_twice_is_no_form(client: Client) -> None:
    answer: Any = client.post(reverse("admin:logout"))

    assert answer.url == reverse("admin:index")


def form_with_an_old_token(**headers: str) -> tuple[Any, str]:
    """What is answered to somebody who signed in again in another window."""
    release = in_review_by(person("ana"))
    path = reverse("admin:stats_release_publish", args=[release.pk])
    client = Client(enforce_csrf_checks=True)
    staff.sign_in(client, staff.publisher())
    client.get(reverse("admin:stats_source_add"))
    values = {"public_note": NOTE, "csrfmiddlewaretoken": "x" * 64}
    answer: Any = client.post(path, values, headers=headers, follow=True)
    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW
    return answer, path


def test_form_that_is_older_than_the_session_is_sent_again() -> None:
    page, path = form_with_an_old_token(origin="http://testserver")

    assert offered(page) == {"public_note": NOTE}
    assert page.redirect_chain[-1][0].startswith(f"{path}?held=")


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://evil.example"}, {"origin": "null"}]
)
def test_form_of_another_site_is_not_kept(headers: dict[str, str]) -> None:
    page, _ = form_with_an_old_token(**headers)

    assert page.status_code == 403
    assert page.redirect_chain == []
    assert NOTE not in page.content.decode()


def test_a_members_form_that_is_older_than_the_session_is_offered_again() -> None:
    ana, ben = staff.member("ana@example.org"), staff.member("ben@example.org")
    path = reverse("profiles:attempt_add", args=["step2ck"])
    for signed_in, is_offered in ((ana, True), (ben, False)):
        client = Client(enforce_csrf_checks=True)
        client.force_login(signed_in)
        values = {
            "exam": "step1",
            "score": "17",
            typed_drafts.MARK: typed_drafts.mark_for(ana.pk),
            "csrfmiddlewaretoken": "x" * 64,
        }
        answer: Any = client.post(path, values)

        assert answer.status_code == (302 if is_offered else 403)
        assert ('value="17"' in client.get(path).content.decode()) is is_offered
        assert not ExamAttempt.objects.exists()


def test_who_is_signed_in_already_is_sent_on() -> None:
    ana = staff.member("ana@example.org")
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)

    answer: Any = client.post(
        reverse("account_login"),
        {"login": ana.email, "password": "x", "csrfmiddlewaretoken": "x" * 64},
    )

    assert (answer.status_code, answer.url) == (302, "/me/")
    assert Client(enforce_csrf_checks=True).post("/accounts/login/").status_code == 403
