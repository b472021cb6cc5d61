"""How numbers are written for people. The only place where anything is rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

MINUS = "\N{MINUS SIGN}"


def count(value: int) -> str:
    """14772 → "14,772"."""
    return f"{value:,}"


def decimal(value: Fraction | Decimal | int, places: int = 1) -> str:
    """Rounded half up from the exact value: 61.25 → "61.3", −61.25 → "-61.3"."""
    exact = Fraction(value)
    # In whole numbers, so that nothing is rounded on the way to the one rounding.
    steps = (2 * abs(exact.numerator) * 10**places + exact.denominator) // (
        2 * exact.denominator
    )
    # What rounds to zero has no sign: "-0.0" would say that something fell.
    sign = "-" if exact < 0 and steps else ""
    whole, part = divmod(steps, 10**places)
    return f"{sign}{whole:,}.{part:0{places}d}" if places else f"{sign}{whole:,}"


def percent(value: Fraction) -> str:
    return f"{decimal(value)}%"


def printed(value: Decimal) -> str:
    """As its source prints it, without a decimal that says nothing: 249.0 → "249"."""
    whole = value.to_integral_value()
    return f"{whole:f}" if value == whole else f"{value:f}"


def signed(text: str, *, negative: bool) -> str:
    """A change with its sign, as typography writes it: "+657", "−0.9"."""
    return f"{MINUS if negative else '+'}{text.lstrip('-')}"


def value_or_dash(value: object) -> str:
    """A stored value as its editor reads it; a dash when it is empty."""
    if value is None or value == "":
        return "–"
    return count(value) if isinstance(value, int) else str(value)
