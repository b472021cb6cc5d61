"""What an answer says: the rows asked for, of which edition, how to cite and pin them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from imgportal.api.questions import TableQuestion
from imgportal.lib.data_columns import moment_in_utc
from imgportal.lib.eastern_time import eastern_day
from stats.formats.data_package import RIGHTS

# From an address on this site to the whole of it.
Absolute = Callable[[str], str]


def compose(question: TableQuestion, absolute: Absolute) -> dict[str, Any]:
    """The answer to a question without faults, as a document of plain values."""
    rows, resource = question.rows, question.resource
    end = question.offset + question.limit
    shown = rows[question.offset : end]
    if names := question.query.texts("columns"):
        shown = [{name: row[name] for name in names} for row in shown]
    return {
        "table": resource.table.name,
        **_describe_place(question, absolute),
        "total": len(rows),
        "next": absolute(_address(question, offset=end)) if end < len(rows) else None,
        "definitions": explain(resource.anchor, absolute),
        "rights": RIGHTS,
        "cite": _cite(question, absolute),
        "results": shown,
    }


def explain(part: str, absolute: Absolute) -> str:
    """Where the page for people explains something."""
    return absolute(f"{reverse('api:docs')}#{part}")


def _describe_place(question: TableQuestion, absolute: Absolute) -> dict[str, Any]:
    if not question.resource.has_editions:
        changed_at = question.changed_at
        return {"changed_at": changed_at and moment_in_utc(changed_at)}
    published_at = question.place.published_at
    return {
        "edition": question.place.edition,
        "published_at": published_at and moment_in_utc(published_at),
        "pinned": absolute(_address(question)),
    }


def _address(question: TableQuestion, **changed: int) -> str:
    """Of the same question, in the edition that answered it: another page of its rows
    must not be of a later one.
    """
    place = question.place
    if question.resource.has_editions and place.edition and not place.version:
        changed["edition"] = place.edition
    kept = [
        (name, value)
        for name, value in parse_qsl(question.query_string)
        if name not in {*changed, "as_of"}
    ]
    path = reverse("api:table_data", args=[question.resource.path])
    query = urlencode([*kept, *changed.items()], safe=",")
    return f"{path}?{query}" if query else path


def _cite(question: TableQuestion, absolute: Absolute) -> str:
    if question.resource.has_editions:
        moment = question.place.published_at
        state = f"Edition {question.place.edition} of"
    else:
        moment, state = question.changed_at, "As of"
    return (
        f"IMG portal. {question.resource.table.title}. "
        + (f"{state} {eastern_day(moment)}. " if moment else "")
        + absolute(_address(question))
    )
