"""Addresses of accounts: first ours, where allauth's own page would not do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path

from imgportal.accounts import (
    code_views,
    deletion_views,
    second_factor_views,
    views,
)

# /accounts/, under the names that allauth looks for
pages_in_place_of_allauths = [
    path(
        "confirm-email/",
        code_views.ConfirmAddress.as_view(),
        name="account_email_verification_sent",
    ),
    path(
        "login/code/confirm/",
        code_views.ConfirmSignInCode.as_view(),
        name="account_confirm_login_code",
    ),
    path(
        "password/reset/confirm/",
        code_views.ConfirmPasswordCode.as_view(),
        name="account_confirm_password_reset_code",
    ),
    path(
        "2fa/totp/activate/",
        login_required(second_factor_views.ActivateSecondFactor.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "2fa/authenticate/",
        second_factor_views.ShowSecondFactor.as_view(),
        name="mfa_authenticate",
    ),
    path(
        "2fa/webauthn/add/",
        login_required(second_factor_views.AddPasskey.as_view()),
        name="mfa_add_webauthn",
    ),
    path(
        "2fa/webauthn/login/",
        second_factor_views.SignInWithPasskey.as_view(),
        name="mfa_login_webauthn",
    ),
    path(
        "2fa/webauthn/signup/",
        second_factor_views.SignUpWithPasskey.as_view(),
        name="mfa_signup_webauthn",
    ),
    path(
        "2fa/webauthn/reauthenticate/",
        second_factor_views.ShowPasskeyAgain.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("sessions/", views.session_list, name="usersessions_list"),
]

# /accounts/
account_urls: list[URLPattern | URLResolver] = [
    path("", views.overview, name="account_overview"),
    path("onward/", views.onward, name="account_onward"),
    path("deleted/", deletion_views.deleted, name="account_deleted"),
    path("sessions/<int:pk>/end/", views.session_end, name="session_end"),
    path(
        "sessions/end-others/",
        views.session_end_others,
        name="session_end_others",
    ),
    *pages_in_place_of_allauths,
    path("", include("allauth.urls")),
]

urlpatterns = [
    path("accounts/", include(account_urls)),
    # The account is not part of the record that is kept under /me/, but goes with it.
    path("me/data/delete/", deletion_views.delete, name="account_delete"),
]
