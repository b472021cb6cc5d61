"""Opening a year, opening an amendment, throwing a draft away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from imgportal.models import User
from stats import drafts, exports, public
from stats.actions import edit_draft, open_version, publish_version
from stats.choices import (
    CURRENT_TYPES,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
    ReleaseStep,
    Status,
)
from stats.columns import COUNTS
from stats.differences import differences
from stats.exceptions import AlreadyOpen, NothingToAmend, WrongStatus
from stats.models import MODELS, Footnote, Release, ReleaseEvent, Specialty
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


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def boris() -> User:
    return person("boris")


def start(by: User, match_year: int = 1990) -> Release:
    return open_version.start_year(match_year=match_year, by=by, now=NOW)


def amend(by: User, match_year: int = 1990) -> Release:
    return open_version.open_amendment(match_year=match_year, by=by, now=NOW)


def discard(release: Release, by: User) -> None:
    open_version.discard(release_id=release.pk, by=by, now=NOW)


def steps(match_year: int = 1990) -> list[tuple[int, str, str]]:
    """(version, step, who) of everything that happened to a year, oldest first."""
    events = ReleaseEvent.objects.filter(match_year=match_year).order_by("pk")
    return [(event.version, event.step, str(event.by)) for event in events]


# --- A new year ----------------------------------------------------------------------


def test_new_year_is_an_empty_first_draft(ana: User) -> None:
    release = start(ana)

    release.refresh_from_db()
    assert (release.version, release.kind) == (1, ReleaseKind.FIRST)
    assert release.status == Status.DRAFT
    assert (release.opened_by, release.opened_at) == (ana, NOW)
    assert not release.is_current
    assert not release.founding


def test_new_year_has_a_row_for_everything_that_is_expected(ana: User) -> None:
    successor = Specialty.objects.get(slug="dermatology")
    Specialty.objects.create(
        slug="skin", name="Skin", short_name="Skin", successor=successor
    )

    release = start(ana)

    types = {row.applicant_type for row in rows_of(release, FigureTable.APPLICANTS)}
    specialties = {
        row.specialty_id for row in rows_of(release, FigureTable.SPECIALTIES)
    }
    assert len(rows_of(release, FigureTable.TOTALS)) == 1
    assert types == set(CURRENT_TYPES)
    assert specialties == {
        pk for (pk,) in Specialty.objects.exclude(slug="skin").values_list("pk")
    }
    assert rows_of(release, FigureTable.SCORES) == []


def test_rows_of_a_new_year_wait_for_their_values(ana: User) -> None:
    release = start(ana)

    for table in FigureTable:
        for row in rows_of(release, table):
            assert row.missing == Missing.NOT_ENTERED
            assert row.confidence == FigureConfidence.C
            values = drafts.stored_values(table, [row])[row.pk]
            assert {values[column] for column in COUNTS[table]} == {None}
            assert values["sources"] == ""


def test_who_starts_a_year_has_changed_nothing_yet(ana: User) -> None:
    release = start(ana)

    assert not release.editors.exists()
    assert steps() == [(1, ReleaseStep.STARTED, "ana@example.org")]


def test_year_is_started_once(ana: User, boris: User) -> None:
    start(ana)

    with pytest.raises(
        AlreadyOpen, match=r"1990 has a version already\. Go on with it"
    ):
        start(boris)

    assert Release.objects.filter(match_year=1990).count() == 1
    assert len(steps()) == 1


def test_published_year_is_not_started_again(ana: User) -> None:
    with pytest.raises(AlreadyOpen, match="open an amendment of it"):
        start(ana, 2024)


def test_year_can_be_started_again_after_its_draft_was_discarded(ana: User) -> None:
    discard(start(ana), ana)

    assert start(ana).version == 1


def test_impossible_year_is_not_called_already_open(ana: User) -> None:
    # The form offers possible years only; whoever comes past it learns the truth.
    with pytest.raises(IntegrityError):
        start(ana, 1900)


# --- An amendment --------------------------------------------------------------------


def test_every_founding_year_is_copied_value_by_value(ana: User) -> None:
    for match_year, year in public.everything().years.items():
        copy = drafts.figures_of(amend(ana, match_year))

        assert differences(year, copy) == ()
        assert copy.footnotes == year.footnotes
        assert [row.key for row in copy.rows()] == [row.key for row in year.rows()]
        for old, new in zip(year.rows(), copy.rows(), strict=True):
            assert new.provenance.sources == old.provenance.sources
            assert new.provenance.locator == old.provenance.locator
            assert new.provenance.note == old.provenance.note
            assert new.provenance.missing == old.provenance.missing
            assert new.provenance.confidence == old.provenance.confidence


def test_copy_has_rows_of_its_own(ana: User) -> None:
    old = Release.objects.get(match_year=2024)
    before = {table: len(rows_of(old, table)) for table in FigureTable}

    copy = amend(ana, 2024)

    assert {table: len(rows_of(old, table)) for table in FigureTable} == before
    for table in FigureTable:
        mine = {row.pk for row in rows_of(copy, table)}
        assert len(mine) == before[table]
        assert mine.isdisjoint(row.pk for row in rows_of(old, table))


def test_copy_keeps_the_sources_in_the_order_in_which_they_were_named(
    ana: User, boris: User
) -> None:
    published_by(ana, boris, sources="ecfmg-2015;ecfmg-2014;ecfmg-2016")

    (row, *_) = rows_of(amend(ana), FigureTable.APPLICANTS)

    values = drafts.stored_values(FigureTable.APPLICANTS, [row])[row.pk]
    assert values["sources"] == "ecfmg-2015;ecfmg-2014;ecfmg-2016"


def test_amendment_begins_as_a_correction_that_nobody_edited(ana: User) -> None:
    release = amend(ana, 2024)

    release.refresh_from_db()
    assert (release.version, release.kind) == (2, ReleaseKind.CORRECTION)
    assert release.status == Status.DRAFT
    assert release.public_note == ""
    assert (release.opened_by, release.opened_at) == (ana, NOW)
    assert not release.is_current
    assert not release.founding
    assert not release.editors.exists()


def test_amendment_is_made_of_the_current_version(ana: User) -> None:
    release = amend(ana, 2013)

    assert release.version == 3
    current = public.everything().years[2013]
    assert current.release.version == 2
    assert differences(current, drafts.figures_of(release)) == ()


def test_opening_an_amendment_is_written_down(ana: User) -> None:
    amend(ana, 2024)

    event = ReleaseEvent.objects.get(match_year=2024)
    assert (event.version, event.step, event.by) == (2, ReleaseStep.AMENDED, ana)
    assert (event.at, event.detail) == (NOW, "A copy of version 1.")


def test_public_figures_do_not_notice_an_amendment(ana: User) -> None:
    before = public.everything()

    amend(ana, 2024)

    assert public.everything() is before


def test_year_has_one_amendment_at_a_time(ana: User, boris: User) -> None:
    amend(ana, 2024)

    with pytest.raises(AlreadyOpen, match=r"2024 already\. Go on with that version"):
        amend(boris, 2024)

    assert Release.objects.filter(match_year=2024).count() == 2


def test_year_in_review_is_not_amended(ana: User, boris: User) -> None:
    in_review_by(ana)

    with pytest.raises(AlreadyOpen, match="Go on with that version"):
        amend(boris)


def test_year_without_a_published_version_is_not_amended(ana: User) -> None:
    with pytest.raises(NothingToAmend, match="Start the year instead"):
        amend(ana)


# --- Discarding ----------------------------------------------------------------------


def test_discarded_draft_leaves_no_row_behind(ana: User) -> None:
    release = draft_by(ana)
    links: Any = [
        MODELS[table].sources.through.objects.filter(
            **{f"{MODELS[table]._meta.model_name}__release": release.pk}
        )
        for table in FigureTable
    ]
    assert any(link.exists() for link in links)

    discard(release, ana)

    assert not Release.objects.filter(match_year=1990).exists()
    assert not any(link.exists() for link in links)


def test_story_of_a_discarded_draft_outlives_it(ana: User, boris: User) -> None:
    release = start(ana)

    discard(release, boris)

    assert steps() == [
        (1, ReleaseStep.STARTED, "ana@example.org"),
        (1, ReleaseStep.DISCARDED, "boris@example.org"),
    ]


def test_discarding_an_amendment_leaves_the_public_figures_alone(ana: User) -> None:
    before = public.everything()
    release = amend(ana, 2024)

    discard(release, ana)

    public.memo.forget()
    assert public.everything() == before
    assert amend(ana, 2024).version == 2


def test_version_in_review_is_not_discarded(ana: User) -> None:
    release = in_review_by(ana)

    with pytest.raises(
        WrongStatus, match=r"is in review by now\. Publish it, or return it"
    ):
        discard(release, ana)

    assert Release.objects.filter(pk=release.pk).exists()


def test_published_version_is_not_discarded(ana: User, boris: User) -> None:
    release = published_by(ana, boris)

    with pytest.raises(WrongStatus, match=r"is published by now\. Open an amendment"):
        discard(release, ana)


def test_draft_is_discarded_once(ana: User) -> None:
    release = start(ana)
    discard(release, ana)

    with pytest.raises(WrongStatus, match=r"discarded\. Begin at the list of versions"):
        discard(release, ana)

    assert [step for _, step, _ in steps()] == [
        ReleaseStep.STARTED,
        ReleaseStep.DISCARDED,
    ]


# --- A whole story -------------------------------------------------------------------


def test_story_of_a_version_says_who_did_what_and_when(ana: User, boris: User) -> None:
    release = draft_by(ana)
    publish_version.submit(release_id=release.pk, by=ana, now=NOW + timedelta(hours=1))
    publish_version.return_with_comment(
        release_id=release.pk,
        comment="Table 4, please.",
        by=boris,
        now=NOW + timedelta(hours=2),
    )
    publish_version.submit(release_id=release.pk, by=ana, now=NOW + timedelta(hours=3))
    publish_version.publish(
        release_id=release.pk, by=boris, now=NOW + timedelta(hours=4)
    )

    events = ReleaseEvent.objects.filter(match_year=1990).order_by("pk")
    assert [
        (event.step, str(event.by), (event.at - NOW).seconds // 3600)
        for event in events
        if event.step != ReleaseStep.CHANGED
    ] == [
        (ReleaseStep.STARTED, "ana@example.org", 0),
        (ReleaseStep.SUBMITTED, "ana@example.org", 1),
        (ReleaseStep.RETURNED, "boris@example.org", 2),
        (ReleaseStep.SUBMITTED, "ana@example.org", 3),
        (ReleaseStep.PUBLISHED, "boris@example.org", 4),
    ]
    assert {str(event.by) for event in events if event.step == ReleaseStep.CHANGED} == {
        "ana@example.org"
    }


def test_people_in_the_story_cannot_be_deleted(ana: User) -> None:
    start(ana)

    with pytest.raises(IntegrityError):
        ana.delete()


def test_old_version_stays_as_it_was_through_a_whole_amendment(
    ana: User, boris: User
) -> None:
    def tables() -> list[str]:
        year = public.everything().versions[1990, 1]
        return [
            exports.as_csv(exports.table_of_year(year, table)) for table in FigureTable
        ]

    published_by(ana, boris, active_applicants=200)
    before = tables()

    second = amend(ana)
    Footnote.objects.create(release=second, table=FigureTable.TOTALS, text="From Mars.")
    (row, *_) = rows_of(second, FigureTable.APPLICANTS)
    edit_draft.change_rows(
        release_id=second.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, active_applicants=201)],
        by=ana,
        now=NOW,
    )
    publish_version.submit(release_id=second.pk, by=ana, now=NOW)
    publish_version.publish(
        release_id=second.pk,
        by=boris,
        now=NOW + timedelta(days=1),
        public_note="Mistyped.",
        kind=ReleaseKind.CORRECTION,
    )

    assert tables() == before
    assert public.everything().years[1990].release.version == 2
