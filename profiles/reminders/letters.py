"""A reminder as a message: text and HTML, without any score or outcome.

A notice of changed rules says what was changed publicly, and of which answers: the
answers themselves stand in the record. Of a minimum score it says no number: with the
one that it was and the one that it is, who reads the message could tell the score of
somebody whose answer has changed by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse

from profiles.models import AnswerChange, PassingStandard, Reminder
from profiles.reminders.followed_figures import FiguresNews
from profiles.rules.days import days_between, in_words
from profiles.rules.reference import EASTERN

# Tables whose values are not told in a message.
SECRETIVE = frozenset({PassingStandard._meta.model_name})
SALT = "profiles.letters: reminders off"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLine:
    """One reminder in words."""

    title: str
    day: str
    hours: str  # empty: no hour is known
    when: str  # in 14 days, tomorrow
    is_firm: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicChange:
    """One public change of a dated table, in words. A message has the room for it."""

    row: str
    note: str
    values: tuple[str, ...]  # what was and what is


def public_changes(changes: Sequence[AnswerChange]) -> list[PublicChange]:
    """Everything that these answers have changed by, each row once."""
    changed: dict[tuple[str, str], dict[str, None]] = {}
    notes: dict[tuple[str, str], str] = {}
    for change in changes:
        for why in change.why:
            place = (why["table"], why["row"])
            notes[place] = why["note"]
            was, now = why["before"] or "nothing", why["after"] or "nothing"
            words = f"{why['column']}: it was {was}, it is {now}"
            changed.setdefault(place, {})[f"{words[:1].upper()}{words[1:]}"] = None
    return [
        PublicChange(
            row=row,
            note="" if table in SECRETIVE else notes[table, row],
            values=("The minimum was changed",)
            if table in SECRETIVE
            else tuple(values),
        )
        for (table, row), values in changed.items()
    ]


def line(row: Reminder, *, zone: tzinfo | None, today: date, site: str) -> ReminderLine:
    """`zone`: where the member is; None: they have not said. `today`: in New York."""
    hours = ""
    if row.at is not None:
        moment = datetime.combine(row.on, row.at, EASTERN)
        hours = f"{row.at:%H:%M} Eastern Time"
        if zone is not None:
            here = moment.astimezone(zone)
            hours += f"; where you are: {in_words(here.date())}, {here:%H:%M}"
    return ReminderLine(
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
    if word in {"planned", "result", "oet", "exam", "retake", "eligibility"}:
        return reverse("profiles:exam_list")
    if word == "seven_years":
        return f"{reverse('profiles:exam_list')}#seven-years"
    if word in {"pathway", "certificate"}:
        return reverse("profiles:certification")
    if word.startswith("visa_"):
        return reverse("profiles:visa_days")
    return reverse("profiles:season")


def reminder(
    rows: Sequence[Reminder],
    changes: Sequence[AnswerChange],
    news: Sequence[FiguresNews],
    *,
    owner_id: int,
    zone: tzinfo | None,
    today: date,
) -> EmailMultiAlternatives:
    """One message with everything that is due for one member.

    `changes`: the answers that the notices among the rows tell of; `news`: the figures.
    The message has no recipient: it goes to the address that the member has by then.
    """
    site = settings.SITE_ADDRESS
    lines = [
        line(row, zone=zone, today=today, site=site)
        for row in rows
        if row.comparison is None and not row.is_of_figures
    ]
    off = f"{site}{reverse('reminders_off', args=[sign_owner(owner_id)])}"
    words = {
        "lines": lines,
        "public": public_changes(changes),
        "answers": list(dict.fromkeys(change.title for change in changes)),
        "changes": f"{site}{reverse('profiles:answer_changes')}",
        "news": [(item, f"{site}{_figures_page(item)}") for item in news],
        "rule_changes": f"{site}{reverse('rules:changes')}",
        "site": site,
        "off": off,
        "choose": f"{site}{reverse('profiles:reminders')}",
    }
    message = EmailMultiAlternatives(
        subject=f"[IMG portal] {_subject(lines, changes, news)}",
        body=render_to_string("emails/reminder.txt", words),
        headers={
            # One click in the mail program, without signing in (RFC 8058).
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(
        render_to_string("emails/reminder.html", words), "text/html"
    )
    return message


def _figures_page(news: FiguresNews) -> str:
    """Where the news stands in public."""
    if news.is_first:
        return reverse("stats:year_detail", args=[news.match_year])
    page = reverse("stats:change_list")
    return f"{page}#match-{news.match_year}-v{news.version}"


def _subject(
    lines: Sequence[ReminderLine],
    changes: Sequence[AnswerChange],
    news: Sequence[FiguresNews],
) -> str:
    if not lines and not changes:
        more = f" and {len(news) - 1} more" if len(news) > 1 else ""
        return f"{news[0].title}{more}"
    if not lines:
        figures = "; figures that you follow" if news else ""
        return f"A changed rule concerns your record{figures}"
    first = lines[0]
    unsure = "" if first.is_firm else "unconfirmed: "
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    rule = "; a changed rule" if changes else ""
    figures = "; figures that you follow" if news else ""
    return f"{unsure}{first.title}, {first.day}{more}{rule}{figures}"


def sign_owner(owner_id: int) -> str:
    """What switches the reminders of an account off, and nothing else."""
    return Signer(salt=SALT).sign(str(owner_id))


def owner_of(text: str) -> int | None:
    """Whose reminders it switches off; None: nobody signed it."""
    try:
        return int(Signer(salt=SALT).unsign(text))
    except (BadSignature, ValueError):
        return None
