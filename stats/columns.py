"""The columns of each table of figures. Models, checks, files and pages follow these.

`TABLES` is the registry of the open tables: what each column is, for the files, schemas
and dictionaries that follow from it (`data/columns.toml`, `data/tables.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from imgportal.lib import content_files
from imgportal.lib.data_columns import Column, ColumnKind, Table
from stats.choices import (
    ApplicantType,
    FigureConfidence,
    FigureTable,
    Missing,
    ReleaseKind,
    ScoreOutcome,
    SourceKind,
)
from stats.definitions import DEFINITIONS

# What tells a row from the others of its table.
IDENTITY: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: (),
    FigureTable.APPLICANTS: ("applicant_type",),
    FigureTable.PLACEMENTS: ("applicant_type",),
    FigureTable.SPECIALTIES: ("specialty",),
    FigureTable.SCORES: ("specialty", "applicant_type", "outcome"),
}
# Whom a row with an applicant type can be about, in the order of NRMP's tables.
_TYPES_BESIDE_TOTALS = tuple(
    kind for kind in ApplicantType if kind is not ApplicantType.ALL
)
APPLICANT_TYPES: dict[FigureTable, tuple[ApplicantType, ...]] = {
    FigureTable.APPLICANTS: _TYPES_BESIDE_TOTALS,
    # All IMGs are computed of both groups here.
    FigureTable.PLACEMENTS: tuple(
        kind for kind in ApplicantType if kind is not ApplicantType.IMG_TOTAL
    ),
    FigureTable.SCORES: _TYPES_BESIDE_TOTALS,
}
# Whole numbers of people, programs or positions.
COUNTS: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: (
        "pgy1_positions_offered",
        "pgy1_positions_filled",
        "all_positions_offered",
        "all_positions_filled",
        "registered_applicants",
        "active_applicants",
        "matched_to_pgy1",
    ),
    FigureTable.APPLICANTS: ("active_applicants", "matched_to_pgy1"),
    # How many were active and how many matched stands in the tables above; the source
    # repeats it, and it is stored once.
    FigureTable.PLACEMENTS: ("placed_pgy1_all", "placed_pgy1_active"),
    FigureTable.SPECIALTIES: (
        "programs",
        "positions_offered",
        "positions_filled",
        "filled_us_md_senior",
        "filled_us_do",
        "filled_us_img",
        "filled_non_us_img",
        "filled_img_total",
        "filled_other",
    ),
    FigureTable.SCORES: ("applicants", "applicants_with_score"),
}
SCORES = ("step2_ck_mean", "step2_ck_q1", "step2_ck_median", "step2_ck_q3")
# Numbers that are kept with the digits their source prints.
PRINTED: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: ("published_match_rate",),
    FigureTable.APPLICANTS: ("published_match_rate",),
    FigureTable.PLACEMENTS: (
        "published_placed_rate_all",
        "published_placed_rate_active",
    ),
    FigureTable.SPECIALTIES: ("published_img_share",),
    FigureTable.SCORES: (*SCORES, "contiguous_ranks_mean", "contiguous_ranks_median"),
}
# (part, whole): a part is never more than its whole.
PARTS_WITHIN_WHOLES: dict[FigureTable, tuple[tuple[str, str], ...]] = {
    FigureTable.TOTALS: (
        ("pgy1_positions_filled", "pgy1_positions_offered"),
        ("all_positions_filled", "all_positions_offered"),
        ("pgy1_positions_offered", "all_positions_offered"),
        ("pgy1_positions_filled", "all_positions_filled"),
        ("active_applicants", "registered_applicants"),
        ("matched_to_pgy1", "active_applicants"),
    ),
    FigureTable.APPLICANTS: (("matched_to_pgy1", "active_applicants"),),
    FigureTable.PLACEMENTS: (("placed_pgy1_active", "placed_pgy1_all"),),
    FigureTable.SPECIALTIES: (
        ("positions_filled", "positions_offered"),
        ("filled_us_md_senior", "positions_filled"),
        ("filled_us_do", "positions_filled"),
        ("filled_us_img", "positions_filled"),
        ("filled_non_us_img", "positions_filled"),
        ("filled_other", "positions_filled"),
        ("filled_img_total", "positions_filled"),
        ("filled_us_img", "filled_img_total"),
        ("filled_non_us_img", "filled_img_total"),
    ),
    FigureTable.SCORES: (
        ("applicants_with_score", "applicants"),
        ("step2_ck_q1", "step2_ck_median"),
        ("step2_ck_median", "step2_ck_q3"),
        ("step2_ck_q1", "step2_ck_q3"),
    ),
}

# --- The open tables ------------------------------------------------------------------

DATA = Path(__file__).resolve().parent / "data"
# Both IMG groups together, which no source has a row for and readers ask for most.
ALL_IMGS = "all_imgs"
ALL_SPECIALTIES_SLUG = "all-specialties"
# Reasons of an empty cell that follow from others and are not stored.
NOT_NEEDED, NOT_IN_EDITION = "not_needed", "not_in_edition"
REASONS = {
    **{
        str(reason.value): str(reason.label)
        for reason in Missing
        if reason != "not_entered"
    },
    NOT_NEEDED: "not needed: the counts give it",
    NOT_IN_EDITION: "this edition of Charting Outcomes never printed it",
}

# The columns of codes, each with its codes and what they mean.
CODES: dict[str, dict[str, str]] = {
    column: {str(code): str(label) for code, label in choices}
    for column, choices in (
        ("applicant_type", [*ApplicantType.choices, (ALL_IMGS, "All IMGs")]),
        ("outcome", ScoreOutcome.choices),
        ("confidence", FigureConfidence.choices),
        ("kind", ReleaseKind.choices),
        ("source_kind", SourceKind.choices),
        ("table", FigureTable.choices),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEntry:
    """One column as `data/columns.toml` has it."""

    name: str
    title: str
    kind: ColumnKind
    called: str = ""
    unit: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEntry:
    """One table as `data/tables.toml` has it."""

    name: str
    title: str
    description: str
    key: tuple[str, ...]


_COLUMNS_FILE, _TABLES_FILE = DATA / "columns.toml", DATA / "tables.toml"
COLUMN_ENTRIES: Mapping[str, ColumnEntry] = content_files.by_key(
    content_files.read_toml(_COLUMNS_FILE, "column", ColumnEntry),
    "name",
    _COLUMNS_FILE,
)
# The columns of the figure tables, as a sentence would name them.
COLUMN_NAMES = {
    name: entry.title
    for name, entry in COLUMN_ENTRIES.items()
    if any(name in (*COUNTS[table], *PRINTED[table]) for table in FigureTable)
}
_PROVENANCE = (
    *("missing", "confidence", "sources", "locator", "note", "by_value", "footnotes"),
)
# What is computed of the stored columns of a table.
COMPUTED: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: ("match_rate_percent",),
    FigureTable.APPLICANTS: ("match_rate_percent",),
    FigureTable.PLACEMENTS: (
        *("active_applicants", "matched_to_pgy1", "match_rate_percent"),
        *("placed_rate_active_percent", "placed_after_match_all"),
        "placed_after_match_active",
    ),
    FigureTable.SPECIALTIES: ("img_share_percent",),
    FigureTable.SCORES: ("preferred_applicants", "matched_to_preferred_percent"),
}
_GROUP = ("applicant_type", "applicant_type_label")
# What tells whom and when a row is about.
ABOUT: dict[FigureTable, tuple[str, ...]] = {
    FigureTable.TOTALS: ("match_year", "version"),
    FigureTable.APPLICANTS: ("match_year", "version", *_GROUP),
    FigureTable.PLACEMENTS: ("match_year", "version", *_GROUP),
    FigureTable.SPECIALTIES: ("match_year", "version", "slug", "specialty"),
    FigureTable.SCORES: (
        *("charting_outcomes", "match_year", "version", "slug", "specialty"),
        *(*_GROUP, "outcome", "outcome_label"),
    ),
}
# A row of these may be about groups together that are stored apart.
WITH_SUMS = (FigureTable.APPLICANTS, FigureTable.PLACEMENTS)
_NAMES: dict[str, tuple[str, ...]] = {
    **{
        table.value: (
            *ABOUT[table],
            *COUNTS[table],
            *PRINTED[table],
            *COMPUTED[table],
            *(("made_by",) if table in WITH_SUMS else ()),
            *_PROVENANCE,
        )
        for table in FigureTable
    },
    "specialty-names": ("slug", "name", "short_name", "is_preliminary", "merged_into"),
    "versions": (
        *("match_year", "version", "edition", "kind", "published_at", "is_current"),
        "public_note",
    ),
    "changes": (
        *("edition", "match_year", "version", "kind", "published_at", "table", "row"),
        *("column", "before", "after", "public_note"),
    ),
    "sources": (
        *("key", "title", "publisher", "url", "published", "accessed_on"),
        *("source_kind", "rests_on", "sums", "figures_resting_on_it"),
    ),
}
_OPTIONAL = frozenset(
    {
        *(
            "made_by",
            "missing",
            "locator",
            "note",
            "by_value",
            "footnotes",
            "merged_into",
        ),
        *("public_note", "row", "before", "after", "url", "accessed_on", "rests_on"),
        "sums",
    }
)


_NUMBERS = (ColumnKind.YEAR, ColumnKind.COUNT, ColumnKind.RATE, ColumnKind.PRINTED)


def _column(name: str, table: TableEntry) -> Column:
    entry = COLUMN_ENTRIES[name]
    called = entry.called or name
    definition = next(
        (measure for measure in DEFINITIONS if name in measure.columns), None
    )
    described = entry.description or (definition.definition if definition else "")
    unit = entry.unit or (definition.unit if definition else "")
    is_number = entry.kind in _NUMBERS
    return Column(
        name=called,
        kind=entry.kind,
        title=entry.title,
        description=described,
        unit=unit if is_number else "",
        of=definition.denominator if definition and is_number else "",
        codes=tuple(CODES.get(name, {}).items()),
        is_key=called in table.key,
        is_explained=is_number
        and any(
            name in (*COUNTS[figures], *PRINTED[figures], *COMPUTED[figures])
            for figures in FigureTable
            if figures.value == table.name
        ),
        is_optional=name in _OPTIONAL,
    )


def _read_tables() -> Mapping[str, Table]:
    entries = content_files.read_toml(_TABLES_FILE, "table", TableEntry)
    return MappingProxyType(
        {
            entry.name: Table(
                name=entry.name,
                title=entry.title,
                description=entry.description,
                columns=tuple(_column(name, entry) for name in _NAMES[entry.name]),
            )
            for entry in content_files.by_key(entries, "name", _TABLES_FILE).values()
        }
    )


TABLES = _read_tables()
