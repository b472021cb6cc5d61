"""Draws some pages before a process takes its first request, so that no reader waits until
figures, rules, templates and the search have been read.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

# A page of each kind, and what each kind reads once.
ADDRESSES = (
    *("/", "/match/", "/match/2024/", "/specialties/", "/specialties/neurology/"),
    *("/scores/", "/guide/", "/rules/", "/data/", "/search/?q=match", "/sitemap.xml"),
    *("/match.csv", "/api/v1/figures/applicants"),
)


def warm_up(application: Callable[..., Iterable[bytes]]) -> None:
    """Ask for each of them. What fails is logged: the first reader will see it too."""
    for address in ADDRESSES:
        path, _, query = address.partition("?")
        try:
            answer = application(_environ(path, query), lambda *_: None)
            for _part in answer:
                pass
            if hasattr(answer, "close"):
                answer.close()
        except Exception:
            logger.exception("%s could not be drawn before the first request", address)
            return


def _environ(path: str, query: str) -> dict[str, Any]:
    hosts = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": (hosts[0] if hosts else "localhost").lstrip("."),
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "https" if settings.SECURE_SSL_REDIRECT else "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
