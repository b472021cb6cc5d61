"""The way on one line of days: in order, bounded, and without a score."""

from __future__ import annotations

import re
from datetime import date

from django.test import Client

from imgportal.models import User
from profiles.rules.way import MARKS_AT_MOST
from tests.profiles import records
from tests.reading import html_of, text_of

WAY = "/me/way/"


def days_of(html: str) -> list[str]:
    line = html[html.index('<ol class="way">') :]
    return re.findall(r'<time datetime="([\d-]+)"', line)


def test_an_empty_record_has_today_and_what_is_next(as_ana: Client) -> None:
    response = as_ana.get(WAY)

    assert len(days_of(html_of(response))) == 1
    assert "Today" in text_of(response)
    assert "Choose the Match" in text_of(response)


def test_the_days_of_a_record_stand_in_their_order_without_a_score(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, exam="step2ck", on=date(2026, 3, 2), score=247)
    records.attempt(
        ana, exam="step3", on=date(2027, 2, 10), state="planned", outcome=""
    )
    response = as_ana.get(WAY, {"as_of": "2026-11-20"})
    html, text = html_of(response), text_of(response)

    days = days_of(html)
    assert days == sorted(days)
    assert days.index("2026-03-02") < days.index("2026-11-20")
    assert days.index("2026-11-20") < days.index("2027-02-10")
    assert "Step 2 CK passed" in text
    assert "Step 3 exam" in text
    assert "Training begins" in text
    assert "247" not in html


def test_what_came_later_is_not_done_on_an_earlier_day(
    as_ana: Client, ana: User
) -> None:
    records.profile(ana)
    records.attempt(ana, exam="step2ck", on=date(2026, 3, 2))

    assert "Step 2 CK passed" not in text_of(as_ana.get(WAY, {"as_of": "2026-03-01"}))


def test_a_long_record_stays_readable(as_ana: Client, ana: User) -> None:
    records.full_record(ana, attempts=200)
    response = as_ana.get(WAY)

    assert len(days_of(html_of(response))) <= 2 * MARKS_AT_MOST + 1
    assert "left out" in text_of(response)


def test_both_pages_lead_to_it(as_ana: Client, ana: User) -> None:
    records.profile(ana)
    for page in ("/me/", "/me/season/"):
        assert f'href="{WAY}"' in html_of(as_ana.get(page))
