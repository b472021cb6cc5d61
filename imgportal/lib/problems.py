"""What is wrong with a request for data, in a form that programs read (RFC 9457).

A page falls back and says so; an answer that a program reads must not: nobody notices
that a whole table came where one year was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from imgportal.lib.http import Nearby, nearest

MEDIA_TYPE = "application/problem+json"
# More values than these are not listed in a sentence.
MOST_LISTED = 40
LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFault:
    """One parameter of an address that cannot be used."""

    parameter: str
    code: str  # "unknown", "repeated" or "value"
    detail: str


def printable(value: str) -> str:
    """What somebody typed, short and without characters that draw nothing."""
    shown = "".join(character for character in value if character.isprintable())
    if not shown.strip():
        return "(nothing that can be shown)"
    return shown[:LONGEST_SHOWN] + ("…" if len(shown) > LONGEST_SHOWN else "")


def unknown_parameters(
    asked: Collection[str], offered: Collection[str]
) -> list[ParameterFault]:
    """Each parameter that the address has none of, with the one that was meant."""
    return [
        ParameterFault(
            parameter=printable(name),
            code="unknown",
            detail=f"There is no parameter “{printable(name)}” here. "
            + _meant(name, sorted(offered)),
        )
        for name in asked
        if name not in offered
    ]


def _meant(name: str, offered: Sequence[str]) -> str:
    if not offered:
        return "This address takes none."
    if near := nearest(name, offered, most=1):
        return f"Did you mean “{near[0]}”?"
    return f"There are: {', '.join(offered)}."


def unknown_value(
    parameter: str, values: Sequence[str], offered: Sequence[str]
) -> ParameterFault:
    """Values that are not in the data, with what there is, or the nearest of many."""
    shown = ", ".join(f"“{printable(value)}”" for value in values[:3])
    there_are = (
        f" There are: {', '.join(offered)}." if 0 < len(offered) <= MOST_LISTED else ""
    )
    if len(offered) > MOST_LISTED and (near := nearest(values[0], offered, most=1)):
        there_are = f" Did you mean “{near[0]}”?"
    return ParameterFault(
        parameter=parameter,
        code="value",
        detail=f"{shown} is no {parameter} of these data.{there_are}",
    )


def repeated(parameter: str) -> ParameterFault:
    return ParameterFault(
        parameter=parameter,
        code="repeated",
        detail=f"{parameter} takes one value, and the address has several.",
    )


WRONG_PARAMETERS = "The address has a parameter that cannot be used."


def refuse_parameters(
    request: HttpRequest,
    faults: Sequence[ParameterFault],
    *,
    about: str = "about:blank",
) -> HttpResponse:
    """The answer to an address with these faults, all of them at once."""
    return problem(
        request, status=400, title=WRONG_PARAMETERS, about=about, faults=faults
    )


def problem(
    request: HttpRequest,
    *,
    status: int,
    title: str,
    about: str = "about:blank",
    faults: Sequence[ParameterFault] = (),
    nearby: Sequence[Nearby] = (),
) -> HttpResponse:
    """The answer to a request that cannot be met: what is wrong, all of it at once.

    `about` is an address that explains this kind of problem, if there is one.
    """
    document: dict[str, Any] = {"type": about, "title": title, "status": status}
    if faults:
        document["errors"] = [
            {
                "parameter": fault.parameter,
                "code": fault.code,
                "detail": fault.detail,
            }
            for fault in faults
        ]
    if nearby:
        document["nearby"] = [
            {"label": near.label, "address": request.build_absolute_uri(near.url)}
            for near in nearby
        ]
    return HttpResponse(
        json.dumps(document, ensure_ascii=False, indent=1),
        status=status,
        content_type=MEDIA_TYPE,
    )
