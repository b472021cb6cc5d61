"""Reminders: what is due for whom, and that each is sent once, whatever happens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal import outbox
from imgportal.management.commands import send_messages
from imgportal.models import MessageState, OutgoingMessage, User
from profiles import member_record, reference_tables
from profiles.actions import change_rule, save_entry
from profiles.choices import Event, ReminderState
from profiles.models import (
    ExamAttempt,
    OccasionCheck,
    Profile,
    RecordChange,
    Reminder,
    ReminderChoice,
    SeasonDeadline,
)
from profiles.reminders import letters, schedule
from tests import factories
from tests.profiles import mailing, records
from tests.reading import html_of, text_of

RANK_LIST = "deadline:2027:nrmp_rol_certification_deadline"
# Of the 2027 Match: its rank order list is certified on 3 March 2027, 21:00.
SIXTY, FOURTEEN, THREE = date(2027, 1, 2), date(2027, 2, 17), date(2027, 2, 28)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(17), UTC)  # noon in New York, in winter


def run(day: date | datetime) -> send_messages.SendingRun:
    now = day if isinstance(day, datetime) else noon(day)
    return send_messages.run(reference_tables.reference(), clock=lambda: now)


def kinds(owner: User) -> list[str]:
    """Of what is or was to be sent."""
    needed = Reminder.objects.filter(owner=owner).exclude(state="not_needed")
    return sorted(needed.values_list("kind", flat=True))


def bodies() -> str:
    return "\n".join(str(message.body) for message in mail.outbox)


@pytest.fixture
def aiming(ana: User) -> User:
    """Ana aims at 2027, and at nothing but its rank order list."""
    records.profile(ana)
    # Of every season, so that no other day is expected of 2027.
    SeasonDeadline.objects.exclude(event=Event.RANK_LIST).delete()
    # The application for a Pathway is kept at two places.
    records.pathway(ana, accepted_on=date(2026, 10, 1))
    return ana


def states() -> list[str]:
    """What became of each message, in the order in which they were stored."""
    messages = OutgoingMessage.objects.order_by("pk")
    return list(messages.values_list("state", flat=True))


def backend(settings: Any, kind: type) -> None:
    settings.EMAIL_BACKEND = f"{kind.__module__}.{kind.__qualname__}"


@pytest.fixture
def working(settings: Any) -> str:
    return str(settings.EMAIL_BACKEND)


# --- What is due ------------------------------------------------------------------------


def test_a_deadline_is_announced_at_each_lead_time_and_no_other_day(
    aiming: User,
) -> None:
    days = [date(2026, 12, 20) + timedelta(days=number) for number in range(90)]

    sent = [day for day in days if run(day).messages]

    assert sent == [SIXTY, FOURTEEN, THREE]
    assert len(mail.outbox) == 3
    composed = Reminder.objects.filter(state=ReminderState.COMPOSED)
    assert {row.kind for row in composed} == {RANK_LIST}


def test_running_again_sends_nothing_again(aiming: User) -> None:
    assert run(FOURTEEN).messages == 1
    assert [run(FOURTEEN).messages for _ in range(3)] == [0, 0, 0]
    assert [run(FOURTEEN).planned for _ in range(3)] == [0, 0, 0]


def test_after_days_of_downtime_one_message_is_enough(aiming: User) -> None:
    # Nothing ran since the season was chosen: of the three times two have passed.
    assert run(FOURTEEN + timedelta(days=4)).messages == 1
    assert kinds(aiming) == [RANK_LIST]
    assert run(THREE + timedelta(days=2)).messages == 1
    assert run(date(2027, 3, 4)).messages == 0


def test_on_the_day_itself_it_is_not_too_late_and_after_it_is(aiming: User) -> None:
    assert run(date(2027, 3, 4)).messages == 0
    # Late in the evening of New York it is the next day elsewhere.
    assert run(datetime(2027, 3, 4, 1, tzinfo=UTC)).messages == 1
    assert "(today)" in bodies()


def test_members_choose_their_lead_times(aiming: User, ben: User) -> None:
    records.profile(ben)
    records.pathway(ben, accepted_on=date(2026, 10, 1))
    ReminderChoice.objects.create(owner=ben, leads="90,7")

    days = (date(2026, 12, 3), SIXTY, FOURTEEN, date(2027, 2, 24), THREE)
    sent = []
    for day in days:
        run(day)
        sent.append([message.to[0] for message in mail.outbox])
        mail.outbox.clear()

    assert sent == [
        ["ben@example.org"],
        ["ana@example.org"],
        ["ana@example.org"],
        ["ben@example.org"],
        ["ana@example.org"],
    ]


def test_a_moved_deadline_is_announced_with_its_new_date(aiming: User) -> None:
    run(FOURTEEN)
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)
    row.on = date(2027, 3, 10)
    change_rule.save(row=row, columns=["on"], note="Moved.", now=factories.NOW)
    mail.outbox.clear()

    assert run(date(2027, 2, 24)).messages == 1
    assert "10 March 2027" in bodies()
    assert "3 March 2027" not in bodies()


def test_what_was_planned_and_has_changed_is_planned_anew(
    aiming: User, settings: Any, working: str
) -> None:
    backend(settings, mailing.Away)
    with pytest.raises(outbox.MailAway):
        run(FOURTEEN)
    assert Reminder.objects.get().on == date(2027, 3, 3)
    SeasonDeadline.objects.filter(match_year=2027).update(on=date(2027, 3, 2))
    settings.EMAIL_BACKEND = working

    assert run(FOURTEEN + timedelta(days=1)).messages == 1
    assert "2 March 2027" in bodies()
    assert Reminder.objects.get().on == date(2027, 3, 2)


def test_an_unconfirmed_date_is_called_so(aiming: User) -> None:
    SeasonDeadline.objects.filter(match_year=2027).update(
        confidence="unconfirmed", sources=""
    )
    run(FOURTEEN)

    (message,) = mail.outbox
    assert "unconfirmed:" in message.subject
    assert "UNCONFIRMED" in message.body
    assert "not confirmed" in message.body


def test_only_who_aims_at_the_season_hears_of_it(aiming: User, ben: User) -> None:
    records.profile(ben, season=2028)
    run(FOURTEEN)

    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_who_has_a_pathway_hears_nothing_of_applying_for_one(
    ana: User, ben: User
) -> None:
    for who in (ana, ben):
        records.profile(who)
    records.pathway(ana, accepted_on=date(2026, 10, 1))
    run(date(2027, 1, 18))

    pathways = "deadline:2027:ecfmg_pathways_application_deadline"
    assert pathways not in kinds(ana)
    assert pathways in kinds(ben)


def test_the_end_of_the_seven_years_is_announced(ana: User, ben: User) -> None:
    for who in (ana, ben):
        records.attempt(who, "step1", on=date(2020, 3, 10))
    # Ben has passed both: nothing runs out.
    records.attempt(ben, on=date(2024, 3, 10))
    days = [date(2027, 1, 9), date(2027, 2, 24), date(2027, 3, 7)]

    assert [run(day).messages for day in days] == [1, 1, 1]
    assert run(date(2027, 3, 11)).messages == 0
    assert set(kinds(ana)) == {"seven_years"}
    assert kinds(ben) == []
    assert "10 March 2027" in bodies()


def test_a_pass_on_29_february_ends_on_the_28th(ana: User) -> None:
    records.attempt(ana, "step1", on=date(2020, 2, 29))
    run(date(2027, 2, 26))

    assert Reminder.objects.get().on == date(2027, 2, 28)


def test_a_failed_exam_opens_no_window(ana: User) -> None:
    records.attempt(ana, on=date(2020, 3, 10), outcome="fail", score=200)

    assert run(date(2027, 2, 24)).planned == 0


def test_what_expires_is_announced(ana: User, ben: User) -> None:
    records.pathway(
        ana,
        season=2026,
        submitted_on=date(2025, 12, 1),
        accepted_on=date(2026, 2, 1),
        valid_to=date(2027, 2, 10),
    )
    records.certificate(ben, expires_on=date(2027, 2, 10))
    run(date(2027, 1, 27))

    assert (kinds(ana), kinds(ben)) == (["pathway"], ["certificate"])


def test_what_can_no_longer_expire_is_not(ana: User, ben: User) -> None:
    # With a certificate the Pathway has done its part; a validated one stays.
    records.pathway(ana, season=2026, valid_to=date(2027, 2, 10))
    records.certificate(ana, expires_on=date(2030, 12, 31))
    records.certificate(
        ben, expires_on=date(2027, 2, 10), validated_on=date(2026, 11, 2)
    )

    assert run(date(2027, 1, 27)).planned == 0


def test_an_oet_of_two_years_is_announced_unless_it_has_served(
    ana: User, ben: User
) -> None:
    for who in (ana, ben):
        records.sitting(who, on=date(2025, 2, 10))
    records.pathway(ben, accepted_on=date(2026, 9, 1))
    run(date(2027, 1, 27))

    assert (kinds(ana), kinds(ben)) == (["oet"], [])
    assert not Reminder.objects.get(owner=ana).is_firm


def test_the_last_day_of_an_eligibility_period_is_announced(
    ana: User, ben: User
) -> None:
    period: dict[str, Any] = {
        "period_from": date(2027, 2, 1),
        "period_to": date(2027, 4, 30),
    }
    for owner, state in ((ana, "cancelled"), (ben, "not_attended")):
        records.attempt(owner, on=date(2027, 2, 3), state=state, outcome="", **period)
    extended = period | {"extended_to": date(2027, 7, 31)}
    records.attempt(
        ben, "step3", on=date(2027, 2, 3), state="cancelled", outcome="", **extended
    )

    # Fourteen days before the last day, that of an extension where there is one.
    run(date(2027, 4, 16))
    assert "eligibility:step2ck" in kinds(ana)
    assert not any(kind.startswith("eligibility") for kind in kinds(ben))
    assert "Your eligibility period for Step 2 CK ends" in bodies()
    run(date(2027, 7, 17))
    assert "eligibility:step3" in kinds(ben)


def test_a_planned_exam_that_has_passed_is_asked_about_once(ana: User) -> None:
    row = records.attempt(ana, on=date(2026, 12, 10), state="planned", outcome="")
    days = [date(2026, 12, 10) + timedelta(days=number) for number in range(80)]

    # It is announced on its day, and asked about on the next.
    assert [day for day in days if run(day).messages] == days[:2]
    assert kinds(ana) == ["exam:step2ck", "planned:step2ck"]

    ExamAttempt.objects.filter(pk=row.pk).update(state="taken")
    mail.outbox.clear()
    assert [day for day in days if run(day).messages] == [date(2027, 1, 8)]
    assert "enter its result" in bodies()


def test_an_old_gap_in_a_record_is_no_news(ana: User) -> None:
    records.attempt(ana, on=date(2024, 5, 1), state="planned", outcome="")
    records.attempt(ana, "step1", on=date(2023, 5, 1), outcome="")

    assert run(date(2026, 12, 1)).planned == 0


def test_planning_takes_as_many_queries_however_many_members(db: None) -> None:
    tables = reference_tables.reference()

    def plan_with(members: range) -> tuple[int, int]:
        for number in members:
            who = factories.person(f"member{number}")
            records.profile(who)
            records.attempt(who, "step1", on=date(2020, 3, 10))
            records.attempt(who, on=date(2027, 2, 1), state="planned", outcome="")
            records.pathway(
                who, accepted_on=date(2026, 9, 1), valid_to=date(2027, 3, 31)
            )
        for model in (Reminder, OccasionCheck, RecordChange):
            model.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            count = schedule.plan(tables, now=noon(FOURTEEN))
        return count, len(queries)

    few, queries_for_few = plan_with(range(2))
    many, queries_for_many = plan_with(range(2, 20))

    # Three deadlines, the seven years, a planned exam, a Pathway.
    assert (few, many) == (6 * 2, 6 * 20)
    assert queries_for_many == queries_for_few


def test_plans_are_asked_once_a_time_of_reminding(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.attempt(ana, "step1", on=date(2020, 3, 10))
    tables = reference_tables.reference()
    asked: list[int] = []
    ask = member_record.plans

    def count(owner_ids: Collection[int], *args: Any, **options: Any) -> Any:
        asked.extend(owner_ids)
        return ask(owner_ids, *args, **options)

    monkeypatch.setattr(member_record, "plans", count)
    closing = date(2027, 3, 10)
    # Too early to be told of: nobody is asked.
    schedule.plan(tables, now=noon(closing - timedelta(days=80)))
    assert asked == []
    day = closing - timedelta(days=60)
    schedule.plan(tables, now=noon(day))
    assert asked == [ana.pk]
    Reminder.objects.all().delete()

    schedule.plan(tables, now=noon(day) + timedelta(hours=1))
    assert asked == [ana.pk]
    schedule.plan(tables, now=noon(day) + timedelta(days=1))
    assert asked == [ana.pk]
    schedule.plan(tables, now=noon(closing - timedelta(days=14)))

    assert asked == [ana.pk, ana.pk]
    assert kinds(ana) == ["seven_years"]


def test_who_is_stopped_while_asking_asks_again(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.attempt(ana, "step1", on=date(2020, 3, 10))
    RecordChange.objects.all().delete()
    tables = reference_tables.reference()
    day = noon(date(2027, 3, 10) - timedelta(days=60))

    def stop(*args: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped:
        stopped.setattr(member_record, "plans", stop)
        with pytest.raises(KeyboardInterrupt):
            schedule.plan(tables, now=day)

    schedule.plan(tables, now=day)

    assert kinds(ana) == ["seven_years"]


def test_whoever_changes_their_record_is_planned_for_the_same_day(
    ana: User, ben: User
) -> None:
    for who in (ana, ben):
        records.profile(who, season=None)
    morning = noon(date(2027, 2, 17))
    assert run(morning).planned == 0

    records.attempt(ana, on=date(2027, 2, 20), state="planned", outcome="")
    assert run(morning + timedelta(hours=1)).planned == 1
    assert (kinds(ana), kinds(ben)) == (["exam:step2ck"], [])
    assert not RecordChange.objects.exists()
    assert run(morning + timedelta(hours=2)).planned == 0


def test_what_was_not_needed_is_asked_again_after_a_change_only(
    ana: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = date(2027, 5, 1)
    for who in (ana, ben):
        records.profile(
            who, season=None, permanent_resident=True, visa_interview_on=interview
        )
    asked: list[int] = []
    ask = member_record.plans

    def count(owner_ids: Collection[int], *args: Any, **options: Any) -> Any:
        asked.extend(sorted(owner_ids))
        return ask(owner_ids, *args, **options)

    day = interview - timedelta(days=14)
    run(day)
    RecordChange.objects.all().delete()
    monkeypatch.setattr(member_record, "plans", count)
    run(day + timedelta(days=1))
    assert asked == []

    row = Profile.objects.get(owner=ben)
    save_entry.change(
        Profile,
        owner=ben,
        row_id=row.pk,
        seen=row.version,
        values={"permanent_resident": False},
    )
    run(noon(day + timedelta(days=1)) + timedelta(hours=1))
    assert set(asked) == {ben.pk}
    assert (kinds(ana), kinds(ben)) == ([], ["visa_interview"])

    # The next time of reminding asks anew.
    asked.clear()
    run(interview - timedelta(days=3))
    assert set(asked) == {ana.pk, ben.pk}


def test_a_day_of_planning_is_gone_through_as_every_day_in_full(ana: User) -> None:
    """The days between the times of reminding are passed over, and nothing with them."""
    choices = ["90,60,30,14,7,3,1", "60,14,3", "7", "30,1"]
    people = [factories.person(f"member{number}") for number in range(len(choices))]
    for who, leads in zip(people, choices, strict=True):
        records.profile(who, season=None, visa_interview_on=date(2027, 5, 1))
        records.pathway(who, accepted_on=date(2026, 9, 1), valid_to=date(2027, 4, 9))
        records.attempt(who, on=date(2027, 3, 2), state="planned", outcome="")
        records.attempt(who, "step1", on=date(2020, 3, 10))
        records.sitting(who, on=date(2025, 3, 20), writing=None)
        ReminderChoice.objects.create(owner=who, leads=leads)
    tables = reference_tables.reference()

    def planned(*, is_in_full: bool) -> set[tuple[int, str, date, date]]:
        for model in (Reminder, OccasionCheck):
            model.objects.all().delete()
        for number in range(45):
            if is_in_full:
                OccasionCheck.objects.all().delete()
            schedule.plan(tables, now=noon(date(2027, 2, 20) + timedelta(number)))
            Reminder.objects.filter(state="waiting").update(state="composed")
        needed = Reminder.objects.filter(state="composed")
        return set(needed.values_list("owner_id", "kind", "on", "due_on"))

    in_full = planned(is_in_full=True)

    assert planned(is_in_full=False) == in_full
    assert len(in_full) > 30


def test_what_could_not_be_sent_is_found_again_the_next_day(ana: User) -> None:
    records.profile(ana, season=None, visa_interview_on=date(2027, 5, 1))
    tables = reference_tables.reference()
    day = date(2027, 5, 1) - timedelta(days=14)

    for number in range(3):
        # Nobody sends what is planned.
        assert schedule.plan(tables, now=noon(day + timedelta(days=number))) == 1


def test_a_plan_that_changes_with_the_days_alone_is_asked_in_the_last_days(
    ana: User,
) -> None:
    interview = date(2027, 5, 1)
    records.profile(
        ana, season=None, permanent_resident=True, visa_interview_on=interview
    )
    tables = reference_tables.reference()
    # In order, as every day.
    for days in (15, 14, 13, 4):
        schedule.plan(tables, now=noon(interview - timedelta(days=days)))
    assert set(Reminder.objects.values_list("state", flat=True)) == {"not_needed"}
    # As if time alone had done it: nobody notes a change of the record.
    schedule.plan(tables, now=noon(interview - timedelta(days=3)))
    Profile.objects.filter(owner=ana).update(permanent_resident=False)

    assert schedule.plan(tables, now=noon(interview - timedelta(days=2))) == 1
    assert schedule.plan(tables, now=noon(interview - timedelta(days=2))) == 0
    assert kinds(ana) == ["visa_interview"]


def test_one_that_was_not_needed_makes_way_for_one_that_is(ana: User) -> None:
    """Both are of the same kind, and due on the same day."""
    interview, due_on = date(2027, 5, 1), date(2027, 4, 17)
    records.profile(ana, season=None, visa_interview_on=interview)
    other = Reminder.objects.create(
        owner=ana,
        kind="visa_interview",
        on=interview + timedelta(days=46),
        due_on=due_on,
        planned_on=due_on,
        title="Another day",
        state="not_needed",
    )
    RecordChange.objects.all().delete()

    assert run(due_on).planned == 1
    other.refresh_from_db()
    assert (other.on, other.state) == (interview, "composed")


def test_a_changed_rule_asks_everybody_again(ana: User) -> None:
    interview = date(2027, 5, 1)
    records.profile(
        ana, season=None, permanent_resident=True, visa_interview_on=interview
    )
    day = noon(interview - timedelta(days=14))
    run(day)
    assert list(Reminder.objects.values_list("state", flat=True)) == ["not_needed"]
    # As if the rule were another one: nothing of the record changes.
    Profile.objects.filter(owner=ana).update(permanent_resident=False)
    assert run(day + timedelta(hours=1)).planned == 0

    deadline = SeasonDeadline.objects.filter(match_year=2027).first()
    assert deadline is not None
    deadline.note = "Said otherwise"
    deadline.save()

    assert run(day + timedelta(hours=2)).planned == 1


# --- What is sent -------------------------------------------------------------------------


def message_to_ana(**profile: Any) -> EmailMultiAlternatives:
    run(FOURTEEN)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def test_a_message_says_what_when_and_where(aiming: User) -> None:
    message = message_to_ana()
    html = str(message.alternatives[0][0])

    assert message.to == ["ana@example.org"]
    assert message.subject == (
        "[IMG portal] Rank order list must be certified (2027 Match), 3 March 2027"
    )
    for text in (str(message.body), html):
        assert "3 March 2027 (in 14 days)" in text
        assert "21:00 Eastern Time; where you are: 4 March 2027, 07:30" in text
        assert "http://testserver/me/season/" in text
        assert "http://testserver/reminders/off/" in text


def test_all_that_is_due_comes_in_one_message(ana: User) -> None:
    records.profile(ana)
    records.attempt(ana, "step1", on=date(2020, 3, 10), score=231)
    records.attempt(ana, on=date(2026, 12, 1), outcome="fail", score=203)
    records.item(ana, "account", note="Only Ana may read this.")

    message = message_to_ana()

    assert message.subject.endswith(", 3 March 2027 and 3 more")
    everything = message.message().as_string()
    for word in ("231", "203", "fail", "Only Ana"):
        assert word not in message.body
        assert word not in message.subject
    assert everything.count("text/plain") == everything.count("text/html") == 1


def test_who_has_no_zone_gets_the_hour_of_new_york(aiming: User) -> None:
    Profile.objects.update(time_zone="")

    assert "21:00 Eastern Time\n" in str(message_to_ana().body)


def test_a_message_can_be_switched_off_by_its_headers(
    aiming: User, client: Client
) -> None:
    headers = message_to_ana().message()

    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    assert client.get(address).status_code == 200
    assert run(THREE).messages == 1

    response = client.post(address, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert run(THREE).messages == 0
    assert not ReminderChoice.objects.get(owner=aiming).is_on


# --- Sent once ------------------------------------------------------------------------------


def test_who_dies_after_sending_sends_twice_at_most(
    aiming: User, settings: Any, working: str
) -> None:
    now = noon(FOURTEEN)
    backend(settings, mailing.DiesAfterSending)
    for number in range(5):
        moment = now + number * (outbox.LEASE + timedelta(minutes=1))
        if number < 2:
            with pytest.raises(mailing.Killed):
                run(moment)
        else:
            run(moment)
    settings.EMAIL_BACKEND = working
    run(now + timedelta(hours=12))

    assert len(mail.outbox) == 2
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 1
    assert states() == [MessageState.UNCLEAR]


def test_who_dies_once_before_sending_loses_nothing(
    aiming: User, settings: Any, working: str
) -> None:
    backend(settings, mailing.DiesBeforeSending)
    with pytest.raises(mailing.Killed):
        run(FOURTEEN)
    settings.EMAIL_BACKEND = working

    # Somebody else may still be at it.
    assert run(noon(FOURTEEN) + timedelta(minutes=1)).messages == 0
    assert run(noon(FOURTEEN) + outbox.LEASE).messages == 1
    assert states() == [MessageState.SENT]


def test_whom_it_died_at_comes_last_and_nobody_waits_for_them(
    aiming: User, ben: User, settings: Any, working: str
) -> None:
    records.profile(ben)
    records.pathway(ben, accepted_on=date(2026, 10, 1))
    backend(settings, mailing.DiesBeforeSending)
    with pytest.raises(mailing.Killed):
        run(FOURTEEN)
    settings.EMAIL_BACKEND = working

    run(noon(FOURTEEN) + outbox.LEASE)

    # Ana's was begun: were it the first again, the next kill would find it again.
    assert [message.to[0] for message in mail.outbox] == [
        "ben@example.org",
        "ana@example.org",
    ]


def test_planning_does_not_grow_with_what_members_chose(aiming: User) -> None:
    tables = reference_tables.reference()

    def queries() -> int:
        for model in (Reminder, OccasionCheck, RecordChange):
            model.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            schedule.plan(tables, now=noon(FOURTEEN))
        return len(captured)

    before = queries()
    for number, leads in enumerate(("90,7", "60", "30,1", "14", "7,3,1")):
        who = factories.person(f"member{number}")
        records.profile(who)
        records.pathway(who, accepted_on=date(2026, 10, 1))
        ReminderChoice.objects.create(owner=who, leads=leads)

    assert queries() == before
    assert set(Reminder.objects.values_list("due_on", flat=True)) == {
        date(2026, 12, 3),
        SIXTY,
        date(2027, 2, 1),
        FOURTEEN,
    }


@pytest.mark.parametrize("kind", [mailing.HangsUp, mailing.TakesNothing])
def test_a_failure_is_tried_again_later_and_ever_later(
    aiming: User, settings: Any, working: str, kind: type
) -> None:
    backend(settings, kind)
    start = noon(FOURTEEN)
    seconds = [
        number
        for number in range(0, 2000, 5)
        if run(start + timedelta(seconds=number)).failures
    ]
    settings.EMAIL_BACKEND = working

    assert seconds == [0, 5, 25, 105, 425, 1705]
    assert run(start + timedelta(hours=12)).messages == 1
    assert states() == [MessageState.SENT]


def test_a_failure_is_not_tried_for_ever(aiming: User, settings: Any) -> None:
    backend(settings, mailing.HangsUp)
    failures = sum(
        run(noon(FOURTEEN) + timedelta(hours=13 * number)).failures
        for number in range(19)
    )

    assert failures == outbox.MOST_TRIES
    assert states() == [MessageState.GIVEN_UP]
    assert OutgoingMessage.objects.get().sealed == ""


def test_what_is_switched_off_while_it_waits_is_not_sent(
    aiming: User, as_ana: Client, settings: Any, working: str
) -> None:
    backend(settings, mailing.HangsUp)
    assert run(FOURTEEN).failures == 1
    settings.EMAIL_BACKEND = working

    as_ana.post(PAGE, {"seen": "0"})

    assert run(noon(FOURTEEN) + timedelta(hours=1)).messages == 0
    assert states() == []


def test_it_goes_to_the_address_of_the_moment_when_it_is_sent(
    aiming: User, settings: Any, working: str
) -> None:
    backend(settings, mailing.HangsUp)
    run(FOURTEEN)
    settings.EMAIL_BACKEND = working

    User.objects.filter(pk=aiming.pk).update(email="ana2@example.org")

    assert run(noon(FOURTEEN) + timedelta(hours=1)).messages == 1
    assert mail.outbox[0].to == ["ana2@example.org"]


def test_what_waits_until_it_is_over_is_not_sent(
    aiming: User, settings: Any, working: str
) -> None:
    backend(settings, mailing.HangsUp)
    run(datetime(2027, 3, 4, 1, tzinfo=UTC))  # still the day itself in New York
    settings.EMAIL_BACKEND = working

    assert run(date(2027, 3, 4)).messages == 0
    assert states() == [MessageState.EXPIRED]


def test_one_refused_address_stops_nobody_else(
    aiming: User, ben: User, settings: Any
) -> None:
    records.profile(ben)
    records.pathway(ben, accepted_on=date(2026, 10, 1))
    backend(settings, mailing.RefusesAna)

    run(FOURTEEN)

    assert [message.to for message in mail.outbox] == [["ben@example.org"]]
    assert ReminderChoice.objects.get(owner=aiming).bounced == "ana@example.org"
    assert run(THREE).planned == 1  # Ben's alone
    # Another address has not sent anything back.
    aiming.email = "ana2@example.org"
    aiming.save(update_fields=["email"])
    assert run(THREE).messages == 1


def test_a_refusal_for_now_is_no_bounce(aiming: User, settings: Any) -> None:
    backend(settings, mailing.RefusesAnaForNow)

    assert run(FOURTEEN).failures == 1
    assert not ReminderChoice.objects.exists()
    assert states() == [MessageState.WAITING]


def test_a_mail_server_that_is_away_loses_nothing(
    aiming: User, settings: Any, working: str
) -> None:
    backend(settings, mailing.Away)
    for _ in range(20):
        with pytest.raises(outbox.MailAway):
            run(FOURTEEN)
    assert Reminder.objects.get().state == ReminderState.WAITING
    settings.EMAIL_BACKEND = working

    assert run(FOURTEEN).messages == 1


def test_no_address_is_written_to_the_log(
    aiming: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    backend(settings, mailing.RefusesAna)
    run(FOURTEEN)

    assert "A message (Reminder" in caplog.text
    assert "ana@" not in caplog.text


def test_a_closed_account_gets_nothing(aiming: User) -> None:
    User.objects.update(is_active=False)

    assert run(FOURTEEN).planned == 0


def test_the_outbox_goes_with_the_account(aiming: User) -> None:
    run(FOURTEEN)
    aiming.delete()

    assert not Reminder.objects.exists()


def test_what_is_long_over_is_forgotten(aiming: User) -> None:
    run(FOURTEEN)
    run(date(2027, 8, 1))
    assert Reminder.objects.exists()
    run(date(2027, 10, 1))
    assert not Reminder.objects.exists()


# --- Commands ---------------------------------------------------------------------------------


def test_the_command_says_what_it_did(
    aiming: User, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    SeasonDeadline.objects.update(on=date(2026, 12, 1))
    call_command("send_messages")
    assert "Planned 1 reminders; sent 1 messages." in capsys.readouterr().out

    backend(settings, mailing.Away)
    SeasonDeadline.objects.update(on=date(2026, 12, 2))
    with pytest.raises(CommandError, match="Nothing is lost"):
        call_command("send_messages")


def test_a_bounce_is_noted_by_command(aiming: User) -> None:
    call_command("mark_bounced", "Ana@example.org", verbosity=0)

    assert run(FOURTEEN).planned == 0
    with pytest.raises(CommandError, match="No account"):
        call_command("mark_bounced", "nobody@example.org")


def test_many_bounces_are_noted_at_once(
    aiming: User, ben: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "mark_bounced", "ana@example.org", "nobody@example.org", "BEN@example.org"
    )

    assert "Marked 2 of 3" in capsys.readouterr().out
    assert set(ReminderChoice.objects.values_list("bounced", flat=True)) == {
        "ana@example.org",
        "ben@example.org",
    }
    with pytest.raises(CommandError, match="one of these"):
        call_command("mark_bounced", "x@example.org", "y@example.org")


# --- Pages ------------------------------------------------------------------------------------

PAGE = "/me/reminders/"


def test_the_usual_times_are_ticked_until_others_are_chosen(
    as_ana: Client, ana: User
) -> None:
    page = as_ana.get(PAGE).content.decode()
    ticked = [line for line in page.split("<input") if "checked" in line]
    assert len(ticked) == 4

    response = as_ana.post(PAGE, {"is_on": "on", "leads": ["1", "30"], "seen": "0"})

    assert response.status_code == 302
    assert ReminderChoice.objects.get(owner=ana).leads == "30,1"


def test_switching_off_keeps_nothing_waiting(as_ana: Client, ana: User) -> None:
    assert as_ana.post(PAGE, {"seen": "0"}).status_code == 302

    assert not ReminderChoice.objects.get(owner=ana).is_on


@pytest.mark.parametrize(
    "typed",
    [
        {"is_on": "on", "seen": "0"},
        {"is_on": "on", "leads": "61", "seen": "0"},
        {"is_on": "on", "leads": "\x00", "seen": "0"},
        {"is_on": "on", "leads": "9" * 10_000, "seen": "0"},
    ],
)
def test_what_cannot_be_chosen_is_refused(
    as_ana: Client, typed: dict[str, str]
) -> None:
    response = as_ana.post(PAGE, typed)

    assert response.status_code == 422
    assert not ReminderChoice.objects.exists()


def test_a_bounce_is_told_and_lifted_by_saving(as_ana: Client, ana: User) -> None:
    schedule.note_bounce(ana.pk, ana.email)
    assert "came back" in text_of(as_ana.get(PAGE))
    assert "/accounts/email/" in html_of(as_ana.get(PAGE))
    assert "Messages to your address come back" in text_of(as_ana.get("/me/"))

    as_ana.post(PAGE, {"is_on": "on", "leads": ["14"], "seen": "1"})

    assert ReminderChoice.objects.get(owner=ana).bounced == ""
    assert "come back" not in text_of(as_ana.get("/me/"))


def test_a_bounce_is_told_until_the_address_is_another_one(
    as_ana: Client, ana: User
) -> None:
    schedule.note_bounce(ana.pk, ana.email)
    User.objects.filter(pk=ana.pk).update(email="ana2@example.org")

    assert "come back" not in text_of(as_ana.get("/me/"))
    assert "came back" not in text_of(as_ana.get(PAGE))


def test_the_way_out_needs_no_session_and_changes_nothing_by_itself(
    client: Client, ana: User
) -> None:
    address = f"/reminders/off/{letters.sign_owner(ana.pk)}/"
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)

    assert response["Cache-Control"] == "no-store, private"
    assert response.cookies == {}
    assert not any("session" in query["sql"] for query in queries)
    assert not ReminderChoice.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = strict.post(address)
        assert answer.status_code == 200
        assert "No more reminders" in text_of(answer)


@pytest.mark.parametrize(
    "signed", ["1", "1:x", "x" * 10_000, ":", "%00", "👩", "9" * 40 + ":abc"]
)
def test_a_forged_way_out_is_404(client: Client, ana: User, signed: str) -> None:
    for method in (client.get, client.post):
        assert method(f"/reminders/off/{signed}/").status_code == 404
    assert not ReminderChoice.objects.exists()


def test_the_way_out_of_an_account_that_is_gone_is_404(
    client: Client, ana: User
) -> None:
    address = f"/reminders/off/{letters.sign_owner(ana.pk)}/"
    ana.delete()

    assert client.post(address).status_code == 404
