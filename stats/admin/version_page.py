"""The page of a version: its checklist, its next step, its figures, its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stats import drafts
from stats.actions import edit_draft
from stats.admin.desk import Desk
from stats.admin.forms import PublishForm, ReturnForm
from stats.choices import ReleaseKind, Status, Table
from stats.definitions import COLUMN_NAMES
from stats.differences import Difference
from stats.figures import Row, YearFigures
from stats.models import Release, ReleaseEvent
from stats.readiness import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """One table of a version, as its page sums it up."""

    table: Table
    rows: Sequence[Row]
    columns: Sequence[tuple[str, str]]  # column and its name
    waiting: int  # rows that are not entered yet
    changed: Mapping[tuple[str, str], Difference]  # by row key and column


def anchor(key: str) -> str:
    """The place of a row on its page; a key may contain slashes."""
    return f"row-{key.replace('/', '-')}"


class VersionPage(Desk):
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        release = self.find(request, object_id)
        return self.release_page(request, release)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        # Django's own log knows nothing of the steps of a version.
        change = reverse(
            "admin:stats_release_change", args=[self.find(request, object_id).pk]
        )
        return redirect(f"{change}#events-title")

    def release_page(
        self,
        request: HttpRequest,
        release: Release,
        *,
        publish_form: PublishForm | None = None,
        return_form: ReturnForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        figures = drafts.figures_of(release)
        checklist = drafts.checklist(release, figures)
        changes = drafts.changes(release, figures)
        is_amendment = release.kind != ReleaseKind.FIRST
        user = request.user
        return render(
            request,
            "admin/stats/release/page.html",
            self.admin_site.each_context(request)
            | {
                "title": f"{release.match_year} Match, version {release.version}",
                "opts": self.opts,
                "release": release,
                "problem_count": len(checklist.problems),
                "remark_count": len(checklist.remarks),
                "problems": self.located(release, checklist.problems),
                "remarks": self.located(release, checklist.remarks),
                "footnotes": figures.footnotes,
                "next_step": drafts.next_step(
                    release, blocked=bool(checklist.problems)
                ),
                "events": ReleaseEvent.objects.filter(
                    match_year=release.match_year, version=release.version
                ).select_related("by"),
                "tables": [self.summary(table, figures, changes) for table in Table],
                "changes": changes,
                "public": drafts.published_beside(release),
                "editors": list(release.editors.order_by("email")),
                "is_draft": release.status == Status.DRAFT,
                "is_in_review": release.status == Status.IN_REVIEW,
                "is_amendment": is_amendment,
                "may_change": user.has_perm("stats.change_release"),
                "may_open": user.has_perm("stats.add_release"),
                "may_publish": user.has_perm("stats.publish_release"),
                "is_editor_of_it": release.editors.filter(pk=user.pk).exists(),
                "publish_form": publish_form or PublishForm(is_amendment=is_amendment),
                "return_form": return_form or ReturnForm(),
            },
            status=status,
        )

    def located(
        self, release: Release, found: Sequence[Finding]
    ) -> dict[Table, list[tuple[Finding, str]]]:
        """The findings by table, each with the address of the row it is about."""
        by_table: dict[Table, list[tuple[Finding, str]]] = {}
        for finding in found:
            url = reverse("admin:stats_release_grid", args=[release.pk, finding.table])
            place = (finding, f"{url}#{anchor(finding.row_key)}")
            by_table.setdefault(finding.table, []).append(place)
        return by_table

    def summary(
        self, table: Table, figures: YearFigures, changes: Sequence[Difference]
    ) -> TableSummary:
        row = edit_draft.ROWS[table]
        rows = [found for found in figures.rows() if found.table == table]
        return TableSummary(
            table=table,
            rows=rows,
            columns=[
                (name, COLUMN_NAMES[name]) for name in (*row.counts, *row.printed)
            ],
            waiting=sum(found.provenance.missing == "not_entered" for found in rows),
            changed={
                (change.row_key, change.column): change
                for change in changes
                if change.table == table
            },
        )
