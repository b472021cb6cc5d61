"""Submit, return, publish: by whom, from where, with which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from pytest_django import Settings

from imgportal.models import User
from stats import drafts, public
from stats.actions import edit_draft, open_version, publish_version, record_history
from stats.choices import FigureTable, Missing, ReleaseKind, ReleaseStep, Status
from stats.exceptions import (
    ClockBehind,
    NoteMissing,
    NothingDiffers,
    NotReady,
    SamePerson,
    WorkflowRefused,
    WrongStatus,
)
from stats.models import MODELS, Release, ReleaseEvent
from tests.factories import (
    NOW,
    draft_by,
    edit,
    in_review_by,
    person,
    published_by,
    rows_of,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def boris() -> User:
    return person("boris")


def submit(release: Release, by: User) -> Release:
    return publish_version.submit(release_id=release.pk, by=by, now=LATER)


def give_back(release: Release, by: User, comment: str = "See Table 4.") -> Release:
    return publish_version.return_with_comment(
        release_id=release.pk, comment=comment, by=by, now=LATER
    )


def publish(release: Release, by: User, **words: Any) -> Release:
    return publish_version.publish(release_id=release.pk, by=by, now=LATER, **words)


CORRECTED: dict[str, Any] = {"public_note": "Mistyped.", "kind": ReleaseKind.CORRECTION}


def note_a_row(release: Release, by: User) -> None:
    row = rows_of(release, FigureTable.APPLICANTS)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, note="Looked up again.")],
        by=by,
        now=NOW,
    )


def amendment_in_review(editor: User, match_year: int = 2024) -> Release:
    release = open_version.open_amendment(match_year=match_year, by=editor, now=NOW)
    note_a_row(release, editor)
    return publish_version.submit(release_id=release.pk, by=editor, now=NOW)


def last_event(match_year: int = 1990) -> ReleaseEvent:
    return ReleaseEvent.objects.filter(match_year=match_year).order_by("pk").last()  # type: ignore[return-value]


def stays(release: Release) -> dict[str, Any]:
    return dict(Release.objects.values().get(pk=release.pk))


# --- Submit --------------------------------------------------------------------------


def test_submitted_version_is_in_review_and_says_by_whom(ana: User) -> None:
    release = submit(draft_by(ana), ana)

    release.refresh_from_db()
    assert release.status == Status.IN_REVIEW
    assert (release.submitted_by, release.submitted_at) == (ana, LATER)
    assert (last_event().step, last_event().by, last_event().at) == (
        ReleaseStep.SUBMITTED,
        ana,
        LATER,
    )


def test_somebody_else_may_submit(ana: User, boris: User) -> None:
    assert submit(draft_by(ana), boris).submitted_by == boris


def test_year_that_was_only_started_is_not_ready(ana: User) -> None:
    release = open_version.start_year(match_year=1990, by=ana, now=NOW)

    with pytest.raises(
        NotReady, match=r"\d+ things block publication\. The first: 1990 v1, "
    ):
        submit(release, ana)

    release.refresh_from_db()
    assert release.status == Status.DRAFT
    assert last_event().step == ReleaseStep.STARTED


def test_one_row_without_a_source_blocks_and_is_named(ana: User) -> None:
    release = draft_by(ana)
    row = rows_of(release, FigureTable.APPLICANTS)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, sources="")],
        by=ana,
        now=NOW,
    )

    with pytest.raises(NotReady) as caught:
        submit(release, ana)

    assert str(caught.value) == (
        "1 thing blocks publication. The first: 1990 v1, Results by applicant type, "
        "US MD seniors, sources: No source is named. Mend this, then submit again."
    )


def test_version_without_any_row_is_not_ready(ana: User) -> None:
    release = draft_by(ana)
    for table in FigureTable:
        for row in rows_of(release, table):
            edit_draft.remove_row(
                release_id=release.pk, table=table, row_id=row.pk, by=ana, now=NOW
            )

    with pytest.raises(NotReady, match="not a single row of figures"):
        submit(release, ana)


def test_large_steps_do_not_block(ana: User) -> None:
    release = draft_by(
        ana, 2027, active_applicants=900_000, matched_to_pgy1=1, missing=""
    )

    assert submit(release, ana).status == Status.IN_REVIEW


# --- Return --------------------------------------------------------------------------


def test_returned_version_is_a_draft_again_with_the_comment(
    ana: User, boris: User
) -> None:
    release = give_back(in_review_by(ana), boris, "  See Table 4.\n")

    release.refresh_from_db()
    assert release.status == Status.DRAFT
    assert release.submitted_at is None
    assert release.submitted_by is None
    event = last_event()
    assert (event.step, event.by, event.at) == (ReleaseStep.RETURNED, boris, LATER)
    assert event.detail == "See Table 4."


def test_editor_may_take_back_what_they_submitted(ana: User) -> None:
    assert give_back(in_review_by(ana), ana).status == Status.DRAFT


@pytest.mark.parametrize("comment", ["", " \n\t"])
def test_version_is_not_returned_without_a_comment(
    ana: User, boris: User, comment: str
) -> None:
    release = in_review_by(ana)

    with pytest.raises(NoteMissing, match="Say what should be changed"):
        give_back(release, boris, comment)

    assert stays(release)["status"] == Status.IN_REVIEW


def test_who_edited_before_the_return_is_still_an_editor(
    ana: User, boris: User
) -> None:
    release = submit(give_back(in_review_by(ana), boris), boris)

    with pytest.raises(SamePerson):
        publish(release, ana)


# --- Publish -------------------------------------------------------------------------


def test_published_version_is_public_and_says_when_and_by_whom(
    ana: User, boris: User
) -> None:
    release = publish(in_review_by(ana), boris, public_note=" Hello. ")

    release.refresh_from_db()
    assert release.status == Status.PUBLISHED
    assert release.is_current
    assert (release.published_by, release.published_at) == (boris, LATER)
    assert (release.kind, release.public_note) == (ReleaseKind.FIRST, "Hello.")
    event = last_event()
    assert (event.step, event.by, event.at) == (ReleaseStep.PUBLISHED, boris, LATER)
    assert event.detail.startswith("Hello.\nNot ticked, 36 of 36: All applicants; ")
    assert public.everything().years[1990].release.published_at == LATER


def test_first_version_needs_neither_note_nor_kind(ana: User, boris: User) -> None:
    assert publish(in_review_by(ana), boris).public_note == ""


def test_first_version_stays_first_whatever_kind_is_named(
    ana: User, boris: User
) -> None:
    release = publish(in_review_by(ana), boris, kind=ReleaseKind.REVISION)

    release.refresh_from_db()
    assert release.kind == ReleaseKind.FIRST


@pytest.mark.parametrize("kind", [ReleaseKind.CORRECTION, ReleaseKind.REVISION])
def test_amendment_replaces_the_current_version(
    ana: User, boris: User, kind: ReleaseKind
) -> None:
    first = Release.objects.get(match_year=2024)

    second = publish(
        amendment_in_review(ana), boris, public_note=" Mistyped. ", kind=kind
    )

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.is_current) == (Status.PUBLISHED, False)
    assert (second.status, second.is_current) == (Status.PUBLISHED, True)
    assert (second.kind, second.public_note) == (kind, "Mistyped.")
    figures = public.everything()
    assert figures.years[2024].release.version == 2
    assert [year.release.version for year in figures.versions_of(2024)] == [1, 2]


def test_clock_that_went_back_is_refused_with_a_sentence(
    ana: User, boris: User
) -> None:
    release = in_review_by(ana)
    before = stays(release)

    with pytest.raises(ClockBehind, match=r"opened at 12:00 on 22 November 2026"):
        publish_version.publish(
            release_id=release.pk, by=boris, now=NOW - timedelta(seconds=1)
        )
    assert stays(release) == before

    publish_version.publish(release_id=release.pk, by=boris, now=NOW)


def test_old_version_is_the_same_after_the_publication(ana: User, boris: User) -> None:
    before = public.everything().versions[2024, 1]

    publish(amendment_in_review(ana), boris, **CORRECTED)

    after = public.everything().versions[2024, 1]
    assert list(after.rows()) == list(before.rows())
    assert after.footnotes == before.footnotes
    assert after.release.published_at == before.release.published_at


def test_other_years_keep_their_current_version(ana: User, boris: User) -> None:
    def current() -> dict[int, int]:
        found = Release.objects.filter(is_current=True)
        return dict(found.values_list("match_year", "version"))

    before = current()

    publish(amendment_in_review(ana), boris, **CORRECTED)

    assert current() == before | {2024: 2}


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ({}, "a public note: what changed, and why"),
        ({"kind": ReleaseKind.CORRECTION}, "a public note"),
        ({"public_note": " \n", "kind": ReleaseKind.CORRECTION}, "a public note"),
        ({"public_note": "Mistyped."}, "a correction .* a revision .* or a completion"),
        (
            {"public_note": "Mistyped.", "kind": ReleaseKind.FIRST},
            "a correction .* a revision .* or a completion",
        ),
    ],
    ids=["neither", "no note", "blank note", "no kind", "first"],
)
def test_amendment_needs_a_note_and_a_kind(
    ana: User, boris: User, words: dict[str, Any], missing: str
) -> None:
    release = amendment_in_review(ana)
    before = stays(release)

    with pytest.raises(NoteMissing, match=missing):
        publish(release, boris, **words)

    assert stays(release) == before
    assert last_event(2024).step == ReleaseStep.SUBMITTED


def test_version_with_a_problem_is_not_published(ana: User, boris: User) -> None:
    release = in_review_by(ana)
    # As if the checks had become stricter since it was submitted.
    rows = MODELS[FigureTable.APPLICANTS].objects.filter(release=release)
    rows.update(missing=Missing.NOT_ENTERED)

    with pytest.raises(NotReady, match="Return it to its editors"):
        publish(release, boris)

    assert stays(release)["status"] == Status.IN_REVIEW


# --- Two people ----------------------------------------------------------------------


@pytest.mark.parametrize("is_superuser", [False, True])
def test_publish_refuses_the_person_who_changed_a_value(is_superuser: bool) -> None:
    editor = person("carla", is_superuser=is_superuser, is_staff=True)
    release = in_review_by(editor)

    with pytest.raises(SamePerson, match="somebody else must publish it"):
        publish(release, editor)

    assert stays(release)["status"] == Status.IN_REVIEW
    assert last_event().step == ReleaseStep.SUBMITTED


def test_every_kind_of_change_makes_an_editor(ana: User, boris: User) -> None:
    def add(release: Release) -> None:
        edit_draft.add_row(
            release_id=release.pk,
            table=FigureTable.APPLICANTS,
            identity={"applicant_type": "fifth_pathway"},
            by=boris,
            now=NOW,
        )

    def remove(release: Release) -> None:
        row = rows_of(release, FigureTable.APPLICANTS)[-1]
        edit_draft.remove_row(
            release_id=release.pk,
            table=FigureTable.APPLICANTS,
            row_id=row.pk,
            by=boris,
            now=NOW,
        )

    def annotate(release: Release) -> None:
        edit_draft.change_footnotes(
            release_id=release.pk,
            was=[],
            footnotes=[{"table": "totals", "text": "By hand."}],
            by=boris,
            now=NOW,
        )

    for year, change in enumerate((add, remove, annotate), start=1990):
        release = draft_by(ana, year)
        change(release)
        if change is add:
            remove(release)

        with pytest.raises(SamePerson):
            publish(submit(release, ana), boris)


def test_who_only_opened_submitted_or_returned_may_publish(
    ana: User, boris: User
) -> None:
    release = open_version.open_amendment(match_year=2024, by=boris, now=NOW)
    note_a_row(release, ana)
    submit(release, boris)
    give_back(release, boris)
    submit(release, boris)

    assert publish(release, boris, **CORRECTED).published_by == boris


def test_editor_of_an_earlier_version_may_publish_the_next(
    ana: User, boris: User
) -> None:
    published_by(ana, boris)

    release = publish(amendment_in_review(boris, 1990), ana, **CORRECTED)

    assert release.published_by == ana
    assert not public.everything().years[1990].release.by_one_person


def test_two_people_leave_no_remark_in_public(ana: User, boris: User) -> None:
    published_by(ana, boris)

    assert not public.everything().years[1990].release.by_one_person


def test_staff_of_one_may_publish_and_the_public_is_told(
    ana: User, boris: User, settings: Settings
) -> None:
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False

    published_by(ana, ana, 1990)
    published_by(ana, boris, 1991)

    years = public.everything().years
    assert years[1990].release.by_one_person
    assert not years[1991].release.by_one_person
    assert not years[2024].release.by_one_person


# --- From status to status -----------------------------------------------------------

Move = Callable[[Release, User], object]
MOVES: dict[str, tuple[Move, Status]] = {
    "submit": (submit, Status.IN_REVIEW),
    "return": (give_back, Status.DRAFT),
    "publish": (publish, Status.PUBLISHED),
}


# From which status a version may go where. Everything else is refused, and what is
# published goes nowhere: it is changed by a further version.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.IN_REVIEW}),
    Status.IN_REVIEW: frozenset({Status.DRAFT, Status.PUBLISHED}),
    Status.PUBLISHED: frozenset(),
}


def version_in(status: Status, editor: User, other: User) -> Release:
    match status:
        case Status.DRAFT:
            return draft_by(editor)
        case Status.IN_REVIEW:
            return in_review_by(editor)
        case Status.PUBLISHED:
            return published_by(editor, other)


def test_every_status_has_words_for_a_refusal() -> None:
    assert set(record_history.INSTEAD) == set(Status)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("name", MOVES)
def test_steps_lead_exactly_where_the_table_says(
    status: Status, name: str, ana: User, boris: User
) -> None:
    move, target = MOVES[name]
    release = version_in(status, ana, boris)

    if target in TRANSITIONS[status]:
        move(release, boris)
        assert stays(release)["status"] == target
        return

    before = stays(release)
    with pytest.raises(WrongStatus) as caught:
        move(release, boris)
    assert stays(release) == before
    assert re.match(
        rf"Version 1 of 1990 is (a )?{status.label.lower()} by now\. ",
        str(caught.value),
    )


@pytest.mark.parametrize("name", MOVES)
def test_discarded_version_goes_nowhere(name: str, ana: User) -> None:
    release = draft_by(ana)
    open_version.discard(release_id=release.pk, by=ana, now=NOW)

    with pytest.raises(WrongStatus, match=r"discarded\. Begin at the list of versions"):
        MOVES[name][0](release, ana)


# What a person can do next; each refusal names one of these.
NEXT = re.compile(
    r"\b(Go on with|open an amendment|Open an amendment|Start the year|Begin at|"
    r"Publish it, or return it|Change it, or submit it|Ask a publisher|Mend this|"
    r"Return it|Say what|Say whether|needs a public note: what changed)"
)


def refusals(ana: User, boris: User) -> Iterator[tuple[str, Callable[[], object]]]:
    started = open_version.start_year(match_year=1990, by=ana, now=NOW)
    in_review = in_review_by(ana, 1991)
    published = published_by(ana, boris, 1992)
    amendment = amendment_in_review(ana)
    gone = open_version.start_year(match_year=1993, by=ana, now=NOW)
    open_version.discard(release_id=gone.pk, by=ana, now=NOW)

    def start(match_year: int) -> object:
        return open_version.start_year(match_year=match_year, by=ana, now=NOW)

    def amend(match_year: int) -> object:
        return open_version.open_amendment(match_year=match_year, by=ana, now=NOW)

    def discard(release: Release) -> object:
        return open_version.discard(release_id=release.pk, by=ana, now=NOW)  # type: ignore[func-returns-value]

    yield "start: open", lambda: start(1990)
    yield "start: published", lambda: start(1992)
    yield "amend: open", lambda: amend(1990)
    yield "amend: in review", lambda: amend(1991)
    yield "amend: nothing there", lambda: amend(2070)
    yield "discard: in review", lambda: discard(in_review)
    yield "discard: published", lambda: discard(published)
    yield "discard: gone", lambda: discard(gone)
    yield "submit: not ready", lambda: submit(started, ana)
    yield "submit: in review", lambda: submit(in_review, ana)
    yield "submit: published", lambda: submit(published, ana)
    yield "return: no comment", lambda: give_back(in_review, boris, "")
    yield "return: draft", lambda: give_back(started, boris)
    yield "return: published", lambda: give_back(published, boris)
    yield "publish: same person", lambda: publish(in_review, ana)
    yield "publish: draft", lambda: publish(started, boris)
    yield "publish: published", lambda: publish(published, boris)
    yield "publish: no note", lambda: publish(amendment, boris)
    yield "publish: no kind", lambda: publish(amendment, boris, public_note="x")
    yield "change: in review", lambda: note_a_row(in_review, ana)
    yield "change: published", lambda: note_a_row(published, ana)


def test_every_refusal_says_what_to_do_next(ana: User, boris: User) -> None:
    silent = []
    for name, call in refusals(ana, boris):
        with pytest.raises(WorkflowRefused) as caught:
            call()
        if not NEXT.search(str(caught.value)):
            silent.append(f"{name}: {caught.value}")

    assert silent == []


# --- All or nothing ------------------------------------------------------------------


def test_publication_that_fails_halfway_changes_nothing(ana: User, boris: User) -> None:
    published_by(ana, boris)
    release = amendment_in_review(ana)
    before = public.everything()
    # The database refuses the very last thing that publishing writes.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX one_publication ON stats_releaseevent (step) "
            "WHERE step = 'published'"
        )

    with pytest.raises(IntegrityError):
        publish(release, boris, **CORRECTED)

    public.memo.forget()
    assert public.everything() == before
    assert stays(release)["status"] == Status.IN_REVIEW
    assert last_event(2024).step == ReleaseStep.SUBMITTED


def test_public_page_shows_the_new_version_at_once(
    ana: User, boris: User, client: Any
) -> None:
    address = reverse("stats:year_table_data", args=[1990, "applicants", "csv"])
    assert client.get(address).status_code == 404

    published_by(ana, boris)

    assert client.get(address).content.decode().count("\n") == 7


# --- An amendment that changes nothing -------------------------------------------------


def test_amendment_that_changes_nothing_is_not_submitted(ana: User) -> None:
    release = open_version.open_amendment(match_year=2024, by=ana, now=NOW)

    with pytest.raises(NothingDiffers, match="Nothing differs from what is public"):
        submit(release, ana)

    release.refresh_from_db()
    assert release.status == Status.DRAFT
    note_a_row(release, ana)
    assert submit(release, ana).status == Status.IN_REVIEW


def test_amendment_that_is_overtaken_is_not_published(ana: User, boris: User) -> None:
    """What it says may have become public by another way since it was submitted."""
    release = amendment_in_review(ana)
    row = rows_of(release, FigureTable.APPLICANTS)[0]
    former = rows_of(Release.objects.get(match_year=2024, version=1), row.table)[0]
    MODELS[row.table].objects.filter(pk=row.pk).update(note=former.note)
    before = stays(release)

    with pytest.raises(NothingDiffers, match="Return it to its editors"):
        publish(release, boris, **CORRECTED)

    assert stays(release) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": "C"},
        {"locator": "Table 99"},
        {"note": "Read once more."},
        {"sources": "ecfmg-2024"},
    ],
)
def test_what_is_said_of_a_value_is_a_change(
    ana: User, changes: dict[str, str]
) -> None:
    release = open_version.open_amendment(match_year=2024, by=ana, now=NOW)
    row = rows_of(release, FigureTable.APPLICANTS)[0]
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, **changes)],
        by=ana,
        now=NOW,
    )

    (change,) = drafts.other_changes(release, drafts.figures_of(release))

    assert change.column == next(iter(changes))
    assert not drafts.changes_nothing(release, drafts.figures_of(release))


def test_first_version_differs_from_nothing_and_is_submitted(ana: User) -> None:
    release = draft_by(ana)

    assert not drafts.changes_nothing(release, drafts.figures_of(release))
    assert submit(release, ana).status == Status.IN_REVIEW
