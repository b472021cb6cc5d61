"""What staff see of a version before it is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from imgportal.models import User
from stats import drafts, public
from stats.actions import edit_draft, open_version, publish_version
from stats.choices import ApplicantType, FigureTable, ReleaseKind
from stats.models import Release
from tests.factories import (
    NOW,
    draft_by,
    edit,
    in_review_by,
    person,
    publish,
    published_by,
    rows_of,
    stored_draft,
    stored_result,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def boris() -> User:
    return person("boris")


def amendment_with(by: User, **values: object) -> Release:
    """An open amendment in which one row, that of US IMGs, has other values."""
    release = open_version.open_amendment(match_year=2024, by=by, now=NOW)
    row = next(
        row
        for row in rows_of(release, FigureTable.APPLICANTS)
        if row.applicant_type == ApplicantType.US_IMG
    )
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, **values)],
        by=by,
        now=NOW,
    )
    return release


def test_draft_is_read_with_its_sources(ana: User) -> None:
    figures = drafts.figures_of(draft_by(ana, active_applicants=200))

    row = figures.of_type(ApplicantType.US_IMG)
    assert row is not None
    assert row.active_applicants == 200
    assert [source.key for source in row.provenance.sources] == ["ecfmg-2014"]
    assert (figures.match_year, figures.release.version) == (1990, 1)
    assert not figures.release.is_current
    assert figures.release.published_at == NOW  # of its opening, until it has one


def test_published_version_is_read_as_the_public_reads_it() -> None:
    release = Release.objects.get(match_year=2024)

    assert drafts.figures_of(release) == public.everything().years[2024]


def test_reading_a_draft_keeps_it_from_the_public(ana: User) -> None:
    before = public.everything()

    drafts.figures_of(draft_by(ana))

    assert public.everything() is before


def test_draft_is_read_in_a_few_queries(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    release = draft_by(ana)

    with django_assert_num_queries(14):
        drafts.figures_of(release)


def test_discarded_draft_is_not_there_any_more(ana: User) -> None:
    release = draft_by(ana)
    open_version.discard(release_id=release.pk, by=ana, now=NOW)

    with pytest.raises(Release.DoesNotExist):
        drafts.figures_of(release)


def test_new_year_would_replace_nothing(ana: User) -> None:
    release = draft_by(ana, 2027)

    assert drafts.published_beside(release) is None
    assert drafts.changes(release, drafts.figures_of(release)) == ()


def test_year_before_is_the_published_one(ana: User) -> None:
    year = drafts.year_before(draft_by(ana, 2027))

    assert year is public.everything().years[2026]
    assert drafts.year_before(draft_by(ana, 1990)) is None


def test_amendment_shows_what_it_would_change(ana: User) -> None:
    before = public.everything().years[2024].of_type(ApplicantType.US_IMG)
    assert before is not None
    release = amendment_with(ana, active_applicants=4000)

    (change,) = drafts.changes(release, drafts.figures_of(release))

    assert (change.row_key, change.column) == ("us_img", "active_applicants")
    assert (change.before, change.after) == (before.active_applicants, 4000)


def test_second_amendment_stands_beside_the_first_and_not_the_founding_version(
    ana: User, boris: User
) -> None:
    note = {"published_match_rate": None, "note": "Mistyped."}
    first = amendment_with(ana, matched_to_pgy1=3180, **note)
    publish_version.submit(release_id=first.pk, by=ana, now=NOW)
    publish_version.publish(
        release_id=first.pk,
        by=boris,
        now=NOW + timedelta(days=1),
        public_note="Mistyped.",
        kind=ReleaseKind.CORRECTION,
    )

    second = amendment_with(ana, matched_to_pgy1=3179, **note)

    (change,) = drafts.changes(second, drafts.figures_of(second))
    assert (change.before, change.after) == (3180, 3179)


def test_checklist_divides_what_blocks_from_what_does_not(ana: User) -> None:
    release = amendment_with(ana, active_applicants=9000, sources="")

    checklist = drafts.checklist(release, drafts.figures_of(release), now=NOW)

    assert all(finding.blocks for finding in checklist.problems)
    assert not any(finding.blocks for finding in checklist.remarks)
    assert "sources" in {finding.column for finding in checklist.problems}
    (jump,) = (
        finding
        for finding in checklist.remarks
        if "second time" in finding.text
        if (finding.row_key, finding.column) == ("us_img", "active_applicants")
    )
    assert jump.text.startswith("9,000 after ")


def test_jumps_are_measured_against_the_years_before_only(ana: User) -> None:
    later = stored_draft(2061)
    stored_result(later, active_applicants=100)
    publish(later)

    release = draft_by(ana, 2060, active_applicants=1_000_000)
    remarks = drafts.checklist(release, drafts.figures_of(release), now=NOW).remarks

    assert remarks
    assert not [finding for finding in remarks if "2061" in finding.text]


def test_draft_of_a_match_to_come_says_since_when_it_can_be_public(ana: User) -> None:
    release = draft_by(ana, 2027)
    figures = drafts.figures_of(release)

    checklist = drafts.checklist(release, figures, now=NOW)

    (early,) = (
        finding for finding in checklist.remarks if "Match Week" in finding.text
    )
    assert (
        "has not taken place. Its figures can be public from 15 March 2027"
        in early.text
    )
    assert not checklist.problems
    held = datetime(2027, 3, 15, 4, tzinfo=UTC)  # midnight in New York
    assert not [
        finding
        for finding in drafts.checklist(release, figures, now=held).remarks
        if "Match Week" in finding.text
    ]


def test_next_step_of_each_status(ana: User, boris: User, settings: Settings) -> None:
    draft, in_review = draft_by(ana), in_review_by(ana, 1991)
    published = published_by(ana, boris, 1992)
    superseded = Release.objects.get(match_year=2013, version=1)

    def step(release: Release, *, blocked: bool = False) -> str:
        return drafts.next_step(release, blocked=blocked)

    assert step(draft, blocked=True) == "Mend what blocks publication, then submit."
    assert step(draft) == "Submit it for review."
    assert step(in_review).startswith("Somebody who changed none of these values")
    assert step(published) == "Open an amendment to change a figure."
    assert step(superseded) == ""
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False
    assert step(in_review) == "Publish it, or return it with a comment."
