"""The database goes away at any point of a form that is sent: what the page says is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, models
from django.test import Client

from imgportal.models import User
from profiles.models import ExamAttempt, Profile, ReminderChoice
from stats.models import ProblemReport, Source
from tests import factories, staff
from tests.profiles import forms
from tests.reading import text_of

UNKNOWN = "We do not know whether this was saved"
MOST_QUERIES = 200


@contextmanager
def outage(after: int, error: Exception) -> Iterator[list[str]]:
    """No query is answered after the first so many. Yields those that were tried."""
    tried: list[str] = []

    def answer(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        tried.append(sql)
        if len(tried) > after:
            raise error
        return execute(sql, *rest)

    with connection.execute_wrapper(answer):
        yield tried


@dataclass(frozen=True, kw_only=True)
class SentForm:
    """A form, who sends it, and the rows that it makes: one, however often it is sent."""

    path: str
    values: dict[str, Any]
    model: type[models.Model]
    sender: Callable[[], User] | None = None
    sees: str = "/me/"  # where the page sends its reader
    ends_with_its_row: bool = False  # nothing is asked of the database after it

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        if self.sender:
            staff.sign_in(client, self.sender())
        return client


SIGN_UP = {"email": "ana@example.org", "password1": staff.PASSWORD}
SOURCE = {
    "title": "Results and Data 2060",
    "publisher": "NRMP",
    "kind": "official",
    "published": "2060",
    "url": "https://example.org/report",
    "accessed_on": "2026-05-01",
    "key": "nrmp-rd2060",
}
FORMS = {
    "an exam": SentForm(
        path="/me/exams/add/step2ck/",
        values=forms.STEP2CK,
        model=ExamAttempt,
        sender=staff.member,
    ),
    "a profile": SentForm(
        path="/me/profile/", values=forms.PROFILE, model=Profile, sender=staff.member
    ),
    "reminders": SentForm(
        path="/me/reminders/",
        values=forms.REMINDERS,
        model=ReminderChoice,
        sender=staff.member,
    ),
    "a report": SentForm(
        path="/report/",
        values={"text": "The rate of 2024 is wrong."},
        model=ProblemReport,
        sees="",
        ends_with_its_row=True,
    ),
    "an account": SentForm(
        path="/accounts/signup/", values=SIGN_UP, model=User, sees="/accounts/login/"
    ),
    "a source": SentForm(
        path="/admin/stats/source/add/",
        values=SOURCE,
        model=Source,
        sender=staff.editor,
        sees="/admin/",
    ),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.django_db(transaction=True)
def test_whenever_it_goes_away_the_page_is_true_and_nothing_is_stored_twice(
    name: str,
) -> None:
    form = FORMS[name]
    client = form.client()
    rows = form.model._default_manager.all()
    before = set(rows.values_list("pk", flat=True))
    new = rows.exclude(pk__in=before)
    stored_and_unknown = 0
    for after in range(MOST_QUERIES):
        cache.clear()
        new.delete()
        if form.sender is None:
            client = form.client()
        with outage(after, OperationalError("database is locked")) as tried:
            page = client.post(form.path, form.values)
        if len(tried) <= after:
            break
        stored_and_unknown += new.count()
        assert page.status_code == 503, (after, tried[-1])
        assert page.headers["Retry-After"] == "30"
        assert UNKNOWN in text_of(page)
        assert "Nothing" not in text_of(page)
        assert f'href="{form.sees}"' in page.content.decode() or not form.sees

        # Half a minute later: allauth's lock of a counter is over, too.
        cache.clear()
        client.post(form.path, form.values)

        assert new.count() == 1, (after, tried[-1])
    assert page.status_code == 302
    assert new.count() == 1
    # It did happen that the row was stored before the database went away.
    assert stored_and_unknown or form.ends_with_its_row


@pytest.mark.django_db
def test_session_that_ended_meanwhile_says_the_same_of_a_form() -> None:
    """Signed out in another tab while the form was on its way."""
    client = FORMS["an exam"].client()

    def end_session(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "examattempt" in sql:
            Session.objects.all().delete()
        return execute(sql, *rest)

    with connection.execute_wrapper(end_session):
        page = client.post("/me/exams/add/step2ck/", forms.STEP2CK)

    assert ExamAttempt.objects.count() == 1
    assert page.status_code == 503
    assert UNKNOWN in text_of(page)


@pytest.mark.parametrize(
    "error", [OperationalError("disk full"), InterfaceError("connection is closed")]
)
@pytest.mark.parametrize("path", ["/me/", "/admin/", "/accounts/login/", "/match/"])
@pytest.mark.django_db
def test_page_that_is_read_meanwhile_says_that_the_database_is_away(
    path: str, error: Exception
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(factories.person("ana"))

    with outage(0, error):
        page = client.get(path)

    assert page.status_code == 503
    assert "The database does not answer." in text_of(page)


@pytest.mark.django_db
def test_mistake_of_our_own_is_no_outage() -> None:
    client = FORMS["an exam"].client()

    with outage(0, ZeroDivisionError("a mistake")):
        page = client.post("/me/exams/add/step2ck/", forms.STEP2CK)

    assert page.status_code == 500
    assert UNKNOWN not in text_of(page)
