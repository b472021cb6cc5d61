"""Tells those of the staff whom it concerns that something waits for them, came back to
them or was published. Each person chooses of what; the deed itself is never told to who
did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.models import (
    MessageKind,
    OutgoingMessage,
    StaffChoice,
    StaffNews,
    User,
)
from profiles import signals as rule_signals
from profiles.choices import ProposalState
from stats import signals as figure_signals
from stats.choices import ReleaseStep

# Afterwards the desk says the same.
GOOD_FOR = timedelta(days=7)
PUBLISH = "stats.publish_release"
APPROVE = "profiles.approve_ruleproposal"
HANDLE_REPORTS = "stats.change_problemreport"


def connect_signals() -> None:
    figure_signals.version_handed_on.connect(_tell_of_version)
    figure_signals.problem_reported.connect(_tell_of_report)
    rule_signals.proposal_handed_on.connect(_tell_of_proposal)


def tell(
    people: Iterable[User],
    news: StaffNews,
    *,
    subject: str,
    sentence: str,
    path: str,
    remark: str = "",
    now: datetime,
) -> None:
    """One message each to who wants to hear of such news."""
    staff = {person.pk: person for person in people if person.is_staff}
    refused = {
        choice.owner_id
        for choice in StaffChoice.objects.filter(owner__in=staff)
        if news in choice.not_told_of
    }
    for number, person in staff.items():
        if number in refused or not person.is_active:
            continue
        site = settings.SITE_ADDRESS
        body = render_to_string(
            "emails/staff.txt",
            {
                "sentence": sentence,
                "remark": remark,
                "url": f"{site}{path}",
                "choose": f"{site}{reverse('admin:staff_choice')}",
                "site": site,
            },
        )
        OutgoingMessage.objects.put(
            EmailMessage(
                subject=f"[IMG portal] {subject}",
                body=body,
                headers={"Auto-Submitted": "auto-generated"},
            ),
            kind=MessageKind.STAFF,
            owner=person,
            now=now,
            expires_at=now + GOOD_FOR,
        )


def _tell_of_version(
    sender: object,
    *,
    release: Any,
    step: ReleaseStep,
    detail: str,
    by: User,
    now: datetime,
    **_: Any,
) -> None:
    name = f"the {release.match_year} Match, version {release.version}"
    path = reverse("admin:stats_release_change", args=[release.pk])
    editors = release.editors.exclude(pk=by.pk)
    match step:
        case ReleaseStep.SUBMITTED:
            may_publish = User.objects.staff_who_may(PUBLISH).exclude(pk=by.pk)
            tell(
                may_publish.exclude(pk__in=release.editors.values("pk")),
                StaffNews.REVIEW,
                subject=f"To review: {name}",
                sentence=f"{by} submitted {name} for review.",
                path=path,
                now=now,
            )
        case ReleaseStep.RETURNED:
            tell(
                editors,
                StaffNews.RETURNED,
                subject=f"Returned: {name}",
                sentence=f"{by} returned {name} with a comment:",
                remark=detail,
                path=path,
                now=now,
            )
        case ReleaseStep.SCHEDULED:
            tell(
                editors,
                StaffNews.PUBLISHED,
                subject=f"Scheduled: {name}",
                sentence=f"{by} scheduled {name}, in which you changed values, for "
                f"{detail}.",
                path=path,
                now=now,
            )
        case ReleaseStep.CALLED_OFF:
            # Whoever chose the hour is told as well when the site had to call it off.
            people = release.editors.all() | User.objects.filter(pk=by.pk)
            tell(
                people.distinct() if detail else editors,
                StaffNews.RETURNED,
                subject=f"Not published: {name}",
                sentence=f"The scheduled publication of {name} was called off"
                + (", because it was refused:" if detail else f" by {by}."),
                remark=detail,
                path=path,
                now=now,
            )
        case ReleaseStep.PROPOSED:
            tell(
                User.objects.staff_who_may(PUBLISH).exclude(pk=by.pk),
                StaffNews.REVIEW,
                subject=f"To confirm: {name}",
                sentence=f"{by} proposes something about {name}, which somebody else "
                "has to confirm:",
                remark=detail,
                path=path,
                now=now,
            )
        case ReleaseStep.PUBLISHED:
            tell(
                editors,
                StaffNews.PUBLISHED,
                subject=f"Published: {name}",
                sentence=f"{by} published {name}, in which you changed values.",
                path=path,
                now=now,
            )


def _tell_of_report(sender: object, *, report: Any, now: datetime, **_: Any) -> None:
    # Of the text nothing: it is a reader's, and may hold anything.
    tell(
        User.objects.staff_who_may(HANDLE_REPORTS),
        StaffNews.REPORT,
        subject="A reader reports a problem",
        sentence="A reader reports a problem with a figure.",
        path=reverse("admin:stats_problemreport_change", args=[report.pk]),
        now=now,
    )


def _tell_of_proposal(
    sender: object, *, proposal: Any, by: User, now: datetime, **_: Any
) -> None:
    path = reverse("admin:profiles_ruleproposal_change", args=[proposal.pk])
    authors = proposal.authors.exclude(pk=by.pk)
    name = str(proposal)
    match proposal.state:
        case ProposalState.OPEN:
            may_approve = User.objects.staff_who_may(APPROVE).exclude(pk=by.pk)
            tell(
                may_approve.exclude(pk__in=proposal.authors.values("pk")),
                StaffNews.REVIEW,
                subject=f"To approve: {name}",
                sentence=f"{by} proposes a change of a rule: {name}.",
                path=path,
                now=now,
            )
        case ProposalState.RETURNED:
            tell(
                authors,
                StaffNews.RETURNED,
                subject=f"Returned: {name}",
                sentence=f"{by} returned your proposal with a remark: {name}.",
                remark=proposal.remark,
                path=path,
                now=now,
            )
        case ProposalState.APPROVED:
            tell(
                authors,
                StaffNews.PUBLISHED,
                subject=f"Approved: {name}",
                sentence=f"{by} approved your proposal: {name}. It holds now.",
                path=path,
                now=now,
            )
        case ProposalState.DISCARDED:
            tell(
                authors,
                StaffNews.RETURNED,
                subject=f"Discarded: {name}",
                sentence=f"{by} discarded your proposal: {name}.",
                path=path,
                now=now,
            )
