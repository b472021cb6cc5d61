"""`/me/season/record/`: what the member did in each Match, the seasons side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profiles import member_record, reference_tables
from profiles.choices import Event
from profiles.member_record import StoredRecord
from profiles.models import SeasonRecord
from profiles.models.seasons import DOCUMENTS
from profiles.record_tables import SEASONS
from profiles.rules.reference import Reference
from profiles.rules.tables.img_status import classify_graduate
from profiles.views.member_requests import SignedInRequest, members_only
from profiles.views.overview import GROUPS
from profiles.views.printed_record import (
    label_of,
    specialties_in_words,
    value_in_words,
)
from stats import public
from stats.public import Figures, ScoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonLine:
    """One value in all seasons: the Match, and what was said of it; empty: nothing."""

    label: str
    values: list[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRanks:
    """The newest contiguous ranks of one specialty, of one group or of both."""

    name: str
    rows: tuple[ScoreRow, ...]  # empty: none are published


@members_only
@require_safe
def season_record_list(request: SignedInRequest) -> HttpResponse:
    stored = member_record.read(request.user)
    rows = [
        row
        for row in reversed(stored.rows_of(SEASONS))
        if isinstance(row, SeasonRecord)
    ]
    reference = reference_tables.everything().reference
    # Asked for once, however many specialties are named.
    figures = public.everything()
    names = [field.name for field in SEASONS.fields if field.name not in SEASONS.key]
    return render(
        request,
        "profiles/season_record_list.html",
        {
            "part": "season",
            "seasons": rows,
            "groups": [
                (heading, lines)
                for heading, group in (
                    ("What you did", [each for each in names if each not in DOCUMENTS]),
                    ("Documents", DOCUMENTS),
                )
                if (lines := _lines(rows, group, reference, figures))
            ],
            "ranked": [row for row in rows if row.ranked is not None],
            "published": _published_ranks(stored, rows, figures),
        },
    )


def _lines(
    rows: list[SeasonRecord],
    names: Iterable[str],
    reference: Reference,
    figures: Figures,
) -> list[SeasonLine]:
    """Without what was said of no season."""
    lines = [
        SeasonLine(
            label=label_of(SEASONS, name),
            values=[
                (row.season, _in_words(row, name, reference, figures)) for row in rows
            ],
        )
        for name in names
    ]
    return [line for line in lines if any(words for _, words in line.values)]


def _in_words(
    row: SeasonRecord, name: str, reference: Reference, figures: Figures
) -> str:
    value = getattr(row, name)
    if isinstance(value, list):
        return specialties_in_words(value, figures)
    words = value_in_words(SEASONS, name, value)
    if name == "registered_on" and _is_late(row, reference):
        return f"{words}, late"
    return words


def _is_late(row: SeasonRecord, reference: Reference) -> bool:
    """After the standard deadline; not where that deadline is not known."""
    standard = reference.deadline(row.season, Event.NRMP_STANDARD_END)
    return (
        row.registered_on is not None
        and standard is not None
        and not standard.is_expected
        and row.registered_on > standard.on
    )


def _published_ranks(
    stored: StoredRecord, rows: Iterable[SeasonRecord], figures: Figures
) -> list[PublishedRanks]:
    """Of the specialties applied to; of those of the profile where none is named."""
    applied = [
        slug
        for row in rows
        for slug in (*row.eras_specialties, *row.residencycas_specialties)
    ]
    person = stored.facts.person
    graduate = classify_graduate(
        school_country=person.school_country,
        graduation=person.graduation,
        us_citizen=person.us_citizen,
    )
    group = GROUPS.get(graduate.img_class or "")
    by_slug: dict[str, PublishedRanks] = {}
    for slug in applied or person.specialties:
        specialty = figures.specialty(slug)
        if specialty is not None:
            scores = figures.scores_of.get(specialty.slug, ())
            by_slug[specialty.slug] = PublishedRanks(
                name=specialty.short_name,
                rows=tuple(
                    row
                    for kind in ([group] if group else GROUPS.values())
                    for row in _newest(scores, kind)
                ),
            )
    return list(by_slug.values())


def _newest(scores: Iterable[ScoreRow], group: str) -> list[ScoreRow]:
    """Both outcomes of the newest edition with ranks; `scores` has the newest first."""
    own = [
        row
        for row in scores
        if row.applicant_type == group
        and (row.contiguous_ranks_mean, row.contiguous_ranks_median) != (None, None)
    ]
    return [row for row in own if row.edition == own[0].edition]
