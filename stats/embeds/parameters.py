"""Reads the address of an embedded chart. Nothing in it is ignored, and nothing falls
back: a chart of another year than was asked for is a wrong chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from imgportal.lib import problems
from imgportal.lib.problems import ParameterFault
from stats import asked_edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a parameter can be, and how many values of it an address may have."""

    values: tuple[str, ...]  # in the order in which they are drawn
    most: int = 1
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address chooses, each value once and in the order of what is offered."""

    values: Mapping[str, tuple[str, ...]]

    def first(self, name: str) -> str:
        """The value of a parameter that takes one; empty when it is left out."""
        return next(iter(self.values.get(name, ())), "")

    def every(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """For a query string: one spelling of one choice."""
        return [
            (name, value) for name, values in self.values.items() for value in values
        ]


def read_choices(
    query: QueryDict, offered: Mapping[str, Choice]
) -> tuple[Chosen, list[ParameterFault]]:
    """What the address chooses, and everything that is wrong with it."""
    faults = problems.unknown_parameters(query, {*offered, *asked_edition.PARAMETERS})
    values: dict[str, tuple[str, ...]] = {}
    for name, choice in offered.items():
        given = query.getlist(name)
        if fault := _find_fault(name, given, choice):
            faults.append(fault)
        elif given:
            values[name] = tuple(value for value in choice.values if value in given)
    chosen = Chosen(values)
    since, until = chosen.first("since"), chosen.first("until")
    if since and until and since > until:
        faults.append(
            ParameterFault(
                parameter="since",
                code="value",
                detail=f"since={since} is later than until={until}.",
            )
        )
    return chosen, faults


def _find_fault(
    name: str, given: Sequence[str], choice: Choice
) -> ParameterFault | None:
    wrong = [value for value in given if value not in choice.values]
    if wrong:
        return problems.unknown_value(name, wrong, choice.values)
    if len(given) > 1 and choice.most == 1:
        return problems.repeated(name)
    if len(set(given)) > choice.most:
        return ParameterFault(
            parameter=name,
            code="repeated",
            detail=f"{name} takes {choice.most} values at most.",
        )
    if choice.is_needed and not given:
        return ParameterFault(
            parameter=name,
            code="needed",
            detail=f"This chart needs a {name}, for example "
            f"“{next(iter(choice.values), '')}”.",
        )
    return None
