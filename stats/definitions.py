"""What every measure means. One text (`data/definitions.toml`)
for the pages and for docs/data-dictionary.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure. `key` is its anchor, `columns` its names in downloads."""

    key: str
    name: str
    columns: tuple[str, ...]
    definition: str
    unit: str
    denominator: str = ""  # a count is a share of nothing
    caveats: str = ""


DEFINITIONS = content_files.read_toml(
    Path(__file__).resolve().parent / "data" / "definitions.toml",
    "definition",
    Definition,
)

# The columns of the figure tables, as a sentence would name them.
COLUMN_NAMES = {
    "pgy1_positions_offered": "PGY-1 positions offered",
    "pgy1_positions_filled": "PGY-1 positions filled",
    "all_positions_offered": "All positions offered",
    "all_positions_filled": "All positions filled",
    "registered_applicants": "Registered applicants",
    "active_applicants": "Active applicants",
    "matched_to_pgy1": "Matched to PGY-1",
    "published_match_rate": "Match rate as published, percent",
    "placed_pgy1_all": "Placed after SOAP, everybody",
    "placed_pgy1_active": "Placed after SOAP, active applicants",
    "published_placed_rate_all": "Placed rate of everybody as published, percent",
    "published_placed_rate_active": "Placed rate of active applicants as published, "
    "percent",
    "programs": "Programs",
    "positions_offered": "Positions offered",
    "positions_filled": "Positions filled",
    "filled_us_md_senior": "Filled by US MD seniors",
    "filled_us_do": "Filled by US DO",
    "filled_us_img": "Filled by US IMGs",
    "filled_non_us_img": "Filled by non-US IMGs",
    "filled_img_total": "Filled by all IMGs",
    "filled_other": "Filled by others",
    "published_img_share": "IMG share as published, percent",
    "applicants": "Applicants",
    "applicants_with_score": "Applicants with a score",
    "step2_ck_mean": "Step 2 CK mean",
    "step2_ck_q1": "Step 2 CK lower quartile",
    "step2_ck_median": "Step 2 CK median",
    "step2_ck_q3": "Step 2 CK upper quartile",
    "contiguous_ranks_mean": "Contiguous ranks, mean",
    "contiguous_ranks_median": "Contiguous ranks, median",
}
