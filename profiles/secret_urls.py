"""Addresses that hold a secret in place of a session: whoever has one may use it.

No log keeps them: imgportal/lib/log_redaction.py and deploy/nginx.conf name each.
"""

from __future__ import annotations

from django.urls import path

from profiles.views import opened_sheet, reminders, season

urlpatterns = [
    # For calendar programs, which send no cookie
    path("calendar/<slug:token>.ics", season.feed, name="calendar_feed"),
    # For an adviser, who has no account. Any word, so that all of them answer alike.
    path("sheets/<str:token>/", opened_sheet.sheet, name="adviser_sheet"),
    # For whoever reads a reminder, signed in or not
    path("reminders/off/<str:signed>/", reminders.off, name="reminders_off"),
]
