"""Every address of the site. Public ones are promises: none may ever die."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path

from imgportal import views
from imgportal.accounts import deletion_views
from imgportal.accounts import views as account_views
from imgportal.lib.http import read_only
from imgportal.search import views as search
from imgportal.sitemaps import SITEMAPS
from profiles.views import reminders, season

handler400 = "imgportal.views.bad_request"
handler404 = "imgportal.views.not_found"
handler500 = "imgportal.views.server_error"
# Not of Django: allauth asks for it when somebody tries too often.
handler429 = "imgportal.views.too_many"

# /accounts/, under the names that allauth looks for
account_urls = [
    path(
        "confirm-email/",
        account_views.confirm_address,
        name="account_email_verification_sent",
    ),
    path(
        "login/code/confirm/",
        account_views.confirm_sign_in_code,
        name="account_confirm_login_code",
    ),
    path(
        "password/reset/confirm/",
        account_views.confirm_password_code,
        name="account_confirm_password_reset_code",
    ),
    path(
        "2fa/totp/activate/",
        account_views.activate_second_factor,
        name="mfa_activate_totp",
    ),
    path(
        "2fa/authenticate/", account_views.show_second_factor, name="mfa_authenticate"
    ),
    path("2fa/webauthn/add/", account_views.add_passkey, name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/login/",
        account_views.sign_in_with_passkey,
        name="mfa_login_webauthn",
    ),
    path(
        "2fa/webauthn/signup/",
        account_views.sign_up_with_passkey,
        name="mfa_signup_webauthn",
    ),
    path(
        "2fa/webauthn/reauthenticate/",
        account_views.show_passkey_again,
        name="mfa_reauthenticate_webauthn",
    ),
    path("sessions/", account_views.session_list, name="usersessions_list"),
    path("sessions/<int:pk>/end/", account_views.session_end, name="session_end"),
    path(
        "sessions/end-others/",
        account_views.session_end_others,
        name="session_end_others",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("stats.urls")),
    path("guide/", include("imgportal.guide.urls")),
    path("rules/", include("profiles.rule_urls")),
    # /about/
    path("about/", views.about, name="about"),
    path("about/measures/", views.measures, name="measures"),
    path("about/accessibility/", views.accessibility, name="accessibility"),
    path("about/privacy/", views.privacy, name="privacy"),
    # /search/
    path("search/", search.search, name="search"),
    path("search.json", search.search, {"extension": "json"}, name="search_data"),
    path("opensearch.xml", search.opensearch, name="opensearch"),
    # For machines
    path("sitemap.xml", read_only(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # For who has an account: ours where allauth's own would not do
    path("accounts/", account_views.overview, name="account_overview"),
    path("accounts/onward/", account_views.onward, name="account_onward"),
    path("accounts/deleted/", deletion_views.deleted, name="account_deleted"),
    path("accounts/", include(account_urls)),
    path("accounts/", include("allauth.urls")),
    # What members keep. The account is not part of the record, but goes with it.
    path("me/data/delete/", deletion_views.delete, name="account_delete"),
    path("me/", include("profiles.urls")),
    # For calendar programs: a secret address in place of a session, which everything
    # under /me/ would read
    path("calendar/<slug:token>.ics", season.feed, name="calendar_feed"),
    # For whoever holds a reminder in hand
    path("reminders/off/<str:signed>/", reminders.off, name="reminders_off"),
    # For staff
    path("admin/", admin.site.urls),
]
