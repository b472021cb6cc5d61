"""The columns of each table of figures. Models, checks, files and pages follow these."""

from __future__ import annotations

from stats.choices import ApplicantType, FigureTable

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
