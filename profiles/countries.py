"""Countries by their two-letter codes, in English, in the order of the alphabet.

The codes are those of ISO 3166-1 and XK, which it leaves to its users and by which Kosovo
is known. The names in `profiles/data/country_names.csv` are those of the time zone
database (public domain), some made plainer, and none shortened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryName:
    code: str
    name: str


NAMES = Path(__file__).resolve().parent / "data" / "country_names.csv"
# Every code that a record may hold: what was once stored is shown and imported.
COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        country.code: country.name
        for country in content_files.read_csv(NAMES, CountryName)
    }
)
# Nobody lives there but crews and researchers, and no school is there: not offered.
UNINHABITED = frozenset({"AQ", "BV", "GS", "HM", "IO", "TF", "UM"})


def country_choices(stored: str = "") -> list[tuple[str, str]]:
    """The countries to choose from, with the one that a record holds already."""
    return [
        (code, name)
        for code, name in COUNTRIES.items()
        if code not in UNINHABITED or code == stored
    ]
