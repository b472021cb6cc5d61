"""The page of a version, and its steps: opened, submitted, returned, published, discarded.

Permissions: *add* opens versions, *change* edits and submits, *publish* publishes and
returns. The pages show and ask; everything that writes is an action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from imgportal.lib import clock, eastern_time
from imgportal.lib.two_people import needs_somebody_else
from imgportal.models import User
from stats import drafts, public, review_list
from stats.actions import (
    open_version,
    publish_version,
    review_version,
    schedule_publication,
    share_publication,
    withdraw_version,
)
from stats.choices import FigureTable, ReleaseKind, ReleaseStep, Status
from stats.columns import COLUMN_NAMES, COUNTS, PRINTED
from stats.differences import ValueDifference
from stats.exceptions import NoteMissing, WorkflowRefused
from stats.figures import Row, YearFigures
from stats.models import (
    Release,
    ReleaseEvent,
    ReviewNote,
    ScheduledPublication,
    SecondLook,
)
from stats.readiness import ReadinessFinding
from stats.review_list import ReviewItem
from stats.staff.forms import (
    PublishAloneForm,
    PublishForm,
    ReturnForm,
    SecondLookForm,
    StartYearForm,
    SubmitForm,
    TakeOverForm,
    WithdrawForm,
)
from stats.staff.requests import (
    StaffRequest,
    lead_to,
    render_page,
    report_done,
    staff_page,
)
from stats.views.years import show_year

# The name of the field with a comment on a difference or remark, before its mark.
NOTE = "note-"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """One table of a version, as its page sums it up."""

    table: FigureTable
    rows: Sequence[Row]
    columns: Sequence[tuple[str, str]]  # column and its name
    waiting: int  # rows that are not entered yet
    changed: Mapping[tuple[str, str], ValueDifference]  # by row key and column


@staff_page("stats.view_release")
def show_version(request: StaffRequest) -> HttpResponse:
    return _version_page(request)


@staff_page("stats.view_release")
def preview(request: StaffRequest) -> HttpResponse:
    """The public page of the year as it will be. It is kept nowhere."""
    figures = drafts.figures_of(request.release)
    if not list(figures.rows()):
        messages.info(request, "There is nothing to show yet: the version has no row.")
        return lead_to(request.release)
    shown = public.everything().with_current(figures)
    response = show_year(request, shown, request.release.match_year, is_preview=True)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@staff_page("stats.view_release")
def show_history(request: StaffRequest) -> HttpResponse:
    # Django's own log knows nothing of the steps of a version.
    change = reverse("admin:stats_release_change", args=[request.release.pk])
    return redirect(f"{change}#events-title")


@staff_page("stats.add_release", acts=True)
def start_year(request: StaffRequest) -> HttpResponse:
    form = StartYearForm(request.POST, this_year=clock.now().year)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return lead_to()
    release = open_version.start_year(
        match_year=form.cleaned_data["match_year"], by=request.user, now=clock.now()
    )
    return report_done(request, "The year is open. Fill in its tables below.", release)


@staff_page("stats.add_release", acts=True)
def open_amendment(request: StaffRequest, match_year: int) -> HttpResponse:
    release = open_version.open_amendment(
        match_year=match_year, by=request.user, now=clock.now()
    )
    return report_done(
        request,
        "This is a copy of the public version. Change what is wrong, then submit.",
        release,
    )


@staff_page("stats.change_release", acts=True)
def submit_for_review(request: StaffRequest) -> HttpResponse:
    form = SubmitForm(request.POST, returned=drafts.last_return(request.release))
    if not form.is_valid():
        return _version_page(request, submit_form=form, status=422)
    publish_version.submit(
        release_id=request.release.pk,
        by=request.user,
        now=clock.now(),
        answer=form.cleaned_data.get("answer", ""),
    )
    return report_done(
        request,
        "Submitted. Somebody who changed none of its values can publish it now.",
        request.release,
    )


@staff_page("stats.publish_release", acts=True)
def keep_review_notes(request: StaffRequest) -> HttpResponse:
    """What was typed for the decision is still there: nothing was decided yet."""
    _keep_notes(request)
    messages.success(request, "Your ticks and comments are saved.")
    return _version_page(
        request,
        publish_form=_proposed(request.release, request.POST.dict()),
        return_form=ReturnForm(initial={"comment": request.POST.get("comment", "")}),
    )


def _keep_notes(request: StaffRequest) -> None:
    """What the reviewer ticked and commented, with whichever button it was sent."""
    comments = {
        name.removeprefix(NOTE): request.POST[name]
        for name in request.POST
        if name.startswith(NOTE)
    }
    if not comments:
        return
    outdated = review_version.keep_notes(
        release_id=request.release.pk,
        ticked=request.POST.getlist("looked_at"),
        comments=comments,
        by=request.user,
        now=clock.now(),
    )
    if outdated:
        messages.warning(
            request,
            f"{outdated} of what you ticked or commented says something else by now, "
            "and was not kept. Look again.",
        )


@staff_page("stats.publish_release", acts=True)
def return_to_editors(request: StaffRequest) -> HttpResponse:
    form = ReturnForm(request.POST)
    _keep_notes(request)
    if not form.is_valid():
        return _version_page(request, return_form=form, status=422)
    try:
        publish_version.return_with_comment(
            release_id=request.release.pk,
            comment=form.cleaned_data["comment"],
            by=request.user,
            now=clock.now(),
        )
    except NoteMissing as refused:
        form.add_error("comment", str(refused))
        return _version_page(request, return_form=form, status=422)
    return report_done(
        request, "Returned to its editors with your comment.", request.release
    )


@staff_page("stats.publish_release", acts=True)
def make_public(request: StaffRequest) -> HttpResponse:
    """Now, or at the hour that the form names."""
    schedules = "schedule" in request.POST
    form = PublishForm(
        request.POST,
        is_amendment=request.release.kind != ReleaseKind.FIRST,
        schedules=schedules,
    )
    if not form.is_valid():
        _keep_notes(request)
        return _version_page(request, publish_form=form, status=422)
    kind = form.cleaned_data.get("kind")
    words: dict[str, Any] = {
        "release_id": request.release.pk,
        "by": request.user,
        "now": clock.now(),
        "public_note": form.cleaned_data["public_note"],
        "kind": ReleaseKind(kind) if kind else None,
    }
    try:
        _keep_notes(request)
        if schedules:
            schedule_publication.schedule(at=form.moment, **words)
        else:
            publish_version.publish(**words)
    except WorkflowRefused as refused:
        fresh = Release.objects.filter(pk=request.release.pk).first()
        if fresh is None:
            raise
        request.release = fresh
        messages.error(request, str(refused))
        # What was typed into the note is still there.
        return _version_page(request, publish_form=form, status=422)
    return report_done(
        request,
        f"It becomes public on {eastern_time.in_words(form.moment)}."
        if schedules
        else "Published. Everybody can read it now.",
        request.release,
    )


@staff_page("stats.publish_release", acts=True)
def publish_alone(request: StaffRequest) -> HttpResponse:
    form = PublishAloneForm(
        request.POST, is_amendment=request.release.kind != ReleaseKind.FIRST
    )
    if not form.is_valid():
        return _version_page(request, alone_form=form, status=422)
    kind = form.cleaned_data.get("kind")
    try:
        share_publication.publish_alone(
            release_id=request.release.pk,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(),
            public_note=form.cleaned_data["public_note"],
            kind=ReleaseKind(kind) if kind else None,
        )
    except WorkflowRefused as refused:
        messages.error(request, str(refused))
        return _version_page(request, alone_form=form, status=422)
    return report_done(
        request,
        "Published. Its page says why nobody else has looked, until somebody does.",
        request.release,
    )


@staff_page("stats.change_release", acts=True)
def take_over(request: StaffRequest, person: int) -> HttpResponse:
    form = TakeOverForm(request.POST)
    editor = request.release.editors.filter(pk=person).first()
    if editor is None:
        raise Http404("This person has changed no value of this version.")
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["compared"])))
        return lead_to(request.release)
    share_publication.take_over(
        release_id=request.release.pk, of=editor, by=request.user, now=clock.now()
    )
    return report_done(
        request, f"You answer for it now. {editor} may publish.", request.release
    )


@staff_page("stats.publish_release", acts=True)
def note_second_look(request: StaffRequest) -> HttpResponse:
    form = SecondLookForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["compared"])))
        return lead_to(request.release)
    share_publication.note_second_look(
        release_id=request.release.pk, by=request.user, now=clock.now()
    )
    return report_done(
        request, "Noted. Its page says no longer that nobody looked.", request.release
    )


@staff_page("stats.publish_release", acts=True)
def propose_withdrawal(request: StaffRequest) -> HttpResponse:
    """To withdraw the version, or where it is withdrawn to lift that."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _version_page(request, withdraw_form=form, status=422)
    try:
        withdraw_version.propose(
            release_id=request.release.pk,
            lifts=request.POST.get("lifts") == "yes",
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(),
        )
    except NoteMissing as refused:
        form.add_error("reason", str(refused))
        return _version_page(request, withdraw_form=form, status=422)
    return report_done(
        request, "Proposed. Somebody else can confirm it now.", request.release
    )


@staff_page("stats.publish_release", acts=True)
def confirm_withdrawal(request: StaffRequest, seen: int) -> HttpResponse:
    decided = withdraw_version.confirm(
        release_id=request.release.pk, seen=seen, by=request.user, now=clock.now()
    )
    return report_done(
        request,
        "Lifted. Its pages say no longer that it is withdrawn."
        if decided.lifts
        else "Withdrawn. Every page that shows its figures says so now.",
        request.release,
    )


@staff_page("stats.publish_release", acts=True)
def drop_withdrawal(request: StaffRequest, seen: int) -> HttpResponse:
    withdraw_version.take_back(
        release_id=request.release.pk, seen=seen, by=request.user, now=clock.now()
    )
    return report_done(request, "The proposal was taken back.", request.release)


@staff_page("stats.publish_release", acts=True)
def call_off(request: StaffRequest) -> HttpResponse:
    schedule_publication.call_off(
        release_id=request.release.pk, by=request.user, now=clock.now()
    )
    return report_done(
        request, "Called off. The version is still in review.", request.release
    )


@staff_page("stats.change_release", acts=True)
def discard_draft(request: StaffRequest) -> HttpResponse:
    open_version.discard(
        release_id=request.release.pk, by=request.user, now=clock.now()
    )
    return report_done(
        request, f"The draft of {request.release.match_year} was discarded."
    )


def _version_page(
    request: StaffRequest,
    *,
    publish_form: PublishForm | None = None,
    return_form: ReturnForm | None = None,
    alone_form: PublishAloneForm | None = None,
    submit_form: SubmitForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    release = request.release
    figures = drafts.figures_of(release)
    checklist = drafts.checklist(release, figures, now=clock.now())
    is_published = release.status == Status.PUBLISHED
    items = (
        ()
        if is_published
        else review_list.items_of(release, figures, checklist.remarks)
    )
    changes = () if is_published else drafts.changes(release, figures)
    is_amendment = release.kind != ReleaseKind.FIRST
    editors = list(release.editors.order_by("email"))
    returned = drafts.last_return(release)
    left = drafts.publishers_left(release)
    needs_other = needs_somebody_else(request.user, release.editors)
    is_in_review = release.status == Status.IN_REVIEW
    is_stuck = is_in_review and settings.FIGURES_REQUIRE_TWO_PEOPLE and not left
    scheduled = ScheduledPublication.objects.filter(release=release).first()
    return render_page(
        request,
        "page",
        title=f"{release.match_year} Match, version {release.version}",
        problem_count=len(checklist.problems),
        problems=_located(release, checklist.problems),
        differences=_to_look_through(release, items, request.user),
        remarks=_to_look_through(release, items, request.user, are_remarks=True),
        items=items,
        ticked_count=sum(item.is_ticked for item in items),
        needs_somebody_else=needs_other,
        may_tick=is_in_review
        and request.user.has_perm("stats.publish_release")
        and not needs_other,
        footnotes=figures.footnotes,
        next_step=drafts.next_step(release, blocked=bool(checklist.problems)),
        events=ReleaseEvent.objects.filter(
            match_year=release.match_year, version=release.version
        ).select_related("by"),
        tables=[_summary(table, figures, changes) for table in FigureTable],
        changes_nothing=is_amendment
        and not is_published
        and drafts.changes_nothing(release, figures),
        public=drafts.published_beside(release),
        editors=editors,
        is_amendment=is_amendment,
        returned=returned,
        submit_form=submit_form or SubmitForm(returned=returned),
        is_stuck=is_stuck,
        publishers_left=left,
        # What each publisher changed, for somebody else to answer for.
        entangled=_changes_of_publishers(release, request.user) if is_in_review else [],
        take_over_form=TakeOverForm(),
        alone_form=alone_form or PublishAloneForm(is_amendment=is_amendment),
        second_look=SecondLook.objects.filter(release=release).first(),
        second_look_form=SecondLookForm(),
        proposal=withdraw_version.open_proposal(release),
        is_withdrawn=withdraw_version.is_withdrawn(release),
        withdraw_form=withdraw_form or WithdrawForm(),
        schedule=scheduled,
        scheduled_for=eastern_time.in_words(scheduled.at) if scheduled else "",
        publish_form=publish_form or _proposed(release),
        return_form=return_form or ReturnForm(),
        status=status,
    )


def _changes_of_publishers(
    release: Release, user: User
) -> list[tuple[User, list[ReleaseEvent]]]:
    """Whoever could publish it but for what they changed, with what that was."""
    publishers = User.objects.staff_who_may("stats.publish_release")
    events = ReleaseEvent.objects.filter(
        match_year=release.match_year,
        version=release.version,
        step__in=(ReleaseStep.CHANGED, ReleaseStep.IMPORTED),
    )
    people = publishers.filter(pk__in=release.editors.values("pk")).exclude(pk=user.pk)
    return [(person, list(events.filter(by=person))) for person in people]


def _proposed(release: Release, typed: dict[str, Any] | None = None) -> PublishForm:
    """With the note and the kind that a draft from the founding files came with, or
    with what was typed.
    """
    proposed: dict[str, Any] = (
        {"public_note": release.public_note, "kind": release.kind}
        if release.public_note
        else {}
    )
    return PublishForm(
        is_amendment=release.kind != ReleaseKind.FIRST,
        initial=proposed | (typed or {}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemToLook:
    """A difference or remark as the page of a version shows it to one person."""

    item: ReviewItem
    url: str  # of its row in the table
    own: ReviewNote | None
    of_others: Sequence[ReviewNote]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableToLook:
    items: Sequence[ItemToLook]

    @property
    def ticked(self) -> int:
        return sum(shown.item.is_ticked for shown in self.items)


def _to_look_through(
    release: Release,
    items: Sequence[ReviewItem],
    user: User,
    *,
    are_remarks: bool = False,
) -> dict[FigureTable, TableToLook]:
    by_table: dict[FigureTable, list[ItemToLook]] = {}
    for item in items:
        if item.is_remark == are_remarks:
            notes = {note.by: note for note in item.notes}
            by_table.setdefault(item.table, []).append(
                ItemToLook(
                    item=item,
                    url=_place(release, item.table, item.row_key),
                    own=notes.pop(user, None),
                    of_others=list(notes.values()),
                )
            )
    return {table: TableToLook(items=shown) for table, shown in by_table.items()}


def _place(release: Release, table: FigureTable, row_key: str) -> str:
    """The address of a row of a table that is filled in."""
    url = reverse("admin:stats_release_grid", args=[release.pk, table])
    # The key of a row may contain slashes, which the name of its place may not.
    return f"{url}#row-{row_key.replace('/', '-')}"


def _located(
    release: Release, findings: Sequence[ReadinessFinding]
) -> dict[FigureTable, list[tuple[ReadinessFinding, str]]]:
    """The findings by table, each with the address of the row it is about."""
    by_table: dict[FigureTable, list[tuple[ReadinessFinding, str]]] = {}
    for finding in findings:
        place = _place(release, finding.table, finding.row_key)
        by_table.setdefault(finding.table, []).append((finding, place))
    return by_table


def _summary(
    table: FigureTable, figures: YearFigures, changes: Sequence[ValueDifference]
) -> TableSummary:
    rows = list(figures.rows(table))
    return TableSummary(
        table=table,
        rows=rows,
        columns=[
            (name, COLUMN_NAMES[name]) for name in (*COUNTS[table], *PRINTED[table])
        ],
        waiting=sum(row.provenance.missing == "not_entered" for row in rows),
        changed={
            (change.row_key, change.column): change
            for change in changes
            if change.table == table
        },
    )
