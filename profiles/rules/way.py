"""The way to training as one line of days: what was done, today, and what lies ahead.

It puts in order what the record, the judgement and the season's timeline say already, and
decides nothing. No score is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum

from profiles.choices import Answer, Confidence, ItemState
from profiles.rules.facts import Record
from profiles.rules.judgement import Judgement
from profiles.rules.tables.outcomes import SittingOutcome
from profiles.rules.timeline import EntryKind, TimelineEntry

MARKS_AT_MOST = 60  # on each side of today
LONGEST_GAP = 6  # months that are drawn in proportion; a longer gap is said in words
DAYS_OF_MONTH = 30.4


class MarkKind(StrEnum):
    """What a mark stands for; each has a shape and a word."""

    DONE = "done"
    SAT = "sat"  # an exam that is not known to be passed
    SEASON = "season"
    PLANNED = "planned"
    RESULT = "result"
    OWN_DAY = "own_day"
    TRAINING = "training"


WORDS = {
    MarkKind.DONE: "Done",
    MarkKind.SAT: "Sat",
    MarkKind.SEASON: "Season",
    MarkKind.PLANNED: "Planned",
    MarkKind.RESULT: "Result",
    MarkKind.OWN_DAY: "Your day",
    MarkKind.TRAINING: "Goal",
}
OF_ENTRY = {
    EntryKind.DEADLINE: MarkKind.SEASON,
    EntryKind.LAST_EXAM: MarkKind.SEASON,
    EntryKind.TRAINING: MarkKind.TRAINING,
    EntryKind.OWN_DAY: MarkKind.OWN_DAY,
    EntryKind.EXAM: MarkKind.PLANNED,
    EntryKind.RESULT: MarkKind.RESULT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayMark:
    """One day on the line. `gap` is the months drawn before it, 0 to `LONGEST_GAP`."""

    kind: MarkKind
    title: str
    on: date  # where the member is
    moment: datetime | None = None  # in the member's zone; None: no hour is known
    is_firm: bool = True  # False: unconfirmed
    is_reported: bool = False  # by others than the official site
    is_estimate: bool = False
    note: str = ""
    gap: int = 0
    months: int = 0  # since the mark before it; 0 unless the gap is drawn shorter

    @property
    def word(self) -> str:
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The marks before a day and from it on, each by day, and how many are left out."""

    behind: tuple[WayMark, ...]
    ahead: tuple[WayMark, ...]
    earlier: int  # the oldest, left out so that the line stays readable
    later: int  # the farthest
    today_gap: int
    today_months: int


def draw_way(
    record: Record,
    judgement: Judgement,
    entries: Iterable[TimelineEntry],
    *,
    zone: tzinfo | None,
) -> Way:
    """`entries` are those of the member's timeline of the same day; `zone` None: hours
    and days stay those of New York.
    """
    today = judgement.today
    sat = {
        f"attempt/{judged.attempt.key}"
        for judged in judgement.attempts
        if judged.outcome is not None
    } | {f"sitting/{judged.sitting.key}" for judged in judgement.sittings}
    marks = [
        *_done(record, judgement),
        *(_of_entry(entry, zone) for entry in entries if entry.key not in sat),
    ]
    marks.sort(key=lambda mark: (mark.on, mark.moment is not None))
    behind = [
        _when_over(mark)
        for mark in marks
        # Whether training began nobody has said.
        if mark.on < today and mark.kind != MarkKind.TRAINING
    ]
    ahead = [mark for mark in marks if mark.on >= today]
    shown = behind[-MARKS_AT_MOST:]
    last = shown[-1].on if shown else today
    return Way(
        behind=_spaced(shown, None),
        ahead=_spaced(ahead[:MARKS_AT_MOST], today),
        earlier=len(behind) - len(shown),
        later=max(0, len(ahead) - MARKS_AT_MOST),
        today_gap=_gap(last, today)[0],
        today_months=_gap(last, today)[1],
    )


def _when_over(mark: WayMark) -> WayMark:
    """A mark of which nothing was entered although its day has passed."""
    is_open = mark.kind == MarkKind.PLANNED or (
        mark.kind == MarkKind.RESULT and mark.is_estimate
    )
    if not is_open:
        return mark
    return replace(mark, title=f"{mark.title}: nothing entered since")


def _of_entry(entry: TimelineEntry, zone: tzinfo | None) -> WayMark:
    moment = entry.moment
    if moment is not None and zone is not None:
        moment = moment.astimezone(zone)
    return WayMark(
        kind=OF_ENTRY[entry.kind],
        title=entry.title,
        on=entry.on if moment is None else moment.date(),
        moment=moment,
        is_firm=entry.is_firm,
        is_reported=entry.confidence == Confidence.REPORTED,
        is_estimate=entry.is_estimate,
        note="" if entry.is_firm else entry.note,
    )


def _done(record: Record, judgement: Judgement) -> Iterator[WayMark]:
    """What the record says was done by the day of the judgement, with its day."""
    for judged in judgement.attempts:
        if judged.outcome is None:
            continue
        is_passed = judged.outcome == SittingOutcome.PASS and not judged.needs_look
        label = judged.attempt.exam.label
        yield WayMark(
            kind=MarkKind.DONE if is_passed else MarkKind.SAT,
            title=f"{label} passed" if is_passed else f"{label} exam",
            on=judged.attempt.on,
        )
    for sitting in judgement.sittings:
        yield WayMark(
            kind=MarkKind.SAT, title="OET Medicine exam", on=sitting.sitting.on
        )
    for title, on in _days_reported(record, judgement):
        if on is not None and on <= judgement.today:
            yield WayMark(kind=MarkKind.DONE, title=title, on=on)


def _days_reported(
    record: Record, judgement: Judgement
) -> Iterator[tuple[str, date | None]]:
    yield "Graduation", record.person.graduation
    for item, report in record.items.items():
        verdict = judgement.items.get(item)
        if (
            report.state == ItemState.DONE
            and verdict is not None
            and verdict.answer == Answer.MET
        ):
            yield str(item.label), report.on
    for pathway in record.pathways:
        about = f"Pathway application of the {pathway.season} Match"
        yield f"{about} sent", pathway.submitted_on
        yield f"{about} accepted", pathway.accepted_on
    if record.certificate is not None:
        yield "ECFMG certificate issued", record.certificate.issued_on
        yield "ECFMG certificate validated", record.certificate.validated_on
    for season in record.seasons:
        yield f"Registered for the {season.season} Match", season.registered_on
        about = f"Applied for the {season.season} Match"
        yield f"{about} (ERAS)", season.eras_on
        yield f"{about} (ResidencyCAS)", season.residencycas_on
        yield f"{about} (PSCA)", season.psca_on
        yield (
            f"Rank order list of the {season.season} Match certified",
            season.certified_on,
        )


def _gap(before: date, on: date) -> tuple[int, int]:
    """The months to draw, and the months to say because fewer are drawn."""
    months = round((on - before).days / DAYS_OF_MONTH)
    return min(months, LONGEST_GAP), months if months > LONGEST_GAP else 0


def _spaced(marks: Iterable[WayMark], before: date | None) -> tuple[WayMark, ...]:
    spaced = []
    for mark in marks:
        gap, months = (0, 0) if before is None else _gap(before, mark.on)
        spaced.append(replace(mark, gap=gap, months=months))
        before = mark.on
    return tuple(spaced)
