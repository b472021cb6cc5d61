"""Every address of the site. Public ones are promises: none may ever die."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, include, path

from imgportal import account_views, views
from imgportal.lib.http import read_only
from imgportal.sitemaps import SITEMAPS

handler400 = "imgportal.views.bad_request"
handler404 = "imgportal.views.not_found"
handler500 = "imgportal.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("stats.urls")),
    path("guide/", include("imgportal.guide.urls")),
    # /about/
    path("about/", views.about, name="about"),
    path("about/measures/", views.measures, name="measures"),
    path("about/accessibility/", views.accessibility, name="accessibility"),
    path("about/privacy/", views.privacy, name="privacy"),
    # For machines
    path("sitemap.xml", read_only(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # For who has an account
    path(
        "accounts/2fa/totp/activate/",
        account_views.activate_second_factor,
        name="mfa_activate_totp",
    ),
    path("accounts/onward/", account_views.onward, name="account_onward"),
    path("accounts/", include("allauth.urls")),
    # For staff
    path("admin/", admin.site.urls),
]
