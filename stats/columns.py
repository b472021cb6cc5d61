"""The columns of each table of figures. Models, checks, files and pages follow these."""

from __future__ import annotations

from stats.choices import Table

# What tells a row from the others of its table.
IDENTITY: dict[Table, tuple[str, ...]] = {
    Table.TOTALS: (),
    Table.APPLICANTS: ("applicant_type",),
    Table.SPECIALTIES: ("specialty",),
    Table.SCORES: ("specialty", "applicant_type", "outcome"),
}
# Whole numbers of people, programs or positions.
COUNTS: dict[Table, tuple[str, ...]] = {
    Table.TOTALS: (
        "pgy1_positions_offered",
        "pgy1_positions_filled",
        "all_positions_offered",
        "all_positions_filled",
        "registered_applicants",
        "active_applicants",
        "matched_to_pgy1",
    ),
    Table.APPLICANTS: ("active_applicants", "matched_to_pgy1"),
    Table.SPECIALTIES: (
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
    Table.SCORES: ("applicants", "applicants_with_score"),
}
SCORES = ("step2_ck_mean", "step2_ck_q1", "step2_ck_median", "step2_ck_q3")
# Numbers that are kept with the digits their source prints.
PRINTED: dict[Table, tuple[str, ...]] = {
    Table.TOTALS: ("published_match_rate",),
    Table.APPLICANTS: ("published_match_rate",),
    Table.SPECIALTIES: ("published_img_share",),
    Table.SCORES: (*SCORES, "contiguous_ranks_mean", "contiguous_ranks_median"),
}
# (part, whole): a part is never more than its whole.
PARTS_WITHIN_WHOLES: dict[Table, tuple[tuple[str, str], ...]] = {
    Table.TOTALS: (
        ("pgy1_positions_filled", "pgy1_positions_offered"),
        ("all_positions_filled", "all_positions_offered"),
        ("pgy1_positions_offered", "all_positions_offered"),
        ("pgy1_positions_filled", "all_positions_filled"),
        ("active_applicants", "registered_applicants"),
        ("matched_to_pgy1", "active_applicants"),
    ),
    Table.APPLICANTS: (("matched_to_pgy1", "active_applicants"),),
    Table.SPECIALTIES: (
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
    Table.SCORES: (
        ("applicants_with_score", "applicants"),
        ("step2_ck_q1", "step2_ck_median"),
        ("step2_ck_median", "step2_ck_q3"),
        ("step2_ck_q1", "step2_ck_q3"),
    ),
}
