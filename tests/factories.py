"""Figures for tests: plain functions, sensible values, no randomness.

The first half makes plain rows as `stats.public` hands them out; the second half
stores releases. Whatever a test is about, it says itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from imgportal.models import User
from stats import drafts
from stats.actions import edit_draft, open_version, publish_version
from stats.actions.edit_draft import RowEdit
from stats.actions.number_edition import number_edition
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
    ScoreOutcome,
    SourceKind,
    Status,
)
from stats.figures import (
    ApplicantRow,
    FootnoteFacts,
    PlacementRow,
    Provenance,
    ReleaseFacts,
    Row,
    ScoreRow,
    SourceFacts,
    SpecialtyFacts,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.models import MODELS, ApplicantResult, Release, Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

REPORT = SourceFacts(
    key="report",
    title="Results and Data",
    publisher="NRMP",
    url="https://example.org/report",
    published="2024",
    accessed_on=date(2026, 11, 22),
    kind=SourceKind.OFFICIAL,
)
CARDIOLOGY = SpecialtyFacts(
    slug="cardiology", name="Cardiology", short_name="Cardiology"
)


def provenance(**changes: Any) -> Provenance:
    """A well-sourced row of 2024."""
    values: dict[str, Any] = {
        "match_year": 2024,
        "version": 1,
        "sources": (REPORT,),
        "confidence": FigureConfidence.A,
    }
    return Provenance(**values | changes)


def totals_row(**changes: Any) -> TotalsRow:
    values: dict[str, Any] = {
        "pgy1_positions_offered": 1000,
        "pgy1_positions_filled": 900,
        "all_positions_offered": 1100,
        "all_positions_filled": 1000,
        "registered_applicants": 2000,
        "active_applicants": 1600,
        "matched_to_pgy1": 900,
        "published_match_rate": None,
        "provenance": provenance(),
    }
    return TotalsRow(**values | changes)


def applicant_row(
    applicant_type: ApplicantType = ApplicantType.US_IMG,
    active: int | None = 200,
    matched: int | None = 100,
    **changes: Any,
) -> ApplicantRow:
    missing = "not_found" if None in (active, matched) else ""
    values: dict[str, Any] = {
        "published_match_rate": None,
        "provenance": provenance(missing=missing),
    }
    return ApplicantRow(
        applicant_type=applicant_type,
        active_applicants=active,
        matched_to_pgy1=matched,
        **values | changes,
    )


def placement_row(
    applicant_type: ApplicantType = ApplicantType.US_IMG,
    placed_all: int | None = 130,
    placed_active: int | None = 120,
    **changes: Any,
) -> PlacementRow:
    """Of those whom `applicant_row` says to have taken part."""
    missing = "not_found" if None in (placed_all, placed_active) else ""
    values: dict[str, Any] = {
        "published_placed_rate_all": None,
        "published_placed_rate_active": None,
        "provenance": provenance(missing=missing),
    }
    return PlacementRow(
        applicant_type=applicant_type,
        placed_pgy1_all=placed_all,
        placed_pgy1_active=placed_active,
        **values | changes,
    )


def specialty_row(**changes: Any) -> SpecialtyRow:
    values: dict[str, Any] = {
        "specialty": CARDIOLOGY,
        "programs": 10,
        "positions_offered": 120,
        "positions_filled": 100,
        "filled_us_md_senior": 40,
        "filled_us_do": 20,
        "filled_us_img": 10,
        "filled_non_us_img": 20,
        "filled_img_total": 30,
        "filled_other": 5,
        "published_img_share": None,
        "provenance": provenance(),
    }
    return SpecialtyRow(**values | changes)


def score_row(**changes: Any) -> ScoreRow:
    values: dict[str, Any] = {
        "specialty": CARDIOLOGY,
        "applicant_type": ApplicantType.NON_US_IMG,
        "outcome": ScoreOutcome.MATCHED,
        "applicants": 50,
        "applicants_with_score": 40,
        "step2_ck_mean": Decimal("245"),
        "step2_ck_q1": Decimal("238"),
        "step2_ck_median": Decimal("246"),
        "step2_ck_q3": Decimal("253"),
        "contiguous_ranks_mean": None,
        "contiguous_ranks_median": None,
        "provenance": provenance(
            by_value="contiguous_ranks_mean contiguous_ranks_median: missing not_published"
        ),
    }
    return ScoreRow(**values | changes)


def year_figures(
    *rows: Row,
    match_year: int = 2024,
    version: int = 1,
    footnotes: tuple[FootnoteFacts, ...] = (),
) -> YearFigures:
    """A published version that holds these rows and says so in each of them."""
    placed = [
        replace(
            row,
            provenance=replace(row.provenance, match_year=match_year, version=version),
        )
        for row in rows
    ]
    release = ReleaseFacts(
        match_year=match_year,
        version=version,
        kind=ReleaseKind.FIRST if version == 1 else ReleaseKind.CORRECTION,
        public_note="" if version == 1 else "A number was mistyped.",
        published_at=NOW,
        is_current=True,
        is_founding=True,
        edition=1,
    )
    return YearFigures.assemble(release, placed, footnotes)


# --- Stored ------------------------------------------------------------------------


def stored_draft(match_year: int = 2060, version: int = 1) -> Release:
    """An open version without any figures."""
    return Release.objects.create(
        match_year=match_year,
        version=version,
        kind=ReleaseKind.FIRST if version == 1 else ReleaseKind.CORRECTION,
        public_note="" if version == 1 else "A number was mistyped.",
        founding=True,
        opened_at=NOW,
    )


def stored_result(
    release: Release, *, source: Source | None = None, **changes: Any
) -> ApplicantResult:
    """How US IMGs did, resting on an official text of the founding data."""
    values: dict[str, Any] = {
        "applicant_type": ApplicantType.US_IMG,
        "active_applicants": 200,
        "matched_to_pgy1": 100,
        "confidence": FigureConfidence.A,
    }
    row = ApplicantResult.objects.create(release=release, **values | changes)
    row.sources.add(source or Source.objects.get(key="aamc-2000"))
    return row


def stored_source(key: str = "new-report", **changes: Any) -> Source:
    """A document that no figure rests on."""
    values: dict[str, Any] = {
        "title": "A new report",
        "publisher": "NRMP",
        "published": "2060",
        "accessed_on": date(2026, 11, 22),
        "kind": SourceKind.OFFICIAL,
    }
    return Source.objects.create(key=key, **values | changes)


def publish(release: Release, *, now: datetime = NOW) -> Release:
    """Publish as the loader does: the earlier version first stops being current."""
    Release.objects.filter(match_year=release.match_year, is_current=True).update(
        is_current=False
    )
    release.status = Status.PUBLISHED
    release.published_at = now
    release.is_current = True
    release.edition = number_edition()
    release.save(update_fields=["status", "published_at", "is_current", "edition"])
    return release


# --- Reached through actions -------------------------------------------------------


def person(name: str = "ana", **fields: Any) -> User:
    return User.objects.create_user(f"{name}@example.org", **fields)


def rows_of(release: Release, table: FigureTable) -> list[Any]:
    return list(MODELS[table].objects.filter(release=release).order_by("pk"))


def edit(table: FigureTable, row: Any, **becomes: Any) -> RowEdit:
    """What somebody wants who looks at the row as it is stored now."""
    row.refresh_from_db()
    was = drafts.stored_values(table, [row])[row.pk]
    return RowEdit(row_id=row.pk, was=was, becomes=was | becomes)


def fill_in(release: Release, *, by: User, now: datetime = NOW, **values: Any) -> None:
    """Give every row a source and a reason why it is empty: ready for review.

    `values` go into the results by applicant type.
    """
    about = {"missing": Missing.NOT_FOUND, "sources": "ecfmg-2014"}
    for table in FigureTable:
        edit_draft.change_rows(
            release_id=release.pk,
            table=table,
            edits=[
                edit(
                    table,
                    row,
                    **about | (values if table == FigureTable.APPLICANTS else {}),
                )
                for row in rows_of(release, table)
            ],
            by=by,
            now=now,
        )


def draft_by(
    editor: User, match_year: int = 1990, *, now: datetime = NOW, **values: Any
) -> Release:
    """A first version, entered in full by one person."""
    release = open_version.start_year(match_year=match_year, by=editor, now=now)
    fill_in(release, by=editor, now=now, **values)
    return release


def in_review_by(
    editor: User, match_year: int = 1990, *, now: datetime = NOW, **values: Any
) -> Release:
    release = draft_by(editor, match_year, now=now, **values)
    return publish_version.submit(release_id=release.pk, by=editor, now=now)


def published_by(
    editor: User, publisher: User, match_year: int = 1990, **values: Any
) -> Release:
    release = in_review_by(editor, match_year, **values)
    return publish_version.publish(release_id=release.pk, by=publisher, now=NOW)


def corrected_by(
    editor: User,
    publisher: User,
    match_year: int = 2024,
    applicant_type: ApplicantType = ApplicantType.US_IMG,
    *,
    now: datetime = NOW,
    **values: Any,
) -> Release:
    """An amendment of a published year: `values` go into the results of one type. Without
    a changed count it is a completion.
    """
    release = open_version.open_amendment(match_year=match_year, by=editor, now=now)
    (row,) = (
        row
        for row in rows_of(release, FigureTable.APPLICANTS)
        if row.applicant_type == applicant_type
    )
    edit_draft.change_rows(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        edits=[edit(FigureTable.APPLICANTS, row, **values)],
        by=editor,
        now=now,
    )
    publish_version.submit(release_id=release.pk, by=editor, now=now)
    return publish_version.publish(
        release_id=release.pk,
        by=publisher,
        now=now,
        public_note="Read again.",
        kind=ReleaseKind.COMPLETION
        if set(values) <= {"note", "locator"}
        else ReleaseKind.CORRECTION,
    )
