"""The addresses that search engines should know: every public page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from imgportal.guide.page_inputs import country_slug
from imgportal.guide.pages import PAGES
from profiles import reference_tables
from stats import public

if TYPE_CHECKING:
    _Sitemap = Sitemap[str]
else:
    _Sitemap = Sitemap

FIXED = (
    "home",
    "guide:overview",
    "stats:year_list",
    "stats:all_applicants",
    "stats:specialty_list",
    "stats:specialty_compare",
    "stats:score_list",
    "stats:change_list",
    "stats:source_list",
    "data:overview",
    "api:docs",
    "stats:edition_list",
    "rules:rules",
    "rules:changes",
    "about",
    "measures",
    "accessibility",
    "privacy",
)


class PublicPages(_Sitemap):
    """Every public page."""

    def items(self) -> Sequence[str]:
        figures = public.everything()
        return [
            *(reverse(name) for name in FIXED),
            *(page.get_absolute_url() for page in PAGES.values()),
            *(
                reverse("guide:country", args=[country_slug(row)])
                for row in reference_tables.everything().reference.countries
            ),
            *(reverse("stats:year_detail", args=[year]) for year in figures.years),
            *(
                reverse("stats:version_detail", args=list(version))
                for version, year in figures.versions.items()
                # Earlier versions ask search engines to stay away.
                if year.release.is_current
            ),
            *(
                reverse("stats:specialty_detail", args=[slug])
                for slug, specialty in figures.specialties.items()
                # The address of a merged one only leads on to another.
                if not specialty.successor
            ),
            *(reverse("stats:source_detail", args=[key]) for key in figures.sources),
            # Other editions and years than those that the pages open with.
            *(
                f"{reverse('stats:score_list')}?charting_outcomes={edition}"
                for edition in figures.charting_editions[1:]
            ),
            *(
                f"{reverse('stats:specialty_list')}?year={year.match_year}"
                for year in figures.years.values()
                if year.specialties
            ),
        ]

    def location(self, item: str) -> str:
        return item

    def get_latest_lastmod(self) -> datetime | None:
        return public.everything().publication.published_at


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {"public": PublicPages}
