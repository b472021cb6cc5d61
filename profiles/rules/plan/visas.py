"""The days of a visa: the member's own, from which nothing follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from profiles.rules.plan.needs import OwnDay, OwnDayKind
from profiles.rules.plan.situation import Situation

VISA_DAYS = {
    OwnDayKind.VISA_INTERVIEW: "Your visa interview",
    OwnDayKind.VISA_EXPIRES: "Your visa expires",
}


def visa_days(member: Situation) -> Iterator[OwnDay]:
    """Those that lie ahead, of who may need a visa."""
    person = member.record.person
    if not person.may_need_visa:
        return
    entered: dict[OwnDayKind, date | None] = {
        OwnDayKind.VISA_INTERVIEW: person.visa_interview_on,
        OwnDayKind.VISA_EXPIRES: person.visa_expires_on,
    }
    for kind, on in entered.items():
        if on is not None and on >= member.today:
            yield OwnDay(kind=kind, on=on, title=VISA_DAYS[kind])
