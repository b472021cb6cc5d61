"""What the way costs (`profiles/data/fees.csv`): sources and a grade in each row.

The account and the application for certification are one sum, because the sources
disagree about which of the two contains the identity check.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imgportal.lib import content_files
from profiles.choices import Confidence, FeeKind

FEE_TABLE = Path(__file__).resolve().parents[1] / "data" / "fees.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One fee in US dollars, in the words of the table.

    `least` and `most` are what one of it costs, whole US dollars, and differ where the
    sources do; None: that hangs on how many there are.
    """

    kind: FeeKind
    item: str
    amount: str
    season: str  # the year or season it was read for
    confidence: Confidence
    sources: tuple[str, ...]
    least: int | None = None
    most: int | None = None
    note: str = ""


# Of one kind the newest stands last.
FEES = content_files.read_csv(FEE_TABLE, Fee)


def newest_fee(kind: FeeKind) -> Fee | None:
    """The row of the newest year or season. None: the table has none."""
    return next((fee for fee in reversed(FEES) if fee.kind == kind), None)
