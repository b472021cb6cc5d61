"""What the site uses of allauth beyond what allauth documents, name by name.

After an upgrade of allauth that moved one of these, read its release notes, mend
imgportal/accounts/allauth_seams.py, and change the name here.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from allauth.account import views as account_views
from allauth.account.internal.flows.code_verification import (
    AbstractCodeVerificationProcess,
)
from allauth.account.internal.flows.email_verification_by_code import (
    EmailVerificationProcess,
)
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess

ROOT = Path(__file__).resolve().parents[3]
SEAMS = ROOT / "imgportal" / "accounts" / "allauth_seams.py"
# The last part of a module's name. allauth documents what is in these.
DOCUMENTED = frozenset(
    {"adapter", "decorators", "exceptions", "forms", "models", "signals", "views"}
)

INTERNALS = (
    "allauth.account.authentication.get_authentication_records",
    "allauth.account.internal.flows.email_verification_by_code"
    ".EMAIL_VERIFICATION_CODE_SESSION_KEY",
    "allauth.account.internal.flows.login.record_authentication",
    "allauth.account.internal.flows.password_reset_by_code"
    ".PASSWORD_RESET_VERIFICATION_SESSION_KEY",
    "allauth.account.internal.stagekit.LOGIN_SESSION_KEY",
    "allauth.account.stages.EmailVerificationStage",
    "allauth.account.stages.LoginStageController",
    "allauth.mfa.recovery_codes.internal.flows.auto_generate_recovery_codes",
    "allauth.mfa.webauthn.internal.auth.begin_registration",
    "allauth.mfa.webauthn.internal.auth.get_authenticator_by_credential_id",
    "allauth.usersessions.internal.flows.sessions.end_sessions",
)
# Views whose code pages are extended, and the processes behind `_process`.
RESENDING_VIEWS = (
    account_views.ConfirmEmailVerificationCodeView,
    account_views.ConfirmLoginCodeView,
)
PROCESSES = (EmailVerificationProcess, LoginCodeVerificationProcess)
PROCESS_METHODS = ("generate_code", "send", "record_resend", "persist", "user")


def imported_from_allauth(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "allauth")


def is_internal(name: str) -> bool:
    """Below `internal`, or in no module of a documented kind.

    `from allauth.mfa import models` names a module, `from allauth.mfa.models import
    Authenticator` something in it.
    """
    parts = name.split(".")
    return "internal" in parts or DOCUMENTED.isdisjoint(parts[-2:])


def test_every_internal_that_is_used_is_named_here() -> None:
    used = [name for name in imported_from_allauth(SEAMS) if is_internal(name)]

    assert sorted(used) == sorted(INTERNALS)


def test_nothing_else_uses_internals_of_allauth() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for package in ("imgportal", "stats", "profiles")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path != SEAMS
        for name in imported_from_allauth(path)
        if is_internal(name)
    ]

    assert wrong == []


@pytest.mark.parametrize("name", INTERNALS)
def test_internal_is_where_it_was(name: str) -> None:
    module, _, attribute = name.rpartition(".")

    assert hasattr(import_module(module), attribute)


def test_views_of_codes_have_the_methods_that_are_overridden() -> None:
    missing = [
        view.__name__
        for view in RESENDING_VIEWS
        if not hasattr(view, "_resend_form_valid")
    ]

    assert missing == []


def test_processes_of_codes_have_what_is_called() -> None:
    missing = [
        f"{process.__name__}.{name}"
        for process in PROCESSES
        for name in PROCESS_METHODS
        if not hasattr(process, name)
    ]

    assert missing == []
    # Set in `__init__`, which needs a request.
    assert "state" in AbstractCodeVerificationProcess.__init__.__code__.co_names


def test_views_of_codes_keep_the_process_under_its_name() -> None:
    views = (*RESENDING_VIEWS, account_views.ConfirmPasswordResetCodeView)
    missing = [
        view.__name__
        for view in views
        if "self._process = " not in inspect.getsource(view.dispatch)
    ]

    assert missing == []
