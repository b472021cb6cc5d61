"""Forms that take what a passkey has signed, and what they do with nonsense."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from fido2.utils import websafe_decode

from imgportal.models import User

UNREADABLE = "What came from the passkey could not be read. Try again."
NOT_ACCEPTED = "This passkey was not accepted. Try again, or use another way."
THERE_ALREADY = "This passkey is there already: see the list of your passkeys."
# Whatever fido2's parsers meet in bytes that somebody made up.
NONSENSE = (
    *(TypeError, ValueError, LookupError, AttributeError),
    *(struct.error, RecursionError),
)


class CredentialField(forms.JSONField):
    """What a browser answers: plain ASCII, a few kilobytes, nothing escaped."""

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


class FromADevice:
    """A credential that cannot be read is a wrong one, never an error of ours."""

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
            fields["name"].label = "Name"
            fields["name"].help_text = "Only you see it: the device or key it is on."
            fields["name"].validators.append(MaxLengthValidator(100))
            fields["name"].widget.attrs["autocomplete"] = "off"


class _Registering(FromADevice):
    user: User

    def clean(self) -> dict[str, Any]:
        with _refusing_nonsense():
            cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]
            if credential := cleaned.get("credential"):
                cleaned["credential"] = _kept(credential)
                # Stored, and the session that would have said so was not.
                credential_id = websafe_decode(credential["rawId"])
                if auth.get_authenticator_by_credential_id(self.user, credential_id):
                    raise ValidationError(THERE_ALREADY)
        return cleaned


class _Authenticating(FromADevice):
    def clean_credential(self) -> Any:
        with _refusing_nonsense():
            return super().clean_credential()  # type: ignore[misc]


@contextmanager
def _refusing_nonsense() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        if error.code != "incorrect_code":
            raise
        raise ValidationError(NOT_ACCEPTED, code="incorrect_code") from None
    except NONSENSE:
        raise ValidationError(NOT_ACCEPTED, code="incorrect_code") from None


def _kept(credential: dict[str, Any]) -> dict[str, Any]:
    """What is needed later of what was sent, and nothing somebody put beside it."""
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


class AddPasskeyForm(_Registering, webauthn.AddWebAuthnForm):
    # Everything that is added here can sign in alone; see AddPasskey in account_views.
    passwordless = None


class FirstPasskeyForm(_Registering, webauthn.SignupWebAuthnForm):
    pass


class PasskeyForm(_Authenticating, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Authenticating, webauthn.LoginWebAuthnForm):
    pass


class PasskeyAgainForm(_Authenticating, webauthn.ReauthenticateWebAuthnForm):
    pass


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        self.fields["name"].validators.append(MaxLengthValidator(100))
        self.fields["name"].widget.attrs["autocomplete"] = "off"
