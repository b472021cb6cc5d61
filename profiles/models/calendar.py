from __future__ import annotations

from django.conf import settings
from django.db import models

from profiles.models.owned import Owned


class CalendarFeed(Owned):
    """The hash of the secret address of a member's calendar.

    The address itself is stored nowhere: it is shown once, when it is made.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # SHA-256 in hex. The token has 256 random bits, so it needs no salt.
    token_hash = models.CharField(max_length=64, unique=True)
