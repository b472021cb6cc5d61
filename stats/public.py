"""Every published figure, read once: where the rest of the house gets its figures.

`profiles` imports nothing else of `stats` but `stats.choices`. The site around both,
imgportal, may also import the open tables, what their columns are and how they are written
(`open_tables`, `columns`, `formats`), the figures as they were
(`editions`, `asked_edition`),
what can be cited (`citable`), the types of the rows (`figures`), what is computed and
written about them (`measures`, `year_summary`, `definitions`), how they are drawn
(`charts`, `rate_chart`, `embeds`) and how a page of them is served (`public_page`, `converters`),
the names of the groups of staff (`staff_groups`), what waits for the staff (`desk`,
`signals`) reports of readers (`actions.handle_reports`) and what is due to be published
(`actions.schedule_publication`). tests/test_architecture.py holds this.

Everything here is frozen plain data. A published version never changes, so what is
read once stays true until the next publication: `everything()` asks the database
one short question (which versions are published, and when was the name of anything last
edited?) and reads the rows again only when the answer differs from the last one.
Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import models

from imgportal.lib.memo import Memo, PreparedQuery, State
from imgportal.lib.problems import ParameterFault
from stats import preferred_match, release_reader, score_position, year_summary
from stats.choices import ApplicantType
from stats.differences import (
    OtherDifference,
    ProvenanceDifference,
    ValueDifference,
    differences,
    other_differences,
)
from stats.figures import (
    ALL_SPECIALTIES,
    Row,
    SourceFacts,
    SpecialtyFacts,
    SpecialtyRow,
    WithdrawalFacts,
)
from stats.figures import ScoreRow as ScoreRow
from stats.figures import YearFigures as YearFigures
from stats.models import (
    Release,
    ScheduledPublication,
    SecondLook,
    Source,
    Specialty,
    Withdrawal,
)
from stats.preferred_match import PreferredMatch as PreferredMatch
from stats.score_position import ScorePosition as ScorePosition
from stats.score_position import Strip as Strip

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The state of what is published: equal states mean equal pages."""

    token: str
    published_at: datetime | None  # None: nothing is published yet
    # The last publication or edit of a source or specialty.
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEdition:
    """What an address asks for by `edition=` or `as_of=`."""

    # None: it cannot be had; `faults` say why, and the figures are those of today.
    number: int | None
    today: Figures
    faults: tuple[ParameterFault, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Every published figure, current and earlier versions alike."""

    publication: Publication
    # None: the figures of today, as nothing else was asked for.
    asked: AskedEdition | None = None
    # When the next version becomes public by itself. None: nothing is scheduled.
    next_publication: datetime | None = None
    versions: Mapping[tuple[int, int], YearFigures]
    # Confirmed ones and those that took them back, the newest first.
    withdrawals: tuple[WithdrawalFacts, ...] = ()
    specialties: Mapping[str, SpecialtyFacts]  # by slug, in alphabetical order
    sources: Mapping[str, SourceFacts]  # by key, in alphabetical order

    def with_current(self, year: YearFigures) -> Figures:
        """The same with this version as the current one of its year, to be looked at
        before it is published.
        """
        older = {
            place: replace(version, release=replace(version.release, is_current=False))
            if version.match_year == year.match_year
            else version
            for place, version in self.versions.items()
        }
        older[year.match_year, year.release.version] = replace(
            year, release=replace(year.release, is_current=True)
        )
        return replace(self, versions=MappingProxyType(dict(sorted(older.items()))))

    @property
    def of_today(self) -> Figures:
        """What is public now, where these are an edition that an address asks for."""
        return self.asked.today if self.asked else self

    @property
    def is_newest(self) -> bool:
        """Are these the figures of today, asked for or not?"""
        return self.edition == self.of_today.edition

    @property
    def pin(self) -> dict[str, str]:
        """What an address names to have this very edition; empty: nothing was asked."""
        asked = self.asked.number if self.asked else None
        return {"edition": str(asked)} if asked else {}

    @cached_property
    def edition(self) -> int:
        """The number of the newest publication (`stats.editions`). 0: nothing is public."""
        return max((year.release.edition for year in self.versions.values()), default=0)

    @cached_property
    def years(self) -> dict[int, YearFigures]:
        """The current version of each Match year, oldest first."""
        return {
            year.match_year: year
            for year in self.versions.values()
            if year.release.is_current
        }

    @cached_property
    def newest(self) -> YearFigures | None:
        """The newest year of which the results of IMGs are known."""
        return next(
            (
                year
                for year in reversed(self.years.values())
                if year.imgs is not None and year.imgs.match_rate is not None
            ),
            None,
        )

    @cached_property
    def newest_confirmed(self) -> YearFigures | None:
        """The newest year of which the result of all IMGs is confirmed."""
        return next(
            (
                year
                for year in reversed(self.years.values())
                if (imgs := year.imgs) is not None
                and imgs.match_rate is not None
                and imgs.provenance.is_confirmed
            ),
            None,
        )

    @cached_property
    def newest_after_soap(self) -> YearFigures | None:
        """The newest year of which is known how IMGs fared after SOAP."""
        return next(
            (year for year in reversed(self.years.values()) if year.img_placements),
            None,
        )

    def versions_of(self, match_year: int) -> tuple[YearFigures, ...]:
        """All published versions of one year, oldest first; empty when there is none."""
        return tuple(
            year for year in self.versions.values() if year.match_year == match_year
        )

    def changes_in(self, year: YearFigures) -> tuple[ValueDifference, ...]:
        """What this version changed in the one before it; empty for a first one."""
        before = self.versions.get((year.match_year, year.release.version - 1))
        return differences(before, year) if before else ()

    def other_changes_in(self, year: YearFigures) -> tuple[OtherDifference, ...]:
        """What this version says otherwise of its values: grades, sources, notes."""
        before = self.versions.get((year.match_year, year.release.version - 1))
        return other_differences(before, year) if before else ()

    @cached_property
    def largest_img_share(self) -> Fraction:
        """In percent, of any specialty and year: on it all trends are drawn, so that any
        two can be compared.
        """
        shares = [
            share.percent
            for rows in self.specialty_years.values()
            for row in rows
            if (share := row.img_share)
        ]
        return max(shares, default=Fraction(0))

    @cached_property
    def news(self) -> Mapping[tuple[int, int], frozenset[str]]:
        """What each version, by Match year and number, says that the version before did
        not: the slugs of specialties, and the empty one for totals and applicant types.
        A specialty that was merged answers with its successor. A figure whose grade is
        another one is news, because it can be trusted more or less than before. Another
        source, note or reason is not.
        """
        return {
            place: frozenset(self._news_in(year))
            for place, year in self.versions.items()
        }

    def _news_in(self, year: YearFigures) -> Iterator[str]:
        rows: Iterable[Row | None] = year.rows()
        if year.release.version > 1:
            rows = [
                *(item.after_row or item.before_row for item in self.changes_in(year)),
                *(
                    item.after_row
                    for item in self.other_changes_in(year)
                    if isinstance(item, ProvenanceDifference) and _is_regraded(item)
                ),
            ]
        for row in rows:
            if isinstance(row, (SpecialtyRow, ScoreRow)):
                successor = self.specialty(row.specialty.slug)
                yield successor.slug if successor else row.specialty.slug
            else:
                yield ""

    def specialty(self, slug: str) -> SpecialtyFacts | None:
        """What a slug stands for today: its specialty, or what that was merged into."""
        specialty = self.specialties.get(slug)
        # Bounded, so that specialties merged in a circle cannot hang a page.
        for _ in self.specialties:
            if specialty is None or not specialty.successor:
                break
            specialty = self.specialties[specialty.successor]
        return specialty

    @cached_property
    def merged_into(self) -> Mapping[str, tuple[SpecialtyFacts, ...]]:
        """The specialties that were merged into each one in the end, by its slug."""
        return _group_by_key(
            (successor.slug, former)
            for former in self.specialties.values()
            if former.successor and (successor := self.specialty(former.slug))
        )

    @cached_property
    def publications(self) -> tuple[YearFigures, ...]:
        """Every published version, the newest publication first."""
        return tuple(
            sorted(
                self.versions.values(),
                key=lambda year: (
                    year.release.published_at,
                    year.release.version,
                    year.match_year,
                ),
                reverse=True,
            )
        )

    @cached_property
    def specialty_years(self) -> Mapping[str, tuple[SpecialtyRow, ...]]:
        """The positions of each specialty over the years, oldest first, by slug."""
        return _group_by_key(
            (row.specialty.slug, row)
            for year in self.years.values()
            for row in year.specialties
        )

    @cached_property
    def followed(self) -> int:
        """Of how many specialties any year knows the share that IMGs filled; what was
        merged is followed no longer.
        """
        return sum(
            not self.specialties[slug].successor
            and any(row.img_share is not None for row in rows)
            for slug, rows in self.specialty_years.items()
        )

    def newest_share(self, slug: str) -> SpecialtyRow | None:
        """The newest positions of a specialty of which the IMG share is known, else the
        newest of all. None: no year has positions of it.
        """
        rows = self.specialty_years.get(slug, ())[::-1]
        return next((row for row in rows if row.img_share), next(iter(rows), None))

    @cached_property
    def newest_shares(self) -> tuple[SpecialtyRow, ...]:
        """The newest known IMG share of each specialty, in alphabetical order."""
        return tuple(
            row
            for specialty in self.specialties_with_figures
            if (row := self.newest_share(specialty.slug)) and row.img_share
        )

    @cached_property
    def last_full_year(self) -> YearFigures | None:
        """The newest year that knows the IMG share of nearly every specialty of which any
        year knows it. None: there is no such year.
        """
        return next(
            (
                year
                for year in reversed(self.years.values())
                if year_summary.is_full(year, self.followed)
            ),
            None,
        )

    @cached_property
    def specialties_with_figures(self) -> tuple[SpecialtyFacts, ...]:
        """Those with positions or scores, in alphabetical order, without merged ones."""
        return tuple(
            specialty
            for slug, specialty in self.specialties.items()
            if not specialty.successor
            and (slug in self.specialty_years or slug in self.scores_of)
        )

    @cached_property
    def best_covered_year(self) -> int | None:
        """The newest year that covers enough of the specialties we follow.

        The newest years arrive piecemeal: a list of one specialty would mislead.
        """
        return next(
            (
                year.match_year
                for year in reversed(self.years.values())
                if year_summary.covers(year, self.followed)
            ),
            None,
        )

    @cached_property
    def scores_of(self) -> Mapping[str, tuple[ScoreRow, ...]]:
        """The scores of each specialty, newest edition first, by slug."""
        return _group_by_key(
            (row.specialty.slug, row)
            for year in reversed(self.years.values())
            for row in year.scores
        )

    @cached_property
    def preferred_of(self) -> Mapping[str, tuple[PreferredMatch, ...]]:
        """Of those who preferred each specialty, who matched; the newest edition first,
        by slug. The empty slug is all specialties together.
        """
        return _group_by_key(
            (item.specialty.slug, item)
            for year in reversed(self.years.values())
            for item in preferred_match.list_preferred(year.scores)
        )

    def newest_preferred(
        self, slug: str, group: ApplicantType
    ) -> PreferredMatch | None:
        """The newest edition that counts a group which preferred a specialty."""
        return next(
            (
                item
                for item in self.preferred_of.get(slug, ())
                if item.applicant_type == group and item.share
            ),
            None,
        )

    def preferred_in_newest(self, group: ApplicantType) -> tuple[PreferredMatch, ...]:
        """What the newest edition with counts of a group counts, by specialty, the
        largest share first. Empty: no edition counts the group.
        """
        for edition in self.charting_editions:
            results = [
                item
                for item in preferred_match.list_preferred(self.years[edition].scores)
                if item.applicant_type == group and item.specialty.slug
            ]
            if ordered := preferred_match.by_share(results):
                return ordered
        return ()

    def newest_edition_of(self, group: ApplicantType) -> int | None:
        """The newest edition that covers a group of applicants, if any does."""
        return next(
            (
                edition
                for edition in self.charting_editions
                if any(
                    row.applicant_type == group for row in self.years[edition].scores
                )
            ),
            None,
        )

    def score_position(
        self, slug: str, group: ApplicantType | None
    ) -> ScorePosition | None:
        """What is published of the scores of a group in a specialty.

        The empty slug means all specialties together, no group means both groups. A
        specialty that was merged answers with its successor. None: no such specialty.
        """
        specialty = self.specialty(slug) if slug else ALL_SPECIALTIES
        if specialty is None:
            return None
        rows = self.scores_of.get(specialty.slug, ())
        return score_position.find_position(specialty, rows, group)

    @cached_property
    def charting_editions(self) -> tuple[int, ...]:
        """The years that have a Charting Outcomes edition, newest first."""
        return tuple(
            year.match_year for year in reversed(self.years.values()) if year.scores
        )

    @cached_property
    def rests_on(self) -> Mapping[str, tuple[Row, ...]]:
        """The current rows that rest on each source, by key."""
        return _group_by_key(
            (source.key, row)
            for year in self.years.values()
            for row in year.rows()
            for source in row.provenance.sources
        )


def _is_regraded(item: ProvenanceDifference) -> bool:
    """As readers see the grade: it is never better than its rule gives."""
    rows = item.before_row, item.after_row
    return (
        item.column == "confidence"
        and len({row.provenance.confidence for row in rows if row is not None}) > 1
    )


def _group_by_key(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    """The values of each key, keys and values in the order in which they come."""
    groups: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _last_edits(model: Any) -> dict[str, models.Subquery]:
    """When a row was last edited, and the number of rows, which a deletion changes."""
    name = model._meta.model_name
    # Values of a constant make one group of all rows.
    all_rows = model.objects.order_by().values(one=models.Value(1))
    last = all_rows.annotate(last=models.Max("changed_at")).values("last")
    count = all_rows.annotate(count=models.Count("pk")).values("count")
    return {
        f"{name}_changed_at": models.Subquery(last),
        f"{name}_count": models.Subquery(count),
    }


def _scheduled() -> models.QuerySet[Any, Any]:
    first: models.QuerySet[Any, Any] = ScheduledPublication.objects.order_by("at")
    return first.values("at")[:1]


def _last_withdrawals() -> dict[str, models.Subquery]:
    """When the last withdrawal was confirmed or lifted."""
    confirmed = Withdrawal.objects.order_by().values(one=models.Value(1))
    last = confirmed.annotate(last=models.Max("confirmed_at")).values("last")
    return {"withdrawal_confirmed_at": models.Subquery(last)}


# Edits of names and titles, and withdrawals, asked along with what is published.
EDITS = _last_edits(Source) | _last_edits(Specialty) | _last_withdrawals()


def _published() -> models.QuerySet[Any, Any]:
    """One row that differs after every publication and every edit of a name or title.

    Asked for every page. A published version is never deleted and leaves its place as
    the current one only to another, so how many there are and which is the newest
    tells one state from the next without naming them all.
    """
    published: models.QuerySet[Any, Any] = (
        Release.objects.published()
        .order_by()
        .values(one=models.Value(1))
        .annotate(
            count=models.Count("pk"),
            newest=models.Max("pk"),
            published_at=models.Max("published_at"),
            current=models.Sum("pk", filter=models.Q(is_current=True)),
            unseen=models.Subquery(
                SecondLook.objects.filter(looked_at=None)
                .order_by()
                .values(one=models.Value(1))
                .annotate(count=models.Count("pk"))
                .values("count")
            ),
            # Called off or put off: nothing public differs, but when to look again.
            scheduled=models.Subquery(_scheduled()),
            **EDITS,
        )
    )
    return published


# A published release: its id, whether it is the current one, since when, and why nobody
# else has looked at it yet. Then the
# edits, which are the same in every row.
COLUMNS = ("id", "is_current", "published_at", "unseen_because", *EDITS)


def _publication(states: Sequence[tuple[Any, ...]]) -> Publication:
    edits = states[0][4:] if states else ()
    released = [state[:4] for state in states]
    moments = [state[2] for state in states]
    return Publication(
        token=hashlib.blake2s(
            repr((released, edits)).encode(), digest_size=8
        ).hexdigest(),
        published_at=max(moments, default=None),
        changed_at=max(
            (*moments, *(edit for edit in edits if isinstance(edit, datetime))),
            default=None,
        ),
    )


def _read(_: State) -> Figures:
    """Read the published releases, and the rows of exactly these.

    The releases are fixed first and their rows can no longer change, so a
    publication in the middle of these queries cannot mix two states.
    """
    releases: Sequence[Mapping[str, Any]] = list(
        Release.objects.published()
        .order_by("match_year", "version")
        .annotate(
            by_one_person=models.Exists(
                Release.editors.through.objects.filter(
                    release_id=models.OuterRef("pk"),
                    user_id=models.OuterRef("published_by_id"),
                )
            ),
            scheduled=models.Subquery(_scheduled()),
            unseen_because=models.Subquery(
                SecondLook.objects.filter(
                    release=models.OuterRef("pk"), looked_at=None
                ).values("reason")
            ),
            **EDITS,
        )
        .values()
    )
    publication = _publication(
        [tuple(release[column] for column in COLUMNS) for release in releases]
    )
    withdrawals = _read_withdrawals()
    withdrawn = {
        (item.match_year, item.version): "" if item.lifts else item.reason
        # The last one holds.
        for item in reversed(withdrawals)
    }
    release_rows = release_reader.read(
        [
            {
                **release,
                "withdrawn_because": withdrawn.get(
                    (release["match_year"], release["version"]), ""
                ),
            }
            for release in releases
        ]
    )
    return Figures(
        publication=publication,
        next_publication=releases[0]["scheduled"] if releases else None,
        versions=MappingProxyType(release_rows.versions),
        withdrawals=withdrawals,
        specialties=release_rows.specialties,
        sources=release_rows.sources,
    )


def _read_withdrawals() -> tuple[WithdrawalFacts, ...]:
    confirmed = Withdrawal.objects.exclude(confirmed_at=None).order_by(
        "-confirmed_at", "-pk"
    )
    return tuple(
        WithdrawalFacts(
            match_year=item.release.match_year,
            version=item.release.version,
            lifts=item.lifts,
            reason=item.reason,
            at=item.confirmed_at,
            by_one_person=item.confirmed_by_id == item.proposed_by_id,
        )
        for item in confirmed.select_related("release")
        if item.confirmed_at
    )


def as_stored() -> Figures:
    """All published figures as the current transaction sees them, which may still be
    undone. Kept nowhere; 16 queries.
    """
    return _read(())


# The figures of the last publication seen by this process.
memo = Memo(state=PreparedQuery(_published).rows, read=_read)


def everything() -> Figures:
    """All published figures. One query when nothing was published since, else 16."""
    return memo.value()
