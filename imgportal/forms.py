"""allauth's forms in the site's words: one label each, nothing said twice."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password, once more",
    "code": "Code",
}


class InOurWords:
    """Labels from the table above, and no placeholders: they vanish while typing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = getattr(self, "fields")  # noqa: B009
        for name, field in fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in {"password", "oldpassword"}:
                # The pages have that link, in a size to be hit.
                field.help_text = ""
            if name == "code":
                field.widget.attrs["autocapitalize"] = "none"
                field.widget.attrs["spellcheck"] = "false"


class SignInForm(InOurWords, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    pass


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    pass


class ForgottenPasswordForm(InOurWords, account.ResetPasswordForm):
    pass


class PasswordCodeForm(InOurWords, account.ConfirmPasswordResetCodeForm):
    pass


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    pass


class NewAddressForm(InOurWords, account.AddEmailForm):
    pass


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
