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
# Which applicant types a table may have a row of. All applicants together stand in the
# totals, so only a table that the totals do not cover has a row of them.
_TYPES = tuple(kind for kind in ApplicantType if kind is not ApplicantType.ALL)
GROUPS: dict[FigureTable, tuple[ApplicantType, ...]] = {
    FigureTable.TOTALS: (),
    FigureTable.APPLICANTS: _TYPES,
    FigureTable.PLACEMENTS: (*_TYPES, ApplicantType.ALL),
    FigureTable.SPECIALTIES: (),
    FigureTable.SCORES: _TYPES,
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
    FigureTable.PLACEMENTS: (
        "active_applicants",
        "active_placed_in_pgy1",
        "placed_in_pgy1",
    ),
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
        "published_placed_rate",
        "published_placed_rate_of_all",
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
    FigureTable.PLACEMENTS: (
        ("active_placed_in_pgy1", "active_applicants"),
        ("active_placed_in_pgy1", "placed_in_pgy1"),
    ),
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
