"""How measures are computed from counts. Pure: plain values in, plain values out.

`None` always means "not known". It travels through every function here and never
becomes a zero: a sum with an unknown part is unknown, and so is a rate without
its counts. Nothing is rounded here; templates round, once. The definitions,
denominators and caveats stand in docs/data-dictionary.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# A published rate that is printed with one decimal differs from the exact one by
# at most this much, in percentage points.
ROUNDING = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in percent, exact, and whether we computed it or a source printed it."""

    percent: Fraction
    # The digits a source printed; None when computed from two counts.
    printed: Decimal | None = None


def rate(
    part: int | None, whole: int | None, printed: Decimal | None = None
) -> Rate | None:
    """The share of `part` in `whole`; the printed rate when a count is missing.

    None when there is neither, or when the whole is zero (nobody took part, so
    there is no rate to state).
    """
    if part is not None and whole is not None:
        return Rate(Fraction(part * 100, whole)) if whole else None
    if printed is not None:
        return Rate(Fraction(printed), printed)
    return None


def implied_whole(part: int | None, printed: Decimal | None) -> tuple[int, int] | None:
    """The least and the most of which `part` is the printed percentage, as rounded.

    None when there is nothing to derive, or the percentage is zero.
    """
    if part is None or printed is None:
        return None
    half = unit_of_last_place(printed) / 2
    least, most = Fraction(printed) - half, Fraction(printed) + half
    if least <= 0:
        return None
    between = (math.ceil(part * 100 / most), math.floor(part * 100 / least))
    return between if between[0] <= between[1] else None


def implied_part(whole: int | None, printed: Decimal | None) -> tuple[int, int] | None:
    """The least and the most that are the printed percentage of `whole`, as rounded."""
    if whole is None or printed is None:
        return None
    half = unit_of_last_place(printed) / 2
    least, most = Fraction(printed) - half, Fraction(printed) + half
    between = (
        max(0, math.ceil(whole * least / 100)),
        min(whole, math.floor(whole * most / 100)),
    )
    return between if between[0] <= between[1] else None


def total(*parts: int | None) -> int | None:
    """The sum, known only when every part is."""
    known_parts = [part for part in parts if part is not None]
    return sum(known_parts) if parts and len(known_parts) == len(parts) else None


def difference(new: int | None, old: int | None) -> int | None:
    return None if new is None or old is None else new - old


def points(new: Rate | None, old: Rate | None) -> Fraction | None:
    """The change of a rate in percentage points."""
    return None if new is None or old is None else new.percent - old.percent


def unit_of_last_place(printed: Decimal) -> Fraction:
    """What one step in the last printed digit is worth: 1 for 41, 1/10 for 41.2.

    Raises ValueError for what is no number of digits: NaN and the infinities.
    """
    exponent = printed.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{printed} has no last digit.")
    return Fraction(10) ** exponent


def disagreement(
    part: int | None, whole: int | None, printed: Decimal | None
) -> Fraction | None:
    """By how many points a printed rate differs from the computed one, if it does.

    None when there is nothing to compare or the two agree within rounding to one
    decimal. The sign is that of printed minus computed.
    """
    if part is None or not whole or printed is None:
        return None
    gap = Fraction(printed) - Fraction(part * 100, whole)
    return gap if abs(gap) > ROUNDING else None


_NAMED_SHARES = (
    (Fraction(1, 10), "a tenth"),
    (Fraction(1, 5), "a fifth"),
    (Fraction(1, 4), "a quarter"),
    (Fraction(1, 3), "a third"),
    (Fraction(1, 2), "half"),
    (Fraction(2, 3), "two thirds"),
    (Fraction(3, 4), "three quarters"),
)


def share_in_words(part: int | None, whole: int | None) -> str | None:
    """A true sentence fragment such as "more than a quarter", or None."""
    if part is None or not whole:
        return None
    share = Fraction(part, whole)
    words = None
    for fraction, name in _NAMED_SHARES:
        if share == fraction:
            return f"exactly {name}"
        if share > fraction:
            words = f"more than {name}"
    return words or "less than a tenth"
