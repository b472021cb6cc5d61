"""Keeps what was public after each publication, as an archive of the same bytes for ever."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from stats import public
from stats.actions.number_edition import lock_numbers
from stats.editions import at_edition, published_at
from stats.models import Edition
from stats.open_tables import build_archive
from stats.public import Figures


def keep_edition(number: int, *, now: datetime) -> None:
    """Store the archive of the publication that this transaction makes."""
    _keep(public.as_stored(), number, now=now)


@transaction.atomic
def keep_missing(*, now: datetime) -> tuple[int, ...]:
    """Store the archives of publications from before they were kept, and say which.

    Their figures are those of then; names of specialties and titles of documents are
    those of now.
    """
    lock_numbers()
    figures = public.as_stored()
    kept = set(Edition.objects.values_list("number", flat=True))
    missing = tuple(number for number in published_at(figures) if number not in kept)
    for number in missing:
        _keep(figures, number, now=now)
    return missing


def _keep(figures: Figures, number: int, *, now: datetime) -> None:
    archive = build_archive(at_edition(figures, number))
    Edition.objects.create(
        number=number,
        published_at=published_at(figures)[number],
        made_at=now,
        archive=archive,
        size=len(archive),
        sha256=hashlib.sha256(archive).hexdigest(),
    )
