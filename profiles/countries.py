"""Countries by their ISO 3166-1 codes, in English, in the order of the alphabet.

The names in `profiles/data/country_names.csv` are those of the time zone database
(public domain), a few made plainer.
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
COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        country.code: country.name
        for country in content_files.read_csv(NAMES, CountryName)
    }
)
