"""The index follows what is public: filled here, and nowhere else."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from imgportal.guide import page_inputs as shelves
from imgportal.lib import clock
from imgportal.models import SearchIndex
from imgportal.search import library as libraries
from imgportal.search.engines import engine

logger = logging.getLogger(__name__)

# Any number will do that no other program on the same database takes.
ADVISORY_LOCK = 20_261_953


def build(*, now: datetime) -> SearchIndex | None:
    """Bring the index up to date; None when it was.

    In one transaction, so that readers have the former index until the new one is whole.
    Two at once wait for one another, and what is public is read while nobody else fills:
    whoever comes last knows most.
    """
    # Drawn beforehand: on SQLite nobody else can write while we hold the lock.
    libraries.of(shelves.read(now=now))
    with transaction.atomic():
        # SQLite lets one transaction write at a time, and ours begins as one.
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        library = libraries.of(shelves.read(now=now))
        if token() == library.token:
            return None
        engine().fill(library.entries.values())
        index, _ = SearchIndex.objects.update_or_create(
            pk=SearchIndex.ONLY,
            defaults={
                "token": library.token,
                "documents": len(library.entries),
                "built_at": now,
            },
        )
        return index


def token() -> str:
    """What the index was filled from; empty when it never was. One query."""
    found = SearchIndex.objects.values_list("token", flat=True)
    return found.first() or ""


def follow(sender: Any, **_: Any) -> None:
    """Something public was changed. Whoever changed it is done, whatever happens here."""
    try:
        build(now=clock.now())
    except Exception:
        logger.exception(
            "The search index was not built. Until script/manage build_search has run, "
            "what is new is not found."
        )
