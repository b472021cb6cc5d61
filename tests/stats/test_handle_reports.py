"""Reports come in once, and leave no address behind when they are handled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from stats.actions import handle_reports
from stats.choices import FigureTable, ReportStatus
from stats.exceptions import AlreadyHandled
from stats.models import ProblemReport
from tests.factories import NOW, person

pytestmark = pytest.mark.django_db


def receive(**changes: Any) -> ProblemReport:
    values: dict[str, Any] = {
        "text": "The rate is wrong.",
        "email": "reader@example.org",
        "match_year": 2024,
        "version": 1,
        "table": FigureTable.APPLICANTS,
        "row": "us_img",
        "now": NOW,
    }
    return handle_reports.receive(**values | changes)


def test_same_report_is_stored_once_while_it_is_open() -> None:
    first = receive()

    second = receive(now=NOW + timedelta(minutes=1))
    other = receive(row="non_us_img")

    assert second == first
    assert other != first
    assert ProblemReport.objects.count() == 2


def test_same_words_after_an_answer_are_a_new_report() -> None:
    first = receive(email="")
    handle_reports.answer(report_id=first.pk, note="", by=person("alice"), now=NOW)

    assert receive(email="") != first


@pytest.mark.parametrize("handle", [handle_reports.answer, handle_reports.close])
def test_handled_report_forgets_the_address(handle: Any) -> None:
    report, alice = receive(), person("alice")

    handle(report_id=report.pk, note=" Page 15 says 61.2. ", by=alice, now=NOW)

    report.refresh_from_db()
    assert report.status == (
        ReportStatus.ANSWERED
        if handle is handle_reports.answer
        else ReportStatus.CLOSED
    )
    assert report.email == ""
    assert report.answer == "Page 15 says 61.2."
    assert (report.handled_by, report.handled_at) == (alice, NOW)
    assert report.text == "The rate is wrong."


def test_report_is_handled_once() -> None:
    report, alice = receive(), person("alice")
    handle_reports.answer(report_id=report.pk, note="Mine.", by=alice, now=NOW)

    with pytest.raises(AlreadyHandled, match="handled by alice"):
        handle_reports.close(
            report_id=report.pk,
            note="Mine too.",
            by=person("bob"),
            now=NOW,
        )

    report.refresh_from_db()
    assert (report.answer, report.handled_by) == ("Mine.", alice)


def test_name_of_a_report_tells_nothing_of_the_reader() -> None:
    assert "reader" not in str(receive())
