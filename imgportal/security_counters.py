"""The cache of attempts and of used codes, kept in the database.

The limits on guessing (ours and allauth's) and the list of used authenticator codes live
in Django's default cache. In a cache with a size they are lost to whoever fills it, by
reading pages or by making many of them. So an entry here leaves when its time is over
and never for want of room; every entry has an end, at most an hour away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from imgportal.lib import clock
from imgportal.models import SecurityCounter

PRUNE_EVERY = timedelta(minutes=1)


class SecurityCounterCache(BaseCache):
    """Holds what JSON can hold. Each method is one step even between processes."""

    # When this process last removed everything that is over.
    pruned_at = datetime.min.replace(tzinfo=UTC)

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        # Django names a place to every cache; this one has its table.
        super().__init__(params)

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        now = clock.now()
        # What is over under this key must not stand in the way; what is over under
        # others goes once a minute. A lock is added for every count, and each write
        # waits for the disk.
        entries = SecurityCounter.objects.filter(expires_at__lte=now)
        if now - SecurityCounterCache.pruned_at < PRUNE_EVERY:
            entries = entries.filter(key=self._fingerprint(key, version))
        else:
            SecurityCounterCache.pruned_at = now
        if entries.exists():
            entries.delete()
        try:
            with transaction.atomic():
                self._build(key, value, timeout, version).save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        entry = self._entries(key, version).first()
        return default if entry is None else entry.value

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        SecurityCounter.objects.bulk_create(
            [self._build(key, value, timeout, version)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "expires_at"],
        )

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError when there is no such entry, as every cache does."""
        with transaction.atomic():
            entry = self._entries(key, version).select_for_update().first()
            if entry is None:
                raise ValueError(f"Nothing is counted as {key}.")
            entry.value += delta
            entry.save(update_fields=["value"])
        return int(entry.value)

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        entries = self._entries(key, version)
        return bool(entries.update(expires_at=self._end(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        deleted, _ = self._entries(key, version).delete()
        return bool(deleted)

    def clear(self) -> None:
        SecurityCounter.objects.all().delete()

    def _build(
        self, key: str, value: Any, timeout: float | None, version: int | None
    ) -> SecurityCounter:
        return SecurityCounter(
            key=self._fingerprint(key, version),
            value=value,
            expires_at=self._end(timeout),
        )

    def _entries(self, key: str, version: int | None) -> QuerySet[SecurityCounter]:
        """The entry of a key, unless its time is over."""
        return SecurityCounter.objects.filter(
            key=self._fingerprint(key, version), expires_at__gt=clock.now()
        )

    def _fingerprint(self, key: str, version: int | None) -> str:
        # allauth's keys name network addresses, which belong into no backup.
        return salted_hmac(__name__, self.make_key(key, version)).hexdigest()

    def _end(self, timeout: float | None) -> datetime:
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        if timeout is None:
            raise ValueError("An entry without an end would stay in the table.")
        return clock.now() + timedelta(seconds=timeout)
