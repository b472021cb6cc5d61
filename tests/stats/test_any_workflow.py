"""Whatever people do, in whatever order: what is published stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from stats import drafts, exports
from stats.actions import edit_draft, open_version, publish_version
from stats.choices import FigureTable, ReleaseKind, Status
from stats.exceptions import (
    NothingDiffers,
    NotReady,
    SamePerson,
    WorkflowRefused,
    WrongStatus,
)
from stats.models import ApplicantResult, Release, Specialty
from tests import effort
from tests.effort import examples
from tests.factories import NOW, edit, fill_in, person, rows_of

# One year that is public from the beginning and one that nobody has heard of.
YEARS = (2024, 1990)
years = st.sampled_from(YEARS)
people = st.sampled_from(["ana", "boris", "olga"])

# How often each action went through: a property that publishes nothing proves nothing.
went_through: Counter[str] = Counter()


def as_published() -> dict[tuple[int, int], str]:
    """The four CSV files of every published version of these years, as stored now."""
    return {
        (release.match_year, release.version): "".join(
            exports.as_csv(exports.table_of_year(year, table)) for table in FigureTable
        )
        for release in Release.objects.published().filter(match_year__in=YEARS)
        for year in [drafts.figures_of(release)]
    }


class Workflow(RuleBasedStateMachine):
    """Three people, one of them a superuser, who try every action at any time.

    What should happen is kept beside what the database holds: the status of each
    version, and who changed something in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.people = {
            "ana": person("ana"),
            "boris": person("boris"),
            "olga": person("olga", is_staff=True, is_superuser=True),
        }
        # Two active specialties are enough of them, and quicker to enter than thirty.
        kept = Specialty.objects.get(slug="dermatology")
        others = Specialty.objects.exclude(slug__in=[kept.slug, "neurology"])
        others.update(successor=kept)
        self.now = NOW
        self.latest = {2024: Release.objects.get(match_year=2024).pk}
        self.status: dict[int, Status | None] = {self.latest[2024]: Status.PUBLISHED}
        self.editors: dict[int, set[str]] = {self.latest[2024]: set()}
        self.published = as_published()

    def teardown(self) -> None:
        try:
            assert as_published() == self.published
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # --- What should happen ----------------------------------------------------------

    def may(self, name: str, allowed: bool, action: Callable[[], Any]) -> Any:
        """The answer of an action that is allowed; None when it is rightly refused."""
        self.now += timedelta(minutes=1)
        try:
            answer = action()
        except (NotReady, NothingDiffers):
            # Neither is about who may do it, or when.
            assert allowed
            return None
        except WorkflowRefused:
            assert not allowed
            return None
        assert allowed
        went_through[name] += 1
        return answer or True

    def opened(self, release: Release) -> None:
        self.latest[release.match_year] = release.pk
        self.status[release.pk] = Status.DRAFT
        self.editors[release.pk] = set()

    def status_of(self, match_year: int) -> Status | None:
        """Of the newest version; None when there is none or it was discarded."""
        return self.status.get(self.latest.get(match_year, 0))

    # --- What people do --------------------------------------------------------------

    @rule(who=people, match_year=years, entered=st.booleans())
    def start(self, who: str, match_year: int, entered: bool) -> None:
        release = self.may(
            "start",
            not Release.objects.filter(match_year=match_year).exists(),
            lambda: open_version.start_year(
                match_year=match_year, by=self.people[who], now=self.now
            ),
        )
        if release:
            self.opened(release)
            if entered:
                fill_in(release, by=self.people[who], now=self.now)
                self.editors[release.pk].add(who)

    @rule(who=people, match_year=years)
    def amend(self, who: str, match_year: int) -> None:
        versions = Release.objects.filter(match_year=match_year)
        release = self.may(
            "amend",
            versions.exists() and not versions.exclude(status="published").exists(),
            lambda: open_version.open_amendment(
                match_year=match_year, by=self.people[who], now=self.now
            ),
        )
        if release:
            self.opened(release)
            # So that it can be published whatever else is tried: it says something new.
            rows = ApplicantResult.objects.filter(release=release)
            rows.update(locator=f"Table {self.now:%H:%M}")

    def change(
        self, who: str, match_year: int, action: Callable[[int, Any], Any]
    ) -> None:
        release_id = self.latest.get(match_year)
        if release_id is None:
            return
        before = self.status_of(match_year)
        done = self.may(
            "change",
            before == Status.DRAFT,
            lambda: action(release_id, {"by": self.people[who], "now": self.now}),
        )
        if done == "changed":
            self.editors[release_id].add(who)

    @rule(
        who=people, match_year=years, value=st.integers(0, 3), place=st.integers(0, 5)
    )
    def edit(self, who: str, match_year: int, value: int, place: int) -> None:
        def action(release_id: int, signed: dict[str, Any]) -> str:
            rows = rows_of(Release(pk=release_id), FigureTable.APPLICANTS)
            values = {
                "active_applicants": value,
                "matched_to_pgy1": None,
                "published_match_rate": None,
                "missing": "not_found",
                "sources": "ecfmg-2014;ecfmg-2015",
            }
            changed = edit_draft.change_rows(
                release_id=release_id,
                table=FigureTable.APPLICANTS,
                edits=[
                    edit(FigureTable.APPLICANTS, row, **values)
                    for row in rows[place:][:1]
                ],
                **signed,
            )
            return "changed" if changed else "the same"

        self.change(who, match_year, action)

    @rule(who=people, match_year=years)
    def remove(self, who: str, match_year: int) -> None:
        def action(release_id: int, signed: dict[str, Any]) -> str:
            rows = rows_of(Release(pk=release_id), FigureTable.APPLICANTS)
            row_id = rows[-1].pk if rows else 0
            edit_draft.remove_row(
                release_id=release_id,
                table=FigureTable.APPLICANTS,
                row_id=row_id,
                **signed,
            )
            return "changed" if rows else "the same"

        self.change(who, match_year, action)

    @rule(who=people, match_year=years, text=st.sampled_from(["One.", "Two."]))
    def annotate(self, who: str, match_year: int, text: str) -> None:
        def action(release_id: int, signed: dict[str, Any]) -> str:
            was = edit_draft.stored_footnotes(Release(pk=release_id))
            note = {"table": "applicants", "row": "", "column": "", "text": text}
            edit_draft.change_footnotes(
                release_id=release_id, was=was, footnotes=[note], **signed
            )
            return "the same" if was == [note] else "changed"

        self.change(who, match_year, action)

    def move(
        self,
        name: str,
        match_year: int,
        allowed: bool,
        target: Status | None,
        action: Callable[[int], Any],
    ) -> bool:
        release_id = self.latest.get(match_year)
        if release_id is None:
            return False
        done = self.may(name, allowed, lambda: action(release_id))
        if done:
            self.status[release_id] = target
        return bool(done)

    @rule(who=people, match_year=years)
    def submit(self, who: str, match_year: int) -> None:
        self.move(
            "submit",
            match_year,
            self.status_of(match_year) == Status.DRAFT,
            Status.IN_REVIEW,
            lambda pk: publish_version.submit(
                release_id=pk, by=self.people[who], now=self.now
            ),
        )

    @rule(who=people, match_year=years)
    def give_back(self, who: str, match_year: int) -> None:
        self.move(
            "return",
            match_year,
            self.status_of(match_year) == Status.IN_REVIEW,
            Status.DRAFT,
            lambda pk: publish_version.return_with_comment(
                release_id=pk, comment="Again.", by=self.people[who], now=self.now
            ),
        )

    @rule(who=people, match_year=years)
    def discard(self, who: str, match_year: int) -> None:
        def action(release_id: int) -> None:
            open_version.discard(
                release_id=release_id, by=self.people[who], now=self.now
            )

        self.move(
            "discard",
            match_year,
            self.status_of(match_year) == Status.DRAFT,
            None,
            action,
        )

    @rule(who=people, match_year=years)
    def publish(self, who: str, match_year: int) -> None:
        release_id = self.latest.get(match_year, 0)
        in_review = self.status_of(match_year) == Status.IN_REVIEW
        is_editor = who in self.editors.get(release_id, set())

        def action(pk: int) -> Release:
            try:
                return publish_version.publish(
                    release_id=pk,
                    by=self.people[who],
                    now=self.now,
                    public_note="Mistyped.",
                    kind=ReleaseKind.CORRECTION,
                )
            except SamePerson:
                assert in_review
                assert is_editor
                raise
            except WrongStatus:
                assert not in_review
                raise

        if self.move(
            "publish", match_year, in_review and not is_editor, Status.PUBLISHED, action
        ):
            found = as_published()
            (new,) = found.keys() - self.published.keys()
            assert new[0] == match_year
            self.published[new] = found[new]
            assert found == self.published

    @rule(who=people, other=people, match_year=years, value=st.integers(0, 3))
    def hurry(self, who: str, other: str, match_year: int, value: int) -> None:
        """The usual way in one go: chance alone seldom finds it."""
        self.amend(who, match_year)
        self.annotate(who, match_year, f"{value}.")
        self.submit(who, match_year)
        self.publish(other, match_year)

    @rule(who=people, match_year=years)
    def think_again(self, who: str, match_year: int) -> None:
        self.submit(who, match_year)
        self.give_back(who, match_year)

    # --- What always holds -----------------------------------------------------------

    @invariant()
    def every_year_has_one_current_version_and_one_open_at_most(self) -> None:
        for match_year in YEARS:
            versions = list(
                Release.objects.filter(match_year=match_year).order_by("version")
            )
            published = [row for row in versions if row.status == Status.PUBLISHED]
            assert len(versions) - len(published) <= 1
            assert [row.version for row in published] == [*range(1, len(published) + 1)]
            assert [row for row in published if row.is_current] == published[-1:]

    @invariant()
    def the_database_knows_the_status_and_the_editors(self) -> None:
        for release in Release.objects.filter(match_year__in=YEARS):
            assert release.status == self.status[release.pk]
            assert {
                editor.email.split("@")[0] for editor in release.editors.all()
            } == self.editors[release.pk]

    @invariant()
    def nobody_published_what_they_changed(self) -> None:
        for release in Release.objects.exclude(published_by=None):
            assert release.published_by not in release.editors.all()


@pytest.mark.django_db
def test_no_sequence_of_actions_changes_what_is_published() -> None:
    went_through.clear()

    run_state_machine_as_test(
        Workflow,
        settings=examples(
            75,
            stateful_step_count=15,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )

    # A few examples need not meet every step; all of them must.
    steps = {"start", "amend", "change", "submit", "return", "publish", "discard"}
    assert len(steps - set(went_through)) <= (1 if effort.quick else 0)
