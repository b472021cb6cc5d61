"""Submit, return, publish. The only place where figures become public."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from imgportal.lib.two_people import needs_somebody_else
from stats import drafts, review_list
from stats.actions import record_history
from stats.actions.keep_edition import keep_edition
from stats.actions.number_edition import number_edition
from stats.choices import AMENDMENT_KINDS, ReleaseKind, ReleaseStep, Status
from stats.exceptions import (
    ClockBehind,
    NoteMissing,
    NothingDiffers,
    NotReady,
    SamePerson,
)
from stats.figures import YearFigures
from stats.models import Release, ScheduledPublication, SecondLook
from stats.readiness import problems, too_early

if TYPE_CHECKING:
    from imgportal.models import User


def submit(*, release_id: int, by: User, now: datetime, answer: str = "") -> Release:
    """Hand a draft over for review. Raises WrongStatus, NotReady or
    NothingDiffers.

    `answer` is what was done about the comment with which it was returned.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.DRAFT)
        figures = drafts.figures_of(release)
        _refuse_problems(figures, what_then="Mend this, then submit again.")
        _refuse_unchanged(
            release, figures, what_then="Change something, or discard this draft."
        )
        release.status = Status.IN_REVIEW
        release.submitted_at, release.submitted_by = now, by
        release.save(update_fields=["status", "submitted_at", "submitted_by"])
        record_history.record(
            release, ReleaseStep.SUBMITTED, by=by, now=now, detail=answer.strip()
        )
    return release


def return_with_comment(
    *, release_id: int, comment: str, by: User, now: datetime
) -> Release:
    """Give a submitted version back to its editors, with what was said of single
    differences and remarks. Raises WrongStatus, NoteMissing.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        items = review_list.current_items(release, now=now)
        comments = [comment.strip(), review_list.comments_in_words(items)]
        if not any(comments):
            raise NoteMissing(
                "Say what should be changed, so that the editor can do it."
            )
        ScheduledPublication.objects.filter(release=release).delete()
        release.status = Status.DRAFT
        release.submitted_at = release.submitted_by = None
        release.save(update_fields=["status", "submitted_at", "submitted_by"])
        record_history.record(
            release,
            ReleaseStep.RETURNED,
            by=by,
            now=now,
            detail="\n".join(filter(None, comments)),
        )
    return release


def publish(
    *,
    release_id: int,
    by: User,
    now: datetime,
    public_note: str = "",
    kind: ReleaseKind | None = None,
) -> Release:
    """Make a submitted version public, in one transaction.

    `kind` says what an amendment is (AMENDMENT_KINDS); a first version
    needs neither kind nor note. Raises WrongStatus, SamePerson, NotReady, NothingDiffers,
    NoteMissing or ClockBehind, and then nothing has changed.
    """
    with transaction.atomic():
        release = record_history.lock(release_id, needs=Status.IN_REVIEW)
        refuse_publication(
            release, by=by, now=now, at=now, public_note=public_note, kind=kind
        )
        unticked = review_list.unticked_in_words(
            review_list.current_items(release, now=now)
        )
        if kind is not None and release.kind != ReleaseKind.FIRST:
            release.kind = kind
        # In the order the database insists on: one current version a year.
        Release.objects.filter(match_year=release.match_year, is_current=True).update(
            is_current=False
        )
        release.status, release.is_current = Status.PUBLISHED, True
        release.public_note = public_note.strip()
        release.published_at, release.published_by = now, by
        release.edition = number_edition()
        release.save(
            update_fields=[
                "status",
                "is_current",
                "kind",
                "public_note",
                "published_at",
                "published_by",
                "edition",
            ]
        )
        keep_edition(release.edition, now=now)
        ScheduledPublication.objects.filter(release=release).delete()
        record_history.record(
            release,
            ReleaseStep.PUBLISHED,
            by=by,
            now=now,
            detail="\n".join(filter(None, (release.public_note, unticked))),
        )
    return release


def refuse_publication(
    release: Release,
    *,
    by: User,
    now: datetime,
    at: datetime,
    public_note: str,
    kind: ReleaseKind | None,
) -> None:
    """Raise SamePerson, NotReady, NothingDiffers, NoteMissing or ClockBehind when this
    person may not publish this version with these words at `at`, which is now or later.
    """
    is_alone = SecondLook.objects.filter(release=release).exists()
    if not is_alone and needs_somebody_else(by, release.editors):
        raise SamePerson(
            "You changed values of this version, so somebody else must publish it. "
            "Ask a publisher who changed none."
        )
    if now < release.opened_at:
        raise ClockBehind(
            f"This version was opened at {release.opened_at:%H:%M on %-d %B %Y} "
            f"(UTC), and the server's clock says that it is {now:%H:%M on %-d %B %Y} "
            "now. Ask whoever runs the server to set its clock, then publish again."
        )
    if release.kind != ReleaseKind.FIRST:
        if not public_note.strip():
            raise NoteMissing(
                "An amendment needs a public note: what changed, and why."
            )
        if kind not in AMENDMENT_KINDS:
            raise NoteMissing(
                "Say whether it is a correction (we were wrong), a revision (the "
                "source changed) or a completion (more is known)."
            )
        if kind == ReleaseKind.COMPLETION:
            _refuse_changed_values(release)
    figures = drafts.figures_of(release)
    _refuse_unchanged(release, figures, what_then="Return it to its editors.")
    early = too_early(figures, at)
    if early:
        raise NotReady(early.text)
    _refuse_problems(figures, what_then="Return it to its editors.")


def _refuse_changed_values(release: Release) -> None:
    """A completion leaves every published value as it is. It may print more digits."""
    for change in drafts.changes(release, drafts.figures_of(release)):
        if change.before is not None and not change.is_of_digits:
            raise NoteMissing(
                f"This is no completion, because a published value changes: "
                f"{change.row_label}, {change.column_name} {change.in_words}. Say whether "
                "it is a correction or a revision."
            )


def _refuse_unchanged(
    release: Release, figures: YearFigures, *, what_then: str
) -> None:
    if drafts.changes_nothing(release, figures):
        raise NothingDiffers(
            "Nothing differs from what is public: no value, grade, source, reason, note "
            f"or footnote. {what_then}"
        )


def _refuse_problems(figures: YearFigures, *, what_then: str) -> None:
    blocking = problems(figures)
    if blocking:
        raise NotReady(
            f"{len(blocking)} {'things block' if len(blocking) > 1 else 'thing blocks'} "
            f"publication. The first: {blocking[0]} {what_then}"
        )
