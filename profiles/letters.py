"""A reminder as a message: text and HTML, without any score or outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import salted_hmac

from profiles.models import Reminder
from profiles.rules.days import days_between, in_words
from profiles.rules.reference import EASTERN

SALT = "profiles.letters: reminders off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reminder in words."""

    title: str
    day: str
    hours: str  # empty: no hour is known
    when: str  # in 14 days, tomorrow
    is_firm: bool
    url: str


def line(row: Reminder, *, zone: tzinfo | None, today: date, site: str) -> Line:
    """`zone`: where the member is; None: they have not said. `today`: in New York."""
    hours = ""
    if row.at is not None:
        moment = datetime.combine(row.on, row.at, EASTERN)
        hours = f"{row.at:%H:%M} Eastern Time"
        if zone is not None:
            here = moment.astimezone(zone)
            hours += f"; where you are: {in_words(here.date())}, {here:%H:%M}"
    return Line(
        title=row.title,
        day=in_words(row.on),
        hours=hours,
        when=_distance(days_between(today, row.on)),
        is_firm=row.is_firm,
        url=f"{site}{_page(row.kind)}",
    )


def _distance(days: int) -> str:
    if days < 0:
        return "yesterday" if days == -1 else f"{-days} days ago"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _page(kind: str) -> str:
    """Where the member reads the reason, or enters what is missing."""
    word = kind.partition(":")[0]
    if word in {"planned", "result", "oet"}:
        return reverse("profiles:exam_list")
    if word == "seven_years":
        return f"{reverse('profiles:exam_list')}#seven-years"
    if word in {"pathway", "certificate"}:
        return reverse("profiles:certification")
    return reverse("profiles:season")


def reminder(
    rows: Sequence[Reminder],
    *,
    owner_id: int,
    address: str,
    zone: tzinfo | None,
    today: date,
) -> EmailMultiAlternatives:
    """One message with everything that is due for one member."""
    site = settings.SITE_ADDRESS
    lines = [line(row, zone=zone, today=today, site=site) for row in rows]
    off = f"{site}{reverse('reminders_off', args=[signed(owner_id)])}"
    words = {
        "lines": lines,
        "site": site,
        "off": off,
        "choose": f"{site}{reverse('profiles:reminders')}",
    }
    first = lines[0]
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    unsure = "" if first.is_firm else "unconfirmed: "
    message = EmailMultiAlternatives(
        subject=f"[IMG portal] {unsure}{first.title}, {first.day}{more}",
        body=render_to_string("emails/reminder.txt", words),
        to=[address],
        headers={
            # One click in the mail program, without signing in (RFC 8058).
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            # The same for the same reminders: of two copies mail programs show one.
            "Message-ID": f"<{_fingerprint(rows)}@{urlsplit(site).hostname}>",
        },
    )
    message.attach_alternative(
        render_to_string("emails/reminder.html", words), "text/html"
    )
    return message


def _fingerprint(rows: Sequence[Reminder]) -> str:
    keys = ",".join(str(row.pk) for row in rows)
    return salted_hmac(SALT, keys).hexdigest()


def signed(owner_id: int) -> str:
    """What switches the reminders of an account off, and nothing else."""
    return Signer(salt=SALT).sign(str(owner_id))


def owner_of(text: str) -> int | None:
    """Whose reminders it switches off; None: nobody signed it."""
    try:
        return int(Signer(salt=SALT).unsign(text))
    except (BadSignature, ValueError):
        return None
