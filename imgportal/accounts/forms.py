"""allauth's forms in the site's words: one label each, nothing said twice."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from imgportal.lib import addresses
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
WHAT_TO_CHOOSE = (
    "At least 8 characters. Not only digits, not like your address, and not one of "
    "the passwords that everybody uses. Three or four words do well."
)
# What the columns hold, and what a hash is made of in a moment.
LONGEST = {"email": 254, "login": 254} | dict.fromkeys(
    ("password", "oldpassword", "password1", "password2"), 1000
)


class InOurWords:
    """Labels from the table above, and no placeholders: they vanish while typing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = getattr(self, "fields")  # noqa: B009
        for name, field in fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in LONGEST:
                # Longer than the column would be an error of the database.
                field.validators.append(MaxLengthValidator(LONGEST[name]))
            if name == "email":
                field.validators.append(addresses.refuse_unwritable)
            if name in {"password", "oldpassword"}:
                # The pages have that link, in a size to be hit.
                field.help_text = ""
            if name == "password1":
                field.help_text = WHAT_TO_CHOOSE
            if name == "code":
                field.widget.attrs["autocapitalize"] = "none"
                field.widget.attrs["spellcheck"] = "false"


class SignUpForm(InOurWords, account.SignupForm):
    """Answers alike, and works as hard, whether the address has an account or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password1" in self.fields:
            self.fields["password1"].label = "Password"

    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            # No account is made, and what takes longest in making one is the hash of
            # its password. Without this one the time would tell.
            if password := self.cleaned_data.get("password1"):
                make_password(password)
            return self._as_if(request)
        try:
            with transaction.atomic():
                made: tuple[User, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            # Another request took the address between our look and our write.
            self.account_already_exists = True
            return self._as_if(request)
        return made

    def _as_if(self, request: HttpRequest) -> tuple[None, HttpResponse]:
        answer: tuple[None, HttpResponse] = super().try_save(request)
        return answer


class SignInForm(InOurWords, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["remember"].label = "Stay signed in on this device for 14 days"

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        # A staff session ends with the browser, whatever was ticked.
        if self.user is not None and self.user.is_staff:
            self.cleaned_data["remember"] = False
        return super().login(request, redirect_url=redirect_url)


class CodeByMailForm(InOurWords, account.RequestLoginCodeForm):
    pass


class SignInCodeForm(InOurWords, account.ConfirmLoginCodeForm):
    pass


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    pass


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    pass


class FirstPasswordForm(InOurWords, account.SetPasswordForm):
    pass


class ForgottenPasswordForm(InOurWords, account.ResetPasswordForm):
    pass


class PasswordCodeForm(InOurWords, account.ConfirmPasswordResetCodeForm):
    pass


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    pass


class NewAddressForm(InOurWords, account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail address"


class AddressCodeForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    pass


class CodeForm(InOurWords, mfa.AuthenticateForm):
    pass


class CodeAgainForm(InOurWords, mfa.ReauthenticateForm):
    pass


class FirstCodeForm(InOurWords, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "The six digits that the app shows now"
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
