"""A session that ends while a form is filled in loses nothing, and shows nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from imgportal.lib import clock, typed_drafts
from imgportal.models import User
from profiles.models import CertificationItem, ExamAttempt
from tests import factories
from tests.profiles import forms
from tests.reading import html_of, tags_of, text_of

PAGE = "/me/certification/account/"
NOTE = "Only Ana may read this."


def mark_on(client: Client, page: str) -> str:
    """The mark on the form that a member is shown."""
    tags = tags_of(client.get(page), "input")
    return next(tag["value"] for tag in tags if tag.get("name") == typed_drafts.MARK)


def end_session(client: Client) -> None:
    del client.cookies["sessionid"]


@pytest.fixture
def sent_to_sign_in(as_ana: Client) -> Client:
    """Ana typed a note; her session had ended when she pressed Save."""
    mark = mark_on(as_ana, PAGE)
    end_session(as_ana)
    response = as_ana.post(PAGE, forms.ITEM | {"note": NOTE, typed_drafts.MARK: mark})
    assert (response.status_code, response["Location"]) == (
        302,
        f"/accounts/login/?next={PAGE}",
    )
    return as_ana


def test_what_was_typed_is_back_after_the_sign_in(
    sent_to_sign_in: Client, ana: User
) -> None:
    sent_to_sign_in.force_login(ana)

    page = sent_to_sign_in.get(PAGE)

    assert "Your session had ended before this was saved." in text_of(page)
    assert NOTE in html_of(page)
    assert not CertificationItem.objects.exists()
    assert sent_to_sign_in.post(PAGE, forms.ITEM | {"note": NOTE}).status_code == 302
    assert CertificationItem.objects.get().note == NOTE
    assert "Your session had ended" not in text_of(sent_to_sign_in.get(PAGE))


def test_it_waits_for_nobody_else(sent_to_sign_in: Client, ben: User) -> None:
    sent_to_sign_in.force_login(ben)

    for page in (PAGE, "/me/", "/me/certification/"):
        assert NOTE not in html_of(sent_to_sign_in.get(page))


def test_it_waits_at_its_own_address(sent_to_sign_in: Client, ana: User) -> None:
    sent_to_sign_in.force_login(ana)

    assert NOTE not in html_of(sent_to_sign_in.get("/me/certification/identity/"))


def test_it_waits_for_an_hour(
    sent_to_sign_in: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_to_sign_in.force_login(ana)
    for seconds, is_there in ((3600, True), (3601, False)):
        later = factories.NOW + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        assert (NOTE in html_of(sent_to_sign_in.get(PAGE))) is is_there


def test_it_cannot_be_read_where_it_waits(sent_to_sign_in: Client) -> None:
    kept = str(dict(sent_to_sign_in.session))

    assert kept.startswith("{'typed_drafts'")
    assert NOTE not in kept
    assert "Only" not in kept


@pytest.mark.parametrize("mark", ["", "x", "1:2:3", "\x00", "9" * 5000])
def test_a_stranger_makes_us_keep_nothing(client: Client, db: None, mark: str) -> None:
    response = client.post(PAGE, forms.ITEM | {typed_drafts.MARK: mark})

    assert response.status_code == 302
    assert dict(client.session) == {}


def test_what_is_too_long_is_not_kept(as_ana: Client) -> None:
    mark = mark_on(as_ana, PAGE)
    end_session(as_ana)

    as_ana.post(
        PAGE, forms.ITEM | {"note": "n" * typed_drafts.LONGEST, typed_drafts.MARK: mark}
    )

    assert dict(as_ana.session) == {}


def test_what_was_typed_wrongly_comes_back_with_its_errors(
    as_ana: Client, ana: User
) -> None:
    page = "/me/exams/add/step2ck/"
    mark = mark_on(as_ana, page)
    end_session(as_ana)
    as_ana.post(page, forms.STEP2CK | {"score": "301", typed_drafts.MARK: mark})
    as_ana.force_login(ana)

    response = as_ana.get(page)

    assert response.status_code == 200
    assert "from 1 to 300" in text_of(response)
    assert not ExamAttempt.objects.exists()


def test_the_mark_of_a_form_does_not_sign_anybody_in(
    as_ana: Client, client: Client
) -> None:
    mark = mark_on(as_ana, PAGE)
    end_session(as_ana)
    as_ana.post(PAGE, forms.ITEM | {typed_drafts.MARK: mark})

    assert as_ana.get("/me/").status_code == 302
    assert not CertificationItem.objects.exists()
