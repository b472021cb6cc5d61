"""`/search/`: the same answer for everybody, as long as nothing public changes."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imgportal.guide import page_inputs
from imgportal.guide.page_inputs import PageInputs
from imgportal.lib import clock
from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from imgportal.search import library
from imgportal.search.documents import DocumentKind, SearchDocument
from imgportal.search.excerpts import shorten, split_marked
from imgportal.search.find_pages import SearchAnswer
from imgportal.search.forms import SearchForm
from imgportal.search.signposts import Signpost, find_without_score, list_signposts
from stats.choices import FigureTable
from stats.figures import YearFigures

SHOWN = 20
PARTS_OF_PAGES = frozenset(
    {DocumentKind.GUIDE, DocumentKind.MEASURE, DocumentKind.PAGE}
)
# Documents that say how a whole Match year went.
WITH_FIGURES = frozenset({DocumentKind.YEAR, DocumentKind.QUESTION, DocumentKind.GUIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One document of the answer, with the terms to mark in it."""

    document: SearchDocument
    terms: frozenset[str]

    @property
    def context(self) -> str:
        """The page it is a part of; empty where the kind says which."""
        is_part = self.document.kind in PARTS_OF_PAGES
        return self.document.context if is_part else ""

    @property
    def excerpt(self) -> str:
        return shorten(self.document.text, self.terms)

    @property
    def marked_title(self) -> SafeString:
        return _mark(self.document.title, self.terms)

    @property
    def marked_excerpt(self) -> SafeString:
        return _mark(self.excerpt, self.terms)


def _mark(text: str, terms: Container[str]) -> SafeString:
    """Every text escaped; a template that is included for each takes ten times as long."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", piece) if is_marked else piece,)
            for piece, is_marked in split_marked(text, terms)
        ),
    )


@read_only
def search(request: HttpRequest, extension: str = "html") -> HttpResponseBase:
    inputs = page_inputs.read(now=clock.now())
    form = SearchForm(request.GET)
    draw = _draw_json if extension == "json" else _draw_page
    make: Callable[[], HttpResponse] = lambda: draw(  # noqa: E731
        request, form, _find(form, inputs), inputs
    )
    return public_answer(request, token=inputs.token, modified=None, make=make)


@read_only
def opensearch(request: HttpRequest) -> HttpResponse:
    """Tells browsers how to search here, for those who add the site to theirs."""
    root = f"{request.scheme}://{request.get_host()}"
    return render(
        request,
        "search/opensearch.xml",
        {"root": root},
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )


def _find(form: SearchForm, inputs: PageInputs) -> SearchAnswer | None:
    """None when nothing was asked."""
    question: str = form.chosen["q"]
    return find_without_score(question, library.read(inputs)) if question else None


def _list_results(answer: SearchAnswer) -> list[SearchResult]:
    return [
        SearchResult(document=document, terms=answer.terms)
        for document in answer.documents[:SHOWN]
    ]


def _list_signposts(answer: SearchAnswer | None, inputs: PageInputs) -> list[Signpost]:
    return list_signposts(answer, library.read(inputs)) if answer else []


def _list_notes(answer: SearchAnswer | None, newest: YearFigures | None) -> list[str]:
    """Who reports the figures of the newest year, where a result may show one of them."""
    if answer is None or newest is None:
        return []
    year = str(newest.match_year)
    shows_year = any(
        document.kind in WITH_FIGURES and year in f"{document.title} {document.text}"
        for document in answer.documents[:SHOWN]
    )
    notes = newest.footnotes_of(FigureTable.APPLICANTS) if shows_year else ()
    return [note.text for note in notes if not note.row and not note.column]


def _draw_page(
    request: HttpRequest,
    form: SearchForm,
    answer: SearchAnswer | None,
    inputs: PageInputs,
) -> HttpResponse:
    query = urlencode({"q": form.chosen["q"]})
    return render(
        request,
        "search/search.html",
        {
            "form": form,
            "answer": answer,
            "results": _list_results(answer) if answer else [],
            "total": len(answer.documents) if answer else 0,
            "signposts": _list_signposts(answer, inputs),
            "newest": inputs.newest,
            "notes": _list_notes(answer, inputs.newest),
            "results_url": f"{reverse('search_data')}?{query}" if answer else "",
        },
    )


def _draw_json(
    request: HttpRequest,
    form: SearchForm,
    answer: SearchAnswer | None,
    inputs: PageInputs,
) -> HttpResponse:
    signposts = _list_signposts(answer, inputs)
    answer = answer or SearchAnswer(question="")
    return JsonResponse(
        {
            "address": request.build_absolute_uri(),
            "notices": form.notices,
            "asked": answer.question,
            "shown_for": answer.corrected or answer.question,
            "not_found": answer.unknown_words,
            "next_steps": [
                {
                    "sentence": signpost.sentence,
                    "links": [
                        {
                            "label": link.label,
                            "address": request.build_absolute_uri(link.address),
                        }
                        for link in signpost.links
                    ],
                }
                for signpost in signposts
            ],
            "total": len(answer.documents),
            "results": [
                {
                    "kind": result.document.kind.value,
                    "title": result.document.title,
                    "part_of": result.context,
                    "address": request.build_absolute_uri(result.document.address),
                    "excerpt": result.excerpt,
                }
                for result in _list_results(answer)
            ],
            "notes": _list_notes(answer, inputs.newest),
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"X-Robots-Tag": "noindex"},
    )
