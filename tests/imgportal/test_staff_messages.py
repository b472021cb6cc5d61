"""Who of the staff is told of what by mail, and that they can choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client

from imgportal import outbox, staff_desk
from imgportal.lib import clock
from imgportal.models import MessageKind, OutgoingMessage, StaffChoice, User
from profiles.actions import propose_rule
from profiles.choices import ProposalAct
from profiles.models import PassingStandard, RuleProposal
from stats.actions import handle_reports, publish_version
from tests import factories, staff
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def carla() -> User:
    return staff.publisher("carla@example.org")


def told() -> dict[str, object]:
    """What was sent since: the subject by the address."""
    mail.outbox.clear()
    with outbox.Delivery(clock=lambda: NOW) as delivery:
        delivery.send_due()
    subjects: dict[str, object] = {
        message.to[0]: message.subject for message in mail.outbox
    }
    assert len(subjects) == len(mail.outbox)
    return subjects


def proposed_by(person: User) -> RuleProposal:
    row = PassingStandard.objects.latest("pk")
    row.minimum_score += 1
    return propose_rule.propose(
        row=row,
        act=ProposalAct.CHANGE,
        columns=["minimum_score"],
        note="It was announced.",
        by=person,
        now=NOW,
    )


def test_a_submitted_version_is_told_to_who_may_publish_it(
    alice: User, bert: User, carla: User
) -> None:
    staff.member("member@example.org")
    factories.in_review_by(alice)

    assert told() == {
        "bert@example.org": "[IMG portal] To review: the 1990 Match, version 1",
        "carla@example.org": "[IMG portal] To review: the 1990 Match, version 1",
    }


def test_who_changed_a_value_is_not_asked_to_publish_it(
    alice: User, bert: User, carla: User
) -> None:
    release = factories.draft_by(alice)
    release.editors.add(carla)

    publish_version.submit(release_id=release.pk, by=alice, now=NOW)

    assert list(told()) == ["bert@example.org"]


def test_a_returned_version_is_told_to_its_editors_with_the_comment(
    alice: User, bert: User
) -> None:
    release = factories.in_review_by(alice)
    told()

    publish_version.return_with_comment(
        release_id=release.pk, comment="Look at page 15.", by=bert, now=NOW
    )

    assert list(told()) == ["alice@example.org"]
    assert "Look at page 15." in mail.outbox[0].body
    assert f"/admin/stats/release/{release.pk}/change/" in mail.outbox[0].body


def test_publication_is_told_to_its_editors(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    told()

    publish_version.publish(release_id=release.pk, by=bert, now=NOW)

    assert told() == {
        "alice@example.org": "[IMG portal] Published: the 1990 Match, version 1"
    }


def test_a_report_is_told_without_its_text(alice: User, bert: User) -> None:
    report = {"text": "Buy our course now!", "email": "", "now": NOW}
    handle_reports.receive(**report)  # type: ignore[arg-type]
    handle_reports.receive(**report)  # type: ignore[arg-type]

    assert set(told()) == {"alice@example.org", "bert@example.org"}
    assert not any("our course" in str(message.body) for message in mail.outbox)


def test_a_proposal_is_told_to_approvers_and_its_end_to_its_author(
    alice: User, bert: User
) -> None:
    proposal = proposed_by(alice)
    assert list(told()) == ["bert@example.org"]

    propose_rule.return_to_author(
        proposal_id=proposal.pk, remark="Which page?", by=bert, now=NOW
    )
    assert list(told()) == ["alice@example.org"]
    assert "Which page?" in mail.outbox[0].body

    again = proposed_by(alice)
    told()
    propose_rule.approve(proposal_id=again.pk, by=bert, now=NOW)
    assert list(told()) == ["alice@example.org"]


@pytest.mark.parametrize(
    "leave",
    [
        lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
        lambda person: person.groups.clear(),
        lambda person: StaffChoice.objects.create(owner=person, not_told_of=["review"]),
    ],
    ids=["account closed", "no group any more", "chose not to be told"],
)
def test_who_left_or_chose_otherwise_is_not_told(
    alice: User, bert: User, leave: Callable[[User], object]
) -> None:
    leave(bert)

    proposed_by(alice)

    assert told() == {}


def test_what_was_refused_leaves_no_message(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    told()

    with pytest.raises(Exception, match="somebody else must publish"):
        publish_version.publish(release_id=release.pk, by=alice, now=NOW)

    assert not OutgoingMessage.objects.filter(
        kind=MessageKind.STAFF, state="waiting"
    ).exists()


def test_each_person_chooses(client: Client, alice: User) -> None:
    staff.sign_in(client, alice)
    page = "/admin/messages/"
    assert text_of(client.get(page)).count("reader reported") == 1

    client.post(page, {"told_of": ["review", "returned"]})

    assert set(StaffChoice.objects.get(owner=alice).not_told_of) == {
        "published",
        "report",
    }
    form = client.get(page).context["form"]
    assert form.initial["told_of"] == ["review", "returned"]
    refused = client.post(page, {"told_of": ["everything"]})
    assert refused.status_code == 422


# --- The desk ----------------------------------------------------------------------------


def desk(person: User) -> str:
    client = Client()
    staff.sign_in(client, person)
    return text_of(client.get("/admin/")).split("Every list")[0]


def test_the_desk_says_what_waits_for_whom(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    proposal = proposed_by(alice)

    seen = desk(bert)
    assert "Waits for you" in seen
    assert "The 1990 Match, version 1" in seen
    assert str(proposal) in seen
    assert "Waits for you" not in desk(alice)
    assert "With others" in desk(alice)

    publish_version.return_with_comment(
        release_id=release.pk, comment="Look at page 15.", by=bert, now=clock.now()
    )
    seen = desk(alice)
    assert "Came back to you" in seen
    assert "bert@example.org returned it: Look at page 15." in seen
    publish_version.submit(release_id=release.pk, by=alice, now=clock.now())
    assert "Came back to you" not in desk(alice)


def test_the_desk_says_what_was_published_lately_and_what_is_reported(
    alice: User, bert: User
) -> None:
    release = factories.in_review_by(alice)
    publish_version.publish(release_id=release.pk, by=bert, now=clock.now())
    for number in range(7):
        handle_reports.receive(
            text=f"The number in row {number} is wrong.", email="", now=clock.now()
        )

    seen = desk(alice)

    assert "Published by bert@example.org" in seen
    assert seen.count("A report about a figure") == 5
    assert "All open reports" in seen


def test_the_desk_of_somebody_without_a_group_is_empty() -> None:
    person = staff.editor("new@example.org")
    person.groups.clear()

    assert "Nothing waits for you." in desk(person)


def test_rules_that_are_due_stand_on_the_desk(alice: User) -> None:
    assert "Nothing is due before 15 December 2026" in desk(alice) or (
        "of the rules to compare with their sources" in desk(alice)
    )
    PassingStandard.objects.update(next_review=datetime(2020, 1, 1, tzinfo=UTC).date())

    assert "rows of the rules to compare with their sources" in desk(alice)


# --- Who did what ------------------------------------------------------------------------


def test_owners_read_who_did_what(alice: User, bert: User) -> None:
    release = factories.in_review_by(alice)
    publish_version.publish(release_id=release.pk, by=bert, now=clock.now())
    proposal = proposed_by(alice)
    propose_rule.approve(proposal_id=proposal.pk, by=bert, now=clock.now())
    client = Client()
    staff.sign_in(client, staff.owner())

    seen = text_of(client.get("/admin/log/"))

    assert "bert@example.org Published The 1990 Match, version 1" in seen
    assert "written by alice@example.org, approved by bert@example.org" in seen
    assert "alice@example.org Submitted for review" in seen


def test_the_log_has_pages(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff_desk, "PAGE", 2)
    factories.in_review_by(alice)
    client = Client()
    staff.sign_in(client, staff.owner())

    response = client.get("/admin/log/")

    assert len(response.context["deeds"]) == 2
    older = client.get("/admin/log/", {"before": response.context["older"]})
    assert older.status_code == 200


@pytest.mark.parametrize("before", ["yesterday", "2026-01-01", "\x00", "9" * 5000])
def test_a_log_from_no_moment_is_the_newest(before: str) -> None:
    client = Client()
    staff.sign_in(client, staff.owner())

    assert client.get("/admin/log/", {"before": before}).status_code == 200
