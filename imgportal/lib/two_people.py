"""Who may not decide on what they wrote themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model


def needs_somebody_else(person: Model, writers: Any) -> bool:
    """Does this person leave the decision to another, because two people are needed for
    it and they wrote some of what is decided on?

    `writers` is the relation to all who did. Asks nothing where it was prefetched.
    """
    is_writer: bool = settings.FIGURES_REQUIRE_TWO_PEOPLE and writers.contains(person)
    return is_writer
