"""What a reviewer looks through before a version is published, in one list: every row that
differs from what is public, and every remark; with what reviewers have said of each.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from imgportal.lib import numbers
from stats import drafts, public
from stats.choices import FigureTable, Missing
from stats.differences import (
    OtherDifference,
    ValueDifference,
    differences,
    other_differences,
)
from stats.figures import Row, YearFigures
from stats.models import Release, ReviewNote
from stats.readiness import ReadinessFinding

# What the history of a version names of those that nobody ticked.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """One thing that a row says otherwise than in public, or says for the first time."""

    text: str  # "Active applicants: was 2,721, is 2,706"
    last_known: str  # "2,650 in 2023"; empty: no year before has it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A row that differs, or a remark, to be looked at and ticked."""

    table: FigureTable
    row_key: str  # empty: the table as a whole
    label: str
    lines: tuple[ReviewLine, ...]
    is_remark: bool = False
    rate: str = ""  # "67.8%, public: 67.5%, in 2025: 67.0%"; empty: the row has none
    notes: tuple[ReviewNote, ...] = field(default=(), compare=False)
    is_ticked: bool = False  # by somebody who may publish the version

    @property
    def mark(self) -> str:
        """The same as long as the words are. Says nothing by itself."""
        kind = "remark" if self.is_remark else "difference"
        words = (kind, self.table, self.row_key, *(line.text for line in self.lines))
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    @property
    def name(self) -> str:
        """ "Results by applicant type, US IMGs" """
        return f"{self.table.label}, {self.label}" if self.row_key else self.label

    def __str__(self) -> str:
        return f"{self.name} ({'; '.join(line.text for line in self.lines)})"


def items_of(
    release: Release, figures: YearFigures, remarks: Sequence[ReadinessFinding]
) -> tuple[ReviewItem, ...]:
    """Differences first, in the order of the tables, then remarks. One query, two where
    two people are required.
    """
    notes: dict[str, list[ReviewNote]] = defaultdict(list)
    for note in ReviewNote.objects.filter(release=release).select_related("by"):
        notes[note.mark].append(note)
    # Who changed a value since does not count as a second pair of eyes.
    editors = (
        set(release.editors.values_list("pk", flat=True))
        if notes and settings.FIGURES_REQUIRE_TWO_PEOPLE
        else set()
    )
    return tuple(
        ReviewItem(
            table=item.table,
            row_key=item.row_key,
            label=item.label,
            lines=item.lines,
            is_remark=item.is_remark,
            rate=item.rate,
            notes=tuple(notes[item.mark]),
            is_ticked=any(
                note.is_ticked and note.by_id not in editors
                for note in notes[item.mark]
            ),
        )
        for item in (*_differing_rows(release, figures), *map(_remark, remarks))
    )


def current_items(release: Release, *, now: datetime) -> tuple[ReviewItem, ...]:
    """The same of a release as it is stored now."""
    figures = drafts.figures_of(release)
    remarks = drafts.checklist(release, figures, now=now).remarks
    return items_of(release, figures, remarks)


def unticked_in_words(items: Sequence[ReviewItem]) -> str:
    """What nobody ticked, for the history of a version. Empty: there was nothing to tick."""
    if not items:
        return ""
    left = [item.name for item in items if not item.is_ticked]
    if not left:
        return f"All {len(items)} differences and remarks were ticked."
    more = f" and {len(left) - MOST_NAMED} more" if len(left) > MOST_NAMED else ""
    return (
        f"Not ticked, {len(left)} of {len(items)}: "
        f"{'; '.join(left[:MOST_NAMED])}{more}."
    )


def comments_in_words(items: Sequence[ReviewItem]) -> str:
    """What reviewers said of single differences and remarks, a line each."""
    return "\n".join(
        f"{item}: {note.comment}"
        for item in items
        for note in item.notes
        if note.comment
    )


def _remark(finding: ReadinessFinding) -> ReviewItem:
    name = f"{finding.column_name}: " if finding.column_name else ""
    return ReviewItem(
        table=finding.table,
        row_key=finding.row_key,
        label=finding.row_label,
        lines=(ReviewLine(text=f"{name}{finding.text}", last_known=""),),
        is_remark=True,
    )


def _differing_rows(release: Release, figures: YearFigures) -> list[ReviewItem]:
    """A first version differs from nothing: all that it says is new."""
    before = drafts.published_beside(release)
    base = before or YearFigures.assemble(figures.release, (), ())
    earlier = [
        year
        for match_year, year in public.everything().years.items()
        if match_year < release.match_year
    ]
    past = _PastYears(earlier)
    values: dict[tuple[FigureTable, str], list[ValueDifference]] = defaultdict(list)
    others: dict[tuple[FigureTable, str], list[OtherDifference]] = defaultdict(list)
    for value in differences(base, figures):
        values[value.table, value.row_key].append(value)
    for other in other_differences(base, figures):
        others[other.table, other.row_key].append(other)
    rows = {(row.table, row.key): row for row in figures.rows()}
    public_rows = {(row.table, row.key): row for row in base.rows()}
    order = {table: place for place, table in enumerate(FigureTable)}
    places = sorted({**values, **others}, key=lambda place: order[place[0]])
    items = []
    for place in places:
        row, public_row = rows.get(place), public_rows.get(place)
        if row is not None and row.provenance.missing == Missing.NOT_ENTERED:
            continue  # it waits for its values, and the checklist says so
        labels = [difference.row_label for difference in values[place]]
        labels += [difference.row_label for difference in others[place]]
        items.append(
            ReviewItem(
                table=place[0],
                row_key=place[1],
                label=labels[0],
                lines=(
                    *(
                        ReviewLine(
                            text=f"{value.column_name}: "
                            + (
                                value.in_words
                                if value.before_row
                                else value.now_in_words
                            ),
                            last_known=past.value(*place, value.column),
                        )
                        for value in values[place]
                    ),
                    *_said_of_new_row(row if public_row is None else None),
                    *(
                        ReviewLine(
                            text=f"{other.column_name}: {other.in_words}", last_known=""
                        )
                        for other in others[place]
                    ),
                ),
                rate=_rates(row, public_row, figures, before, past),
            )
        )
    return items


def _said_of_new_row(row: Row | None) -> list[ReviewLine]:
    if row is None:
        return []
    origin = row.provenance
    titles = ", ".join(f"“{source.title}”" for source in origin.sources)
    texts = [
        f"Grade: “{origin.stated_grade.label.split(':')[0]}”, from {titles or '–'}"
    ]
    if origin.missing:
        texts.append(f"Why values are missing: “{Missing(origin.missing).label}”")
    if origin.note:
        texts.append(f"Note: “{origin.note}”")
    return [ReviewLine(text=text, last_known="") for text in texts]


def _rates(
    row: Row | None,
    public_row: Row | None,
    figures: YearFigures,
    before: YearFigures | None,
    past: _PastYears,
) -> str:
    rate = drafts.rate_of(row, figures)
    if row is None or rate is None:
        return ""
    rates = [drafts.rate_in_words(rate)]
    if public_rate := drafts.rate_of(public_row, before):
        rates.append(f"public: {drafts.rate_in_words(public_rate)}")
    if last_rate := past.rate(row.table, row.key):
        rates.append(last_rate)
    return ", ".join(rates)


class _PastYears:
    """The last known value of a row in the years before."""

    def __init__(self, years: Sequence[YearFigures]) -> None:
        self._newest_first = [
            (year, {(row.table, row.key): row for row in year.rows()})
            for year in reversed(years)
        ]

    def value(self, table: FigureTable, key: str, column: str) -> str:
        """ "2,650 in 2023"; empty when no year has it."""
        for year, rows in self._newest_first:
            value = getattr(rows.get((table, key)), column, None)
            if value is not None:
                return f"{numbers.value_or_dash(value)} in {year.match_year}"
        return ""

    def rate(self, table: FigureTable, key: str) -> str:
        for year, rows in self._newest_first:
            if rate := drafts.rate_of(rows.get((table, key)), year):
                return f"{drafts.rate_in_words(rate)} in {year.match_year}"
        return ""
