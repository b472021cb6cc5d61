"""How often one client or member may do something, counted in the default cache.

The numbers stand with the views that ask. How often somebody may sign in or try a
password is counted by allauth: `ACCOUNT_RATE_LIMITS` in imgportal/settings.py.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def allow(
    request: HttpRequest,
    action: str,
    *,
    most: int,
    seconds: int,
    now: datetime,
    per_member: bool = False,
) -> bool:
    """Count one more `action`, and say whether it is within the limit of this window.

    Windows are fixed: the clock divided by their length. Counted is the network address,
    or with `per_member` the account that is signed in. The cache is told a fingerprint
    of either, and forgets it with the window.
    """
    window = int(now.timestamp()) // seconds
    subject = f"member {request.user.pk}" if per_member else _client(request)
    client = salted_hmac("imgportal.lib.rate_limits", f"{action} {subject}")
    key = f"limit:{window}:{client.hexdigest()}"
    cache.add(key, 0, timeout=seconds)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:
        # The window has ended meanwhile, and its count with it.
        return True


def seconds_left(*, seconds: int, now: datetime) -> int:
    """Until the window ends and counting begins again."""
    return seconds - int(now.timestamp()) % seconds


def _client(request: HttpRequest) -> str:
    """The address of the client; of IPv6 the network, which one person owns whole."""
    written = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # nginx overwrites it. Without a proxy anybody could write any address here.
        written = request.headers.get("X-Real-IP", written)
    try:
        address = ip_address(written.strip())
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ip_network(f"{address.compressed.partition('%')[0]}/64", strict=False))
