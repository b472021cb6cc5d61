"""Everything known about one member, read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from profiles import models
from profiles.choices import (
    AttemptState,
    Basis,
    Exam,
    Item,
    ItemState,
    Pathway,
    Reported,
    SubTest,
)
from profiles.models.owned import Owned
from profiles.rules import facts
from profiles.rules.tables import outcomes

if TYPE_CHECKING:
    from imgportal.models import User

OwnedRow = TypeVar("OwnedRow", bound=Owned)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The rows of one member, as pages edit them."""

    profile: models.Profile  # not saved yet when the member has said nothing
    attempts: tuple[models.ExamAttempt, ...]  # by date
    sittings: tuple[models.EnglishSitting, ...]  # by date
    pathways: tuple[models.PathwayApplication, ...]  # by season
    items: Mapping[Item, models.CertificationItem]
    certificate: models.Certificate | None
    # Nothing that the rules ask for, so only `read_all` fills it in. None: no choice.
    reminders: models.ReminderChoice | None = None

    @cached_property
    def facts(self) -> facts.Record:
        """The same as plain data, for the rules."""
        return facts.Record(
            person=_person(self.profile),
            attempts=tuple(map(attempt_facts, self.attempts)),
            sittings=tuple(map(_sitting, self.sittings)),
            pathways=tuple(map(_pathway, self.pathways)),
            items={
                item: facts.ReportedItem(state=ItemState(row.state), on=row.since)
                for item, row in self.items.items()
                if row.state
            },
            certificate=_certificate(self.certificate) if self.certificate else None,
        )

    @property
    def is_empty(self) -> bool:
        """Has the member entered nothing at all?"""
        return not self.profile.version and not (
            self.attempts
            or self.sittings
            or self.pathways
            or self.items
            or self.certificate
        )

    def today(self, now: datetime) -> date:
        """The date where the member is; in UTC when they have not said where."""
        return now.astimezone(self.zone or UTC).date()

    @property
    def zone(self) -> ZoneInfo | None:
        """Where the member is. None: not said, or unknown to this machine."""
        return zone_of(self.profile.time_zone)


def zone_of(key: str) -> ZoneInfo | None:
    """The zone of that key; None when it is empty or unknown to this machine."""
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def latest_today(now: datetime) -> date:
    """The date where it is latest: fourteen hours ahead of UTC, on Kiritimati."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()


def read(user: User) -> Stored:
    """The rows of a member. Six queries, however long the record."""
    return read_many([user.pk])[user.pk]


def read_all(user: User) -> Stored:
    """With what the member chose beside the record. Seven queries."""
    return replace(
        read(user), reminders=models.ReminderChoice.objects.owned_by(user).first()
    )


def read_many(owner_ids: Collection[int]) -> dict[int, Stored]:
    """The rows of a batch of members. Six queries, however many they are."""
    attempts = _by_owner(models.ExamAttempt, owner_ids)
    sittings = _by_owner(models.EnglishSitting, owner_ids)
    pathways = _by_owner(models.PathwayApplication, owner_ids)
    items = _by_owner(models.CertificationItem, owner_ids)
    profiles = _by_owner(models.Profile, owner_ids)
    certificates = _by_owner(models.Certificate, owner_ids)
    return {
        owner_id: Stored(
            profile=next(
                iter(profiles[owner_id]), models.Profile(owner_id=owner_id, version=0)
            ),
            attempts=tuple(attempts[owner_id]),
            sittings=tuple(sittings[owner_id]),
            pathways=tuple(pathways[owner_id]),
            items={Item(row.item): row for row in items[owner_id]},
            certificate=next(iter(certificates[owner_id]), None),
        )
        for owner_id in owner_ids
    }


def _by_owner(
    model: type[OwnedRow], owner_ids: Collection[int]
) -> defaultdict[int, list[OwnedRow]]:
    """The rows of these members, each member's in the order of the table."""
    found: defaultdict[int, list[OwnedRow]] = defaultdict(list)
    for row in model.objects.of_members(owner_ids):
        found[row.owner_id].append(row)
    return found


def load(user: User) -> facts.Record:
    """Everything known about a member as plain data. Six queries."""
    return read(user).facts


def attempt_has_number(row: models.ExamAttempt) -> bool:
    """Was an exam of that day reported with a number?"""
    return outcomes.has_number(attempt_facts(row))


def attempt_facts(row: models.ExamAttempt) -> facts.Attempt:
    return facts.Attempt(
        exam=Exam(row.exam),
        on=row.on,
        state=AttemptState(row.state),
        outcome=Reported(row.outcome) if row.outcome else None,
        score=row.score,
        result_on=row.result_on,
        applied_on=row.applied_on,
        for_time_limit=row.for_time_limit,
        second_day=row.second_day,
        key=row.pk,
    )


def _person(profile: models.Profile) -> facts.Person:
    return facts.Person(
        us_citizen=profile.us_citizen,
        school_country=profile.school_country,
        graduation=profile.graduated_on,
        season=profile.season,
        licence_held=profile.licence_held,
        licence_valid_on=profile.licence_valid_on,
        licence_disciplined=profile.licence_disciplined,
        school_osce=profile.school_osce,
        school_wfme=profile.school_wfme,
        school_ncfmea=profile.school_ncfmea,
        school_joint_degree=profile.school_joint_degree,
    )


def _sitting(row: models.EnglishSitting) -> facts.EnglishSittingFacts:
    return facts.EnglishSittingFacts(
        on=row.on,
        scores={part: getattr(row, part.value) for part in SubTest},
        released=row.released,
        key=row.pk,
    )


def _pathway(row: models.PathwayApplication) -> facts.PathwayApplicationFacts:
    return facts.PathwayApplicationFacts(
        season=row.season,
        number=Pathway(row.number) if row.number else None,
        submitted_on=row.submitted_on,
        accepted_on=row.accepted_on,
        valid_to=row.valid_to,
        key=row.pk,
    )


def _certificate(row: models.Certificate) -> facts.CertificateFacts:
    return facts.CertificateFacts(
        issued_on=row.issued_on,
        basis=Basis(row.basis) if row.basis else None,
        expires_on=row.expires_on,
        validated_on=row.validated_on,
        training_months=row.training_months,
        us_licence=row.us_licence,
    )
