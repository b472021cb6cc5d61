"""What of the figures waits for somebody of the staff, came back to them, or is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from imgportal.lib import eastern_time
from imgportal.lib.desk_items import LATELY, DeskItem, DeskPart, StaffDeed
from imgportal.lib.two_people import needs_somebody_else
from stats import drafts
from stats.choices import ReportStatus, Status
from stats.models import (
    ProblemReport,
    Release,
    ReleaseEvent,
    ScheduledPublication,
    SecondLook,
    Withdrawal,
)

if TYPE_CHECKING:
    from imgportal.models import User

# The newest reports that the desk names; the list has all.
MOST_REPORTS = 5


def items(user: User, *, now: datetime) -> Iterator[DeskItem]:
    """In the order in which they should be looked at."""
    if not user.has_perm("stats.view_release"):
        return
    yield from _open_versions(user)
    if user.has_perm("stats.publish_release"):
        yield from _second_looks(user)
        yield from _withdrawals(user)
    yield from _published(now)
    if user.has_perm("stats.change_problemreport"):
        yield from _reports()


def deeds(*, before: datetime, most: int) -> list[StaffDeed]:
    """What was done with versions before a moment, the newest first. One query."""
    events = ReleaseEvent.objects.filter(at__lt=before).select_related("by")
    return [
        StaffDeed(
            at=event.at,
            by=str(event.by),
            what=event.get_step_display(),
            about=f"The {event.match_year} Match, version {event.version}",
            detail=event.detail,
        )
        for event in events.order_by("-at", "-pk")[:most]
    ]


def _open_versions(user: User) -> Iterator[DeskItem]:
    releases = (
        Release.objects.exclude(status=Status.PUBLISHED)
        .select_related("submitted_by")
        .prefetch_related("editors")
        .order_by("match_year", "version")
    )
    remarks = drafts.last_returns({release.match_year for release in releases})
    scheduled = dict(ScheduledPublication.objects.values_list("release_id", "at"))
    for release in releases:
        url = reverse("admin:stats_release_change", args=[release.pk])
        name = f"The {release.match_year} Match, version {release.version}"
        if release.pk in scheduled:
            hour = eastern_time.in_words(scheduled[release.pk])
            yield DeskItem(
                part=DeskPart.SCHEDULED,
                words=name,
                url=url,
                why=f"It becomes public on {hour}.",
            )
        elif release.status == Status.IN_REVIEW:
            may_publish = user.has_perm(
                "stats.publish_release"
            ) and not needs_somebody_else(user, release.editors)
            yield DeskItem(
                part=DeskPart.WAITS if may_publish else DeskPart.WITH_OTHERS,
                words=name,
                url=url,
                why="Review it, and publish or return it."
                if may_publish
                else "In review by somebody who changed none of its values.",
                since=release.submitted_at,
            )
        elif release.editors.contains(user) or user.pk == release.opened_by_id:
            returned = remarks.get((release.match_year, release.version))
            yield DeskItem(
                part=DeskPart.CAME_BACK if returned else DeskPart.BEGUN,
                words=name,
                url=url,
                why=f"{returned.by} returned it: {returned.detail}"
                if returned
                else "A draft of yours.",
                since=returned.at if returned else release.opened_at,
            )


def _second_looks(user: User) -> Iterator[DeskItem]:
    """Versions that one of their editors published, and nobody else has looked at."""
    looks = SecondLook.objects.filter(
        looked_at=None, release__status=Status.PUBLISHED
    ).select_related("release")
    for look in looks.exclude(release__published_by=user):
        yield DeskItem(
            part=DeskPart.WAITS,
            words=f"The {look.release.match_year} Match, version {look.release.version}",
            url=reverse("admin:stats_release_change", args=[look.release.pk]),
            why=f"Compare it with its sources: one of its editors published it. "
            f"{look.reason}",
            since=look.release.published_at,
        )


def _withdrawals(user: User) -> Iterator[DeskItem]:
    """Proposals to withdraw a version, or to lift that, which somebody has to confirm."""
    proposals = Withdrawal.objects.filter(confirmed_at=None)
    for proposal in proposals.select_related("release", "proposed_by"):
        is_own = proposal.proposed_by_id == user.pk
        yield DeskItem(
            part=DeskPart.WITH_OTHERS if is_own else DeskPart.WAITS,
            words=f"The {proposal.release.match_year} Match, "
            f"version {proposal.release.version}",
            url=reverse("admin:stats_release_change", args=[proposal.release.pk]),
            why=f"{proposal.proposed_by} proposes to "
            f"{'lift its withdrawal' if proposal.lifts else 'withdraw it'}: "
            f"{proposal.reason}",
            since=proposal.proposed_at,
        )


def _published(now: datetime) -> Iterator[DeskItem]:
    published = Release.objects.published().filter(
        published_at__gte=now - LATELY, founding=False
    )
    for release in published.select_related("published_by").order_by("-published_at"):
        yield DeskItem(
            part=DeskPart.LATELY,
            words=f"The {release.match_year} Match, version {release.version}",
            url=release.get_absolute_url(),
            why=f"Published by {release.published_by}. {release.public_note}".strip(),
            since=release.published_at,
        )


def _reports() -> Iterator[DeskItem]:
    reports = ProblemReport.objects.filter(status=ReportStatus.OPEN)
    # One more tells whether there are more.
    first = list(reports.order_by("-received_at")[: MOST_REPORTS + 1])
    newest = first[:MOST_REPORTS]
    for report in newest:
        place = f" of {report.match_year}" if report.match_year else ""
        yield DeskItem(
            part=DeskPart.REPORTS,
            words=f"A report about a figure{place}",
            url=reverse("admin:stats_problemreport_change", args=[report.pk]),
            since=report.received_at,
        )
    if len(first) > len(newest):
        yield DeskItem(
            part=DeskPart.REPORTS,
            words="All open reports",
            url=reverse("admin:stats_problemreport_changelist"),
        )
