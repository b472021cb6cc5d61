from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from imgportal.management.commands import create_first_staff
from imgportal.models import User

pytestmark = pytest.mark.django_db


def run() -> str:
    output = StringIO()
    call_command("create_first_staff", stdout=output)
    return output.getvalue()


def printed_passwords(output: str) -> dict[str, str]:
    lines = [line.split() for line in output.splitlines() if line.startswith("  ")]
    return {line[0]: line[1] for line in lines}


@pytest.fixture(autouse=True)
def _nobody_yet(db: None) -> None:
    User.objects.filter(is_staff=True).update(is_staff=False)


def test_first_run_creates_two_people_who_can_sign_in() -> None:
    passwords = printed_passwords(run())

    assert set(passwords) == {"editor@localhost", "publisher@localhost"}
    for email, group in create_first_staff.FIRST_STAFF.items():
        user = User.objects.get(email=email)
        assert user.is_staff
        assert not user.is_superuser
        assert user.check_password(passwords[email])
        assert len(passwords[email]) >= 20
        assert [found.name for found in user.groups.all()] == [group]


def test_second_run_says_how_to_reset_a_password_and_changes_nothing() -> None:
    first = printed_passwords(run())

    output = run()

    assert "script/manage changepassword editor@localhost" in output
    assert not any(password in output for password in first.values())
    assert User.objects.filter(is_staff=True).count() == 2


def test_reset_names_an_account_that_exists() -> None:
    User.objects.create_user("ana@example.org", is_staff=True)

    assert "changepassword ana@example.org" in run()
    assert not User.objects.filter(email="editor@localhost").exists()


def test_run_that_meets_another_one_leaves_the_other_ones_accounts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_late() -> dict[str, str]:
        User.objects.create_user("editor@localhost", is_staff=True)
        raise IntegrityError

    monkeypatch.setattr(create_first_staff, "create_first_staff", too_late)

    assert "changepassword editor@localhost" in run()
