"""Changing a draft: what is stored, what is refused, what two editors learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from imgportal.models import User
from stats import drafts
from stats.actions import edit_draft, open_version, publish_version
from stats.actions.edit_draft import RowEdit
from stats.choices import ApplicantType, FigureTable, Missing, ReleaseStep, ScoreOutcome
from stats.exceptions import Conflict, EditRefused, WrongStatus
from stats.models import (
    MODELS,
    Release,
    ReleaseEvent,
    ScoreSummary,
    Specialty,
)
from tests.factories import (
    NOW,
    edit,
    in_review_by,
    person,
    published_by,
    rows_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return person("ana")


@pytest.fixture
def boris() -> User:
    return person("boris")


@pytest.fixture
def draft(ana: User) -> Release:
    """A year that was started and nothing else. Ana changed no value."""
    return open_version.start_year(match_year=1990, by=ana, now=NOW)


def img_row(release: Release) -> Any:
    (row,) = (
        row
        for row in rows_of(release, FigureTable.APPLICANTS)
        if row.applicant_type == ApplicantType.US_IMG
    )
    return row


def values_of(table: FigureTable, row: Any) -> dict[str, Any]:
    row.refresh_from_db()
    return drafts.stored_values(table, [row])[row.pk]


def change(
    release: Release,
    *edits: RowEdit,
    by: User,
    table: FigureTable = FigureTable.APPLICANTS,
) -> int:
    return edit_draft.change_rows(
        release_id=release.pk, table=table, edits=edits, by=by, now=NOW
    )


def refused(call: Callable[[], object]) -> EditRefused:
    with pytest.raises(EditRefused) as caught:
        call()
    return caught.value


def bad_of(call: Callable[[], object]) -> list[tuple[int, str, str]]:
    refusal = refused(call)
    assert not refusal.conflicts
    return [(bad.row_id, bad.column, bad.reason) for bad in refusal.bad]


def changes_recorded() -> list[tuple[str, str, str]]:
    """(step, who, detail) of every change, oldest first."""
    events = ReleaseEvent.objects.filter(
        step__in=[ReleaseStep.CHANGED, ReleaseStep.IMPORTED]
    )
    return [
        (event.step, str(event.by), event.detail) for event in events.order_by("pk")
    ]


# --- Values --------------------------------------------------------------------------


def test_values_of_every_kind_are_stored(draft: Release, ana: User) -> None:
    row = img_row(draft)
    wanted = {
        "active_applicants": 200,
        "matched_to_pgy1": 122,
        "published_match_rate": Decimal("61.0"),
        "missing": "",
        "confidence": "A",
        "locator": "Table 4, p. 15",
        "note": "Read twice.",
        "by_value": "matched_to_pgy1: from ecfmg-2014",
        "sources": "ecfmg-2015;ecfmg-2014",
    }

    count = change(draft, edit(FigureTable.APPLICANTS, row, **wanted), by=ana)

    assert values_of(FigureTable.APPLICANTS, row) == wanted
    assert count == len(wanted)


@pytest.mark.parametrize("table", FigureTable)
def test_every_column_that_can_be_edited_is_read_back(
    table: FigureTable, ana: User
) -> None:
    release = open_version.open_amendment(match_year=2024, by=ana, now=NOW)
    rows = rows_of(release, table)

    values = drafts.stored_values(table, rows)

    assert set(values) == {row.pk for row in rows}
    for columns in values.values():
        assert tuple(columns) == edit_draft.columns_of(table)


def test_every_table_can_be_edited(ana: User) -> None:
    release = open_version.open_amendment(match_year=2024, by=ana, now=NOW)

    for table in FigureTable:
        for row in rows_of(release, table)[:1]:
            change(release, edit(table, row, note="Seen."), by=ana, table=table)
            assert values_of(table, row)["note"] == "Seen."


def test_zero_and_nothing_are_two_values(draft: Release, ana: User) -> None:
    row = img_row(draft)
    change(draft, edit(FigureTable.APPLICANTS, row, matched_to_pgy1=0), by=ana)
    assert values_of(FigureTable.APPLICANTS, row)["matched_to_pgy1"] == 0

    change(draft, edit(FigureTable.APPLICANTS, row, matched_to_pgy1=None), by=ana)

    assert values_of(FigureTable.APPLICANTS, row)["matched_to_pgy1"] is None


def test_printed_digits_can_be_corrected(draft: Release, ana: User) -> None:
    # 41 promises less than 41.0: the checks allow it half a percent.
    row = img_row(draft)
    printed = Decimal("41")
    change(
        draft, edit(FigureTable.APPLICANTS, row, published_match_rate=printed), by=ana
    )

    printed = Decimal("41.0")
    change(
        draft, edit(FigureTable.APPLICANTS, row, published_match_rate=printed), by=ana
    )

    assert str(values_of(FigureTable.APPLICANTS, row)["published_match_rate"]) == "41.0"


def test_columns_that_are_not_named_stay(draft: Release, ana: User) -> None:
    row = img_row(draft)
    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)

    change(
        draft,
        RowEdit(row_id=row.pk, was={"note": ""}, becomes={"note": "Seen."}),
        by=ana,
    )

    values = values_of(FigureTable.APPLICANTS, row)
    assert (values["active_applicants"], values["note"]) == (200, "Seen.")


def test_several_edits_of_one_row_are_all_kept(draft: Release, ana: User) -> None:
    row = img_row(draft)
    edits = [
        RowEdit(row_id=row.pk, was={column: None}, becomes={column: value})
        for column, value in (("active_applicants", 200), ("matched_to_pgy1", 100))
    ]

    change(draft, *edits, by=ana)

    values = values_of(FigureTable.APPLICANTS, row)
    assert (values["active_applicants"], values["matched_to_pgy1"]) == (200, 100)


def test_saving_without_a_change_leaves_no_trace(draft: Release, ana: User) -> None:
    count = change(draft, edit(FigureTable.APPLICANTS, img_row(draft)), by=ana)

    assert count == 0
    assert not draft.editors.exists()
    assert changes_recorded() == []


def test_change_names_its_editor_and_how_much(draft: Release, ana: User) -> None:
    row = img_row(draft)

    change(draft, edit(FigureTable.APPLICANTS, row, note="One."), by=ana)
    change(
        draft, edit(FigureTable.APPLICANTS, row, note="Two.", locator="p. 2"), by=ana
    )

    assert list(draft.editors.all()) == [ana]
    assert changes_recorded() == [
        (
            ReleaseStep.CHANGED,
            "ana@example.org",
            "Results by applicant type: US IMGs, note: was empty, is One.",
        ),
        (
            ReleaseStep.CHANGED,
            "ana@example.org",
            "Results by applicant type: US IMGs, locator: was empty, is p. 2; "
            "US IMGs, note: was One., is Two.",
        ),
    ]


# --- Sources -------------------------------------------------------------------------


def test_sources_keep_the_order_in_which_they_are_named(
    draft: Release, ana: User
) -> None:
    row = img_row(draft)
    for keys in ("ecfmg-2015;ecfmg-2014", "ecfmg-2014;ecfmg-2015", "ecfmg-2016", ""):
        change(draft, edit(FigureTable.APPLICANTS, row, sources=keys), by=ana)

        assert values_of(FigureTable.APPLICANTS, row)["sources"] == keys


def test_sources_are_named_as_people_write_lists(draft: Release, ana: User) -> None:
    row = img_row(draft)
    keys = " ecfmg-2015 ; ecfmg-2014;;ecfmg-2015;"

    change(draft, edit(FigureTable.APPLICANTS, row, sources=keys), by=ana)
    again = change(draft, edit(FigureTable.APPLICANTS, row, sources=keys), by=ana)

    assert values_of(FigureTable.APPLICANTS, row)["sources"] == "ecfmg-2015;ecfmg-2014"
    assert again == 0


def test_unknown_source_is_named(draft: Release, ana: User) -> None:
    row = img_row(draft)
    wrong = edit(
        FigureTable.APPLICANTS, row, sources="ecfmg-2014;nowhere", note="Seen."
    )

    assert bad_of(lambda: change(draft, wrong, by=ana)) == [
        (
            row.pk,
            "sources",
            "'nowhere' is not the key of a source. Add the source first.",
        )
    ]
    assert values_of(FigureTable.APPLICANTS, row)["sources"] == ""
    assert values_of(FigureTable.APPLICANTS, row)["note"] == ""


# --- Why a value is missing ----------------------------------------------------------


def test_reason_goes_when_the_last_value_comes(draft: Release, ana: User) -> None:
    row = img_row(draft)

    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)
    assert values_of(FigureTable.APPLICANTS, row)["missing"] == Missing.NOT_ENTERED

    count = change(
        draft, edit(FigureTable.APPLICANTS, row, matched_to_pgy1=100), by=ana
    )
    assert values_of(FigureTable.APPLICANTS, row)["missing"] == ""
    assert count == 2


def test_reason_of_a_score_goes_when_a_mean_or_a_median_comes(
    draft: Release, ana: User
) -> None:
    edit_draft.add_row(
        release_id=draft.pk,
        table=FigureTable.SCORES,
        identity={
            "specialty": None,
            "applicant_type": ApplicantType.US_IMG,
            "outcome": ScoreOutcome.MATCHED,
        },
        by=ana,
        now=NOW,
    )
    (row,) = rows_of(draft, FigureTable.SCORES)

    change(
        draft,
        edit(FigureTable.SCORES, row, step2_ck_median=Decimal("245")),
        by=ana,
        table=FigureTable.SCORES,
    )

    assert values_of(FigureTable.SCORES, row)["missing"] == ""


def test_reason_for_nothing_is_dropped_and_is_no_change(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    both = {"active_applicants": 200, "matched_to_pgy1": 100}
    change(draft, edit(FigureTable.APPLICANTS, row, **both), by=ana)

    count = change(
        draft, edit(FigureTable.APPLICANTS, row, missing=Missing.NOT_FOUND), by=boris
    )

    assert values_of(FigureTable.APPLICANTS, row)["missing"] == ""
    assert count == 0
    assert list(draft.editors.all()) == [ana]


def test_value_cannot_be_taken_away_without_a_reason(draft: Release, ana: User) -> None:
    row = img_row(draft)
    both = {"active_applicants": 200, "matched_to_pgy1": 100}
    change(draft, edit(FigureTable.APPLICANTS, row, **both), by=ana)

    gone = edit(FigureTable.APPLICANTS, row, matched_to_pgy1=None)

    assert bad_of(lambda: change(draft, gone, by=ana)) == [
        (row.pk, "", "Give both numbers, or say why one is missing.")
    ]


# --- Refused values ------------------------------------------------------------------

RATE = "A rate lies between 0 and 100 percent."
PERCENT = "Enter a number such as 61.2, without a percent sign."
WRONG: list[tuple[FigureTable, dict[str, Any], str, str]] = [
    (
        FigureTable.APPLICANTS,
        {"active_applicants": 1, "matched_to_pgy1": 2},
        "matched_to_pgy1",
        "“Matched to PGY-1” (2) is more than “Active applicants” (1).",
    ),
    (
        FigureTable.APPLICANTS,
        {"active_applicants": -1},
        "active_applicants",
        "Ensure this value is greater than or equal to 0.",
    ),
    (
        FigureTable.APPLICANTS,
        {"active_applicants": "many"},
        "active_applicants",
        "“many” value must be an integer.",
    ),
    (FigureTable.APPLICANTS, {"published_match_rate": Decimal("100.1")}, "", RATE),
    (
        FigureTable.APPLICANTS,
        {"published_match_rate": "61%"},
        "published_match_rate",
        PERCENT,
    ),
    (
        FigureTable.APPLICANTS,
        {"confidence": "Z"},
        "confidence",
        "Value 'Z' is not a valid choice.",
    ),
    (
        FigureTable.APPLICANTS,
        {"missing": "lost"},
        "missing",
        "Value 'lost' is not a valid choice.",
    ),
    (
        FigureTable.APPLICANTS,
        {"missing": ""},
        "",
        "Give both numbers, or say why one is missing.",
    ),
    (
        FigureTable.APPLICANTS,
        {"locator": "x" * 101},
        "locator",
        "Ensure this value has at most 100 characters (it has 101).",
    ),
    (
        FigureTable.TOTALS,
        {"active_applicants": 9, "registered_applicants": 8},
        "active_applicants",
        "“Active applicants” (9) is more than “Registered applicants” (8).",
    ),
    (FigureTable.TOTALS, {"published_match_rate": Decimal("101")}, "", RATE),
    (FigureTable.TOTALS, {"missing": ""}, "", "Say why a value is missing."),
    (
        FigureTable.SPECIALTIES,
        {"filled_us_img": 9, "positions_filled": 8},
        "filled_us_img",
        "“Filled by US IMGs” (9) is more than “Positions filled” (8).",
    ),
    (
        FigureTable.SPECIALTIES,
        {"published_img_share": Decimal("101")},
        "",
        "A share lies between 0 and 100 percent.",
    ),
    (FigureTable.SPECIALTIES, {"missing": ""}, "", "Say why a value is missing."),
    (
        FigureTable.SCORES,
        {"step2_ck_q1": Decimal("240")},
        "",
        "Give a score, or say why",
    ),
    (
        FigureTable.SCORES,
        {"step2_ck_mean": Decimal("301")},
        "",
        "A score lies between 1 and 300.",
    ),
    (
        FigureTable.SCORES,
        {"applicants": 1, "applicants_with_score": 2},
        "applicants_with_score",
        "“Applicants with a score” (2) is more than “Applicants” (1).",
    ),
    (
        FigureTable.SCORES,
        {"step2_ck_median": Decimal("240"), "step2_ck_q1": Decimal("241")},
        "step2_ck_q1",
        "“Step 2 CK lower quartile” (241) is more than “Step 2 CK median” (240).",
    ),
]


@pytest.fixture
def with_scores(draft: Release, ana: User) -> Release:
    edit_draft.add_row(
        release_id=draft.pk,
        table=FigureTable.SCORES,
        identity={
            "specialty": None,
            "applicant_type": ApplicantType.US_IMG,
            "outcome": ScoreOutcome.MATCHED,
        },
        by=ana,
        now=NOW,
    )
    return draft


@pytest.mark.parametrize(
    ("table", "values", "column", "reason"),
    WRONG,
    ids=[f"{table}-{'-'.join(values)}" for table, values, *_ in WRONG],
)
def test_value_that_cannot_be_stored_is_refused_in_words(
    with_scores: Release,
    boris: User,
    table: FigureTable,
    values: Mapping[str, Any],
    column: str,
    reason: str,
) -> None:
    row = rows_of(with_scores, table)[0]
    before = values_of(table, row)

    wrong = edit(table, row, **values)
    ((row_id, where, why),) = bad_of(
        lambda: change(with_scores, wrong, by=boris, table=table)
    )

    assert (row_id, where) == (row.pk, column)
    assert why.startswith(reason)
    assert values_of(table, row) == before
    assert boris not in with_scores.editors.all()


def test_every_constraint_of_a_figure_has_words_of_its_own() -> None:
    for model in MODELS.values():
        for constraint in model._meta.constraints:
            plain_unique = hasattr(constraint, "fields") and not constraint.condition
            default = constraint.default_violation_error_message
            # Django words a plain unique key well by itself.
            assert plain_unique or constraint.violation_error_message != default


def test_every_bad_row_is_named_at_once(draft: Release, ana: User) -> None:
    first, second, third = rows_of(draft, FigureTable.APPLICANTS)[:3]
    edits = [
        edit(FigureTable.APPLICANTS, first, active_applicants=-1, confidence="Z"),
        edit(FigureTable.APPLICANTS, second, sources="nowhere"),
        edit(FigureTable.APPLICANTS, third, note="This one is fine."),
    ]

    bad = bad_of(lambda: change(draft, *edits, by=ana))

    assert {(row_id, column) for row_id, column, _ in bad} == {
        (first.pk, "active_applicants"),
        (first.pk, "confidence"),
        (second.pk, "sources"),
    }
    assert values_of(FigureTable.APPLICANTS, third)["note"] == ""


# --- Two editors ---------------------------------------------------------------------


def test_conflict_shows_what_it_was_theirs_and_mine(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, active_applicants=201, note="Mine.")
    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)

    refusal = refused(lambda: change(draft, mine, by=boris))

    assert refusal.conflicts == (
        Conflict(
            row_id=row.pk, column="active_applicants", was=None, stored=200, entered=201
        ),
    )
    assert "somebody else changed" in str(refusal)
    assert "choose which to keep" in str(refusal)
    # Nothing of it was saved, the harmless part neither.
    assert values_of(FigureTable.APPLICANTS, row)["active_applicants"] == 200
    assert values_of(FigureTable.APPLICANTS, row)["note"] == ""
    assert list(draft.editors.all()) == [ana]
    assert len(changes_recorded()) == 1


def test_conflict_is_over_when_the_second_has_seen_the_first(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)

    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=201), by=boris)

    assert values_of(FigureTable.APPLICANTS, row)["active_applicants"] == 201


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("active_applicants", 200),
        ("published_match_rate", Decimal("41.0")),
        ("sources", "ecfmg-2015;ecfmg-2014"),
    ],
)
def test_equal_change_by_both_is_no_conflict(
    draft: Release, ana: User, boris: User, column: str, value: object
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, **{column: value})
    change(draft, edit(FigureTable.APPLICANTS, row, **{column: value}), by=ana)

    assert change(draft, mine, by=boris) == 0

    # Whoever changed nothing may still publish.
    assert list(draft.editors.all()) == [ana]


def test_changes_of_different_columns_are_both_kept(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, matched_to_pgy1=100)
    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)

    change(draft, mine, by=boris)

    values = values_of(FigureTable.APPLICANTS, row)
    assert (values["active_applicants"], values["matched_to_pgy1"]) == (200, 100)
    assert values["missing"] == ""
    assert set(draft.editors.all()) == {ana, boris}


def test_two_good_changes_that_do_not_fit_each_other_are_refused(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, matched_to_pgy1=300)
    change(draft, edit(FigureTable.APPLICANTS, row, active_applicants=200), by=ana)

    assert bad_of(lambda: change(draft, mine, by=boris)) == [
        (
            row.pk,
            "matched_to_pgy1",
            "“Matched to PGY-1” (300) is more than “Active applicants” (200).",
        )
    ]


def test_order_of_sources_can_be_in_conflict(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, sources="ecfmg-2014;ecfmg-2015")
    theirs = edit(FigureTable.APPLICANTS, row, sources="ecfmg-2015;ecfmg-2014")
    change(draft, theirs, by=ana)

    (conflict,) = refused(lambda: change(draft, mine, by=boris)).conflicts

    assert conflict.stored == "ecfmg-2015;ecfmg-2014"
    assert conflict.entered == "ecfmg-2014;ecfmg-2015"


def test_conflicts_and_bad_values_are_told_together(
    draft: Release, ana: User, boris: User
) -> None:
    first, second = rows_of(draft, FigureTable.APPLICANTS)[:2]
    mine = edit(FigureTable.APPLICANTS, first, note="Mine.")
    wrong = edit(FigureTable.APPLICANTS, second, active_applicants=-1)
    change(draft, edit(FigureTable.APPLICANTS, first, note="Theirs."), by=ana)

    refusal = refused(lambda: change(draft, mine, wrong, by=boris))

    assert [conflict.row_id for conflict in refusal.conflicts] == [first.pk]
    assert [bad.row_id for bad in refusal.bad] == [second.pk]


def test_row_that_somebody_removed_meanwhile_is_named(
    draft: Release, ana: User, boris: User
) -> None:
    row = img_row(draft)
    mine = edit(FigureTable.APPLICANTS, row, note="Mine.")
    edit_draft.remove_row(
        release_id=draft.pk,
        table=FigureTable.APPLICANTS,
        row_id=row.pk,
        by=ana,
        now=NOW,
    )

    ((row_id, column, reason),) = bad_of(lambda: change(draft, mine, by=boris))

    assert (row_id, column) == (row.pk, "")
    assert reason.startswith("Somebody else removed this row meanwhile.")


def test_row_of_another_version_is_out_of_reach(draft: Release, ana: User) -> None:
    other = rows_of(Release.objects.get(match_year=2024), FigureTable.APPLICANTS)[0]
    before = values_of(FigureTable.APPLICANTS, other)

    refused(
        lambda: change(draft, edit(FigureTable.APPLICANTS, other, note="x"), by=ana)
    )

    assert values_of(FigureTable.APPLICANTS, other) == before


# --- Rows ----------------------------------------------------------------------------


def add(release: Release, table: FigureTable, by: User, **identity: Any) -> None:
    edit_draft.add_row(
        release_id=release.pk, table=table, identity=identity, by=by, now=NOW
    )


def test_added_row_waits_for_its_values(draft: Release, ana: User) -> None:
    add(draft, FigureTable.APPLICANTS, ana, applicant_type=ApplicantType.IMG_TOTAL)

    row = rows_of(draft, FigureTable.APPLICANTS)[-1]
    assert row.applicant_type == ApplicantType.IMG_TOTAL
    assert row.missing == Missing.NOT_ENTERED
    assert list(draft.editors.all()) == [ana]
    assert changes_recorded() == [
        (
            ReleaseStep.CHANGED,
            "ana@example.org",
            "Results by applicant type: a row added.",
        )
    ]


@pytest.mark.parametrize(
    ("table", "identity"),
    [
        (FigureTable.TOTALS, {}),
        (FigureTable.APPLICANTS, {"applicant_type": ApplicantType.US_IMG}),
        (FigureTable.SPECIALTIES, {"specialty": "dermatology"}),
        (
            FigureTable.SCORES,
            {"specialty": None, "applicant_type": "us_img", "outcome": "matched"},
        ),
    ],
    ids=lambda value: value.value if isinstance(value, FigureTable) else "",
)
def test_row_is_there_once(
    with_scores: Release, ana: User, table: FigureTable, identity: dict[str, Any]
) -> None:
    if identity.get("specialty"):
        identity = {"specialty": Specialty.objects.get(slug=identity["specialty"])}
    before = len(rows_of(with_scores, table))

    assert bad_of(lambda: add(with_scores, table, ana, **identity)) == [
        (0, "", "This row is there already. Change its values instead.")
    ]

    assert len(rows_of(with_scores, table)) == before


def test_row_of_no_known_type_is_not_added(draft: Release, ana: User) -> None:
    ((_, _, reason),) = bad_of(
        lambda: add(draft, FigureTable.APPLICANTS, ana, applicant_type="martian")
    )

    assert reason == "Value 'martian' is not a valid choice."


def test_removed_row_is_gone_and_recorded_once(draft: Release, ana: User) -> None:
    row = img_row(draft)
    for _ in range(2):
        edit_draft.remove_row(
            release_id=draft.pk,
            table=FigureTable.APPLICANTS,
            row_id=row.pk,
            by=ana,
            now=NOW,
        )

    assert row.pk not in {row.pk for row in rows_of(draft, FigureTable.APPLICANTS)}
    assert list(draft.editors.all()) == [ana]
    assert changes_recorded() == [
        (
            ReleaseStep.CHANGED,
            "ana@example.org",
            "Results by applicant type: a row removed.",
        )
    ]


# --- Footnotes -----------------------------------------------------------------------

NOTE = {"table": "totals", "row": "", "column": "", "text": "Counted by hand."}


def annotate(
    release: Release,
    *notes: Mapping[str, str],
    by: User,
    was: Sequence[Mapping[str, str]] | None = None,
) -> None:
    edit_draft.change_footnotes(
        release_id=release.pk,
        was=edit_draft.stored_footnotes(release) if was is None else was,
        footnotes=notes,
        by=by,
        now=NOW,
    )


def test_footnotes_are_replaced_and_recorded(draft: Release, ana: User) -> None:
    second = {**NOTE, "row": "us_img", "table": "applicants"}

    annotate(draft, NOTE, second, by=ana)
    annotate(draft, second, by=ana)

    assert edit_draft.stored_footnotes(draft) == [second]
    assert list(draft.editors.all()) == [ana]
    assert [detail for *_, detail in changes_recorded()] == ["Footnotes.", "Footnotes."]


def test_same_footnotes_again_are_no_change(
    draft: Release, ana: User, boris: User
) -> None:
    annotate(draft, NOTE, by=ana)

    annotate(draft, NOTE, by=boris)
    annotate(draft, {"table": "totals", "text": "Counted by hand."}, by=boris)

    assert list(draft.editors.all()) == [ana]
    assert len(changes_recorded()) == 1


def test_footnotes_that_somebody_else_changed_are_not_written_over(
    draft: Release, ana: User, boris: User
) -> None:
    mine = {**NOTE, "text": "Mine."}
    annotate(draft, NOTE, by=ana)

    (conflict,) = refused(lambda: annotate(draft, mine, by=boris, was=[])).conflicts

    assert (conflict.was, conflict.stored, conflict.entered) == ([], [NOTE], [mine])
    assert edit_draft.stored_footnotes(draft) == [NOTE]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"text": ""}, "text"),
        ({"table": "elsewhere"}, "table"),
        ({"row": "x" * 61}, "row"),
        ({"column": "x" * 41}, "column"),
    ],
)
def test_footnote_that_cannot_be_stored_is_named_by_its_place(
    draft: Release, ana: User, wrong: dict[str, str], column: str
) -> None:
    ((place, where, _),) = bad_of(lambda: annotate(draft, NOTE, NOTE | wrong, by=ana))

    assert (place, where) == (2, column)
    assert edit_draft.stored_footnotes(draft) == []


# --- Only a draft --------------------------------------------------------------------

Change = Callable[[Release, User], object]
CHANGES: dict[str, Change] = {
    "change_rows": lambda release, by: change(
        release, edit(FigureTable.APPLICANTS, img_row(release), note="Late."), by=by
    ),
    "add_row": lambda release, by: add(
        release, FigureTable.APPLICANTS, by, applicant_type=ApplicantType.IMG_TOTAL
    ),
    "remove_row": lambda release, by: edit_draft.remove_row(
        release_id=release.pk,
        table=FigureTable.APPLICANTS,
        row_id=img_row(release).pk,
        by=by,
        now=NOW,
    ),
    "change_footnotes": lambda release, by: annotate(release, NOTE, by=by),
}
each_change = pytest.mark.parametrize("late", CHANGES.values(), ids=CHANGES)


@each_change
def test_version_in_review_is_not_changed(ana: User, boris: User, late: Change) -> None:
    release = in_review_by(ana)
    before = values_of(FigureTable.APPLICANTS, img_row(release))

    with pytest.raises(
        WrongStatus, match=r"in review by now\. Publish it, or return it to its editors"
    ):
        late(release, boris)

    assert values_of(FigureTable.APPLICANTS, img_row(release)) == before
    assert boris not in release.editors.all()


@each_change
def test_published_version_is_not_changed(ana: User, boris: User, late: Change) -> None:
    release = published_by(ana, boris)

    with pytest.raises(WrongStatus, match=r"published by now\. Open an amendment"):
        late(release, ana)


def test_discarded_version_is_not_changed(draft: Release, ana: User) -> None:
    mine = edit(FigureTable.APPLICANTS, img_row(draft), note="Late.")
    open_version.discard(release_id=draft.pk, by=ana, now=NOW)

    with pytest.raises(WrongStatus, match=r"discarded\. Begin at the list of versions"):
        change(draft, mine, by=ana)


def test_returned_version_can_be_changed_again(ana: User, boris: User) -> None:
    release = in_review_by(ana)
    publish_version.return_with_comment(
        release_id=release.pk, comment="Please look again.", by=boris, now=NOW
    )

    row = img_row(release)
    change(release, edit(FigureTable.APPLICANTS, row, note="Looked."), by=ana)

    assert values_of(FigureTable.APPLICANTS, row)["note"] == "Looked."


# --- Rows of the last edition ---------------------------------------------------------


@pytest.fixture
def coming(ana: User) -> Release:
    """A year after every published edition."""
    return open_version.start_year(match_year=2027, by=ana, now=NOW)


def test_rows_of_the_last_edition_come_empty_and_once(
    coming: Release, ana: User
) -> None:
    last = ScoreSummary.objects.filter(
        release__match_year=2026, release__is_current=True
    )
    expected = list(
        last.order_by("pk").values_list("specialty", "applicant_type", "outcome")
    )
    assert len(expected) > 10

    def add() -> tuple[int, int]:
        return edit_draft.add_last_rows(
            release_id=coming.pk, table=FigureTable.SCORES, by=ana, now=NOW
        )

    first, second = add(), add()

    assert (first, second) == ((2026, len(expected)), (2026, 0))
    rows = ScoreSummary.objects.filter(release=coming).order_by("pk")
    assert list(rows.values_list("specialty", "applicant_type", "outcome")) == expected
    assert {(row.missing, row.confidence, row.step2_ck_mean) for row in rows} == {
        ("not_entered", "C", None)
    }
    assert sum("those of 2026" in detail for *_, detail in changes_recorded()) == 1


def test_rows_that_the_draft_has_stay_and_merged_specialties_do_not_come(
    coming: Release, ana: User
) -> None:
    merged = Specialty.objects.get(slug="neurology")
    merged.successor = Specialty.objects.get(slug="psychiatry")
    merged.save()
    kept = ScoreSummary.objects.create(
        release=coming,
        specialty=Specialty.objects.get(slug="pathology"),
        applicant_type=ApplicantType.US_IMG,
        outcome=ScoreOutcome.MATCHED,
        missing="not_found",
        confidence="A",
    )

    edit_draft.add_last_rows(
        release_id=coming.pk, table=FigureTable.SCORES, by=ana, now=NOW
    )

    rows = ScoreSummary.objects.filter(release=coming)
    slugs = list(rows.values_list("specialty__slug", flat=True))
    assert len(slugs) > 5
    assert "neurology" not in slugs
    of_pathology = rows.filter(
        specialty__slug="pathology", applicant_type="us_img", outcome="matched"
    )
    assert [row.pk for row in of_pathology] == [kept.pk]
    assert of_pathology[0].missing == "not_found"


def test_first_year_of_all_has_no_last_edition(draft: Release) -> None:
    Release.objects.filter(pk=draft.pk).update(match_year=1952)
    draft.refresh_from_db()

    assert edit_draft.find_last_rows(draft, FigureTable.SCORES) == (0, [])
