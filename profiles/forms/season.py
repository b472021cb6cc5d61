"""The button that makes a calendar address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from profiles.forms.record_form import RecordForm


class FeedForm(RecordForm):
    button = "Make the address"

    def parts(self) -> Sequence[Any]:
        return []
