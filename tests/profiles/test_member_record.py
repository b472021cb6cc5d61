"""What is stored arrives at the rules as it was entered."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from imgportal.models import User
from profiles import member_record
from profiles.choices import (
    AttemptState,
    Basis,
    Exam,
    Item,
    ItemState,
    Pathway,
    ReportedOutcome,
    SeasonOutcome,
    SubTest,
)
from profiles.rules import facts
from tests.profiles import records


def test_an_empty_record_says_nothing(ana: User) -> None:
    assert member_record.load(ana) == facts.Record()
    assert member_record.read(ana).is_empty


def test_everything_arrives_as_it_was_entered(ana: User, ben: User) -> None:
    profile = records.profile(
        ana, licence_held=True, licence_valid_on=date(2026, 1, 1), school_wfme=True
    )
    attempt = records.attempt(
        ana,
        on=date(2018, 3, 1),
        score=251,
        result_on=date(2018, 3, 21),
        applied_on=date(2017, 12, 1),
        for_time_limit=True,
    )
    sitting = records.sitting(ana, writing=None)
    pathway = records.pathway(ana, number=3, accepted_on=date(2026, 11, 2))
    records.item(ana, "diploma_verified", note="Sent by courier.")
    records.item(ana, "fees_clear", state="", note="Only a note.")
    records.certificate(ana, training_months=3)
    records.season_record(
        ana,
        season=2027,
        registered_on=date(2026, 10, 1),
        residencycas_on=date(2026, 9, 9),
        outcome="matched",
    )
    records.full_record(ben)

    loaded = member_record.load(ana)

    assert profile.time_zone == "Asia/Kolkata"
    assert loaded == facts.Record(
        person=facts.Person(
            us_citizen=False,
            school_country="IN",
            graduation=date(2024, 6, 30),
            season=2027,
            specialties=("internal-medicine", "neurology"),
            licence_held=True,
            licence_valid_on=date(2026, 1, 1),
            school_wfme=True,
        ),
        attempts=(
            facts.Attempt(
                exam=Exam.STEP2CK,
                on=date(2018, 3, 1),
                state=AttemptState.TAKEN,
                outcome=ReportedOutcome.PASS,
                score=251,
                result_on=date(2018, 3, 21),
                applied_on=date(2017, 12, 1),
                for_time_limit=True,
                key=attempt.pk,
            ),
        ),
        sittings=(
            facts.EnglishSittingFacts(
                on=date(2026, 5, 9),
                scores={
                    SubTest.LISTENING: 350,
                    SubTest.READING: 360,
                    SubTest.WRITING: None,
                    SubTest.SPEAKING: 350,
                },
                released=True,
                key=sitting.pk,
            ),
        ),
        pathways=(
            facts.PathwayApplicationFacts(
                season=2027,
                number=Pathway.WFME,
                submitted_on=date(2026, 9, 1),
                accepted_on=date(2026, 11, 2),
                key=pathway.pk,
            ),
        ),
        # A note alone reports nothing.
        items={
            Item.DIPLOMA: facts.ReportedItem(state=ItemState.DONE, on=date(2026, 6, 1))
        },
        certificate=facts.CertificateFacts(
            issued_on=date(2026, 10, 1),
            basis=Basis.PATHWAY,
            expires_on=date(2029, 12, 31),
            training_months=3,
        ),
        seasons=(
            facts.SeasonFacts(
                season=2027,
                registered_on=date(2026, 10, 1),
                residencycas_on=date(2026, 9, 9),
                outcome=SeasonOutcome.MATCHED,
                eras_specialties=("internal-medicine",),
            ),
        ),
    )


MIDNIGHT_IN_UTC = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "today"),
    [
        ("", date(2026, 11, 22)),
        ("Asia/Kolkata", date(2026, 11, 22)),
        ("America/New_York", date(2026, 11, 21)),
        ("Pacific/Kiritimati", date(2026, 11, 22)),
        # Nobody can choose them; a record may have been brought from elsewhere.
        ("Europe/Atlantis", date(2026, 11, 22)),
        ("../../etc/passwd", date(2026, 11, 22)),
    ],
)
def test_today_is_where_the_member_is(ana: User, zone: str, today: date) -> None:
    records.profile(ana, time_zone=zone)

    assert member_record.read(ana).today(MIDNIGHT_IN_UTC) == today
