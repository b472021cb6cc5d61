"""Where the site leads after signing in, and to show a second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.urls import reverse

from imgportal.accounts import second_factor
from imgportal.accounts.allauth_seams import Visitor

# In the session: the page that somebody asked for before a second factor was set up.
WANTED_PAGE = "staff_wanted"


def get_start_page(user: Visitor) -> str:
    """The page after signing in, when no other was asked for."""
    if getattr(user, "is_staff", False):
        return reverse("admin:index")
    return reverse("profiles:dashboard")


def get_reauthentication_page(user: Visitor) -> str:
    """Where the second factor of an account is shown once more."""
    types = second_factor.list_factor_types(user)
    if Authenticator.Type.WEBAUTHN in types and Authenticator.Type.TOTP not in types:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("mfa_reauthenticate")
