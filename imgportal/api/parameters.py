"""Reads the parameters of an address strictly: each is understood as it is, or refused.

A filter that is passed over gives a whole table to somebody who asked for one row, so
nothing is guessed, and every fault is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from urllib.parse import parse_qsl

from imgportal.lib import problems
from imgportal.lib.http import nearest
from imgportal.lib.problems import ParameterFault

# Characters of a query. More is a program gone wrong, or somebody who tries us out.
LONGEST_QUERY = 2000
# Values of a parameter that may be repeated.
MOST_VALUES = 50
_WHOLE_NUMBER = re.compile("0|[1-9][0-9]{0,8}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

Value = str | int | date
MOST = 999_999_999


class ParameterKind(Enum):
    """What the values of a parameter are."""

    NUMBER = "number"  # whole, in digits alone
    CODE = "code"  # one of a list that never changes its meaning
    TEXT = "text"  # one of what the table holds
    DAY = "day"  # as 2026-11-27
    NAMES = "names"  # several of a list, with commas between them


class Condition(Enum):
    """Which rows a value of a parameter chooses, by what stands in its column."""

    EQUAL = "equal"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an address."""

    name: str
    kind: ParameterKind
    description: str
    # A value that will always be there; empty: it depends on what is published.
    example: str = ""
    # Where the values stand that it chooses rows by; empty: it chooses no rows.
    column: str = ""
    condition: Condition = Condition.EQUAL
    codes: tuple[str, ...] = ()  # of CODE and NAMES
    least: int = 0  # of NUMBER
    most: int = MOST
    may_repeat: bool = False
    # What holds where it is not given, in words; empty: nothing does.
    default: str = ""

    @property
    def values_in_words(self) -> str:
        """What it takes, for readers: "A whole number from 1 to 1000"."""
        match self.kind:
            case ParameterKind.NUMBER:
                words = f"A whole number from {self.least}"
                if self.most < MOST:
                    words = f"A whole number from {self.least} to {self.most}"
            case ParameterKind.DAY:
                words = "A day like 2026-03-20"
            case ParameterKind.NAMES:
                words = "Names of columns, with commas between them"
            case ParameterKind.CODE:
                words = "A code"
            case ParameterKind.TEXT:
                words = "A value of the column"
        return f"{words}, or several of them" if self.may_repeat else words

    def read(self, text: str) -> Value | None:
        """One value as it is meant; None: it cannot be used."""
        match self.kind:
            case ParameterKind.NUMBER:
                is_number = _WHOLE_NUMBER.fullmatch(text) is not None
                return (
                    int(text)
                    if is_number and self.least <= int(text) <= self.most
                    else None
                )
            case ParameterKind.DAY:
                return _read_day(text)
            case ParameterKind.CODE | ParameterKind.NAMES:
                return text if text in self.codes else None
        return text or None

    def refuse(self, wrong: Sequence[str]) -> ParameterFault:
        """What is wrong with values that cannot be read."""
        match self.kind:
            case ParameterKind.NUMBER:
                wanted = f"a whole number from {self.least} to {self.most}"
            case ParameterKind.DAY:
                wanted = "a day, written like 2026-03-20"
            case ParameterKind.NAMES:
                return self._refuse_names(wrong)
            case _:
                return problems.unknown_value(self.name, wrong, self.codes)
        shown = ", ".join(f"“{problems.printable(text)}”" for text in wrong[:3])
        return ParameterFault(
            parameter=self.name, code="value", detail=f"{shown} is not {wanted}."
        )

    def _refuse_names(self, wrong: Sequence[str]) -> ParameterFault:
        sentences = []
        for name in wrong[:3]:
            near = nearest(name, self.codes, most=1)
            meant = f" Did you mean “{near[0]}”?" if near else ""
            sentences.append(f"“{problems.printable(name)}” is no column here.{meant}")
        return ParameterFault(
            parameter=self.name, code="value", detail=" ".join(sentences)
        )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The parameters of one address: what could be read, and what is wrong with others."""

    values: Mapping[str, tuple[Value, ...]]
    faults: tuple[ParameterFault, ...]

    def number(self, name: str) -> int | None:
        """The value of a number that was given once; None: it was not given."""
        value = self._single(name)
        return value if isinstance(value, int) else None

    def day(self, name: str) -> date | None:
        value = self._single(name)
        return value if isinstance(value, date) else None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.values.get(name, ()))

    def _single(self, name: str) -> Value | None:
        return next(iter(self.values.get(name, ())), None)


def read(query_string: str, parameters: Sequence[Parameter]) -> Query:
    """The parameters of a query string as it was sent, still encoded."""
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True):
        given.setdefault(name, []).append(value)
    by_name = {parameter.name: parameter for parameter in parameters}
    faults = problems.unknown_parameters(given, by_name)
    values: dict[str, tuple[Value, ...]] = {}
    for name, texts in given.items():
        parameter = by_name.get(name)
        if parameter is None:
            continue
        if len(texts) > 1 and not parameter.may_repeat:
            faults.append(problems.repeated(name))
            continue
        if parameter.kind is ParameterKind.NAMES:
            texts = texts[0].split(",")
            if len(set(texts)) < len(texts):
                faults.append(_wrong(name, "A column is named twice."))
                continue
        if len(texts) > MOST_VALUES:
            faults.append(_wrong(name, f"At most {MOST_VALUES} values can be given."))
            continue
        read_values = {text: parameter.read(text) for text in texts}
        if wrong := [text for text, value in read_values.items() if value is None]:
            faults.append(parameter.refuse(wrong))
        values[name] = tuple(
            value for value in read_values.values() if value is not None
        )
    return Query(values=values, faults=tuple(faults))


def _wrong(name: str, detail: str) -> ParameterFault:
    return ParameterFault(parameter=name, code="value", detail=detail)
