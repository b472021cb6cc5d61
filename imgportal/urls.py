"""Every address of the site. Public ones are promises: none may ever die."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from imgportal import social_pictures, views
from imgportal.lib.http import read_only
from imgportal.open_data import citations
from imgportal.search import views as search

handler400 = "imgportal.views.bad_request"
handler404 = "imgportal.views.not_found"
handler500 = "imgportal.views.server_error"
# Not Django's: allauth uses it when somebody tries too often.
handler429 = "imgportal.views.too_many"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("stats.urls")),
    path("data/", include("imgportal.open_data.urls")),
    path("api/", include("imgportal.api.urls")),
    path("guide/", include("imgportal.guide.urls")),
    path("rules/", include("profiles.rule_urls")),
    # /about/
    path("about/", views.about, name="about"),
    *(
        path(f"about/{name}/", views.about_page, {"name": name}, name=name)
        for name in ("measures", "accessibility", "privacy")
    ),
    # /cite/
    path(
        "cite/<str:name>.<str:extension>",
        citations.cite,
        name="cite",
    ),
    # /search/
    path("search/", search.search, name="search"),
    path("search.json", search.search, {"extension": "json"}, name="search_data"),
    path("opensearch.xml", search.opensearch, name="opensearch"),
    # For machines
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    # Where password managers look for the page (W3C, "A Well-Known URL for Changing
    # Passwords").
    path(
        ".well-known/change-password",
        read_only(RedirectView.as_view(pattern_name="account_change_password")),
        name="change_password_well_known",
    ),
    path("social/<path:page>picture.png", social_pictures.picture, name="picture"),
    path(
        "social/picture.png", social_pictures.picture, {"page": ""}, name="home_picture"
    ),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # For whoever has an account
    path("", include("imgportal.accounts.urls")),
    path("me/", include("profiles.urls")),
    path("", include("profiles.secret_urls")),
    # For staff
    path("admin/", admin.site.urls),
]
