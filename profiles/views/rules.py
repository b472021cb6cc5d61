"""`/rules/`: every rule, the dated tables, and what was changed in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from itertools import groupby

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from profiles import reference_tables
from profiles.choices import Confidence, Measured
from profiles.models import RuleChange
from profiles.rules.days import in_words
from profiles.rules.reference import Standard
from profiles.rules.text import rulebook
from profiles.rules.text.rulebook import Topic
from stats import public
from stats.public import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEdit:
    """What staff changed at one moment, with one note."""

    changed_at: datetime
    note: str
    changes: Sequence[RuleChange]


def rules_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Decorate a view `(request, tables, figures)`: the same for everyone, never out of date."""

    @read_only
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        tables = reference_tables.everything()
        figures = public.everything()
        moments = (tables.changed_at, figures.publication.changed_at)
        return public_answer(
            request,
            # The page shows titles of documents, which are among the figures.
            token=f"{tables.token}-{figures.publication.token}",
            modified=max((moment for moment in moments if moment), default=None),
            make=lambda: view(request, tables, figures),
        )

    return page


@rules_page
def rules(
    request: HttpRequest, tables: reference_tables.DatedTables, figures: Figures
) -> HttpResponse:
    reference = tables.reference
    deadlines = sorted(
        reference.deadlines, key=lambda row: (-row.match_year, row.on, str(row.at))
    )
    return render(
        request,
        "profiles/rules.html",
        {
            "topics": [(topic, rulebook.of_topic(topic)) for topic in Topic],
            "count": len(rulebook.RULES),
            "grades": list(Confidence),
            "standards": [
                (measured, _newest_first(reference.standards, measured))
                for measured in Measured
            ],
            "numbers": sorted(
                reference.numbers,
                key=lambda row: (row.quantity, -row.effective_from.toordinal()),
            ),
            "seasons": sorted(reference.seasons, key=lambda season: -season.match_year),
            "calendars": [
                (year, list(rows))
                for year, rows in groupby(deadlines, key=lambda row: row.match_year)
            ],
            "services": sorted(
                reference.services,
                key=lambda row: (row.specialty_name, -row.from_season),
            ),
            "countries": sorted(reference.countries, key=lambda row: row.name),
            "last_checked": reference_tables.last_checked(reference),
            "book_checked": rulebook.LAST_CHECKED,
            "known_sources": figures.sources,
            "unconfirmed": Confidence.UNCONFIRMED,
        },
    )


@rules_page
def passing_scores_data(
    request: HttpRequest, tables: reference_tables.DatedTables, figures: Figures
) -> HttpResponse:
    """Minimum scores of Step 2 CK, the oldest first. `own-score.js` asks for them before
    any score is typed, because pages of figures do not change with the rules.
    """
    standards = sorted(
        (row for row in tables.reference.standards if row.measured == Measured.STEP2CK),
        key=lambda row: row.effective_from,
    )
    return JsonResponse(
        {
            "step2ck": [
                {
                    "minimum": row.minimum,
                    "from": row.effective_from.isoformat(),
                    "from_in_words": in_words(row.effective_from),
                    "confidence": row.confidence.value,
                }
                for row in standards
            ]
        }
    )


@rules_page
def changes(
    request: HttpRequest, tables: reference_tables.DatedTables, figures: Figures
) -> HttpResponse:
    # The newest first, by the order of the model.
    grouped = groupby(
        RuleChange.objects.all(), key=lambda change: (change.changed_at, change.note)
    )
    return render(
        request,
        "profiles/rule_changes.html",
        {
            "days": [
                RuleEdit(changed_at=changed_at, note=note, changes=list(changes_of_day))
                for (changed_at, note), changes_of_day in grouped
            ]
        },
    )


def _newest_first(
    standards: Sequence[Standard], measured: Measured
) -> Sequence[Standard]:
    return sorted(
        (row for row in standards if row.measured == measured),
        key=lambda row: row.effective_from,
        reverse=True,
    )
