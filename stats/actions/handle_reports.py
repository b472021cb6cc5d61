"""Takes in what readers report, and puts it away when it is handled."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from imgportal.lib import email_addresses
from stats import signals
from stats.choices import FigureTable, ReportStatus
from stats.exceptions import AlreadyHandled
from stats.models import ProblemReport

if TYPE_CHECKING:
    from imgportal.models import User


def receive(
    *,
    text: str,
    email: str,
    match_year: int | None = None,
    version: int | None = None,
    table: FigureTable | None = None,
    row: str = "",
    now: datetime,
) -> ProblemReport:
    """Store a report. The same one, sent again while it is open, is stored once."""
    values = {
        "match_year": match_year,
        "version": version,
        "table": table.value if table else "",
        "row": row,
        "text": text,
        "email": email,
        "status": ReportStatus.OPEN,
    }
    with transaction.atomic():
        report = ProblemReport.objects.filter(**values).first()
        if report is None:
            report = ProblemReport.objects.create(**values, received_at=now)
            signals.problem_reported.send(None, report=report, now=now)
    return report


def answer(*, report_id: int, note: str, by: User, now: datetime) -> ProblemReport:
    """Mark a report as answered and delete its address. Raises AlreadyHandled."""
    return _handle(report_id, ReportStatus.ANSWERED, note=note, by=by, now=now)


def close(*, report_id: int, note: str, by: User, now: datetime) -> ProblemReport:
    """Close a report unanswered and delete its address. Raises AlreadyHandled."""
    return _handle(report_id, ReportStatus.CLOSED, note=note, by=by, now=now)


def _handle(
    report_id: int, status: ReportStatus, *, note: str, by: User, now: datetime
) -> ProblemReport:
    with transaction.atomic():
        report = ProblemReport.objects.select_for_update().get(pk=report_id)
        if report.status != ReportStatus.OPEN:
            raise AlreadyHandled(
                f"This report was handled by {report.handled_by} already: "
                f"{report.get_status_display().lower()}. Nothing was changed."
            )
        report.status, report.answer, report.email = status, note.strip(), ""
        report.handled_by, report.handled_at = by, now
        report.save(
            update_fields=["status", "answer", "email", "handled_by", "handled_at"]
        )
    return report


def forget_address(email: str) -> None:
    """Delete the address of somebody who left from their open reports, which stay."""
    # Reports from before there was one form have it as it was typed.
    written = Q(email__iexact=email) | Q(
        email__iexact=email_addresses.for_reading(email)
    )
    ProblemReport.objects.filter(written, status=ReportStatus.OPEN).update(email="")
