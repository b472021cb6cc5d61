"""The staff page of reported problems: read, answer, put away."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from stats.actions import handle_reports
from stats.choices import ReportStatus, Table
from stats.models import ProblemReport
from tests import staff
from tests.factories import NOW, person

pytestmark = pytest.mark.django_db

LIST = "/admin/stats/problemreport/"
READER = "reader@example.org"


@pytest.fixture
def editor(client: Client) -> Client:
    staff.sign_in(client, staff.editor("alice@example.org"))
    return client


def reported(**changes: Any) -> ProblemReport:
    values: dict[str, Any] = {
        "text": "The rate is <b>wrong</b>. 🙂",
        "email": READER,
        "match_year": 2024,
        "version": 1,
        "table": Table.APPLICANTS,
        "row": "us_img",
        "now": NOW,
    }
    return handle_reports.receive(**values | changes)


def page(report: ProblemReport) -> str:
    return reverse("admin:stats_problemreport_change", args=[report.pk])


def test_list_names_the_figure_and_how_the_report_begins(editor: Client) -> None:
    reported()
    reported(
        text="The map is missing.", match_year=None, version=None, table=None, row=""
    )

    html = editor.get(LIST).content.decode()

    assert '<a href="/match/2024/v1/">US IMGs, 2024 version 1</a>' in html
    assert "The site in general" in html
    assert "The rate is &lt;b&gt;wrong&lt;/b&gt;. 🙂" in html


def test_answered_report_forgets_the_address(editor: Client) -> None:
    report = reported()
    assert f"mailto:{READER}" in editor.get(page(report)).content.decode()

    response = editor.post(page(report), {"outcome": "answered", "answer": "It is 67."})

    report.refresh_from_db()
    assert response.status_code == 302
    assert (report.status, report.email) == (ReportStatus.ANSWERED, "")
    assert report.answer == "It is 67."
    assert "Answered. No e-mail address is kept of it." in (
        editor.get(LIST).content.decode()
    )
    assert str(report.handled_by) == "alice@example.org"
    html = editor.get(page(report)).content.decode()
    assert READER not in html
    assert "It is 67." in html
    assert READER not in "".join(
        f"{entry}{entry.change_message}" for entry in LogEntry.objects.all()
    )


def test_report_is_put_away_only_with_an_outcome(editor: Client) -> None:
    report = reported()

    response = editor.post(page(report), {"answer": "A note."})

    assert response.status_code == 200
    assert "This field is required." in response.content.decode()
    report.refresh_from_db()
    assert report.email == READER


def test_nothing_else_of_a_report_can_be_edited(editor: Client) -> None:
    report = reported()

    editor.post(
        page(report),
        {
            "outcome": "closed",
            "answer": "",
            "text": "Something else entirely.",
            "email": "other@example.org",
            "row": "non_us_img",
        },
    )

    report.refresh_from_db()
    assert (report.text, report.email) == ("The rate is <b>wrong</b>. 🙂", "")
    assert report.row == "us_img"
    assert report.status == ReportStatus.CLOSED


def test_second_person_is_told_that_it_was_handled(editor: Client) -> None:
    report = reported()
    bob = person("bob")
    handle_reports.answer(report_id=report.pk, note="Bob wrote.", by=bob, now=NOW)

    response = editor.post(
        page(report), {"outcome": "closed", "answer": "Alice wrote."}, follow=True
    )

    html = response.content.decode()
    assert "handled by bob@example.org meanwhile" in html
    assert "Alice wrote." in html
    report.refresh_from_db()
    assert report.answer == "Bob wrote."


def test_several_are_closed_at_once(editor: Client) -> None:
    reports = [reported(text=f"Report number {number}.") for number in range(3)]
    done = reports[0]
    handle_reports.answer(report_id=done.pk, note="Done.", by=person("bob"), now=NOW)

    response = editor.post(
        LIST,
        {
            "action": "close_selected",
            "_selected_action": [report.pk for report in reports],
        },
        follow=True,
    )

    assert "2 closed." in response.content.decode()
    assert not ProblemReport.objects.exclude(email="").exists()
    done.refresh_from_db()
    assert done.status == ReportStatus.ANSWERED
    assert LogEntry.objects.count() == 2


def test_reports_are_neither_written_nor_deleted_by_editors(editor: Client) -> None:
    report = reported()
    delete = reverse("admin:stats_problemreport_delete", args=[report.pk])

    assert editor.get(f"{LIST}add/").status_code == 403
    assert editor.post(delete, {"post": "yes"}).status_code == 403
    assert ProblemReport.objects.exists()


def test_report_about_what_is_gone_can_still_be_read(editor: Client) -> None:
    report = reported(match_year=1999, version=7, row="martians")

    assert editor.get(page(report)).status_code == 200
    assert "1999 version 7" in editor.get(LIST).content.decode()
