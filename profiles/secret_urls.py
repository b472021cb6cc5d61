"""Addresses that hold a secret in place of a session: whoever has one may use it."""

from __future__ import annotations

from django.urls import path

from profiles.views import reminders, season

urlpatterns = [
    # For calendar programs, which send no cookie
    path("calendar/<slug:token>.ics", season.feed, name="calendar_feed"),
    # For whoever reads a reminder, signed in or not
    path("reminders/off/<str:signed>/", reminders.off, name="reminders_off"),
]
