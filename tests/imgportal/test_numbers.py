from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.lib import numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(6125, 100), "61.3"),
        (Decimal("61.25"), "61.3"),
        (Fraction(6124, 100), "61.2"),
        (Fraction(1, 3), "0.3"),
        (Fraction(2, 3), "0.7"),
        (Fraction(1, 20), "0.1"),
        (0, "0.0"),
        (100, "100.0"),
        (Fraction(9995, 100), "100.0"),
        (Fraction(123456, 100), "1,234.6"),
        (Fraction(-25, 100), "-0.3"),
    ],
)
def test_decimal_rounds_half_up(value: Fraction | Decimal | int, written: str) -> None:
    assert numbers.decimal(value) == written


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert numbers.decimal(Fraction(-4, 100)) == "0.0"


def test_decimal_is_rounded_once_and_not_on_the_way() -> None:
    # A hair below the half: rounding to 28 digits first would lift it to the half.
    just_below = Fraction(1, 20) - Fraction(1, 10**40)

    assert numbers.decimal(just_below) == "0.0"


def test_decimal_without_places_has_no_point() -> None:
    assert numbers.decimal(Fraction(2499, 2), places=0) == "1,250"


@given(
    st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=10**6),
    st.integers(min_value=0, max_value=4),
)
def test_decimal_agrees_with_the_decimal_module(value: Fraction, places: int) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        expected = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)

    written = numbers.decimal(value, places)

    assert Decimal(written.replace(",", "")) == expected
    assert len(written.partition(".")[2]) == places


@given(st.integers(min_value=0, max_value=10**7), st.integers(1, 10**7))
def test_percent_is_within_half_a_step_of_the_truth(part: int, whole: int) -> None:
    exact = Fraction(part * 100, whole)

    written = numbers.percent(exact)

    shown = Fraction(written.rstrip("%").replace(",", ""))
    assert -Fraction(1, 20) < shown - exact <= Fraction(1, 20)


def test_count_groups_thousands() -> None:
    assert numbers.count(14772) == "14,772"
    assert numbers.count(0) == "0"


@pytest.mark.parametrize(
    ("value", "written"),
    [("249.0", "249"), ("41.20", "41.20"), ("41", "41"), ("0", "0"), ("300", "300")],
)
def test_printed_drops_only_a_decimal_that_says_nothing(
    value: str, written: str
) -> None:
    assert numbers.printed(Decimal(value)) == written


def test_change_carries_its_sign() -> None:
    assert numbers.signed("657", negative=False) == "+657"
    assert numbers.signed("0.9", negative=True) == "−0.9"
