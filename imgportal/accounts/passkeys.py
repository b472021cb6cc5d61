"""Forms that take what a passkey has signed, however malformed it is."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from fido2.utils import websafe_decode

from imgportal.accounts import allauth_seams
from imgportal.models import User

UNREADABLE = "What came from the passkey could not be read. Try again."
NOT_ACCEPTED = "This passkey was not accepted. Try again, or use another way."
ALREADY_ADDED = "This passkey is there already: see the list of your passkeys."
# Whatever fido2's parsers raise over bytes that no passkey has made.
PARSER_ERRORS = (
    *(TypeError, ValueError, LookupError, AttributeError),
    *(struct.error, RecursionError),
)


class CredentialField(forms.JSONField):
    """What a browser sends: JSON in plain ASCII, a few kilobytes, nothing escaped."""

    widget = forms.HiddenInput
    LONGEST = 20_000

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        if len(value) > self.LONGEST or not value.isascii() or "\\" in value:
            raise ValidationError(UNREADABLE)
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(UNREADABLE) from None


class CredentialMixin:
    """A credential that cannot be read is refused like a wrong one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = getattr(self, "fields")  # noqa: B009
        fields["credential"] = CredentialField(
            error_messages={
                "required": "Nothing came from the passkey. Try again.",
                "invalid": UNREADABLE,
            }
        )
        if "name" in fields:
            _describe_name(fields["name"])
            fields["name"].help_text = "Only you see it: the device or key it is on."


def _describe_name(field: forms.Field) -> None:
    field.label = "Name"
    field.validators.append(MaxLengthValidator(100))
    field.widget.attrs["autocomplete"] = "off"


class RegistrationMixin(CredentialMixin):
    user: User

    def clean(self) -> dict[str, Any]:
        with _refuse_malformed():
            cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
            if credential := cleaned.get("credential"):
                cleaned["credential"] = _keep_signed_parts(credential)
                # The passkey was stored before, but the session that says so was not.
                credential_id = websafe_decode(credential["rawId"])
                if allauth_seams.has_passkey(self.user, credential_id):
                    raise ValidationError(ALREADY_ADDED)
        return cleaned


class AuthenticationMixin(CredentialMixin):
    def clean_credential(self) -> Any:
        with _refuse_malformed():
            return super().clean_credential()  # type: ignore[misc]


@contextmanager
def _refuse_malformed() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        if error.code != "incorrect_code":
            raise
        raise ValidationError(NOT_ACCEPTED, code="incorrect_code") from None
    except PARSER_ERRORS:
        raise ValidationError(NOT_ACCEPTED, code="incorrect_code") from None


def _keep_signed_parts(credential: dict[str, Any]) -> dict[str, Any]:
    """What is needed later, without anything that somebody put beside it."""
    answer = credential["response"]
    properties = credential.get("clientExtensionResults", {}).get("credProps", {})
    return {
        "id": credential["rawId"],
        "rawId": credential["rawId"],
        "type": "public-key",
        "response": {
            "clientDataJSON": answer["clientDataJSON"],
            "attestationObject": answer["attestationObject"],
        },
        "clientExtensionResults": {
            "credProps": {"rk": properties.get("rk") is True},
        },
    }


class AddPasskeyForm(RegistrationMixin, webauthn.AddWebAuthnForm):
    # Everything that is added here can sign in alone; see NewPasskeyMixin.
    passwordless = None


class FirstPasskeyForm(RegistrationMixin, webauthn.SignupWebAuthnForm):
    pass


class PasskeyForm(AuthenticationMixin, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(AuthenticationMixin, webauthn.LoginWebAuthnForm):
    pass


class PasskeyAgainForm(AuthenticationMixin, webauthn.ReauthenticateWebAuthnForm):
    pass


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _describe_name(self.fields["name"])
