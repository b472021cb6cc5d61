"""`/search/`: the same answer for everybody, as long as nothing public changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imgportal.guide import page_inputs as shelves
from imgportal.guide.page_inputs import Shelf
from imgportal.lib import clock
from imgportal.lib.http import read_only
from imgportal.lib.public_cache import public_answer
from imgportal.search import index
from imgportal.search import library as libraries
from imgportal.search.documents import Kind
from imgportal.search.engines import engine
from imgportal.search.excerpts import Piece, excerpt, marked
from imgportal.search.finding import Answer, find
from imgportal.search.forms import SearchForm
from imgportal.search.library import Entry

SHOWN = 20
PARTS_OF_PAGES = frozenset({Kind.GUIDE, Kind.MEASURE, Kind.PAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the answer."""

    kind: str
    address: str
    context: str
    title: Sequence[Piece]
    excerpt: Sequence[Piece]

    @property
    def marked_title(self) -> SafeString:
        return _with_marks(self.title)

    @property
    def marked_excerpt(self) -> SafeString:
        return _with_marks(self.excerpt)

    @property
    def plain_title(self) -> str:
        return "".join(piece.text for piece in self.title)

    @property
    def plain_excerpt(self) -> str:
        return "".join(piece.text for piece in self.excerpt)


def _with_marks(pieces: Sequence[Piece]) -> SafeString:
    """Every text escaped; a template that is included for each takes ten times as long."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html("<mark>{}</mark>", piece.text)
                if piece.is_marked
                else piece.text,
            )
            for piece in pieces
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer with the lines that are shown of it."""

    answer: Answer
    results: Sequence[Result]

    @property
    def total(self) -> int:
        return len(self.answer.entries)


@read_only
def search(request: HttpRequest, extension: str = "html") -> HttpResponseBase:
    shelf = shelves.read(now=clock.now())
    built = index.token()
    form = SearchForm.read(request.GET)
    draw: Callable[[], HttpResponse] = lambda: (  # noqa: E731
        _json(request, form, _found(form, shelf))
        if extension == "json"
        else _page(request, form, _found(form, shelf), shelf, is_built=bool(built))
    )
    # The index may follow what is public a moment later, and finds more then.
    return public_answer(
        request, token=f"{shelf.token}-{built}", modified=None, make=draw
    )


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


def _found(form: SearchForm, shelf: Shelf) -> Found | None:
    """None when nothing was asked."""
    asked: str = form.chosen["q"]
    if not asked:
        return None
    answer = find(asked, libraries.of(shelf), engine())
    return Found(
        answer=answer,
        results=[_result(entry, answer) for entry in answer.entries[:SHOWN]],
    )


def _result(entry: Entry, answer: Answer) -> Result:
    document = entry.document
    return Result(
        kind=document.kind.value,
        address=document.address,
        # Of the others the kind says it.
        context=document.context if document.kind in PARTS_OF_PAGES else "",
        title=marked(document.title, answer.terms),
        excerpt=excerpt(document.text, answer.terms),
    )


def _page(
    request: HttpRequest,
    form: SearchForm,
    found: Found | None,
    shelf: Shelf,
    *,
    is_built: bool,
) -> HttpResponse:
    query = urlencode({"q": form.chosen["q"]})
    return render(
        request,
        "search/search.html",
        {
            "form": form,
            "found": found,
            "is_built": is_built,
            "newest": shelf.newest,
            "results_url": f"{reverse('search_data')}?{query}" if found else "",
        },
    )


def _json(request: HttpRequest, form: SearchForm, found: Found | None) -> HttpResponse:
    answer = found.answer if found else Answer(asked="")
    return JsonResponse(
        {
            "address": request.build_absolute_uri(),
            "notices": form.notices,
            "asked": answer.asked,
            "shown_for": answer.shown_for or answer.asked,
            "not_found": answer.not_found,
            "total": found.total if found else 0,
            "results": [
                {
                    "kind": result.kind,
                    "title": result.plain_title,
                    "part_of": result.context,
                    "address": request.build_absolute_uri(result.address),
                    "excerpt": result.plain_excerpt,
                }
                for result in (found.results if found else ())
            ],
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"X-Robots-Tag": "noindex"},
    )
