"""What there is to find: everything public, in parts that have an address.

Made from what the pages themselves are made of, so a number that a template takes from
the figures or the dated tables is in it, and a draft is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import BlockNode
from django.urls import reverse

from imgportal.guide.glossary import TERMS
from imgportal.guide.page_contents import contents
from imgportal.guide.page_inputs import Shelf
from imgportal.guide.pages import PAGES
from imgportal.search import names, places
from imgportal.search.parts import Part, parts, plain
from profiles.rules.text import rulebook
from profiles.rules.text.rulebook import Topic
from stats.definitions import DEFINITIONS


class Kind(StrEnum):
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
class Document:
    """One thing to find. Its address is its name: no two share it."""

    address: str
    kind: Kind
    title: str
    context: str = ""  # the page that it is a part of
    names: tuple[str, ...] = ()  # what else it is called
    text: str = ""


def documents(shelf: Shelf) -> Iterator[Document]:
    """Everything public, once. Draws every page of the guide: some tens of milliseconds."""
    yield from _years(shelf)
    yield from _specialties(shelf)
    yield from _guide(shelf)
    yield from _countries(shelf)
    yield from _terms()
    yield from _measures()
    yield from _places()
    yield from _about(shelf)
    yield from _rules(shelf)
    yield from _sources(shelf)


def _document(address: str, kind: Kind, title: str, **more: Any) -> Document:
    called = names.split(names.PLACES.get(address, ""))
    called += more.pop("names", ())
    return Document(address=address, kind=kind, title=title, names=called, **more)


def _text(template: str, **context: Any) -> str:
    """Numbers are written by templates, here as everywhere."""
    return plain(render_to_string(template, context))


def _main_of(name: str, context: dict[str, Any]) -> str:
    """What a page says, without the frame around it.

    The frame names files that are there only once they were collected, and the index is
    filled before.
    """
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    (main,) = [
        node
        for node in template.nodelist.get_nodes_by_type(BlockNode)
        if isinstance(node, BlockNode) and node.name == "main"
    ]
    bound = Context(context)
    with bound.render_context.push_state(template), bound.bind_template(template):
        return str(main.render(bound))


# --- Figures -------------------------------------------------------------------------


def _years(shelf: Shelf) -> Iterator[Document]:
    for match_year, year in shelf.figures.years.items():
        yield _document(
            reverse("stats:year_detail", args=[match_year]),
            Kind.YEAR,
            f"{match_year} Match",
            names=(
                *(str(match_year), f"match rate {match_year}"),
                *(f"IMG match rate {match_year}", f"match results {match_year}"),
                *(f"non-US IMG {match_year}", f"US IMG {match_year}"),
            ),
            text=_text("search/year.html", year=year),
        )


def _specialties(shelf: Shelf) -> Iterator[Document]:
    figures = shelf.figures
    for slug, specialty in figures.specialties.items():
        if specialty.successor:
            continue
        merged = figures.merged_into.get(slug, ())
        rows = figures.specialty_years.get(slug, ())
        yield _document(
            reverse("stats:specialty_detail", args=[slug]),
            Kind.SPECIALTY,
            specialty.short_name,
            names=(
                specialty.name,
                *names.split(names.SPECIALTIES.get(slug, "")),
                *(name for one in merged for name in (one.name, one.short_name)),
            ),
            text=_text(
                "search/specialty.html",
                specialty=specialty,
                rows=[row for row in reversed(rows) if row.img_share],
                scores=[
                    row
                    for row in figures.scores_of.get(slug, ())
                    if row.step2_ck_median is not None
                ],
            ),
        )


# --- The guide -----------------------------------------------------------------------


def _guide(shelf: Shelf) -> Iterator[Document]:
    for page in PAGES.values():
        address = page.get_absolute_url()
        is_of_questions = page.slug == "questions"
        found = []
        # The words of the glossary are documents of their own.
        if page.slug != "glossary":
            # Without the names that terms were `explained` under, they are plain words.
            html = render_to_string(page.template, contents(page, shelf))
            found = parts(html)
        opening = found[0].text if found else ""
        yield _document(
            address, Kind.GUIDE, page.title, text=f"{page.summary} {opening}".strip()
        )
        for part in found[1:]:
            yield _document(
                f"{address}#{part.anchor}",
                Kind.QUESTION if is_of_questions else Kind.GUIDE,
                part.heading,
                context=page.title,
                text=part.text,
            )


def _countries(shelf: Shelf) -> Iterator[Document]:
    for slug, country in shelf.countries.items():
        yield _document(
            reverse("guide:country", args=[slug]),
            Kind.COUNTRY,
            country.name,
            names=names.split(names.COUNTRIES.get(slug, "")),
            context=PAGES["countries"].title,
            text=_text("search/country.html", country=country),
        )


def _terms() -> Iterator[Document]:
    page = PAGES["glossary"]
    for term in TERMS.values():
        yield _document(
            f"{page.get_absolute_url()}#{term.key}",
            Kind.TERM,
            term.name,
            context=page.title,
            text=term.meaning,
        )


# --- Pages about the site ------------------------------------------------------------


def _measures() -> Iterator[Document]:
    address = reverse("measures")
    title = "What the measures mean"
    yield _document(
        address,
        Kind.PAGE,
        title,
        text="Every measure on this site: its definition, what it is a share of, its "
        "unit and what to mind.",
    )
    for item in DEFINITIONS:
        yield _document(
            f"{address}#{item.key}",
            Kind.MEASURE,
            item.name,
            context=title,
            names=item.columns,
            text=f"{item.definition} {item.caveats}".strip(),
        )


def _places() -> Iterator[Document]:
    for name, title, text in places.PLACES:
        yield _document(reverse(name), Kind.PAGE, title, text=text)


def _about(shelf: Shelf) -> Iterator[Document]:
    years = shelf.figures.years
    about = {
        "years": len(years),
        "first_year": next(iter(years), None),
        "source_count": len(shelf.figures.rests_on),
    }
    for name, title, context in (
        ("about", "About", about),
        ("accessibility", "Accessibility", {}),
        ("privacy", "Privacy", {}),
    ):
        address = reverse(name)
        html = _main_of(f"about/{name}.html", context)
        opening, *found = parts(html.partition("</h1>")[2])
        yield _document(address, Kind.PAGE, title, text=opening.text)
        for part in found:
            yield _part_of_page(address, title, part)


def _part_of_page(address: str, title: str, part: Part) -> Document:
    return _document(
        f"{address}#{part.anchor}",
        Kind.PAGE,
        part.heading,
        context=title,
        text=part.text,
    )


# --- Rules and sources ---------------------------------------------------------------


def _rules(shelf: Shelf) -> Iterator[Document]:
    address, page = reverse("rules:rules"), "The rules"
    yield _document(
        address,
        Kind.PAGE,
        page,
        text="What certification, the exams and the Match ask, rule by rule, with who "
        "says so and how far it can be trusted.",
    )
    for place, topic in enumerate(Topic, start=1):
        yield _document(f"{address}#topic-{place}", Kind.RULE, topic.value)
        for rule in rulebook.of_topic(topic):
            yield _document(
                f"{address}#{rule.id}",
                Kind.RULE,
                f"{rule.id}: {topic.value}",
                names=(rule.id,),
                text=rule.wording,
            )
    tables = shelf.tables
    for anchor, title in (
        ("passingstandard", "Minimum scores"),
        ("pathwayseason", "Pathways seasons"),
        ("seasondeadline", "Dates of the Match seasons"),
    ):
        yield _document(
            f"{address}#{anchor}",
            Kind.RULE,
            title,
            text=_text("search/table.html", anchor=anchor, tables=tables),
        )


def _sources(shelf: Shelf) -> Iterator[Document]:
    for key, source in shelf.figures.sources.items():
        yield _document(
            reverse("stats:source_detail", args=[key]),
            Kind.SOURCE,
            source.title,
            names=(key,),
            text=f"{source.publisher}, {source.published}",
        )
