"""Figures as frozen plain data: what pages, charts, downloads and checks read.

One row class per figure table, with the columns named as in the founding files,
and `YearFigures` for one version of one Match year. The rows know their measures;
`None` means "not known" throughout, and `missing` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, ClassVar, Self

from stats import measures, single_values
from stats.choices import (
    IMG_GROUPS,
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    RateOf,
    ReleaseKind,
    ScoreOutcome,
    SourceKind,
    match_year_of_edition,
)
from stats.columns import COLUMN_NAMES, COUNTS, PRINTED
from stats.measures import Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A document that figures rest on."""

    key: str
    title: str
    publisher: str
    url: str  # empty: not online
    published: str  # as loosely as the document dates itself
    accessed_on: date | None  # None: known only through others that rest on it
    kind: str
    # Keys of the documents that it repeats or reads.
    rests_on: tuple[str, ...] = ()
    # How the sums of its tables were checked; empty: they were not.
    sums: str = ""
    # Keys of all documents that it rests on, directly or by others.
    ancestry: tuple[str, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(SourceKind(self.kind).label)

    @property
    def was_read(self) -> bool:
        return self.accessed_on is not None


def with_ancestry(sources: Iterable[SourceFacts]) -> dict[str, SourceFacts]:
    """The same sources by key, each knowing everything that it rests on."""
    by_key = {source.key: source for source in sources}
    return {
        key: replace(source, ancestry=tuple(sorted(_ancestry(source, by_key))))
        for key, source in by_key.items()
    }


def _ancestry(source: SourceFacts, by_key: Mapping[str, SourceFacts]) -> set[str]:
    """Bounded, so that documents that rest on each other in a circle cannot hang it."""
    reached: set[str] = set()
    waiting = list(source.rests_on)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += by_key[key].rests_on if key in by_key else ()
    return reached


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialtyFacts:
    """A specialty, or all of them together (empty slug)."""

    slug: str
    name: str
    short_name: str
    is_preliminary: bool = False
    # The slug of what it was merged into; empty while it stands for itself.
    successor: str = ""


ALL_SPECIALTIES = SpecialtyFacts(
    slug="", name="All specialties", short_name="All specialties"
)


# After the letters of grades, so that it is the least certain of all.
WITHDRAWN = "W"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a row comes from, and how far it can be trusted."""

    match_year: int
    version: int
    sources: tuple[SourceFacts, ...]
    # Never better than the rule gives (`stats.grades`).
    confidence: FigureConfidence
    # As it was published, where that is better: before the rule, or before a document
    # was found to be less than it seemed. None: as above.
    published_grade: FigureConfidence | None = None
    locator: str = ""
    note: str = ""
    missing: str = ""  # a Missing value; empty when nothing is missing
    # What holds of single values only (`stats.single_values`).
    by_value: str = ""
    # Why its version should not be used; empty: it is not withdrawn.
    withdrawn_because: str = ""
    # How a combined figure was made, e.g. "Sum of US IMGs and non-US IMGs."
    made_by: str = ""

    @property
    def stated_grade(self) -> FigureConfidence:
        """As it is stored."""
        return self.published_grade or self.confidence

    @property
    def published_grade_in_words(self) -> str:
        """In a word; empty where it is the same."""
        return self.published_grade.label.split(":")[0] if self.published_grade else ""

    @property
    def is_confirmed(self) -> bool:
        return self.confidence is FigureConfidence.A and not self.withdrawn_because

    @property
    def shown_grade(self) -> str:
        """The letter of its grade; W where it is withdrawn and the grade says nothing."""
        return WITHDRAWN if self.withdrawn_because else self.confidence.value

    @property
    def told_note(self) -> str:
        """Its note as readers of data need it, beginning with a withdrawal."""
        if not self.withdrawn_because:
            return self.note
        withdrawn = f"Withdrawn: {self.withdrawn_because}"
        return f"{withdrawn} {self.note}" if self.note else withdrawn

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who published its documents, each once."""
        return tuple(dict.fromkeys(source.publisher for source in self.sources))

    @property
    def confidence_in_words(self) -> str:
        return str(self.confidence.label)

    @property
    def missing_in_words(self) -> str:
        return str(Missing(self.missing).label) if self.missing else ""

    def sources_of(self, column: str) -> tuple[SourceFacts, ...]:
        """The documents that one value rests on."""
        entry = single_values.entry_of(self.by_value, column)
        if entry is None or not entry.sources:
            return self.sources
        return tuple(source for source in self.sources if source.key in entry.sources)

    def ways_to(self, column: str) -> tuple[str, ...]:
        """How a value was derived that no document states; empty for a stated one."""
        entry = single_values.entry_of(self.by_value, column)
        return entry.derived if entry else ()

    @property
    def values_in_words(self) -> tuple[str, ...]:
        """What holds of single values only, a sentence for each entry about one."""
        sentences = []
        for column in single_values.columns_of(self.by_value):
            ways, sources = self.ways_to(column), self.sources_of(column)
            if not ways and sources == self.sources:
                continue
            how = f"derived, {', or '.join(ways)}" if ways else ""
            whose = (
                "from " + "; ".join(source.publisher for source in sources)
                if sources and sources != self.sources
                else ""
            )
            statement = ", ".join(filter(None, (how, whose)))
            if statement:
                sentences.append(f"{COLUMN_NAMES[column]}: {statement}.")
        return tuple(sentences)

    def missing_of(self, column: str) -> str:
        """Why one value is empty, a Missing value; empty when nothing says it."""
        entry = single_values.entry_of(self.by_value, column)
        return (entry and entry.missing) or self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCounts:
    """Who took part and who matched, and the rate that the source prints."""

    table: ClassVar[FigureTable] = FigureTable.APPLICANTS
    counts: ClassVar[tuple[str, ...]] = COUNTS[table]
    printed: ClassVar[tuple[str, ...]] = PRINTED[table]

    active_applicants: int | None
    matched_to_pgy1: int | None
    published_match_rate: Decimal | None
    provenance: Provenance

    @property
    def match_rate(self) -> Rate | None:
        """Matched to a PGY-1 position as a share of active applicants."""
        return measures.rate(
            self.matched_to_pgy1, self.active_applicants, self.published_match_rate
        )

    @property
    def implied(self) -> dict[str, tuple[int, int]]:
        """Counts that are not known and follow, but for rounding, from the other count
        and the printed rate: the least and the most, by column.
        """
        ranges = {
            "active_applicants": measures.implied_whole(
                self.matched_to_pgy1, self.published_match_rate
            ),
            "matched_to_pgy1": measures.implied_part(
                self.active_applicants, self.published_match_rate
            ),
        }
        return {
            column: between
            for column, between in ranges.items()
            if between and getattr(self, column) is None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRow(MatchCounts):
    """All applicants and all positions of one Match year."""

    table: ClassVar[FigureTable] = FigureTable.TOTALS
    counts: ClassVar[tuple[str, ...]] = COUNTS[table]
    key: ClassVar[str] = ""
    label: ClassVar[str] = "All applicants"

    pgy1_positions_offered: int | None
    pgy1_positions_filled: int | None
    all_positions_offered: int | None
    all_positions_filled: int | None
    registered_applicants: int | None

    def rate_of(self, denominator: RateOf) -> Rate | None:
        """The share that matched, of those who ranked programs or who registered."""
        if denominator is RateOf.RANKED:
            return self.match_rate
        # No source prints the share of all who registered, so it needs both counts.
        return measures.rate(self.matched_to_pgy1, self.registered_applicants)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicantRow(MatchCounts):
    """How one applicant type did in one Match year."""

    applicant_type: ApplicantType

    @property
    def key(self) -> str:
        return self.applicant_type.value

    @property
    def label(self) -> str:
        return str(self.applicant_type.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementCounts:
    """Who had a first-year position after the Match and SOAP together.

    Their share of active applicants needs the results of the Match: `Placement`.
    """

    table: ClassVar[FigureTable] = FigureTable.PLACEMENTS
    counts: ClassVar[tuple[str, ...]] = COUNTS[table]
    printed: ClassVar[tuple[str, ...]] = PRINTED[table]

    placed_pgy1_all: int | None
    placed_pgy1_active: int | None
    published_placed_rate_all: Decimal | None
    published_placed_rate_active: Decimal | None
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow(PlacementCounts):
    """Who of one applicant type, or of all, had a position after SOAP."""

    applicant_type: ApplicantType

    @property
    def key(self) -> str:
        return self.applicant_type.value

    @property
    def label(self) -> str:
        return str(self.applicant_type.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialtyRow:
    """First-year (PGY-1) positions of one specialty in one Match year."""

    table: ClassVar[FigureTable] = FigureTable.SPECIALTIES
    counts: ClassVar[tuple[str, ...]] = COUNTS[table]
    printed: ClassVar[tuple[str, ...]] = PRINTED[table]

    specialty: SpecialtyFacts
    programs: int | None
    positions_offered: int | None
    positions_filled: int | None
    filled_us_md_senior: int | None
    filled_us_do: int | None
    filled_us_img: int | None
    filled_non_us_img: int | None
    filled_img_total: int | None
    filled_other: int | None
    published_img_share: Decimal | None
    provenance: Provenance

    @property
    def key(self) -> str:
        return self.specialty.slug

    @property
    def label(self) -> str:
        return self.specialty.short_name

    @property
    def img_filled(self) -> int | None:
        """Positions filled by IMGs: as published, else the sum of both groups."""
        if self.filled_img_total is not None:
            return self.filled_img_total
        return measures.total(self.filled_us_img, self.filled_non_us_img)

    @property
    def img_share(self) -> Rate | None:
        """IMGs (US and non-US) as a share of the filled positions."""
        return measures.rate(
            self.img_filled, self.positions_filled, self.published_img_share
        )

    @property
    def us_img_share(self) -> Rate | None:
        return measures.rate(self.filled_us_img, self.positions_filled)

    @property
    def non_us_img_share(self) -> Rate | None:
        return measures.rate(self.filled_non_us_img, self.positions_filled)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """Step 2 CK of one group and outcome in one specialty, from one edition."""

    table: ClassVar[FigureTable] = FigureTable.SCORES
    counts: ClassVar[tuple[str, ...]] = COUNTS[table]
    printed: ClassVar[tuple[str, ...]] = PRINTED[table]

    specialty: SpecialtyFacts
    applicant_type: ApplicantType
    outcome: ScoreOutcome
    applicants: int | None
    applicants_with_score: int | None
    step2_ck_mean: Decimal | None
    step2_ck_q1: Decimal | None
    step2_ck_median: Decimal | None
    step2_ck_q3: Decimal | None
    contiguous_ranks_mean: Decimal | None
    contiguous_ranks_median: Decimal | None
    provenance: Provenance

    @property
    def key(self) -> str:
        return f"{self.specialty.slug}/{self.applicant_type}/{self.outcome}"

    @property
    def label(self) -> str:
        return (
            f"{self.specialty.short_name}, {self.applicant_type.label}, "
            f"{self.outcome.label.lower()}"
        )

    @property
    def edition(self) -> int:
        return self.provenance.match_year

    @property
    def why_withheld(self) -> str:
        """Why it has no score, in a few words; empty when nothing is missing."""
        if self.provenance.missing == Missing.SUPPRESSED:
            return "too few to publish"
        return self.provenance.missing_in_words

    @property
    def match_year(self) -> int:
        """The Match whose applicants the edition describes, which may be an earlier one."""
        return match_year_of_edition(self.edition)


# Printed rates, and the counts that give them.
_RATES = {
    "published_match_rate": ("matched_to_pgy1", "active_applicants"),
    "published_img_share": ("img_filled", "positions_filled"),
}
NOT_NEEDED = "not needed: the counts give it"


def why_missing(row: Any, column: str) -> str:
    """Why a value of a row is empty, in words; empty when nothing says it."""
    reason = row.provenance.missing_of(column)
    counts = _RATES.get(column, ())
    if counts and all(getattr(row, count) is not None for count in counts):
        return NOT_NEEDED
    return str(Missing(reason).label) if reason else ""


Row = TotalsRow | ApplicantRow | PlacementRow | SpecialtyRow | ScoreRow
ROW_TYPES: dict[FigureTable, Any] = {
    row_type.table: row_type
    for row_type in (TotalsRow, ApplicantRow, PlacementRow, SpecialtyRow, ScoreRow)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FootnoteFacts:
    """A caveat bound to a table, or to one row or column of it."""

    table: FigureTable
    row: str  # a row's key; empty for every row
    column: str  # a column's name; empty for every column
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalFacts:
    """That a version was withdrawn, or may be used again."""

    match_year: int
    version: int
    lifts: bool  # it takes the withdrawal before it back
    reason: str
    at: datetime
    # Proposed and confirmed by the same person, where two are not required.
    by_one_person: bool = False

    @property
    def anchor(self) -> str:
        """Where the list of changes tells of it."""
        what = "lifted" if self.lifts else "withdrawn"
        return (
            f"match-{self.match_year}-v{self.version}-{what}-{self.at:%Y-%m-%d-%H%M%S}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """One published version of one Match year."""

    match_year: int
    version: int
    kind: ReleaseKind
    public_note: str
    published_at: datetime
    is_current: bool
    is_founding: bool
    # Of all figures, the one that came with it (`stats.editions`). 0: not published yet.
    edition: int = 0
    # True when the person who published it also changed a value in it.
    by_one_person: bool = False
    # Why it should not be used; empty: it is not withdrawn.
    withdrawn_because: str = ""
    # Why it was published before a second person looked; empty once somebody has.
    unseen_because: str = ""


SUMMED_ACTIVE = "Active applicants are the sum of both groups."
SUMMED_MATCHED = "Those who matched are the sum of both groups."


SUMMED = "Sum of US IMGs and non-US IMGs."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImgFigures(MatchCounts):
    """US and non-US IMGs together. `made_by` of its provenance says how."""

    key: ClassVar[str] = "all_imgs"
    label: ClassVar[str] = "All IMGs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImgPlacements(PlacementCounts):
    """US and non-US IMGs together after SOAP: the sums of both groups."""

    key: ClassVar[str] = ImgFigures.key
    label: ClassVar[str] = ImgFigures.label


# What a line of a page or a download is about: a stored row, or two groups together.
ShownRow = Row | ImgFigures | ImgPlacements


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A group after SOAP, beside the same group after the Match alone."""

    row: PlacementRow | ImgPlacements
    result: TotalsRow | ApplicantRow | ImgFigures | None  # None: not known

    @property
    def label(self) -> str:
        """Told apart from the same group in the results of the Match."""
        return f"{self.row.label} after SOAP"

    @property
    def active_applicants(self) -> int | None:
        return self.result.active_applicants if self.result else None

    @property
    def matched_to_pgy1(self) -> int | None:
        return self.result.matched_to_pgy1 if self.result else None

    @property
    def match_rate(self) -> Rate | None:
        return self.result.match_rate if self.result else None

    @property
    def placed_rate_active(self) -> Rate | None:
        """Placed active applicants as a share of active applicants."""
        return measures.rate(
            self.row.placed_pgy1_active,
            self.active_applicants,
            self.row.published_placed_rate_active,
        )

    @property
    def placed_rate_all(self) -> Rate | None:
        """As printed: no source says of how many applicants of a type it is a share."""
        return measures.rate(None, None, self.row.published_placed_rate_all)

    @property
    def placed_after_match_active(self) -> int | None:
        """Active applicants who found a first-year position in SOAP."""
        return measures.difference(self.row.placed_pgy1_active, self.matched_to_pgy1)

    @property
    def placed_after_match_all(self) -> int | None:
        """Everybody who found one in SOAP: only active applicants can match before."""
        return measures.difference(self.row.placed_pgy1_all, self.matched_to_pgy1)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFigures:
    """Everything that one version of one Match year says."""

    release: ReleaseFacts
    totals: TotalsRow | None
    applicants: tuple[ApplicantRow, ...]
    placements: tuple[PlacementRow, ...]
    specialties: tuple[SpecialtyRow, ...]
    scores: tuple[ScoreRow, ...]
    footnotes: tuple[FootnoteFacts, ...]

    @property
    def read_until(self) -> date | None:
        """When the last of its documents was read. None: nobody here has read one."""
        days = (
            source.accessed_on
            for row in self.rows()
            for source in row.provenance.sources
        )
        return max((day for day in days if day), default=None)

    @classmethod
    def assemble(
        cls,
        release: ReleaseFacts,
        rows: Iterable[Row],
        footnotes: Iterable[FootnoteFacts],
    ) -> Self:
        """A version of its rows, of which each table keeps the order."""
        tables: dict[FigureTable, list[Any]] = {table: [] for table in FigureTable}
        for row in rows:
            tables[row.table].append(row)
        return cls(
            release=release,
            totals=next(iter(tables[FigureTable.TOTALS]), None),
            applicants=tuple(tables[FigureTable.APPLICANTS]),
            placements=tuple(tables[FigureTable.PLACEMENTS]),
            specialties=tuple(tables[FigureTable.SPECIALTIES]),
            scores=tuple(tables[FigureTable.SCORES]),
            footnotes=tuple(footnotes),
        )

    @property
    def match_year(self) -> int:
        return self.release.match_year

    def rows(self, *tables: FigureTable) -> Iterator[Row]:
        """The rows of these tables, or of all of them, in the order of the tables."""
        rows: dict[FigureTable, Sequence[Row]] = {
            FigureTable.TOTALS: (self.totals,) if self.totals else (),
            FigureTable.APPLICANTS: self.applicants,
            FigureTable.PLACEMENTS: self.placements,
            FigureTable.SPECIALTIES: self.specialties,
            FigureTable.SCORES: self.scores,
        }
        return chain.from_iterable(rows[table] for table in tables or FigureTable)

    def of_type(self, applicant_type: ApplicantType) -> ApplicantRow | None:
        return next(
            (row for row in self.applicants if row.applicant_type == applicant_type),
            None,
        )

    def row_of(self, table: FigureTable, key: str) -> ShownRow | None:
        """The row of one table with this key, or None when there is none."""
        of_imgs = (self.imgs, self.placed_imgs.row if self.placed_imgs else None)
        rows = chain(self.rows(), (row for row in of_imgs if row is not None))
        return next((row for row in rows if (row.table, row.key) == (table, key)), None)

    def footnotes_of(self, table: FigureTable) -> tuple[FootnoteFacts, ...]:
        return tuple(note for note in self.footnotes if note.table == table)

    @property
    def imgs(self) -> ImgFigures | None:
        """US and non-US IMGs together, or None when nothing is known of them.

        Both counts are sums when both groups' counts are known. Otherwise the
        published total stands, and only a count it leaves out is still a sum; its
        printed rate is used when a count stays unknown. `made_by` says which.
        """
        us = self.of_type(ApplicantType.US_IMG)
        non_us = self.of_type(ApplicantType.NON_US_IMG)
        published = self.of_type(ApplicantType.IMG_TOTAL)
        both = (us, non_us) if us is not None and non_us is not None else ()
        active = measures.total(*(row.active_applicants for row in both))
        matched = measures.total(*(row.matched_to_pgy1 for row in both))
        used: list[ApplicantRow] = list(both)
        made_by = SUMMED
        printed = None
        if published is not None and (active is None or matched is None):
            stated = (published.active_applicants, published.matched_to_pgy1)
            used = [published]
            made_by = (
                "Published total of US IMGs and non-US IMGs, because a count of one "
                "group is not known."
            )
            printed = published.published_match_rate
            if stated[0] is None and active is not None:
                used, made_by = [*both, published], f"{made_by} {SUMMED_ACTIVE}"
            if stated[1] is None and matched is not None:
                used, made_by = [*both, published], f"{made_by} {SUMMED_MATCHED}"
            active = active if stated[0] is None else stated[0]
            matched = matched if stated[1] is None else stated[1]
        if active is None and matched is None and printed is None:
            return None
        return ImgFigures(
            active_applicants=active,
            matched_to_pgy1=matched,
            published_match_rate=printed,
            provenance=combined_provenance(used, made_by=made_by),
        )

    def placement_of(self, applicant_type: ApplicantType) -> Placement | None:
        """A group after SOAP; None when nothing is known of it."""
        return next(
            (
                placement
                for placement in self.after_soap
                if placement.row.key == applicant_type.value
            ),
            None,
        )

    @property
    def after_soap(self) -> tuple[Placement, ...]:
        """Every group after SOAP that has a row, all applicants last."""
        return tuple(
            Placement(
                row=row,
                result=self.totals
                if row.applicant_type is ApplicantType.ALL
                else self.of_type(row.applicant_type),
            )
            for row in self.placements
        )

    @property
    def img_placements(self) -> tuple[Placement, ...]:
        """The IMG groups after SOAP whose rates before and after it are known."""
        return tuple(
            placement
            for kind in IMG_GROUPS
            if (placement := self.placement_of(kind))
            and placement.match_rate
            and placement.placed_rate_active
        )

    @property
    def placed_imgs(self) -> Placement | None:
        """US and non-US IMGs together after SOAP, or None when a sum is not known.

        No rate of all of them: of how many it would be a share is not published.
        """
        us = self.placement_of(ApplicantType.US_IMG)
        non_us = self.placement_of(ApplicantType.NON_US_IMG)
        if us is None or non_us is None:
            return None
        rows = [row for row in self.placements if row.applicant_type in IMG_GROUPS]
        placed_all = measures.total(*(row.placed_pgy1_all for row in rows))
        placed_active = measures.total(*(row.placed_pgy1_active for row in rows))
        if placed_all is None and placed_active is None:
            return None
        return Placement(
            row=ImgPlacements(
                placed_pgy1_all=placed_all,
                placed_pgy1_active=placed_active,
                published_placed_rate_all=None,
                published_placed_rate_active=None,
                provenance=combined_provenance(rows, made_by=SUMMED),
            ),
            result=self.imgs,
        )


def combined_provenance(rows: Iterable[Row], *, made_by: str) -> Provenance:
    """The sources of all rows, and the confidence of the least certain one."""
    origins = [row.provenance for row in rows]
    sources = {source.key: source for origin in origins for source in origin.sources}
    return Provenance(
        match_year=origins[0].match_year,
        version=origins[0].version,
        sources=tuple(sources.values()),
        confidence=FigureConfidence(max(origin.confidence.value for origin in origins)),
        missing=next((origin.missing for origin in origins if origin.missing), ""),
        made_by=made_by,
        withdrawn_because=next(
            (
                origin.withdrawn_because
                for origin in origins
                if origin.withdrawn_because
            ),
            "",
        ),
        by_value=_combined_values(origins),
    )


def _combined_values(origins: Sequence[Provenance]) -> str:
    """A sum is derived as soon as one of its parts is."""
    if len(origins) == 1:
        return origins[0].by_value
    derived = {
        column: ways[0]
        for origin in origins
        for column in single_values.columns_of(origin.by_value)
        if (ways := origin.ways_to(column))
    }
    return " | ".join(
        f"{column}: derived {way}, in one of the groups"
        for column, way in derived.items()
    )
