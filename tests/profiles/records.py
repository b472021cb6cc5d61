"""Records of members for tests: plain functions, sensible values, no randomness."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from imgportal.lib import clock
from imgportal.models import User
from profiles.actions import adviser_sheet, save_entry
from profiles.models import (
    Certificate,
    CertificationItem,
    EnglishSitting,
    ExamAttempt,
    FeePayment,
    PathwayApplication,
    Profile,
    SeasonRecord,
)
from profiles.models.adviser_sheets import PARTS

TODAY = date(2026, 11, 22)


def attempt(owner: User, exam: str = "step2ck", **changes: Any) -> ExamAttempt:
    """A Step 2 CK that was passed, unless told otherwise."""
    values: dict[str, Any] = {
        "on": date(2025, 3, 10),
        "state": "taken",
        "outcome": "pass",
    }
    return save_entry.add(
        ExamAttempt, owner=owner, values={"exam": exam} | values | changes
    )


def sitting(owner: User, **changes: Any) -> EnglishSitting:
    values: dict[str, Any] = {
        "on": date(2026, 5, 9),
        "listening": 350,
        "reading": 360,
        "writing": 300,
        "speaking": 350,
        "released": True,
    }
    return save_entry.add(EnglishSitting, owner=owner, values=values | changes)


def pathway(owner: User, season: int = 2027, **changes: Any) -> PathwayApplication:
    values: dict[str, Any] = {"season": season, "submitted_on": date(2026, 9, 1)}
    return save_entry.add(PathwayApplication, owner=owner, values=values | changes)


def season_record(owner: User, season: int = 2026, **changes: Any) -> SeasonRecord:
    values: dict[str, Any] = {
        "season": season,
        "registered_on": date(2025, 10, 1),
        "eras_specialties": ["internal-medicine"],
        "ranked": 7,
        "outcome": "not_matched",
    }
    return save_entry.add(SeasonRecord, owner=owner, values=values | changes)


def fee(
    owner: User, name: str = "nrmp", turn: int = 2027, **changes: Any
) -> FeePayment:
    values: dict[str, Any] = {"amount": 85, "paid_on": date(2026, 10, 1)}
    return save_entry.put(
        FeePayment,
        owner=owner,
        key={"fee": name, "turn": turn},
        seen=0,
        values=values | changes,
    )


def item(
    owner: User, name: str = "diploma_verified", **changes: Any
) -> CertificationItem:
    values: dict[str, Any] = {"state": "done", "since": date(2026, 6, 1), "note": ""}
    return save_entry.put(
        CertificationItem,
        owner=owner,
        key={"item": name},
        seen=0,
        values=values | changes,
    )


def certificate(owner: User, **changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "issued_on": date(2026, 10, 1),
        "basis": "pathway",
        "expires_on": date(2029, 12, 31),
    }
    return save_entry.put(Certificate, owner=owner, seen=0, values=values | changes)


def profile(owner: User, **changes: Any) -> Profile:
    values: dict[str, Any] = {
        "us_citizen": False,
        "school_country": "IN",
        "graduated_on": date(2024, 6, 30),
        "season": 2027,
        "specialties": ["internal-medicine", "neurology"],
        "time_zone": "Asia/Kolkata",
    }
    return save_entry.put(Profile, owner=owner, seen=0, values=values | changes)


def full_record(owner: User, attempts: int = 5) -> None:
    """A record with something of every kind, and so many attempts."""
    profile(owner)
    exams = ("step1", "step2ck", "step2cs", "step3")
    for number in range(attempts):
        attempt(
            owner,
            exams[number % 4],
            on=date(2012, 1, 10) + timedelta(days=7 * number),
            outcome="fail",
        )
    for number in range(min(attempts, 50)):
        sitting(owner, on=date(2020, 1, 4) + timedelta(days=7 * number))
    pathway(owner)
    season_record(owner)
    fee(owner)
    item(owner, note="Sent by courier.")
    item(owner, "application_accepted")
    certificate(owner)


def failed_attempts(owner: User, number: int) -> None:
    """So many sittings of Step 3, long ago."""
    ExamAttempt.objects.bulk_create(
        ExamAttempt(
            owner=owner,
            exam="step3",
            on=date(1995, 1, 1) + timedelta(days=number),
            state="taken",
            outcome="fail",
        )
        for number in range(number)
    )


def sheet(
    owner: User,
    *parts: str,
    title: str = "",
    days: int = 7,
    now: datetime | None = None,
) -> str:
    """The address of a new sheet for an adviser; of every part if none is named."""
    last = adviser_sheet.newest(owner)
    token = adviser_sheet.make(
        owner=owner,
        seen=last.pk if last else 0,
        title=title,
        shows=parts or PARTS,
        days=days,
        now=clock.now() if now is None else now,
    )
    return f"/sheets/{token}/"
