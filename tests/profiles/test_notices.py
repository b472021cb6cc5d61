"""Changed rules: whose answers they change, and that each hears of it once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imgportal import outbox
from imgportal.management.commands import send_messages
from imgportal.models import MessageState, OutgoingMessage, User
from profiles import member_record, reference_tables
from profiles.actions import change_rule, delete_record
from profiles.choices import Event, Quantity
from profiles.models import (
    AnswerChange,
    Compared,
    Country,
    PassingStandard,
    PathwaySeason,
    Profile,
    Reminder,
    ReminderChoice,
    RuleChange,
    RuleNumber,
    SeasonDeadline,
)
from profiles.models.reference import ReferenceRow
from profiles.portable import account_data
from profiles.reminders import schedule
from profiles.rule_changes import notify
from profiles.rule_changes.compare import Snapshot
from profiles.rules.reference import JUDGED_EVENTS
from tests import factories
from tests.profiles import mailing, records
from tests.reading import html_of, text_of

NOW = factories.NOW
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MOVED = date(2027, 2, 24)
PAGE = "/me/changes/"


def member(name: str, **profile: Any) -> User:
    """Somebody who was here before any rule changed; aims at 2027 unless told."""
    user = here_before(factories.person(name))
    records.profile(user, **profile)
    return user


def here_before(user: User) -> User:
    User.objects.filter(pk=user.pk).update(date_joined=LONG_AGO)
    return user


@pytest.fixture
def ana(db: None) -> User:
    return member("ana")


@pytest.fixture
def ben(db: None) -> User:
    return member("ben", season=2028)


def run(at: datetime = NOW) -> send_messages.SendingRun:
    return send_messages.run(reference_tables.reference(), clock=lambda: at)


@pytest.fixture(autouse=True)
def _compared_before(db: None) -> None:
    """The tables were compared once: from now on a change is a change."""
    notify.catch_up(clock=lambda: NOW)


def rank_list(year: int = 2027) -> SeasonDeadline:
    return SeasonDeadline.objects.get(match_year=year, event=Event.RANK_LIST)


def change(row: ReferenceRow, *, note: str = "NRMP moved it.", **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    change_rule.save(row=row, columns=list(values), note=note, now=NOW)


def move_rank_list(to: date = MOVED) -> None:
    change(rank_list(), on=to)


def raise_step2ck(minimum: int = 230) -> None:
    """The minimum of exams since July 2025, which was 218."""
    row = PassingStandard.objects.get(measured="step2ck", minimum_score=218)
    change(row, minimum_score=minimum, note="USMLE announced 230.")


def abouts(owner: User) -> list[str]:
    return sorted(
        AnswerChange.objects.filter(owner=owner).values_list("about", flat=True)
    )


def told() -> list[str]:
    return sorted(
        message.to[0].partition("@")[0]
        for message in mail.outbox
        if "changed rule" in message.subject
    )


def message() -> EmailMultiAlternatives:
    (found,) = mail.outbox
    assert isinstance(found, EmailMultiAlternatives)
    return found


# --- Whose answers ----------------------------------------------------------------------


def test_a_moved_deadline_concerns_who_aims_at_its_match(ana: User, ben: User) -> None:
    move_rank_list()

    assert run().changed == 1
    assert told() == ["ana"]
    assert abouts(ben) == []
    row = AnswerChange.objects.get(owner=ana)
    assert row.about == "match"
    assert (row.before_decided_on, row.after_decided_on) == (date(2027, 3, 3), MOVED)
    assert row.why == [
        {
            "table": "seasondeadline",
            "row": "2027: Rank order list must be certified",
            "column": "date",
            "before": "3 March 2027",
            "after": "24 February 2027",
            "note": "NRMP moved it.",
        }
    ]


def test_running_again_tells_nobody_again(ana: User) -> None:
    move_rank_list()

    assert [run().changed for _ in range(3)] == [1, 0, 0]
    assert len(mail.outbox) == 1
    assert run(NOW + timedelta(days=9)).changed == 0


def test_several_changes_between_two_runs_are_one(ana: User) -> None:
    move_rank_list(date(2027, 3, 9))
    move_rank_list(date(2027, 3, 10))
    move_rank_list()
    run(NOW + timedelta(days=5))

    row = AnswerChange.objects.get()
    assert (row.before_decided_on, row.after_decided_on) == (date(2027, 3, 3), MOVED)
    assert [one["before"] for one in row.why] == ["3 March 2027"]
    assert len(mail.outbox) == 1


def test_what_was_undone_tells_nobody(ana: User) -> None:
    move_rank_list()
    move_rank_list(date(2027, 3, 3))

    assert run().changed == 0
    assert mail.outbox == []
    assert Compared.objects.count() == 1


def test_a_first_run_has_nothing_to_compare_with(ana: User) -> None:
    Compared.objects.all().delete()
    move_rank_list()

    assert run().changed == 0
    assert Compared.objects.count() == 1


def test_tables_that_are_loaded_for_the_first_time_tell_nobody(ana: User) -> None:
    Compared.objects.all().delete()
    for model in reference_tables.STAMPED:
        model._default_manager.all().delete()
    run()
    call_command("load_rules", verbosity=0)
    assert not RuleChange.objects.exists()

    assert run().changed == 0
    # From then on a change is a change.
    move_rank_list()
    assert run().changed == 1


def test_a_row_that_comes_with_an_upgrade_is_a_public_change(ana: User) -> None:
    # Of every season: from three of them the next one would be expected.
    SeasonDeadline.objects.filter(event=Event.RANK_LIST).delete()
    run()
    AnswerChange.objects.all().delete()
    call_command("load_rules", verbosity=0)
    run()

    row = AnswerChange.objects.get()
    assert (row.before_decided_on, row.after_decided_on) == (None, date(2027, 3, 3))
    assert {one["column"] for one in row.why} == {
        "date",
        "time (Eastern)",
        "confidence",
    }
    assert RuleChange.objects.filter(
        row_identity=rank_list().identity, before=""
    ).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"note": "At nine in the evening."},
        {"sources": "s45"},
        {"last_checked": date(2026, 11, 20)},
        {"next_review": None},
        {"confidence": "reported"},
    ],
)
def test_another_wording_changes_no_answer(ana: User, values: dict[str, Any]) -> None:
    change(rank_list(), **values)

    assert run().changed == 0
    assert Compared.objects.get().tables == Snapshot.taken().text


def test_from_unconfirmed_to_firm_counts_when_the_answer_changes(ana: User) -> None:
    records.attempt(ana, "step1", on=date(2024, 3, 10))
    # What rests on something unconfirmed blocks nobody: it is not known.
    move_rank_list(date(2026, 11, 10))
    change(rank_list(), confidence="unconfirmed", sources="")
    run()
    AnswerChange.objects.all().delete()
    change(rank_list(), confidence="confirmed", sources="s45")
    run()

    row = AnswerChange.objects.get(about="match")
    assert (row.before_answer, row.after_answer) == ("not_known", "not_met")


def test_a_minimum_concerns_sittings_since_its_day(ana: User, ben: User) -> None:
    records.attempt(ana, on=date(2025, 8, 1), score=225)
    records.attempt(ben, on=date(2025, 6, 1), score=225)
    raise_step2ck()
    run()

    assert "exam:step2ck" in abouts(ana)
    assert abouts(ben) == []
    # The Step tells it; its sitting and its item need not.
    assert not {one for one in abouts(ana) if one.startswith(("attempt", "item:step"))}


def test_a_sitting_is_told_of_when_its_step_is_not(ana: User) -> None:
    records.attempt(ana, on=date(2025, 8, 1), outcome="pass", score=240)
    later = records.attempt(ana, on=date(2026, 9, 1), outcome="", score=225)
    raise_step2ck()
    run()

    assert f"attempt:{later.pk}" in abouts(ana)
    assert "exam:step2ck" not in abouts(ana)


def test_another_exam_is_not_concerned(ana: User) -> None:
    records.attempt(ana, "step3", on=date(2025, 8, 1), score=225)
    raise_step2ck()

    assert run().changed == 0


def test_an_oet_minimum_concerns_sittings_of_oet(ana: User, ben: User) -> None:
    records.sitting(ana)
    row = PassingStandard.objects.filter(measured="oet_reading").latest(
        "effective_from"
    )
    change(row, minimum_score=400)
    run()

    assert "oet" in abouts(ana)
    assert abouts(ben) == []


def test_a_pathways_season_concerns_its_aims_and_its_applications(
    ana: User, ben: User
) -> None:
    days = {"submitted_on": date(2025, 9, 1), "accepted_on": date(2026, 3, 1)}
    records.pathway(ben, season=2026, **days)
    change(
        PathwaySeason.objects.get(match_year=2026), accepted_valid_to=date(2026, 10, 31)
    )
    run()

    assert "item:clinical_skills" in abouts(ben)
    assert abouts(ana) == []


def test_a_country_concerns_no_answer(ana: User) -> None:
    change(Country.objects.get(iso2="IN"), regulator="Another one.")

    assert run().changed == 0


def test_each_answer_names_the_changes_that_did_it(ana: User) -> None:
    records.attempt(ana, on=date(2025, 8, 1), score=225)
    raise_step2ck()
    move_rank_list()
    run()

    def tables(about: str) -> set[str]:
        row = AnswerChange.objects.get(owner=ana, about=about)
        return {one["table"] for one in row.why}

    assert tables("match") == {"seasondeadline"}
    assert tables("exam:step2ck") == {"passingstandard"}


def test_changes_that_do_it_only_together_are_all_named(ana: User) -> None:
    records.sitting(ana, reading=300, writing=280)
    for part in ("reading", "writing"):
        rows = PassingStandard.objects.filter(measured=f"oet_{part}")
        change(rows.latest("effective_from"), minimum_score=200)
    change(PathwaySeason.objects.get(match_year=2027), fee_usd=1000)
    run()

    row = AnswerChange.objects.get(owner=ana, about="oet")
    assert (row.before_answer, row.after_answer) == ("not_met", "met")
    assert {one["row"].split()[2] for one in row.why} == {"Reading", "Writing"}


def test_moved_end_of_an_earlier_pathways_season_concerns_who_applied_in_it(
    ana: User,
) -> None:
    records.pathway(ana, season=2025, submitted_on=date(2025, 1, 20))
    closing = SeasonDeadline.objects.get(match_year=2025, event=Event.PATHWAYS_CLOSE)

    change(closing, on=date(2026, 12, 31))
    run(NOW + timedelta(hours=1))

    assert "clinical" in " ".join(abouts(ana))


def test_who_joined_after_the_change_never_had_another_answer(ana: User) -> None:
    late = member("late")
    User.objects.filter(pk=late.pk).update(date_joined=NOW + timedelta(minutes=1))
    move_rank_list()
    run(NOW + timedelta(hours=1))

    assert told() == ["ana"]


def test_every_date_that_an_answer_hangs_on_is_compared(ana: User) -> None:
    """What the rules ask of a calendar is what is compared."""
    folder = Path(reference_tables.__file__).parent / "rules"
    modules = [
        *(folder / "judge_record").glob("*.py"),
        *(
            folder / "tables" / f"{name}.py"
            for name in ("season", "pathways", "step3", "english")
        ),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    asked = set(re.findall(r"\bEvent\.([A-Z_0-9]+)", text))
    _, _, of_pathways = (
        (folder / "reference.py").read_text().partition("def pathways_deadline")
    )
    asked |= set(re.findall(r"\bEvent\.([A-Z_0-9]+)", of_pathways))

    assert {Event[name] for name in asked} == JUDGED_EVENTS


# --- Once, whatever happens ---------------------------------------------------------------


class Stopped(BaseException):
    """The process ends here."""


def dies_after(steps: int) -> Callable[[], datetime]:
    """A clock that is asked once a batch, and one time too often."""
    asked = count()

    def now() -> datetime:
        if next(asked) == steps:
            raise Stopped
        return NOW

    return now


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, ana: User) -> list[User]:
    """Three members of 2027, who are compared one by one."""
    monkeypatch.setattr(notify, "BATCH", 1)
    return [ana, member("cleo"), member("dora")]


@pytest.mark.parametrize("steps", range(6))
def test_who_is_stopped_goes_on_from_there(three: list[User], steps: int) -> None:
    move_rank_list()
    with pytest.raises(Stopped):
        notify.catch_up(clock=dies_after(min(steps, 4)))
    assert AnswerChange.objects.count() == min(steps, 3)

    run()
    run()

    assert told() == ["ana", "cleo", "dora"]
    assert AnswerChange.objects.count() == 3
    assert Compared.objects.count() == 1


def test_a_batch_is_kept_as_a_whole_or_not_at_all(
    three: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **options: Any) -> None:
        raise Stopped

    move_rank_list()
    with monkeypatch.context() as patch:
        patch.setattr(schedule, "put_notices", fails)
        with pytest.raises(Stopped):
            run()
    assert not AnswerChange.objects.exists()

    run()
    assert told() == ["ana", "cleo", "dora"]


def test_each_is_compared_with_what_they_were_told_last(three: list[User]) -> None:
    """The tables change again when a run has come half way."""
    move_rank_list()
    with pytest.raises(Stopped):
        notify.catch_up(clock=dies_after(1))
    move_rank_list(date(2027, 3, 10))
    run()

    found = AnswerChange.objects.order_by("owner", "pk").values_list(
        "owner__email", "before_decided_on", "after_decided_on"
    )
    assert list(found) == [
        ("ana@example.org", date(2027, 3, 3), MOVED),
        ("ana@example.org", MOVED, date(2027, 3, 10)),
        ("cleo@example.org", date(2027, 3, 3), date(2027, 3, 10)),
        ("dora@example.org", date(2027, 3, 3), date(2027, 3, 10)),
    ]
    assert told() == ["ana", "cleo", "dora"]
    assert Compared.objects.count() == 1


def test_what_is_undone_half_way_is_told_to_nobody(three: list[User]) -> None:
    move_rank_list()
    with pytest.raises(Stopped):
        notify.catch_up(clock=dies_after(1))
    move_rank_list(date(2027, 3, 3))
    run()

    # Ana's answer went to and fro before a message went out.
    assert mail.outbox == []
    assert AnswerChange.objects.exclude(owner=three[0]).count() == 0
    assert set(Reminder.objects.values_list("state", flat=True)) == {"not_needed"}


def test_who_dies_after_sending_sends_twice_at_most(ana: User, settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.profiles.mailing.DiesAfterSending"
    move_rank_list()
    for number in range(4):
        moment = NOW + number * (outbox.LEASE + timedelta(minutes=1))
        try:
            run(moment)
        except mailing.Killed:
            continue
    settings.EMAIL_BACKEND = working
    run(NOW + timedelta(hours=12))

    assert len(mail.outbox) == 2
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 1
    assert OutgoingMessage.objects.get().state == MessageState.UNCLEAR


def test_a_notice_waits_for_the_mail_server_for_days(ana: User, settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.profiles.mailing.HangsUp"
    move_rank_list()
    assert run().failures == 1
    settings.EMAIL_BACKEND = working

    assert run(NOW + timedelta(days=2)).messages == 1
    assert told() == ["ana"]


def test_a_batch_takes_as_many_queries_however_many_members(ana: User) -> None:
    def queries_with(members: range) -> int:
        for number in members:
            records.full_record(here_before(factories.person(f"member{number}")))
        move_rank_list(date(2027, 2, 1) + timedelta(days=len(members)))
        with CaptureQueriesContext(connection) as queries:
            notify._step(NOW)
        notify.catch_up(clock=lambda: NOW)
        return len(queries)

    assert queries_with(range(2)) == queries_with(range(2, 30))
    assert AnswerChange.objects.values("owner").distinct().count() == 31


def test_a_batch_of_records_is_read_like_each_alone(ana: User, ben: User) -> None:
    records.full_record(factories.person("cleo"), attempts=9)
    for who in (ana, ben):
        records.attempt(who, on=date(2025, 8, 1), score=225)
    owners = list(User.objects.order_by("pk"))
    with CaptureQueriesContext(connection) as queries:
        found = member_record.read_many([who.pk for who in owners])

    assert len(queries) == 7
    assert {pk: stored.facts for pk, stored in found.items()} == {
        who.pk: member_record.load(who) for who in owners
    }


# --- The message -------------------------------------------------------------------------


def test_a_message_says_what_was_changed_and_which_answer(ana: User) -> None:
    move_rank_list()
    run()

    found = message()
    assert found.subject == "[IMG portal] A changed rule concerns your record"
    for text in (str(found.body), str(found.alternatives[0][0])):
        assert "2027: Rank order list must be certified" in text
        assert "Date: it was 3 March 2027, it is 24 February 2027." in text
        assert "Why: NRMP moved it." in text
        assert "The Match you aim at" in text
        assert "http://testserver/me/changes/" in text
        assert "http://testserver/rules/changes/" in text
        assert "http://testserver/reminders/off/" in text
        assert "to remember" not in text
    assert found.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_message_tells_no_outcome_and_nothing_to_work_it_out_from(ana: User) -> None:
    records.attempt(ana, on=date(2025, 8, 1), score=225)
    raise_step2ck()
    run()

    found = message()
    everything = f"{found.subject} {found.body} {found.alternatives[0][0]!r}"
    assert "Step 2 CK" in everything
    # Between the old minimum and the new one lies the score of whoever hears of it.
    for word in ("218", "225", "230", "fail", "pass", "Not yet", "Done", "score"):
        assert word.lower() not in everything.lower()
    assert "The minimum was changed." in str(found.body)


def test_reminders_of_the_same_run_are_in_the_same_message(ana: User) -> None:
    records.pathway(ana, accepted_on=date(2026, 10, 1))
    # Fourteen days before the new day.
    move_rank_list(date(2026, 12, 6))
    run()

    found = message()
    assert found.subject == (
        "[IMG portal] Rank order list must be certified (2027 Match), 6 December 2026"
        "; a changed rule"
    )
    for text in (str(found.body), str(found.alternatives[0][0])):
        assert "Date: it was 3 March 2027" in text
        assert "One date to remember:" in text
        assert "6 December 2026 (in 14 days)" in text
    assert {row.state for row in Reminder.objects.all()} == {"composed"}


def test_who_wants_no_messages_reads_it_on_the_site(ana: User, client: Client) -> None:
    ReminderChoice.objects.create(owner=ana, is_on=False)
    bounced = member("cleo")
    schedule.note_bounce(bounced.pk, bounced.email)
    move_rank_list()

    assert run().changed == 2
    assert mail.outbox == []
    client.force_login(ana)
    assert "24 February 2027" in html_of(client.get(PAGE))


def test_what_was_read_on_the_site_needs_no_message(ana: User) -> None:
    move_rank_list()
    notify.catch_up(clock=lambda: NOW)
    notify.dismiss(ana, up_to=AnswerChange.objects.get().pk, now=NOW)

    assert run().messages == 0


def test_the_command_says_how_many_answers_changed(
    ana: User, capsys: pytest.CaptureFixture[str]
) -> None:
    move_rank_list()
    call_command("send_messages")

    assert "with them 1 answers." in capsys.readouterr().out


# --- The pages ---------------------------------------------------------------------------


@pytest.fixture
def as_ana(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_the_overview_shows_it_until_it_is_dismissed(as_ana: Client, ana: User) -> None:
    move_rank_list()
    run()

    for address in ("/me/", PAGE):
        text = text_of(as_ana.get(address))
        assert "2027: Rank order list must be certified" in text
        assert "was 3 March 2027, is 24 February 2027" in text
        assert "Why: NRMP moved it." in text
        assert "Deciding day: 3 March 2027" in text
        assert "I have read this" in text

    last = AnswerChange.objects.get()
    response = as_ana.post(PAGE, {"up_to": last.pk})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert "Changed by the rules" not in text_of(as_ana.get("/me/"))
    text = text_of(as_ana.get(PAGE))
    assert "Read before" in text
    assert "Deciding day: 3 March 2027" in text
    assert "I have read this" not in text


def test_what_came_after_the_page_was_shown_is_not_dismissed(
    as_ana: Client, ana: User
) -> None:
    move_rank_list()
    run()
    first = AnswerChange.objects.get()
    move_rank_list(date(2027, 3, 10))
    run()
    as_ana.post(PAGE, {"up_to": first.pk})

    assert AnswerChange.objects.get(dismissed_at=None).pk > first.pk
    assert "10 March 2027" in text_of(as_ana.get("/me/"))


@pytest.mark.parametrize("up_to", ["", "x", "-1", "0", "9" * 40, "\x00", "1.5"])
def test_a_wrong_number_dismisses_nothing(as_ana: Client, up_to: str) -> None:
    move_rank_list()
    run()
    response = as_ana.post(PAGE, {"up_to": up_to})

    assert response.status_code == 422
    assert "Nothing was marked as read" in html_of(response)
    assert AnswerChange.objects.filter(dismissed_at=None).exists()


def test_nobody_dismisses_somebody_elses(as_ana: Client, ana: User) -> None:
    cleo = member("cleo")
    move_rank_list()
    run()
    as_ana.post(PAGE, {"up_to": 2**62})

    assert AnswerChange.objects.get(owner=cleo).dismissed_at is None
    assert AnswerChange.objects.get(owner=ana).dismissed_at is not None


def test_an_outcome_is_said_on_the_page_in_the_words_of_the_others(
    as_ana: Client, ana: User
) -> None:
    records.attempt(ana, on=date(2025, 8, 1), outcome="", score=225)
    raise_step2ck()
    run()
    text = text_of(as_ana.get(PAGE))

    assert "Minimum score: was 218, is 230" in text
    assert "Done" in text
    assert "Not yet" in text


def test_without_a_change_the_page_says_so(as_ana: Client) -> None:
    assert "No change of the rules has changed an answer" in html_of(as_ana.get(PAGE))


def test_it_is_kept_for_a_year_and_no_longer(ana: User) -> None:
    move_rank_list()
    run()
    run(NOW + timedelta(days=364))
    assert AnswerChange.objects.exists()
    run(NOW + timedelta(days=366))
    assert not AnswerChange.objects.exists()


def test_no_score_is_kept_with_a_changed_answer(ana: User) -> None:
    records.attempt(ana, on=date(2025, 8, 1), score=225)
    raise_step2ck()
    run()

    for row in AnswerChange.objects.values():
        assert "225" not in str(row)


def test_what_was_concluded_goes_with_the_record(ana: User) -> None:
    move_rank_list()
    notify.catch_up(clock=lambda: NOW)
    delete_record.delete_entries(ana)

    assert not AnswerChange.objects.exists()
    # There is nothing left to tell of.
    assert run().messages == 0


def test_changed_answers_go_with_the_account_and_the_outbox(ana: User) -> None:
    move_rank_list()
    run()
    ana.delete()

    assert not AnswerChange.objects.exists()
    assert not Reminder.objects.exists()


def test_changed_answers_are_taken_away_with_the_account(ana: User) -> None:
    move_rank_list()
    run()
    (found,) = account_data.read_account(ana)["changed_answers"]

    assert found == {
        "found_at": "2026-11-22T12:00:00+00:00",
        "answer": "The Match you aim at",
        "before": "Not known",
        "after": "Not known",
        "because": "2027: Rank order list must be certified",
        "read_at": None,
    }


# --- How long a result takes --------------------------------------------------------------


def test_a_shorter_allowance_concerns_whom_it_brings_into_time(
    ana: User, ben: User
) -> None:
    Profile.objects.filter(owner=ben).update(season=2031)
    for owner in (ana, ben):
        records.attempt(owner, "step1", on=date(2025, 3, 10), outcome="pass")
        # 47 days before the rank order list of 3 March 2027.
        records.attempt(owner, on=date(2027, 1, 15), state="planned", outcome="")

    change(
        RuleNumber.objects.get(quantity=Quantity.RESULT_ALLOWED),
        value=42,
        note="USMLE asks everybody to allow six weeks.",
    )

    assert run().changed == 1
    # Ben aims at 2031, of which no day is known or expected.
    assert told() == ["ana"]
    assert abouts(ana) == ["match"]


def test_margins_that_become_a_table_are_told_to_whom_they_concern(
    ana: User, ben: User
) -> None:
    """An installation of before compared answers that were made with 28 days."""
    records.attempt(ana, "step1", on=date(2025, 3, 10), outcome="pass")
    records.attempt(ana, on=date(2027, 1, 20), state="planned", outcome="")
    without_numbers()

    assert run().changed == 1
    assert told() == ["ana"]
    row = AnswerChange.objects.get(owner=ana)
    assert (row.before_status, row.after_status) == ("OPEN", "AT_RISK")


def without_numbers() -> None:
    """What was compared last knew no table of numbers."""
    row = Compared.objects.get()
    kept = [
        entry
        for entry in json.loads(row.tables)
        if entry["model"] != "profiles.rulenumber"
    ]
    row.tables = json.dumps(kept)
    row.save()
