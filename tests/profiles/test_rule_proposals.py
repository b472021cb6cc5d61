"""A change of the dated tables: proposed by one person, seen, asked about, approved by
another, and told to exactly those whose answer changes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgportal.lib import clock
from imgportal.management.commands import send_messages
from imgportal.models import User
from profiles import reference_tables
from profiles.actions import propose_rule
from profiles.choices import Confidence, Event, Measured, ProposalAct, ProposalState
from profiles.exceptions import ProposalRefused
from profiles.models import (
    PassingStandard,
    RuleChange,
    RuleProposal,
    SeasonDeadline,
    SpecialtyService,
)
from profiles.models.reference import ReferenceRow
from profiles.rule_changes import count_proposals, proposal_effect
from tests import staff
from tests.profiles import records
from tests.profiles.test_admin_rules import newest, of_standard, page
from tests.reading import text_of

pytestmark = pytest.mark.django_db

REASON = "The announcement gives this number for these exams."


@pytest.fixture
def editing(client: Client, alice: User) -> Client:
    staff.sign_in(client, alice)
    return client


@pytest.fixture
def approving(bert: User) -> Client:
    client = Client()
    staff.sign_in(client, bert)
    return client


def new_minimum(**changes: Any) -> PassingStandard:
    values: dict[str, Any] = {
        "measured": "step2ck",
        "effective_from": date(2027, 7, 1),
        "minimum_score": 220,
        "confidence": Confidence.CONFIRMED,
        "sources": "s31",
        "last_checked": date(2026, 11, 20),
    }
    return PassingStandard(**values | changes)


def add_page() -> str:
    return reverse("admin:profiles_passingstandard_add")


def proposed() -> RuleProposal:
    return RuleProposal.objects.latest("pk")


def propose_minimum(
    by: User, *, row: PassingStandard | None = None, **changes: Any
) -> RuleProposal:
    row = row or newest()
    for name, value in changes.items():
        setattr(row, name, value)
    return propose_rule.propose(
        row=row,
        act=ProposalAct.ADD if row.pk is None else ProposalAct.CHANGE,
        columns=list(changes) if row.pk else list(row.columns),
        note="USMLE announced it.",
        by=by,
        now=clock.now(),
    )


def act(client: Client, proposal: RuleProposal, what: str, **typed: str) -> Any:
    address = reverse(f"admin:profiles_ruleproposal_{what}", args=[proposal.pk])
    return client.post(address, typed, follow=True)


# --- From a proposal to a rule -----------------------------------------------------------


def test_a_new_minimum_holds_when_another_person_has_approved_it(
    editing: Client, approving: Client
) -> None:
    sent = of_standard(new_minimum(), reason="")
    assert editing.post(add_page(), sent).status_code == 302
    assert not PassingStandard.objects.filter(minimum_score=220).exists()
    seen = text_of(approving.get(page(proposed())))
    assert "Waits for approval" in seen
    assert "fewer than 10 members" in seen

    response = act(approving, proposed(), "approve", compared="on")

    assert "Approved. It holds from now on" in text_of(response)
    row = PassingStandard.objects.get(measured="step2ck", minimum_score=220)
    assert row.changed_at is not None
    changes = text_of(approving.get("/rules/changes/"))
    assert "USMLE announced it." in changes
    assert "written and approved by one person" not in changes
    line = LogEntry.objects.latest("pk")
    assert "written by alice@example.org, approved by bert@example.org" in (
        line.change_message
    )
    assert proposed().state == ProposalState.APPROVED
    call_command("load_rules", verbosity=0)
    assert PassingStandard.objects.filter(pk=row.pk).exists()


def test_its_author_cannot_approve_it_whatever_their_rights(client: Client) -> None:
    owner = staff.owner()
    staff.sign_in(client, owner)
    proposal = propose_minimum(owner, minimum_score=219)

    response = act(client, proposal, "approve", compared="on")

    assert "somebody else has to approve it" in text_of(response)
    assert newest().minimum_score == 218


def test_who_changes_a_proposal_becomes_its_author(alice: User, bert: User) -> None:
    proposal = propose_minimum(alice, minimum_score=219)
    propose_minimum(bert, minimum_score=220)

    for person in (alice, bert):
        with pytest.raises(ProposalRefused, match="somebody else has to approve"):
            propose_rule.approve(proposal_id=proposal.pk, by=person, now=clock.now())
    assert newest().minimum_score == 218


def test_an_editor_cannot_approve(editing: Client, bert: User) -> None:
    proposal = propose_minimum(bert, minimum_score=219)

    assert act(editing, proposal, "approve", compared="on").status_code == 403
    assert act(editing, proposal, "return", remark="No.").status_code == 403
    assert newest().minimum_score == 218


def test_one_person_alone_is_told_in_public(settings: Any, bert: User) -> None:
    settings.FIGURES_REQUIRE_TWO_PEOPLE = False
    client = Client()
    staff.sign_in(client, bert)
    proposal = propose_minimum(bert, minimum_score=219)

    act(client, proposal, "approve", compared="on")

    assert RuleChange.objects.get().by_one_person
    assert "written and approved by one person" in text_of(
        client.get("/rules/changes/")
    )


def test_approving_asks_whether_the_documents_were_opened(
    alice: User, approving: Client
) -> None:
    proposal = propose_minimum(alice, minimum_score=219)

    response = act(approving, proposal, "approve")

    assert response.status_code == 422
    assert "Open the documents that the row names first" in text_of(response)
    assert newest().minimum_score == 218


def test_what_is_returned_comes_back_mended(
    editing: Client, approving: Client, alice: User
) -> None:
    row = newest()
    editing.post(page(row), of_standard(row, minimum_score="228"))
    proposal = proposed()
    act(approving, proposal, "return", remark="The page says 220.")
    shown = text_of(editing.get(page(proposal)))
    assert "The page says 220." in shown
    form = editing.get(page(row))
    assert "is proposed already (returned)" in text_of(form)
    assert form.context["adminform"].form["minimum_score"].value() == 228
    seen = form.context["adminform"].form["seen_at"].value()

    editing.post(page(row), of_standard(row, minimum_score="220", seen_at=seen))

    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN
    assert proposal.values == {"minimum_score": "220"}
    act(approving, proposal, "approve", compared="on")
    assert PassingStandard.objects.get(pk=row.pk).minimum_score == 220


def test_returning_needs_a_remark(alice: User, approving: Client) -> None:
    proposal = propose_minimum(alice, minimum_score=219)

    assert act(approving, proposal, "return", remark=" ").status_code == 422
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.OPEN


def test_a_discarded_proposal_leaves_everything_as_it_was(
    editing: Client, alice: User, bert: User
) -> None:
    proposal = propose_minimum(alice, minimum_score=219)

    act(editing, proposal, "discard")

    assert newest().minimum_score == 218
    with pytest.raises(ProposalRefused, match="decided meanwhile"):
        propose_rule.approve(proposal_id=proposal.pk, by=bert, now=clock.now())
    # The row is free for another proposal.
    assert propose_minimum(alice, minimum_score=220).pk != proposal.pk


def test_a_row_that_changed_meanwhile_is_looked_at_again(
    alice: User, bert: User
) -> None:
    proposal = propose_minimum(alice, minimum_score=219)
    PassingStandard.objects.filter(minimum_score=218).update(stored_at=clock.now())

    with pytest.raises(ProposalRefused, match="changed since this was proposed"):
        propose_rule.approve(proposal_id=proposal.pk, by=bert, now=clock.now())
    assert newest().minimum_score == 218


def test_two_new_rows_of_one_day_do_not_both_become_rules(
    alice: User, bert: User
) -> None:
    first = propose_minimum(alice, row=new_minimum())
    second = propose_minimum(alice, row=new_minimum(minimum_score=222))
    propose_rule.approve(proposal_id=first.pk, by=bert, now=clock.now())

    with pytest.raises(ProposalRefused, match="already has a minimum from that day"):
        propose_rule.approve(proposal_id=second.pk, by=bert, now=clock.now())
    assert not PassingStandard.objects.filter(minimum_score=222).exists()


# --- Withdrawing and restoring -----------------------------------------------------------


def test_a_wrong_row_is_withdrawn_and_restored_by_two_people(
    editing: Client, approving: Client, ana: User
) -> None:
    wrong = new_minimum(effective_from=date(2026, 1, 7), minimum_score=290)
    wrong.stored_at = clock.now()
    wrong.save()
    records.attempt(ana, exam="step2ck", on=date(2026, 2, 10), score=250)
    assert _minimum(date(2026, 2, 10)) == 290
    address = reverse(
        "admin:profiles_ruleproposal_withdraw", args=["passingstandard", wrong.pk]
    )
    assert editing.post(address, {"why": ""}).status_code == 422

    editing.post(address, {"why": "No document says so."})
    assert _minimum(date(2026, 2, 10)) == 290
    act(approving, proposed(), "approve", compared="on")

    assert _minimum(date(2026, 2, 10)) == 218
    changes = text_of(approving.get("/rules/changes/"))
    assert "No document says so." in changes
    row_page = editing.get(page(wrong))
    assert "was withdrawn on" in text_of(row_page)
    assert editing.post(page(wrong), of_standard(wrong)).status_code == 403
    call_command("load_rules", verbosity=0)
    assert _minimum(date(2026, 2, 10)) == 218

    back = reverse(
        "admin:profiles_ruleproposal_restore", args=["passingstandard", wrong.pk]
    )
    editing.post(back, {"why": "It was right."})
    assert _minimum(date(2026, 2, 10)) == 218
    act(approving, proposed(), "approve", compared="on")
    assert _minimum(date(2026, 2, 10)) == 290


def _minimum(on: date) -> int:
    standard = reference_tables.reference().standard(Measured.STEP2CK, on)
    assert standard is not None
    return standard.minimum


@pytest.mark.parametrize(
    "place", ["nothing/1", "passingstandard/99999999", "profile/1"]
)
def test_what_is_no_row_cannot_be_withdrawn(editing: Client, place: str) -> None:
    base = reverse("admin:profiles_ruleproposal_changelist")

    assert editing.get(f"{base}withdraw/{place}/").status_code == 404
    assert (
        editing.get(f"{base}restore/passingstandard/{newest().pk}/").status_code == 404
    )


# --- What it does ------------------------------------------------------------------------


def test_the_page_shows_what_it_does(
    alice: User, approving: Client, ana: User, django_user_model: Any
) -> None:
    for number in range(12):
        member = django_user_model.objects.create_user(f"m{number}@example.org")
        records.attempt(member, exam="step2ck", on=date(2026, 2, 10), score=219)
    proposal = propose_minimum(
        alice, row=new_minimum(effective_from=date(2026, 1, 7), minimum_score=220)
    )

    shown = text_of(approving.get(page(proposal)))

    assert "An answer changes for 12 members." in shown
    assert "m0@example.org" not in shown
    assert "219" not in shown.split("To members")[1].split("To the worked")[0]
    table = proposal_effect.compare_table(proposal)
    assert [row.is_new for row in table.rows].count(True) == 1
    assert sum(row.is_gone for row in table.rows) == 0


def test_fewer_than_ten_are_not_counted_out(
    alice: User, approving: Client, ana: User
) -> None:
    records.attempt(ana, exam="step2ck", on=date(2026, 2, 10), score=219)
    row = new_minimum(effective_from=date(2026, 1, 7))

    proposal = propose_minimum(alice, row=row)

    assert proposal.changed_members == 1
    assert "An answer changes for fewer than 10 members" in text_of(
        approving.get(page(proposal))
    )


def test_examples_that_get_another_answer_are_listed(alice: User) -> None:
    row = PassingStandard.objects.get(
        measured="step2ck", effective_from=date(2022, 7, 1)
    )
    proposal = propose_minimum(alice, row=row, minimum_score=250)

    changed = proposal_effect.changed_examples(proposal_effect.comparison(proposal))

    assert changed
    assert all("would be" in line for item in changed for line in item.differences)


def test_counting_many_is_left_to_the_hourly_run(
    alice: User, ana: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for member in (ana, ben):
        records.attempt(member, exam="step2ck", on=date(2026, 2, 10), score=219)
    monkeypatch.setattr(proposal_effect, "WHILE_SOMEBODY_WAITS", 1)
    row = new_minimum(effective_from=date(2026, 1, 7))
    proposal = propose_minimum(alice, row=row)
    assert proposal.changed_members is None

    assert count_proposals.count_waiting(now=clock.now()) == 1

    assert RuleProposal.objects.get(pk=proposal.pk).changed_members == 2
    assert count_proposals.count_waiting(now=clock.now()) == 0


def test_exactly_those_whose_answer_changed_are_told(
    alice: User, bert: User, ana: User, ben: User
) -> None:
    records.attempt(ana, exam="step2ck", on=date(2026, 2, 10), score=219)
    records.attempt(ben, exam="step2ck", on=date(2026, 2, 10), score=231)
    now = clock.now()
    # Who joined after the change is told of nothing.
    User.objects.update(date_joined=now - timedelta(days=1))

    def send(hours: int) -> None:
        moment = now + timedelta(hours=hours)
        send_messages.run(reference_tables.reference(), clock=lambda: moment)

    def members_told() -> list[str]:
        people = {ana.email, ben.email}
        return [it.to[0] for it in mail.outbox if it.to[0] in people]

    send(0)
    mail.outbox.clear()
    proposal = propose_minimum(alice, row=new_minimum(effective_from=date(2026, 1, 7)))
    send(1)
    assert members_told() == []

    propose_rule.approve(proposal_id=proposal.pk, by=bert, now=now)
    send(2)

    assert members_told() == [ana.email]


# --- What is asked about -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"minimum_score": "2"}, "a step of 216; the largest so far was"),
        ({"minimum_score": "240"}, "a step of 22; the largest so far was"),
        ({"minimum_score": "216"}, "it has never been lowered"),
        (
            {"effective_from": "2026-01-07"},
            "7 January 2026 is past. Exams taken since then would be judged anew.",
        ),
    ],
)
def test_what_history_does_not_know_is_asked_and_answered(
    editing: Client, changes: dict[str, str], asked: str
) -> None:
    sent = of_standard(new_minimum(), reason="", **changes)

    refused = editing.post(add_page(), sent)

    assert refused.status_code == 200
    assert asked in text_of(refused)
    assert not RuleProposal.objects.exists()
    assert editing.post(add_page(), {**sent, "reason": "Yes."}).status_code == 200
    assert editing.post(add_page(), {**sent, "reason": REASON}).status_code == 302
    assert asked in " ".join(proposed().doubts)
    assert proposed().reason == REASON


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"effective_from": "01/07/2026"},
            "This may be 7 January 2026 or 1 July 2026. Write 2026-01-07 or 2026-07-01.",
        ),
        ({"effective_from": "soon"}, "This is no date"),
        ({"last_checked": "2090-01-01"}, "is still to come"),
        (
            {"last_checked": "2026-11-20", "next_review": "2026-11-20"},
            "The next look comes after the last one",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    editing: Client, changes: dict[str, str], said: str
) -> None:
    response = editing.post(add_page(), of_standard(new_minimum(), **changes))

    assert said in text_of(response)
    assert not RuleProposal.objects.exists()


def of_deadline(row: SeasonDeadline, **changes: str) -> dict[str, str]:
    return {
        "match_year": str(row.match_year),
        "event": row.event,
        "on": row.on.isoformat(),
        "at": row.at.isoformat() if row.at else "",
        "until": "",
        "confidence": row.confidence,
        "sources": row.sources,
        "note": row.note,
        "last_checked": row.last_checked.isoformat(),
        "next_review": "",
        "why": "NRMP moved it.",
        "reason": "",
        "seen_at": row.stored_at.isoformat(),
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"on": "2028-03-03"}, "lies outside the 2027 season"),
        ({"on": "2027-05-20"}, "days away from the same day of every other season"),
        ({"on": "2027-03-30"}, "has always come before"),
        ({"on": "2026-03-03"}, "3 March 2026 is past"),
    ],
)
def test_a_day_that_history_does_not_know_is_asked_about(
    editing: Client, changes: dict[str, str], asked: str
) -> None:
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)

    refused = editing.post(page(row), of_deadline(row, **changes))

    assert asked in text_of(refused)
    assert not RuleProposal.objects.exists()


def test_an_hour_that_new_york_does_not_have_is_refused(editing: Client) -> None:
    row = SeasonDeadline.objects.get(match_year=2027, event=Event.RANK_LIST)

    refused = editing.post(
        page(row), of_deadline(row, on="2027-03-14", at="02:30:00", reason=REASON)
    )

    assert "02:30 does not exist in New York on 14 March 2027" in text_of(refused)


def test_a_founding_row_raises_no_doubt_beside_its_history() -> None:
    """What happened is known: else everybody would learn to answer without reading."""
    rows = reference_tables.stored_rows()
    asked = {
        str(row): found
        for row in rows
        # What is ahead or over is another question, and depends on the day.
        if not isinstance(row, SpecialtyService)
        and (found := proposal_effect.doubts_about(row, rows, today=date(1990, 1, 1)))
    }

    assert len(asked) <= len(rows) // 20, asked


# --- Re-checking -------------------------------------------------------------------------


def test_rows_are_checked_in_bulk_without_a_public_notice(
    editing: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    first, second = PassingStandard.objects.exclude(next_review=None)[:2]
    address = reverse("admin:profiles_ruleproposal_due")
    assert str(first) in text_of(editing.get(f"{address}?within=all"))

    response = editing.post(
        f"{address}?within=all",
        {
            "rows": [f"passingstandard/{first.pk}"],
            "next_review": (clock.now().date() + timedelta(days=90)).isoformat(),
        },
    )

    assert response.status_code == 302
    before, row = first.last_checked, PassingStandard.objects.get(pk=first.pk)
    assert row.last_checked > before
    assert row.changed_at is None
    assert not RuleChange.objects.exists()
    untouched = PassingStandard.objects.get(pk=second.pk)
    assert untouched.last_checked == second.last_checked
    call_command("load_rules", verbosity=0)
    row.refresh_from_db()
    assert row.last_checked > before
    assert not RuleChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rows": [], "next_review": "2090-01-01"}, "Tick the rows that you compared."),
        ({"rows": ["passingstandard/0"], "next_review": "2090-01-01"}, "not there any"),
        ({"rows": ["\x00"], "next_review": "2090-01-01"}, "not there any more"),
        ({"rows": ["passingstandard/1"], "next_review": "2001-01-01"}, "still to come"),
        ({"rows": ["passingstandard/1"], "next_review": "01/02/2090"}, "This may be"),
    ],
)
def test_a_bulk_check_that_cannot_be_is_refused(
    editing: Client, typed: dict[str, Any], said: str
) -> None:
    address = reverse("admin:profiles_ruleproposal_due")

    response = editing.post(f"{address}?within=all", typed)

    assert response.status_code == 422
    assert said in text_of(response)


def test_the_list_can_be_narrowed_to_what_is_due(editing: Client) -> None:
    row = newest()
    PassingStandard.objects.update(next_review=date(2090, 1, 1))
    PassingStandard.objects.filter(pk=row.pk).update(next_review=date(2020, 1, 1))
    address = reverse("admin:profiles_passingstandard_changelist")

    shown = text_of(editing.get(f"{address}?review=due"))

    assert "1 minimum score" in shown


# --- Whoever does what, in whatever order ------------------------------------------------


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["propose", "withdraw", "restore", "approve", "return", "drop"]
        ),
        st.integers(0, 2),
        st.sampled_from([216, 219, 220, 250]),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=STEPS)
def test_no_order_of_steps_changes_a_rule_by_one_person(
    steps: list[tuple[str, int, int]], django_user_model: Any
) -> None:
    people = [
        django_user_model.objects.get_or_create(email=f"p{number}@example.org")[0]
        for number in range(3)
    ]
    row_id = newest().pk if _reset() else 0
    authors: set[int] = set()
    before = _state(row_id)
    for what, who, score in steps:
        by, now = people[who], clock.now()
        row = PassingStandard.objects.get(pk=row_id)
        waiting = propose_rule.waiting_for(row)
        try:
            _do(what, row, waiting, score, by=by, now=now)
        except ProposalRefused:
            assert _state(row_id) == before
            continue
        after = _state(row_id)
        if what in ("propose", "withdraw", "restore"):
            authors.add(by.pk)
        if after != before:
            assert what == "approve"
            assert waiting is not None
            assert by.pk not in authors
            assert authors
        if propose_rule.waiting_for(row) is None:
            authors = set()
        before = after


def _reset() -> bool:
    RuleProposal.objects.all().delete()
    PassingStandard.objects.filter(
        measured="step2ck", effective_from=date(2025, 7, 1)
    ).update(minimum_score=218, withdrawn_at=None)
    return True


def _state(row_id: int) -> tuple[Any, ...]:
    row = PassingStandard.objects.get(pk=row_id)
    return row.minimum_score, row.withdrawn_at


def _do(
    what: str,
    row: ReferenceRow,
    waiting: RuleProposal | None,
    score: int,
    *,
    by: User,
    now: Any,
) -> None:
    number = waiting.pk if waiting else 0
    match what:
        case "approve":
            propose_rule.approve(proposal_id=number, by=by, now=now)
        case "return":
            propose_rule.return_to_author(
                proposal_id=number, remark="Look again.", by=by, now=now
            )
        case "drop":
            propose_rule.discard(proposal_id=number, by=by, now=now)
        case "propose":
            row.minimum_score = score  # type: ignore[attr-defined]
            propose_rule.propose(
                row=row,
                act=ProposalAct.CHANGE,
                columns=["minimum_score"],
                note="It changed.",
                by=by,
                now=now,
            )
        case _:
            propose_rule.propose(
                row=row, act=ProposalAct(what), note="So be it.", by=by, now=now
            )
