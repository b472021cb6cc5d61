"""Where one score stands among the published ones of a specialty and group."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import public, score_position
from stats.charts import Quartiles
from stats.choices import ApplicantType, Missing
from stats.figures import ScoreRow

US, NON_US = ApplicantType.US_IMG, ApplicantType.NON_US_IMG


def among(q1: int, median: int, q3: int) -> Quartiles:
    return Quartiles(
        outcome="matched",
        label="Matched",
        q1=Decimal(q1),
        median=Decimal(median),
        q3=Decimal(q3),
        n=100,
    )


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (239, "in the lower quarter"),
        (240, "below the middle"),
        (250, "below the middle"),
        (251, "at the middle"),
        (252, "above the middle"),
        (259, "above the middle"),
        (260, "in the upper quarter"),
    ],
)
def test_position_changes_exactly_at_the_quartiles(score: int, words: str) -> None:
    assert score_position.position(score, among(240, 251, 259)) == words


@given(
    st.lists(st.integers(1, 300), min_size=3, max_size=3).map(sorted),
    st.lists(st.integers(1, 300), min_size=2, max_size=2).map(sorted),
)
def test_higher_score_never_stands_lower(edges: list[int], scores: list[int]) -> None:
    order = [
        "in the lower quarter",
        "below the middle",
        "at the middle",
        "above the middle",
        "in the upper quarter",
    ]
    lower, higher = (
        order.index(score_position.position(score, among(*edges))) for score in scores
    )

    assert lower <= higher


@pytest.mark.parametrize(
    ("score", "mean", "words"),
    [
        (245, "245.0", "at the mean"),
        (246, "245", "1 above the mean"),
        (245, "247.5", "2.5 below the mean"),
        (245, "244.9", "0.1 above the mean"),
    ],
)
def test_distance_from_a_mean_is_said_with_its_side(
    score: int, mean: str, words: str
) -> None:
    assert score_position.distance(score, Decimal(mean)) == words


# --- What is published --------------------------------------------------------------


def standing(slug: str, group: ApplicantType | None) -> score_position.ScorePosition:
    position = public.everything().score_position(slug, group)
    assert position is not None
    return position


@pytest.mark.django_db
def test_group_with_quartiles_is_shown_both_outcomes_of_its_newest_edition() -> None:
    position = standing("internal-medicine", NON_US)

    (strip,) = position.strips
    assert (strip.edition, strip.applicant_type) == (2026, NON_US)
    assert [band.quartiles.outcome for band in strip.drawing.bands] == [
        "matched",
        "not_matched",
    ]
    assert position.other_group_strips == ()
    assert strip.words(245) == (
        "245: below the middle of those who matched, above the middle of those who did "
        "not match."
    )


@pytest.mark.django_db
def test_group_with_means_only_gets_them_and_the_other_group_under_its_name() -> None:
    position = standing("internal-medicine", US)

    (strip,) = position.strips
    assert (strip.edition, strip.applicant_type, strip.has_quartiles) == (
        2022,
        US,
        False,
    )
    assert strip.words(240) == "240: 5 above the mean of those who matched."
    assert [
        (other.edition, other.applicant_type) for other in position.other_group_strips
    ] == [(2026, NON_US)]


@pytest.mark.django_db
def test_edition_is_called_by_the_match_that_it_describes() -> None:
    (strip,) = standing("emergency-medicine", US).strips

    assert (strip.edition, strip.match_year) == (2014, 2013)


@pytest.mark.django_db
def test_what_too_few_people_stand_behind_is_withheld_and_not_drawn() -> None:
    position = standing("thoracic-surgery", NON_US)

    assert position.strips == ()
    assert position.is_withheld
    assert {row.provenance.missing for row in position.withheld} == {Missing.SUPPRESSED}


@pytest.mark.django_db
def test_group_that_no_edition_covers_is_not_called_withheld() -> None:
    position = standing("thoracic-surgery", US)

    assert (position.strips, position.withheld, position.is_withheld) == ((), (), False)


@pytest.mark.django_db
def test_both_groups_stand_side_by_side_when_none_is_named() -> None:
    position = standing("psychiatry", None)

    assert [strip.applicant_type for strip in position.strips] == [NON_US, US]
    assert position.other_group_strips == ()


@pytest.mark.django_db
def test_all_specialties_together_have_the_empty_slug() -> None:
    position = standing("", NON_US)

    assert position.specialty.name == "All specialties"
    assert position.strips


@pytest.mark.django_db
def test_slug_that_never_was_has_no_standing() -> None:
    assert public.everything().score_position("phrenology", US) is None


@pytest.mark.django_db
def test_every_published_specialty_stands_for_every_group_without_mixing() -> None:
    figures = public.everything()
    for slug in [*figures.specialties, ""]:
        for group in (US, NON_US, None):
            position = standing(slug, group)
            own = {strip.applicant_type for strip in position.strips}
            assert own <= ({group} if group else {US, NON_US})
            assert not own & {
                strip.applicant_type for strip in position.other_group_strips
            }
            for strip in (*position.strips, *position.other_group_strips):
                assert {row.applicant_type for row in strip.rows} == {
                    strip.applicant_type
                }
                assert len({row.edition for row in strip.rows}) == 1
                assert strip.words(245).startswith("245: ")


@pytest.mark.django_db
def test_outcome_that_is_missing_is_named_beside_the_one_that_is_there() -> None:
    rows = public.everything().scores_of["internal-medicine"]
    pair = [row for row in rows if row.edition == 2026]
    hidden = [row if row.outcome == "matched" else without_score(row) for row in pair]

    (strip,) = score_position.strips(hidden)

    assert [band.quartiles.outcome for band in strip.drawing.bands] == ["matched"]
    assert [row.outcome for row in strip.withheld] == ["not_matched"]
    assert "of those who did not" not in strip.words(245)


def without_score(row: ScoreRow) -> ScoreRow:
    return replace(
        row,
        step2_ck_mean=None,
        step2_ck_q1=None,
        step2_ck_median=None,
        step2_ck_q3=None,
        provenance=replace(row.provenance, missing=Missing.SUPPRESSED.value),
    )
