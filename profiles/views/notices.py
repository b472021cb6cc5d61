"""`/me/changes/`: answers that are others since the rules changed, until they are read
and afterwards. What the dashboard shows of them is made here as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from imgportal.lib import clock
from profiles.choices import Answer, Confidence
from profiles.forms.notices import DismissForm
from profiles.models import AnswerChange
from profiles.models.notices import Answered
from profiles.rule_changes import notify
from profiles.rules.answers import NEEDS_LOOK
from profiles.rules.days import in_words
from profiles.rules.tables.attempts import StepStatus
from profiles.rules.tables.english import EnglishStatus
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.tables.season import MatchStatus
from profiles.rules.verdicts import Verdict
from profiles.views.member_requests import SignedInRequest, either, members_only
from profiles.views.verdict_display import OUTCOMES, ShownVerdict
from profiles.views.verdict_links import Link

if TYPE_CHECKING:
    from imgportal.models import User

# The most on one page. Nobody has so many: each is deleted after a year.
MOST = 200
# Two answers may share their word, such as "Not met": the status tells them apart.
MORE: Mapping[str, str] = {
    MatchStatus.OPEN: "there is time",
    MatchStatus.AT_RISK: "a result may come too late",
    MatchStatus.MISSED: "the deadline has passed",
    StepStatus.MAY_RETAKE: "it may be taken again",
    StepStatus.RETAKE_WAIT: "a retake has to wait",
    StepStatus.BLOCKED_ATTEMPT_LIMIT: "all attempts are used up",
    StepStatus.BLOCKED_BY_OTHER_STEP: "another exam closes it",
    StepStatus.RESULT_PENDING: "a result is awaited",
    EnglishStatus.TOO_OLD_FOR_SEASON: "too old for the season",
    EnglishStatus.NOT_MET: "below a minimum",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSide:
    """An answer as it was, or as it is."""

    word: str
    more: tuple[str, ...]  # days, and what else tells it from the other side


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """One answer, before and after."""

    title: str
    before: AnswerSide
    after: AnswerSide
    now: Link  # where it stands with its reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedValue:
    column: str
    before: str  # empty: there was none
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """One row of the dated tables that was changed."""

    name: str
    note: str
    values: tuple[ChangedValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """Some public changes, and the answers that they have changed."""

    changed_at: datetime
    rows: tuple[ChangedRow, ...]
    lines: tuple[ChangedAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class UnreadChanges:
    """What the member has not said to have read."""

    groups: tuple[ChangeGroup, ...]
    form: DismissForm


def unread(user: User) -> UnreadChanges | None:
    """What the dashboard shows until it is dismissed; None: nothing. One query."""
    rows = AnswerChange.objects.owned_by(user).filter(dismissed_at__isnull=True)
    return _unread(list(rows[:MOST]))


def _unread(rows: Sequence[AnswerChange]) -> UnreadChanges | None:
    if not rows:
        return None
    last = max(row.pk for row in rows)
    return UnreadChanges(
        groups=_groups(rows), form=DismissForm(initial={"up_to": last})
    )


@members_only
@either
def answer_changes(request: SignedInRequest) -> HttpResponse:
    form = DismissForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        notify.dismiss(request.user, up_to=form.cleaned_data["up_to"], now=clock.now())
        messages.success(request, "Marked as read. It can be read again here.")
        return redirect("profiles:answer_changes")
    rows = list(AnswerChange.objects.owned_by(request.user)[:MOST])
    return render(
        request,
        "profiles/answer_changes.html",
        {
            "part": "dashboard",
            "unread": _unread([row for row in rows if row.dismissed_at is None]),
            "read": _groups(row for row in rows if row.dismissed_at is not None),
            "is_wrong": form is not None,
        },
        status=200 if form is None else 422,
    )


# --- In words ---------------------------------------------------------------------------


def _groups(rows: Iterable[AnswerChange]) -> tuple[ChangeGroup, ...]:
    """The newest first; what has the same reasons stands together."""
    return tuple(
        ChangeGroup(
            changed_at=changed_at,
            rows=_rows(why),
            lines=tuple(_line(row) for row in same),
        )
        for (changed_at, why), same in groupby(
            rows, key=lambda row: (row.changed_at, row.why)
        )
    )


def _rows(why: Sequence[dict[str, str]]) -> tuple[ChangedRow, ...]:
    return tuple(
        ChangedRow(
            name=name,
            note=note,
            values=tuple(
                ChangedValue(
                    column=value["column"][:1].upper() + value["column"][1:],
                    before=value["before"],
                    after=value["after"],
                )
                for value in same
            ),
        )
        for (_, name, note), same in groupby(
            why, key=lambda value: (value["table"], value["row"], value["note"])
        )
    )


def _line(row: AnswerChange) -> ChangedAnswer:
    was, now = row.before, row.after
    words = [_word(row.about, answer, status) for answer, status, *_ in (was, now)]
    sides = [
        AnswerSide(
            word=word, more=tuple(_more(side, other, is_alike=words[0] == words[1]))
        )
        for word, side, other in ((words[0], was, now), (words[1], now, was))
    ]
    return ChangedAnswer(
        title=row.title, before=sides[0], after=sides[1], now=_where(row.about)
    )


def _more(side: Answered, other: Answered, *, is_alike: bool) -> Iterator[str]:
    """What tells one side from the other beside its word."""
    _, status, decided_on, next_date = side
    if is_alike and status != other[1] and status in MORE:
        yield MORE[status]
    if decided_on and decided_on != other[2]:
        yield f"Deciding day: {in_words(decided_on)}"
    if next_date and next_date != other[3] and next_date != decided_on:
        yield f"Next date: {in_words(next_date)}"


def _word(about: str, answer: str, status: str) -> str:
    if about.startswith("attempt:") and status in OUTCOMES:
        return OUTCOMES[SittingOutcome(status)]
    # As every page says it, without its reason.
    verdict = Verdict(
        answer=Answer(answer),
        status=status,
        reason="",
        rules=(),
        sources=(),
        confidence=Confidence.CONFIRMED,
        needs_look="yes" if status == NEEDS_LOOK else "",
    )
    return ShownVerdict(
        verdict=verdict, rules=(), sources=(), settles=(), official=None
    ).word


def _where(about: str) -> Link:
    kind, _, name = about.partition(":")
    exams, certification = (
        reverse("profiles:exam_list"),
        reverse("profiles:certification"),
    )
    if kind in {"match", "pathways"}:
        return Link(label="Your season", url=reverse("profiles:season"))
    if kind in {"attempt", "sitting", "step3"}:
        return Link(label="Your exams", url=exams)
    if kind in {"exam", "oet", "seven_years"}:
        anchor = {"exam": name, "oet": "oet", "seven_years": "seven-years"}[kind]
        return Link(label="Your exams", url=f"{exams}#{anchor}")
    if kind in {"route", "pathway"}:
        return Link(label="Your certification", url=f"{certification}#pathways")
    if kind == "item":
        return Link(label="Your certification", url=f"{certification}#{name}")
    return Link(label="Overview", url=reverse("profiles:dashboard"))
