"""Addresses of accounts: first ours, where allauth's own page would not do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, URLResolver, include, path
from django.views import View

from imgportal.accounts import code_views, deletion_views, invitation_views, views
from imgportal.accounts import second_factor_views as factor_views

# Under the names that allauth looks for.
PAGES_IN_PLACE_OF_ALLAUTHS: tuple[tuple[str, str, type[View]], ...] = (
    ("confirm-email/", "account_email_verification_sent", code_views.ConfirmAddress),
    ("login/code/confirm/", "account_confirm_login_code", code_views.ConfirmSignInCode),
    (
        "password/reset/confirm/",
        "account_confirm_password_reset_code",
        code_views.ConfirmPasswordCode,
    ),
    ("2fa/authenticate/", "mfa_authenticate", factor_views.ShowSecondFactor),
    ("2fa/webauthn/login/", "mfa_login_webauthn", factor_views.SignInWithPasskey),
    ("2fa/webauthn/signup/", "mfa_signup_webauthn", factor_views.SignUpWithPasskey),
    (
        "2fa/webauthn/reauthenticate/",
        "mfa_reauthenticate_webauthn",
        factor_views.ShowPasskeyAgain,
    ),
)
MEMBERS_PAGES_IN_PLACE_OF_ALLAUTHS: tuple[tuple[str, str, type[View]], ...] = (
    ("2fa/totp/activate/", "mfa_activate_totp", factor_views.ActivateSecondFactor),
    ("2fa/webauthn/add/", "mfa_add_webauthn", factor_views.AddPasskey),
)

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
    path("sessions/", views.session_list, name="usersessions_list"),
    *(
        path(address, view.as_view(), name=name)
        for address, name, view in PAGES_IN_PLACE_OF_ALLAUTHS
    ),
    *(
        path(address, login_required(view.as_view()), name=name)
        for address, name, view in MEMBERS_PAGES_IN_PLACE_OF_ALLAUTHS
    ),
    path("", include("allauth.urls")),
]

urlpatterns = [
    path("accounts/", include(account_urls)),
    # Secret, as those of profiles/secret_urls.py are: no log keeps it.
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    # The account is not part of the record that is kept under /me/, but goes with it.
    path("me/data/delete/", deletion_views.delete, name="account_delete"),
]
