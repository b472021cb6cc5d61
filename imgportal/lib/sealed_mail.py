"""A message that waits in the database: encrypted, because there may be a code in it."""

from __future__ import annotations

import json
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from imgportal.lib import sealed_text

PURPOSE = "imgportal: messages that wait"
HTML = "text/html"


def seal(message: EmailMessage) -> str:
    """Recipients, headers, text and HTML. The sender is always the site."""
    # Made now: of two copies of one message mail programs show one.
    identity = make_msgid(domain=urlsplit(settings.SITE_ADDRESS).hostname)
    alternatives = getattr(message, "alternatives", ())
    content = {
        "to": message.to,
        "subject": str(message.subject),
        "text": str(message.body),
        "html": [str(body) for body, kind in alternatives if kind == HTML],
        "headers": {"Message-ID": identity} | message.extra_headers,
    }
    return sealed_text.seal(
        json.dumps(content), keys=sealed_text.site_keys(), purpose=PURPOSE
    )


def unseal(sealed: str) -> EmailMultiAlternatives:
    """Raises sealed_text.CannotOpen when the key of the site was changed meanwhile."""
    content = json.loads(
        sealed_text.unseal(sealed, keys=sealed_text.site_keys(), purpose=PURPOSE)
    )
    message = EmailMultiAlternatives(
        subject=content["subject"],
        body=content["text"],
        to=content["to"],
        headers=content["headers"],
    )
    for html in content["html"]:
        message.attach_alternative(html, HTML)
    return message
