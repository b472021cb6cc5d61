"""allauth's forms in the words of the site."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from imgportal.lib import email_addresses
from imgportal.models import User

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password, once more",
    "code": "Code",
}
ADVICE_FOR_CHOOSING = (
    "At least 8 characters. Not only digits, not like your address, and not one of "
    "the passwords that everybody uses. Three or four words do well."
)
PASSWORDS = ("password", "oldpassword", "password1", "password2")
# Addresses: what the columns hold. Passwords: what is hashed in a moment.
LONGEST = {"email": 254, "login": 254} | dict.fromkeys(PASSWORDS, 1000)


class SiteWordsMixin:
    """Labels from the table above, and no placeholders, which vanish while typing.

    `own_labels` are those of a form that calls a field otherwise.
    """

    own_labels: ClassVar[dict[str, str]] = {}

    @property
    def whose_password(self) -> str:
        """The address of the account whose password is asked for or chosen.

        A hidden field tells it to the password manager of the browser. Empty: the form
        has no password, or asks for the address itself.
        """
        fields: dict[str, Any] = getattr(self, "fields")  # noqa: B009
        user = getattr(self, "user", None)
        if user is None or not any(name in fields for name in PASSWORDS):
            return ""
        return "" if {"email", "login"} & fields.keys() else str(user.email)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = getattr(self, "fields")  # noqa: B009
        for name, field in fields.items():
            field.label = (LABELS | self.own_labels).get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in LONGEST:
                field.validators.append(MaxLengthValidator(LONGEST[name]))
            if name in {"email", "login"}:
                field.validators.append(email_addresses.refuse_unwritable)
            if name in {"password", "oldpassword"}:
                # allauth puts a small link here; our pages have a larger one.
                field.help_text = ""
            if name == "password1":
                field.help_text = ADVICE_FOR_CHOOSING
            if name == "code":
                field.widget.attrs["autocapitalize"] = "none"
                field.widget.attrs["spellcheck"] = "false"

    def clean_email(self) -> str:
        """One mailbox is one account, however a browser writes the domain."""
        # Of every form with such a field: this class stands before allauth's.
        cleaned: dict[str, Any] = getattr(self, "cleaned_data")  # noqa: B009
        cleaned["email"] = email_addresses.one_form(cleaned["email"])
        return str(super().clean_email())  # type: ignore[misc]


class SignUpForm(SiteWordsMixin, account.SignupForm):
    """Answers alike, and takes as long, whether the address has an account or not."""

    account_already_exists: bool
    own_labels: ClassVar[dict[str, str]] = {"password1": "Password"}

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # Hashing takes longest in making an account. Without it here, the time of
            # the answer would tell that none is made.
            if password := self.cleaned_data.get("password1"):
                make_password(password)
            return self._answer_as_for_a_new_address(request)
        try:
            with transaction.atomic():
                result: tuple[User, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            # Another request took the address between our look and our write.
            self.account_already_exists = True
            return self._answer_as_for_a_new_address(request)
        return result

    def _answer_as_for_a_new_address(
        self, request: HttpRequest
    ) -> tuple[None, HttpResponse]:
        result: tuple[None, HttpResponse] = super().try_save(request)
        return result


class SignInForm(SiteWordsMixin, account.LoginForm):
    own_labels: ClassVar[dict[str, str]] = {
        "remember": "Stay signed in on this device for 14 days"
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self) -> str:
        return email_addresses.one_form(super().clean_login())

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        # A staff session ends with the browser, whatever was ticked.
        if self.user is not None and self.user.is_staff:
            self.cleaned_data["remember"] = False
        return super().login(request, redirect_url=redirect_url)


class NewAddressForm(SiteWordsMixin, account.AddEmailForm):
    own_labels: ClassVar[dict[str, str]] = {"email": "New e-mail address"}


class FirstCodeForm(SiteWordsMixin, totp.ActivateTOTPForm):
    own_labels: ClassVar[dict[str, str]] = {
        "code": "The six digits that the app shows now"
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


def use_site_words(form_class: Any) -> Any:
    """The same form in the words of the site, for forms that need nothing else."""
    return type(form_class.__name__, (SiteWordsMixin, form_class), {})


CodeByMailForm = use_site_words(account.RequestLoginCodeForm)
SignInCodeForm = use_site_words(account.ConfirmLoginCodeForm)
PasswordAgainForm = use_site_words(account.ReauthenticateForm)
ChangePasswordForm = use_site_words(account.ChangePasswordForm)
FirstPasswordForm = use_site_words(account.SetPasswordForm)
ForgottenPasswordForm = use_site_words(account.ResetPasswordForm)
PasswordCodeForm = use_site_words(account.ConfirmPasswordResetCodeForm)
NewPasswordForm = use_site_words(account.ResetPasswordKeyForm)
AddressCodeForm = use_site_words(account.ConfirmEmailVerificationCodeForm)
CodeForm = use_site_words(mfa.AuthenticateForm)
CodeAgainForm = use_site_words(mfa.ReauthenticateForm)
