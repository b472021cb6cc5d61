from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats import measures
from stats.measures import Rate

counts = st.integers(min_value=0, max_value=10**6)
maybe_counts = st.none() | counts


def test_rate_is_exact() -> None:
    rate = measures.rate(1, 3)

    assert rate == Rate(Fraction(100, 3))


def test_rate_of_nobody_is_not_known() -> None:
    assert measures.rate(0, 0) is None
    assert measures.rate(0, 0, Decimal("50.0")) is None


def test_rate_of_none_who_matched_is_zero_and_not_unknown() -> None:
    assert measures.rate(0, 10) == Rate(Fraction(0))


def test_counts_go_before_the_printed_rate() -> None:
    rate = measures.rate(1, 2, Decimal("49.9"))

    assert rate == Rate(Fraction(50))


@pytest.mark.parametrize(("part", "whole"), [(None, 2), (1, None), (None, None)])
def test_printed_rate_stands_in_for_a_missing_count(
    part: int | None, whole: int | None
) -> None:
    rate = measures.rate(part, whole, Decimal("59.40"))

    assert rate is not None
    assert rate.percent == Fraction(594, 10)
    assert str(rate.printed) == "59.40"


@pytest.mark.parametrize(("part", "whole"), [(None, 2), (1, None), (None, None)])
def test_rate_without_counts_and_print_is_not_known(
    part: int | None, whole: int | None
) -> None:
    assert measures.rate(part, whole) is None


@given(st.lists(maybe_counts, min_size=1, max_size=6))
def test_sum_is_known_exactly_when_every_part_is(parts: list[int | None]) -> None:
    total = measures.total(*parts)

    known = [part for part in parts if part is not None]
    assert total == (sum(known) if len(known) == len(parts) else None)


def test_sum_of_nothing_is_not_known() -> None:
    assert measures.total() is None


@given(maybe_counts, maybe_counts)
def test_difference_is_known_exactly_when_both_sides_are(
    new: int | None, old: int | None
) -> None:
    difference = measures.difference(new, old)

    if new is None or old is None:
        assert difference is None
    else:
        assert difference == new - old


def test_points_are_not_known_without_both_rates() -> None:
    rate = Rate(Fraction(50))

    assert measures.points(rate, None) is None
    assert measures.points(None, rate) is None
    assert measures.points(Rate(Fraction(49)), rate) == -1


@pytest.mark.parametrize(
    ("printed", "unit"),
    [("41", Fraction(1)), ("41.2", Fraction(1, 10)), ("41.20", Fraction(1, 100))],
)
def test_last_printed_digit_has_its_worth(printed: str, unit: Fraction) -> None:
    assert measures.unit_of_last_place(Decimal(printed)) == unit


@pytest.mark.parametrize("printed", ["NaN", "Infinity"])
def test_what_is_no_number_has_no_last_digit(printed: str) -> None:
    with pytest.raises(ValueError, match="no last digit"):
        measures.unit_of_last_place(Decimal(printed))


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        (None, 10, "50.0"),
        (5, None, "50.0"),
        (5, 0, "50.0"),
        (5, 10, None),
        (5, 10, "50.0"),
        (5, 10, "50.05"),  # just rounding
        (2, 3, "66.7"),
        (2, 3, "66.67"),
    ],
)
def test_printed_rate_agrees(
    part: int | None, whole: int | None, printed: str | None
) -> None:
    rate = Decimal(printed) if printed else None

    assert measures.disagreement(part, whole, rate) is None


@pytest.mark.parametrize(
    ("printed", "gap"), [("50.1", Fraction(1, 10)), ("49.9", Fraction(-1, 10))]
)
def test_printed_rate_disagrees_with_its_sign(printed: str, gap: Fraction) -> None:
    assert measures.disagreement(5, 10, Decimal(printed)) == gap


@given(counts, st.integers(min_value=1, max_value=10**6))
def test_rate_rounded_to_one_decimal_always_agrees(part: int, whole: int) -> None:
    exact = Decimal(part * 100) / whole

    assert measures.disagreement(part, whole, round(exact, 1)) is None


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (1, 10, "exactly a tenth"),
        (1, 11, "less than a tenth"),
        (0, 11, "less than a tenth"),
        (9045, 35984, "more than a quarter"),
        (1, 2, "exactly half"),
        (9, 10, "more than three quarters"),
    ],
)
def test_share_in_words_is_true(part: int, whole: int, words: str) -> None:
    assert measures.share_in_words(part, whole) == words


@pytest.mark.parametrize(("part", "whole"), [(None, 10), (1, None), (1, 0)])
def test_unknown_share_has_no_words(part: int | None, whole: int | None) -> None:
    assert measures.share_in_words(part, whole) is None


@given(
    part=st.integers(min_value=0, max_value=50_000),
    more=st.integers(min_value=0, max_value=50_000),
)
def test_what_a_rounded_rate_implies_holds_what_was_there(part: int, more: int) -> None:
    whole = part + more
    exact = Fraction(part * 100, whole) if whole else Fraction(0)
    printed = Decimal(round(exact * 10)).scaleb(-1)

    of_part = measures.implied_whole(part, printed)
    of_whole = measures.implied_part(whole, printed)

    if of_part is not None:
        assert of_part[0] <= whole <= of_part[1]
    if whole:
        assert of_whole is not None
        assert of_whole[0] <= part <= of_whole[1]


def test_range_of_a_count_of_2022() -> None:
    assert measures.implied_whole(3099, Decimal("61.4")) == (5044, 5051)
    assert measures.implied_part(6287, Decimal("38.5")) == (2418, 2423)


@pytest.mark.parametrize(
    ("count", "printed"), [(None, Decimal("61.4")), (10, None), (0, Decimal("0.0"))]
)
def test_nothing_follows_from_what_is_not_known(
    count: int | None, printed: Decimal | None
) -> None:
    assert measures.implied_whole(count, printed) is None
