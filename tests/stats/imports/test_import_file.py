from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from imgportal.models import User
from stats import drafts
from stats.actions import import_file
from stats.choices import FigureTable, ReleaseStep, Status
from stats.exceptions import ImportRefused, PlanOutdated, WrongStatus
from stats.imports.import_plan import Plan, plan
from stats.imports.parse_rows import ParsedFile, read
from stats.models import MODELS, ApplicantResult, Release, ReleaseEvent, ScoreSummary
from tests.factories import NOW
from tests.stats.imports.files import csv_file, good

pytestmark = pytest.mark.django_db

TYPES, SCORES = FigureTable.APPLICANTS, FigureTable.SCORES


def parsed_of(table: FigureTable, *rows: dict[str, Any]) -> ParsedFile:
    return read("report.csv", csv_file(table, *rows), table)


def import_rows(
    release: Release, by: User, table: FigureTable, *rows: dict[str, Any]
) -> Plan:
    parsed = parsed_of(table, *rows)
    return import_file.import_file(
        release_id=release.pk,
        parsed=parsed,
        fingerprint=plan(release, parsed).fingerprint,
        by=by,
        now=NOW,
    )


def test_changed_row_is_written(draft: Release, editor: User) -> None:
    import_rows(
        draft,
        editor,
        TYPES,
        good(TYPES, sources="saieesh-co2026;derm-doc", published_match_rate="95.00"),
    )

    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert (row.active_applicants, row.matched_to_pgy1) == (5000, 4751)
    assert str(row.published_match_rate) == "95.00"
    assert (row.missing, row.confidence) == ("", "A")
    figures = drafts.figures_of(draft)
    us_img = next(row for row in figures.applicants if row.key == "us_img")
    assert [source.key for source in us_img.provenance.sources] == [
        "saieesh-co2026",
        "derm-doc",
    ]


@pytest.mark.parametrize("table", FigureTable)
def test_new_row_of_every_table_is_written(
    draft: Release, editor: User, table: FigureTable
) -> None:
    MODELS[table].objects.filter(release=draft).delete()

    written = import_rows(draft, editor, table, good(table))

    assert (written.new, written.changed) == (1, 0)
    again = plan(draft, parsed_of(table, good(table)))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


def test_who_imported_is_remembered(draft: Release, editor: User) -> None:
    other = User.objects.create_user("other@example.org", is_staff=True)

    import_rows(draft, other, TYPES, good(TYPES))

    event = ReleaseEvent.objects.filter(match_year=2060).first()
    assert event is not None
    assert (event.step, event.by, event.at) == (ReleaseStep.IMPORTED, other, NOW)
    assert event.detail == (
        "Results by applicant type: 0 new and 1 changed rows from report.csv."
    )
    assert other in draft.editors.all()


def test_importing_again_changes_nothing(draft: Release, editor: User) -> None:
    import_rows(draft, editor, SCORES, good(SCORES))
    events = ReleaseEvent.objects.count()

    written = import_rows(draft, editor, SCORES, good(SCORES))

    assert written.unchanged == 1
    assert ReleaseEvent.objects.count() == events


def test_bad_last_row_leaves_everything_as_it_was(draft: Release, editor: User) -> None:
    rows = [
        good(SCORES, specialty=name) for name in ("Psychiatry", "Neurology", "Alchemy")
    ]

    with pytest.raises(ImportRefused, match="line 4, column specialty, “Alchemy”"):
        import_rows(draft, editor, SCORES, *rows)

    assert not ScoreSummary.objects.filter(release=draft).exists()
    assert not ReleaseEvent.objects.filter(step=ReleaseStep.IMPORTED).exists()


def test_row_that_only_the_database_refuses_leaves_everything_as_it_was(
    draft: Release, editor: User
) -> None:
    parsed = parsed_of(
        SCORES, good(SCORES), good(SCORES, specialty="Neurology", outcome="not_matched")
    )
    last = parsed.rows[-1]
    parsed = replace(
        parsed,
        rows=(
            parsed.rows[0],
            replace(last, values={**last.values, "step2_ck_q1": Decimal("299")}),
        ),
    )

    with pytest.raises(IntegrityError):
        import_file.import_file(
            release_id=draft.pk,
            parsed=parsed,
            fingerprint=plan(draft, parsed).fingerprint,
            by=editor,
            now=NOW,
        )

    assert not ScoreSummary.objects.filter(release=draft).exists()


def test_draft_that_changed_since_the_preview_is_shown_again(
    draft: Release, editor: User
) -> None:
    parsed = parsed_of(TYPES, good(TYPES))
    seen = plan(draft, parsed).fingerprint
    ApplicantResult.objects.filter(release=draft, applicant_type="us_img").update(
        active_applicants=4999
    )

    with pytest.raises(PlanOutdated, match="confirm again"):
        import_file.import_file(
            release_id=draft.pk, parsed=parsed, fingerprint=seen, by=editor, now=NOW
        )

    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert row.active_applicants == 4999


def test_change_of_another_row_is_no_reason_to_ask_again(
    draft: Release, editor: User
) -> None:
    parsed = parsed_of(TYPES, good(TYPES))
    seen = plan(draft, parsed).fingerprint
    ApplicantResult.objects.filter(release=draft, applicant_type="non_us_img").update(
        active_applicants=4999
    )

    import_file.import_file(
        release_id=draft.pk, parsed=parsed, fingerprint=seen, by=editor, now=NOW
    )

    row = ApplicantResult.objects.get(release=draft, applicant_type="us_img")
    assert row.active_applicants == 5000


def test_only_a_draft_takes_a_file(editor: User) -> None:
    release = Release.objects.get(match_year=2025)
    assert release.status == Status.PUBLISHED

    with pytest.raises(WrongStatus, match="Open an amendment"):
        import_rows(release, editor, TYPES, good(TYPES, match_year=2025))


def test_discarded_draft_takes_no_file(draft: Release, editor: User) -> None:
    parsed = parsed_of(TYPES, good(TYPES))
    seen = plan(draft, parsed).fingerprint
    Release.objects.filter(pk=draft.pk).delete()

    with pytest.raises(WrongStatus, match="discarded"):
        import_file.import_file(
            release_id=draft.pk, parsed=parsed, fingerprint=seen, by=editor, now=NOW
        )
