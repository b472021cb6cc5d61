"""What search can find: everything public, in parts that have an address.

The documents are made from what the pages are made of, so they contain the numbers that
a template takes from the figures or the dated tables, and no draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from imgportal.guide.glossary import TERMS
from imgportal.guide.page_contents import build_context
from imgportal.guide.page_inputs import PageInputs
from imgportal.guide.pages import PAGES
from imgportal.search import word_lists
from imgportal.search.page_text import plain_text, split_page
from profiles.rules.text import rulebook
from profiles.rules.text.rulebook import Topic
from stats.choices import IMG_GROUPS
from stats.definitions import DEFINITIONS


class DocumentKind(StrEnum):
    """What a result is, as a reader is told."""

    YEAR = "Match year"
    SPECIALTY = "Specialty"
    GUIDE = "Guide"
    QUESTION = "Question"
    COUNTRY = "Country"
    TERM = "Glossary"
    MEASURE = "Measure"
    PAGE = "Page"
    RULE = "Rule"
    SOURCE = "Source"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """One thing to find. No two have the same address."""

    address: str
    kind: DocumentKind
    title: str
    context: str = ""  # the title of the page that it is a part of
    names: tuple[str, ...] = ()  # what else it is called
    text: str = ""


def list_documents(inputs: PageInputs) -> Iterator[SearchDocument]:
    """Everything public, once. Draws every page of the guide: some tens of milliseconds."""
    yield from _list_years(inputs)
    yield from _list_specialties(inputs)
    yield from _list_guide(inputs)
    yield from _list_countries(inputs)
    yield from _list_terms()
    yield from _list_measures()
    yield from _list_described_pages()
    yield from _list_about(inputs)
    yield from _list_rules(inputs)
    yield from _list_sources(inputs)


def _document(
    address: str, kind: DocumentKind, title: str, **more: Any
) -> SearchDocument:
    names = (*word_lists.NAMES.get(address, ()), *more.pop("names", ()))
    return SearchDocument(address=address, kind=kind, title=title, names=names, **more)


def _draw(template: str, **context: Any) -> str:
    """Numbers are written by templates, here as everywhere."""
    return plain_text(render_to_string(template, context))


def _list_years(inputs: PageInputs) -> Iterator[SearchDocument]:
    for match_year, year in inputs.figures.years.items():
        yield _document(
            reverse("stats:year_detail", args=[match_year]),
            DocumentKind.YEAR,
            f"{match_year} Match",
            names=(
                *(str(match_year), f"match rate {match_year}"),
                *(f"IMG match rate {match_year}", f"match results {match_year}"),
                *(f"non-US IMG {match_year}", f"US IMG {match_year}"),
                *((f"after SOAP {match_year}",) if year.placements else ()),
            ),
            text=_draw("search/year.html", year=year),
        )


def _list_specialties(inputs: PageInputs) -> Iterator[SearchDocument]:
    figures = inputs.figures
    for slug, specialty in figures.specialties.items():
        if specialty.successor:
            continue
        merged = figures.merged_into.get(slug, ())
        rows = figures.specialty_years.get(slug, ())
        scores = figures.scores_of.get(slug, ())
        yield _document(
            reverse("stats:specialty_detail", args=[slug]),
            DocumentKind.SPECIALTY,
            specialty.short_name,
            names=(
                specialty.name,
                *chain(*((former.name, former.short_name) for former in merged)),
            ),
            text=_draw(
                "search/specialty.html",
                specialty=specialty,
                rows=[row for row in reversed(rows) if row.img_share],
                scores=[row for row in scores if row.step2_ck_median is not None],
                preferred=[
                    item
                    for group in IMG_GROUPS[::-1]
                    if (item := figures.newest_preferred(slug, group))
                ],
            ),
        )


def _list_guide(inputs: PageInputs) -> Iterator[SearchDocument]:
    for page in PAGES.values():
        address, opening = page.get_absolute_url(), page.summary
        # The words of the glossary are documents of their own.
        if page.slug != "glossary":
            html = render_to_string(page.template, build_context(page, inputs))
            is_of_questions = page.slug == "questions"
            kind = DocumentKind.QUESTION if is_of_questions else DocumentKind.GUIDE
            first, *parts = _list_parts(html, address, kind, page.title)
            yield from parts
            opening = f"{opening} {first.text}".strip()
        yield _document(address, DocumentKind.GUIDE, page.title, text=opening)


def _list_parts(
    html: str, address: str, kind: DocumentKind, context: str
) -> Iterator[SearchDocument]:
    """What stands before the first heading, then each part that can be linked to."""
    for part in split_page(html):
        yield _document(
            f"{address}#{part.anchor}",
            kind,
            part.heading,
            context=context,
            text=part.text,
        )


def _list_countries(inputs: PageInputs) -> Iterator[SearchDocument]:
    for slug, country in inputs.countries.items():
        yield _document(
            reverse("guide:country", args=[slug]),
            DocumentKind.COUNTRY,
            country.name,
            context=PAGES["countries"].title,
            text=_draw("search/country.html", country=country),
        )


def _list_terms() -> Iterator[SearchDocument]:
    page = PAGES["glossary"]
    for term in TERMS.values():
        yield _document(
            f"{page.get_absolute_url()}#{term.key}",
            DocumentKind.TERM,
            term.name,
            context=page.title,
            text=term.meaning,
        )


def _list_measures() -> Iterator[SearchDocument]:
    for definition in DEFINITIONS:
        yield _document(
            f"{reverse('measures')}#{definition.key}",
            DocumentKind.MEASURE,
            definition.name,
            context="What the measures mean",
            names=definition.columns,
            text=f"{definition.definition} {definition.caveats}".strip(),
        )


def _list_described_pages() -> Iterator[SearchDocument]:
    for page in word_lists.PAGES:
        yield _document(
            reverse(page.route), DocumentKind.PAGE, page.title, text=page.text
        )


def _list_about(inputs: PageInputs) -> Iterator[SearchDocument]:
    years = inputs.figures.years
    about = {
        "years": len(years),
        "first_year": next(iter(years), None),
        "source_count": len(inputs.figures.rests_on),
    }
    for name, title, context in (
        ("about", "About", about),
        ("accessibility", "Accessibility", {}),
        ("privacy", "Privacy", {}),
    ):
        address = reverse(name)
        page = render_to_string(f"about/{name}.html", context)
        text = page.partition("</h1>")[2].partition("</main>")[0]
        first, *parts = _list_parts(text, address, DocumentKind.PAGE, title)
        yield _document(address, DocumentKind.PAGE, title, text=first.text)
        yield from parts


def _list_rules(inputs: PageInputs) -> Iterator[SearchDocument]:
    address = reverse("rules:rules")
    for place, topic in enumerate(Topic, start=1):
        yield _document(f"{address}#topic-{place}", DocumentKind.RULE, topic.value)
        for rule in rulebook.of_topic(topic):
            yield _document(
                f"{address}#{rule.id}",
                DocumentKind.RULE,
                f"{rule.id}: {topic.value}",
                names=(rule.id,),
                text=rule.wording,
            )
    for anchor, title in (
        ("passingstandard", "Minimum scores"),
        ("rulenumber", "Numbers of the rules"),
        ("pathwayseason", "Pathways seasons"),
        ("seasondeadline", "Dates of the Match seasons"),
        ("specialtyservice", "Application services"),
    ):
        yield _document(
            f"{address}#{anchor}",
            DocumentKind.RULE,
            title,
            text=_draw("search/table.html", anchor=anchor, tables=inputs.tables),
        )


def _list_sources(inputs: PageInputs) -> Iterator[SearchDocument]:
    for key, source in inputs.figures.sources.items():
        yield _document(
            reverse("stats:source_detail", args=[key]),
            DocumentKind.SOURCE,
            source.title,
            names=(key,),
            text=f"{source.publisher}, {source.published}",
        )
