"""`/me/season/`: the Match aimed at, with one's own exams placed in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from imgportal.lib import clock
from imgportal.lib.http import site_authority
from imgportal.models import User
from profiles import calendar_file, member_record, reference_tables
from profiles.actions import calendar_address, save_entry
from profiles.choices import Answer, Confidence
from profiles.exceptions import ChangedMeanwhile
from profiles.forms.as_of import AsOfForm
from profiles.forms.season import FeedForm
from profiles.member_record import StoredRecord
from profiles.models import CalendarFeed
from profiles.rules.tables.application_services import used_elsewhere, why_service
from profiles.rules.tables.season import (
    closed_weeks,
    last_low_risk_exam,
    last_typical_exam,
)
from profiles.rules.timeline import (
    EntryKind,
    TimelineEntry,
    timeline,
)
from profiles.views.member_requests import (
    CONFLICT,
    SignedInRequest,
    asks_who_it_is,
    confirm_removal,
    either,
    members_only,
    not_here,
)
from profiles.views.record_verdicts import judged, planned
from profiles.views.verdict_display import VerdictDisplay
from profiles.views.verdict_links import Link

CONFIDENCES = {
    Confidence.CONFIRMED: "Confirmed",
    Confidence.REPORTED: "Reported, not official",
    Confidence.UNCONFIRMED: "Unconfirmed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonEntry:
    """One entry of the season as the member reads it."""

    entry: TimelineEntry
    zone: ZoneInfo | None  # None: not said, so only Eastern Time is shown
    sources: tuple[Link, ...]
    change: str  # where the member changes it; empty: it is not theirs
    is_past: bool

    @property
    def moment(self) -> datetime | None:
        """In the member's own time zone; None when the hour or the zone is not known."""
        return self._here(self.entry.moment)

    @property
    def end(self) -> datetime | None:
        return self._here(self.entry.end)

    def _here(self, moment: datetime | None) -> datetime | None:
        if moment is None or self.zone is None:
            return None
        return moment.astimezone(self.zone)

    @property
    def day(self) -> date:
        """The day under which the page lists it."""
        return self.moment.date() if self.moment else self.entry.on

    @property
    def confidence(self) -> str:
        confidence = self.entry.confidence
        return "" if confidence is None else CONFIDENCES[confidence]

    @property
    def is_own(self) -> bool:
        return self.entry.confidence is None


@members_only
@require_safe
def season(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    now = clock.now()
    as_of = AsOfForm(request.GET, today=stored.today(now))
    reference = reference_tables.everything().reference
    facts = stored.facts
    judgement = judged(stored, reference, now=now, as_of=as_of)
    plan = planned(stored, reference, judgement, now=now, as_of=as_of)
    entries = timeline(facts, reference, plan, today=as_of.day)
    year = stored.profile.season
    last_exam = None if year is None else last_low_risk_exam(year, reference)
    showing = VerdictDisplay()
    lines = show_entries(entries, stored, showing, today=as_of.day)
    return render(
        request,
        "profiles/season.html",
        {
            "part": "season",
            "as_of": as_of,
            "stored": stored,
            "year": year,
            "zone": stored.zone,
            "match": showing.verdict(judgement.match),
            "pathways_season": showing.verdict(judgement.pathways_season),
            "follows": plan.follows_match,
            "needs_exam": plan.is_img
            and plan.follows_match
            and judgement.match.answer != Answer.MET,
            "needs_pathway": plan.follows_match
            and (plan.needs_pathway or plan.awaits_pathway),
            "last_exam": last_exam,
            "closed_weeks": year and closed_weeks(year, reference),
            "last_typical_exam": year and last_typical_exam(year, reference),
            "ahead": [line for line in lines if not line.is_past],
            "past": [line for line in lines if line.is_past],
            "services": year and why_service(facts.person.specialties, year, reference),
            "are_services_unsure": year
            and any(
                row.confidence != Confidence.CONFIRMED
                for row in used_elsewhere(
                    year, reference, facts.person.specialties or None
                )
            ),
            "has_dates": any(entry.kind == EntryKind.DEADLINE for entry in entries),
            "feed": CalendarFeed.objects.owned_by(request.user).first(),
        },
    )


def show_entries(
    entries: Iterable[TimelineEntry],
    stored: StoredRecord,
    showing: VerdictDisplay,
    *,
    today: date,
    is_own: bool = True,
) -> list[SeasonEntry]:
    """`is_own`: for the member, who may change them and is told their own hours."""
    rows = {row.pk: row for row in stored.attempts}
    lines = []
    for entry in entries:
        change = ""
        if not is_own:
            pass
        elif entry.sitting is not None:
            change = reverse("profiles:sitting_edit", args=[entry.sitting])
        elif entry.attempt in rows:
            row = rows[entry.attempt]
            change = reverse("profiles:attempt_edit", args=[row.exam, row.pk])
        lines.append(
            SeasonEntry(
                entry=entry,
                zone=stored.zone if is_own else None,
                sources=showing.links(entry.sources),
                change=change,
                is_past=(entry.last_day or entry.on) < today,
            )
        )
    lines.sort(key=lambda line: (line.day, line.moment is not None))
    return lines


@members_only
@require_safe
def download(request: SignedInRequest) -> HttpResponse:
    return _file(request.user, filename="match-season.ics")


@members_only
@either
@asks_who_it_is
def feed_renew(request: SignedInRequest) -> HttpResponse:
    """Make an address, or another one that ends the first."""
    feed = CalendarFeed.objects.owned_by(request.user).first()
    form = FeedForm(request.POST if request.method == "POST" else None, row=feed)
    address, webcal, status = "", "", 200
    if request.method == "POST" and form.is_valid():
        try:
            token = calendar_address.renew(owner=request.user, seen=form.seen_version)
            # Not a redirect: the address is stored nowhere, so no other page could
            # show it. Sent again, the same form makes no second one.
            path = reverse("calendar_feed", args=[token])
            address = request.build_absolute_uri(path)
            # By this scheme a calendar program knows that it is to look again. It
            # stands for http as well as for https.
            webcal = f"webcal://{request.get_host()}{path}"
        except ChangedMeanwhile as meanwhile:
            form.show_beside(meanwhile.row)
            status = CONFLICT
    return render(
        request,
        "profiles/feed.html",
        {
            "part": "season",
            "form": form,
            "feed": feed,
            "address": address,
            "webcal": webcal,
        },
        status=status,
    )


@members_only
@either
def feed_revoke(request: SignedInRequest) -> HttpResponse:
    feed = CalendarFeed.objects.owned_by(request.user).first()
    if feed is None:
        raise not_here()
    return confirm_removal(
        request,
        remove=partial(
            save_entry.remove, CalendarFeed, owner=request.user, row_id=feed.pk
        ),
        onward=f"{reverse('profiles:season')}#calendar",
        removed="The calendar address answers no more.",
        title="Switch off the calendar address?",
        loses="the address, so calendars that use it stop being updated",
        back=reverse("profiles:season"),
        part="season",
    )


@csrf_exempt
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar for a program that knows its secret address. No session is read."""
    owner = calendar_address.owner_of(token)
    if owner is None:
        response = HttpResponse(
            "There is no calendar at this address. Perhaps its owner made another one.\n",
            content_type="text/plain; charset=utf-8",
            status=404,
        )
    else:
        response = _file(owner)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _file(owner: User, *, filename: str = "") -> HttpResponse:
    stored = member_record.read(owner)
    now = clock.now()
    reference = reference_tables.everything().reference
    plan = planned(stored, reference, judged(stored, reference, now=now), now=now)
    body = calendar_file.calendar(
        timeline(stored.facts, reference, plan, today=stored.today(now)),
        space=f"{site_authority()}/{owner.pk}",
        revisions=reference_tables.revisions(stored.profile.season),
        versions={
            **{f"attempt/{row.pk}": row.version for row in stored.attempts},
            **{f"result/{row.pk}": row.version for row in stored.attempts},
            **{f"sitting/{row.pk}": row.version for row in stored.sittings},
        },
        now=now,
        page=f"{settings.SITE_ADDRESS}{reverse('profiles:season')}",
        is_private=True,
    )
    response = HttpResponse(body, content_type=calendar_file.MEDIA_TYPE)
    if filename:
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
