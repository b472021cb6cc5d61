"""What a page of the guide is made of: the figures, the dated tables and the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.text import slugify

from imgportal.guide import season
from profiles import reference_tables
from profiles.rules.reference import CountryRules, Reference, eastern_day
from stats import public
from stats.choices import ApplicantType
from stats.figures import ApplicantRow, SourceFacts, YearFigures
from stats.public import Figures


@dataclass(frozen=True, kw_only=True)
class PageInputs:
    """Read once for a page. `today` is the day in New York, as for every deadline."""

    figures: Figures
    tables: Reference
    today: date
    # When anything in the dated tables was written last.
    written_at: datetime | None
    # Two inputs with the same token make the same pages.
    token: str

    @property
    def newest(self) -> YearFigures | None:
        """The newest year with results of IMGs; None while nothing is published."""
        return self.figures.newest

    @property
    def us_imgs(self) -> ApplicantRow | None:
        return self.newest.of_type(ApplicantType.US_IMG) if self.newest else None

    @property
    def non_us_imgs(self) -> ApplicantRow | None:
        return self.newest.of_type(ApplicantType.NON_US_IMG) if self.newest else None

    @cached_property
    def season(self) -> int:
        """The Match year whose season it is."""
        return season.find_season(self.tables, today=self.today)

    @cached_property
    def countries(self) -> dict[str, CountryRules]:
        """By the last part of their address, in alphabetical order."""
        return {country_slug(row): row for row in self.tables.countries}

    def list_sources(self, keys: Iterable[str]) -> list[SourceFacts]:
        """The documents of these keys. What is not in the catalogue has no page."""
        sources = self.figures.sources
        return [sources[key] for key in keys if key in sources]


def country_slug(country: CountryRules) -> str:
    """A group of countries is known by what stands before its bracket."""
    return slugify(country.name.partition("(")[0])


def read(*, now: datetime, figures: Figures | None = None) -> PageInputs:
    """The inputs of a page: two queries, more after something was published or written.

    `figures` are those that the page has read already; else they are read here.
    """
    figures, tables = figures or public.everything(), reference_tables.everything()
    today = eastern_day(now)
    return PageInputs(
        figures=figures,
        tables=tables.reference,
        today=today,
        written_at=tables.changed_at,
        token=f"{figures.publication.token}-{tables.token}-{today}",
    )
