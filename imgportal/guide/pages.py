"""The pages of the guide, in their order: what each is about and what it rests on
(`data/pages.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.urls import reverse

from imgportal.guide import DATA
from imgportal.guide.grounds import GROUNDS
from imgportal.guide.page_inputs import PageInputs
from imgportal.lib import content_files


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage:
    """One page. It says by itself when its next review is past due."""

    slug: str
    title: str
    summary: str  # one sentence: for the list of pages and for search engines
    template: str
    reviewed_on: date
    next_review: date
    # What its statements rest on: ids of rules and of the guide's own grounds, then
    # tables of `Reference`, then documents by their keys.
    grounds: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def get_absolute_url(self) -> str:
        return reverse(f"guide:{self.slug}")

    def is_past_due(self, today: date) -> bool:
        """The day of the review itself is not yet past."""
        return today > self.next_review

    def rests_on(self, inputs: PageInputs) -> tuple[str, ...]:
        """The keys of all documents behind the page, each once, in that order."""
        rows = chain(*(getattr(inputs.tables, table) for table in self.tables))
        grounds = (GROUNDS[name] for name in self.grounds)
        keys = chain(*(entry.sources for entry in chain(grounds, rows)), self.sources)
        return tuple(dict.fromkeys(keys))


GUIDE_PAGES = DATA / "pages.toml"
PAGES = content_files.by_key(
    content_files.read_toml(GUIDE_PAGES, "page", GuidePage), "slug", GUIDE_PAGES
)
