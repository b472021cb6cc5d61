"""The colours of drawings that stand alone: those of theme.css, as a table. Pure.

A page takes its colours from the style sheet. A file that somebody puts elsewhere has
none, so its colours stand in it. tests/stats/test_standalone.py holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One scheme; the names are those of the properties in theme.css."""

    paper: str
    ink: str
    quiet: str
    line: str
    line_strong: str
    accent: str
    series_non_us: str
    series_us: str
    series_md: str
    series_do: str
    series_other: str

    def of_group(self, key: str) -> str:
        """The colour of an applicant group; of one that has none, the ink."""
        name = SERIES.get(key)
        return getattr(self, name) if name else self.ink


# The rules `.g-… { --series: … }` of theme.css, without those that mean the ink.
SERIES = {
    "non_us_img": "series_non_us",
    "us_img": "series_us",
    "us_md_senior": "series_md",
    "us_md_grad": "series_md",
    "us_do_senior": "series_do",
    "us_do_grad": "series_do",
    "us_do_all": "series_do",
    "fifth_pathway": "series_other",
}

PALETTES = {
    "light": Palette(
        paper="#fbfaf7",
        ink="#1b2430",
        quiet="#55606d",
        line="#ddd8ce",
        line_strong="#76808b",
        accent="#0b5d66",
        series_non_us="#1f5fa8",
        series_us="#a8430c",
        series_md="#1b7147",
        series_do="#6b4fa0",
        series_other="#55606d",
    ),
    "dark": Palette(
        paper="#14181d",
        ink="#e8e6e1",
        quiet="#a9b1ba",
        line="#343c45",
        line_strong="#8a949e",
        accent="#5fc3cd",
        series_non_us="#7fb2ee",
        series_us="#f0955f",
        series_md="#66c493",
        series_do="#b49ae6",
        series_other="#a9b1ba",
    ),
}
