"""What staff may read of a version that is not published yet, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model

from imgportal.lib import numbers
from stats import public, release_reader
from stats.choices import FigureTable, ReleaseStep, Status
from stats.columns import COUNTS, PRINTED
from stats.differences import (
    OtherDifference,
    ValueDifference,
    differences,
    nothing_differs,
    other_differences,
)
from stats.figures import (
    ApplicantRow,
    PlacementRow,
    Row,
    SpecialtyRow,
    TotalsRow,
    YearFigures,
)
from stats.measures import Rate
from stats.models import MODELS, Release, ReleaseEvent
from stats.readiness import (
    ReadinessFinding,
    doubts,
    findings,
    in_words,
    match_week_begins,
    too_early,
)

if TYPE_CHECKING:
    from imgportal.models import User

ABOUT = ("missing", "confidence", "locator", "note", "by_value")
SOURCES = "sources"  # keys, joined with ";" in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What stands between a version and its publication."""

    problems: tuple[ReadinessFinding, ...]  # these block
    remarks: tuple[ReadinessFinding, ...]  # these do not


def figures_of(release: Release) -> YearFigures:
    """The rows of any release, published or not, with the sources they name.

    Raises Release.DoesNotExist when it was discarded meanwhile.
    """
    values = Release.objects.values().get(pk=release.pk)
    # A draft has no time of publication yet; plain figures always carry one.
    values["published_at"] = values["published_at"] or values["opened_at"]
    release_rows = release_reader.read([values | {"by_one_person": False}])
    return release_rows.versions[release.match_year, release.version]


def stored_values(table: FigureTable, rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The editable values of rows of one table, by row. One query for the sources."""
    model = MODELS[table]
    owner = f"{model._meta.model_name}_id"
    keys: dict[int, list[str]] = {row.pk: [] for row in rows}
    links = model.sources.through.objects.filter(**{f"{owner}__in": list(keys)})
    for row_id, key in links.order_by("pk").values_list(owner, "source__key"):
        keys[row_id].append(key)
    plain = (*COUNTS[table], *PRINTED[table], *ABOUT)
    return {
        row.pk: {column: getattr(row, column) for column in plain}
        | {SOURCES: ";".join(keys[row.pk])}
        for row in rows
    }


def published_beside(release: Release) -> YearFigures | None:
    """What this version would replace: the current version of its year, if any."""
    return public.everything().years.get(release.match_year)


def last_returns(
    match_years: Collection[int],
) -> dict[tuple[int, int], ReleaseEvent]:
    """With what comment each version of these years was returned, by Match year and
    version; without those that were submitted since.
    """
    steps = (ReleaseStep.SUBMITTED, ReleaseStep.RETURNED)
    events = ReleaseEvent.objects.filter(match_year__in=match_years, step__in=steps)
    last = {
        (event.match_year, event.version): event
        for event in events.select_related("by").order_by("at", "pk")
    }
    return {
        place: event
        for place, event in last.items()
        if event.step == ReleaseStep.RETURNED
    }


def last_return(release: Release) -> ReleaseEvent | None:
    """None: nobody returned it, or it was submitted since."""
    place = release.match_year, release.version
    return last_returns([release.match_year]).get(place)


def publishers_left(release: Release) -> list[User]:
    """Who may publish this version: of the publishers those who changed no value."""
    publishers = get_user_model().objects.staff_who_may("stats.publish_release")
    editors = release.editors.values("pk")
    return list(publishers.exclude(pk__in=editors).order_by("email"))


def warn_publisher(release: Release, user: User) -> str:
    """What somebody who may still publish a version gives up by changing a value of it.
    Empty: nothing.
    """
    left = publishers_left(release)
    if not settings.FIGURES_REQUIRE_TWO_PEOPLE or user not in left:
        return ""
    others = [str(person) for person in left if person != user]
    if not others:
        return (
            "You are the only one left who can publish this version. If you change a "
            "value, nobody can: tell its editor what to change, or return it with a "
            "comment."
        )
    return (
        "If you change a value here you can no longer publish this version. Then only "
        f"{', '.join(others)} can."
    )


def year_before(release: Release) -> YearFigures | None:
    return public.everything().years.get(release.match_year - 1)


def checklist(release: Release, figures: YearFigures, *, now: datetime) -> Checklist:
    """Problems and remarks, doubts beside the years before included."""
    all_findings = findings(figures)
    earlier = [
        year
        for match_year, year in public.everything().years.items()
        if match_year < release.match_year
    ]
    return Checklist(
        problems=tuple(finding for finding in all_findings if finding.blocks),
        remarks=(
            *(finding for finding in all_findings if not finding.blocks),
            *_not_yet(release, figures, now),
            *doubts(figures, earlier),
        ),
    )


def _not_yet(
    release: Release, figures: YearFigures, now: datetime
) -> list[ReadinessFinding]:
    """A draft waits for its Match without being blocked: it may be scheduled. The
    sentence is the same every day, so that a tick on it holds.
    """
    early = None if release.status == Status.PUBLISHED else too_early(figures, now)
    begins = in_words(match_week_begins(figures.match_year))
    text = (
        f"The Match of {figures.match_year} has not taken place. Its figures can be "
        f"public from {begins} on, when Match Week begins."
    )
    return [replace(early, blocks=False, text=text)] if early else []


def changes(release: Release, figures: YearFigures) -> Sequence[ValueDifference]:
    """What publishing this version would change in what is public now."""
    before = published_beside(release)
    return differences(before, figures) if before else ()


def other_changes(release: Release, figures: YearFigures) -> Sequence[OtherDifference]:
    """What it would say otherwise of the values: grades, sources, notes, footnotes."""
    before = published_beside(release)
    return other_differences(before, figures) if before else ()


def changes_nothing(release: Release, figures: YearFigures) -> bool:
    """Is this an amendment that says exactly what is public now?"""
    before = published_beside(release)
    return before is not None and nothing_differs(before, figures)


def next_step(release: Release, *, blocked: bool) -> str:
    """What to do next with the version; empty when there is nothing."""
    if release.status == Status.PUBLISHED:
        return "Open an amendment to change a figure." if release.is_current else ""
    if release.status == Status.DRAFT:
        return (
            "Mend what blocks publication, then submit."
            if blocked
            else "Submit it for review."
        )
    if settings.FIGURES_REQUIRE_TWO_PEOPLE:
        return "Somebody who changed none of these values publishes or returns it."
    return "Publish it, or return it with a comment."


# --- Rates beside counts --------------------------------------------------------------


def rate_of(row: Row | None, year: YearFigures | None) -> Rate | None:
    """The rate of a row of this version as a measure; None: it has none."""
    match row:
        case TotalsRow() | ApplicantRow():
            return row.match_rate
        case PlacementRow():
            placement = year.placement_of(row.applicant_type) if year else None
            return placement.placed_rate_active if placement else None
        case SpecialtyRow():
            return row.img_share
        case _:
            return None


def rate_in_words(rate: Rate | None) -> str:
    if rate is None:
        return "–"
    if rate.printed is None:
        return numbers.percent(rate.percent)
    return f"{rate.printed:f}%"


def points_in_words(rate: Rate | None, before: Rate | None) -> str:
    if rate is None or before is None:
        return ""
    change = rate.percent - before.percent
    return numbers.signed(numbers.decimal(abs(change)), negative=change < 0)
