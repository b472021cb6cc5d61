"""The button that makes a calendar address."""

from __future__ import annotations

from profiles.forms.record_form import VersionedForm


class FeedForm(VersionedForm):
    button = "Make the address"
