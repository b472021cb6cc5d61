"""The pages of the guide, in their order: what each is about and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.urls import reverse

from imgportal.guide.grounds import GROUNDS
from imgportal.guide.page_inputs import Shelf

REVIEWED_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
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

    def rests_on(self, shelf: Shelf) -> tuple[str, ...]:
        """The keys of all documents behind the page, each once, in that order."""
        keys = [key for name in self.grounds for key in GROUNDS[name].sources]
        for table in self.tables:
            keys += _sources_of(getattr(shelf.tables, table))
        return tuple(dict.fromkeys([*keys, *self.sources]))


def _sources_of(rows: Iterable[object]) -> list[str]:
    return [key for row in rows for key in getattr(row, "sources", ())]


def _page(
    slug: str,
    title: str,
    summary: str,
    template: str,
    next_review: date,
    *,
    grounds: str = "",
    tables: str = "",
    sources: str = "",
) -> Page:
    return Page(
        slug=slug,
        title=title,
        summary=summary,
        template=template,
        reviewed_on=REVIEWED_ON,
        next_review=next_review,
        grounds=tuple(grounds.split()),
        tables=tuple(tables.split()),
        sources=tuple(sources.split()),
    )


_ALL = (
    _page(
        "who-is-an-img",
        "Who is an IMG",
        "What decides, how US IMGs and non-US IMGs differ, and what changed for "
        "Canada. With three questions to find out what you are.",
        "guide/who_is_an_img.html",
        date(2027, 3, 1),
        grounds="IMG-1 IMG-5 IMG-2 IMG-3 IMG-3a IMG-3b IMG-4",
    ),
    _page(
        "certification",
        "Certification, step by step",
        "What ECFMG asks of you in the usual order, what it costs, and the "
        "mistakes to avoid.",
        "guide/certification.html",
        date(2027, 1, 31),
        grounds="E-NRMP-2 E-SEQ-1 E-MED-1 E-MED-5 E-RAP-1 E-SEQ-2 E-SEQ-4 E-SEQ-3 "
        "E-MED-6 E-SEQ-5 E-EXAM-1 E-SEQ-6 U-REG-1 E-7Y-1 E-7Y-3 E-OET-2 "
        "E-PATH-1 E-PATH-9 E-SEQ-8 E-MED-2 E-MED-3 E-MED-4 E-SEQ-9 E-CERT-1 "
        "E-EXP-1 E-EXP-2 E-EXP-3 E-EXP-4 E-EXP-5",
        tables="seasons",
        sources="s41 s63 s64 s82 s87 s93 s94 s95 s96 s101 s147",
    ),
    _page(
        "pathways",
        "Which Pathway",
        "The six ways to show clinical skills, five questions to find yours, and "
        "the days of each season.",
        "guide/pathways.html",
        date(2026, 12, 15),
        grounds="E-PATH-1 E-PATH-2 E-PATH-3 G-CS E-PATH-4 E-PATH-5 E-PATH-7 "
        "E-PATH-7a E-PATH-6 E-PATH-9 E-EXP-4",
        tables="seasons",
    ),
    _page(
        "exams",
        "The exams",
        "Step 1, Step 2 CK, Step 3 and OET Medicine: how long they are, how to "
        "register, and when the results come.",
        "guide/exams.html",
        date(2026, 12, 31),
        grounds="E-EXAM-1 E-SEQ-6 E-OET-6 U-S3-1 V-H1B-1 G-CS U-REG-1 E-SEQ-5 "
        "U-EP-1 G-EXAM-DAYS G-CLOSED G-BREAKS U-ATT-1 U-RPT-1 E-NRMP-1 "
        "E-OET-1 E-OET-2 E-OET-3 E-OET-4 E-OET-5",
        tables="standards",
        sources="s20 s21",
    ),
    _page(
        "scoring",
        "Scores and attempts",
        "What a passing score is and was, how often you may try, what stays on "
        "the transcript, and where the scores of those who matched lie.",
        "guide/scoring.html",
        date(2026, 12, 31),
        grounds="U-SCORE-1 U-SCORE-2 G-TWO-DIGIT U-PASS-1 U-PASS-2 G-REVIEW U-ATT-1 "
        "U-ATT-2 U-ATT-4 U-ATT-6 U-ATT-3 U-TRANS-1 U-TIME-1",
        tables="standards",
    ),
    _page(
        "match",
        "The Match and its calendar",
        "How a season runs from the application to Match Day, with the dates of "
        "this season, the next and those before.",
        "guide/match.html",
        date(2026, 12, 15),
        grounds="E-NRMP-4 E-NRMP-1 E-NRMP-2 U-RPT-1 E-NRMP-3",
        tables="deadlines",
    ),
    _page(
        "visas",
        "Visas in short",
        "The J-1 and the H-1B visa: what they ask for and what we could not "
        "confirm. No advice.",
        "guide/visas.html",
        date(2026, 12, 15),
        grounds="V-J1-1 V-SON-1 V-SON-2 V-H1B-1 U-S3-1 V-H1B-2 V-ENTRY-1",
    ),
    _page(
        "countries",
        "Countries",
        "Country by country: who accredits schools, the degree, and who writes "
        "the Statement of Need.",
        "guide/countries.html",
        date(2026, 12, 31),
        grounds="E-MED-2 E-MED-3 E-OET-2 V-SON-1",
        tables="countries",
    ),
    _page(
        "questions",
        "Questions and answers",
        "What IMGs ask most, answered from the figures and the rules.",
        "guide/questions.html",
        date(2026, 12, 15),
        grounds="E-NRMP-2 E-SEQ-1 E-SEQ-2 IMG-2 IMG-3 IMG-3a E-RAP-1 E-PATH-5 "
        "E-PATH-3 E-PATH-7 E-SEQ-6 U-SCORE-2 U-ATT-1 U-ATT-2 U-ATT-6 "
        "U-ATT-3 U-ATT-4 U-TRANS-1 E-7Y-1 E-7Y-3 E-PATH-1 E-PATH-2 E-OET-6 "
        "E-OET-2 E-NRMP-1 U-RPT-1 E-EXP-1 E-EXP-2 E-EXP-3 E-NRMP-3 E-NRMP-4 "
        "V-J1-1 V-H1B-1 E-EXAM-1 U-S3-1",
    ),
    _page(
        "why-figures-differ",
        "Why figures differ",
        "Two sites can show two match rates for the same year, and both can be "
        "right. What to look at.",
        "guide/why_figures_differ.html",
        date(2027, 6, 1),
        sources="ecfmg-2014 firstaid-2014",
    ),
    _page(
        "glossary",
        "Glossary",
        "The words of the field in plain English.",
        "guide/glossary.html",
        date(2027, 6, 1),
        sources="s01 s09 s12",
    ),
)

PAGES: Mapping[str, Page] = MappingProxyType({page.slug: page for page in _ALL})
