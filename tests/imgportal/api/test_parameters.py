"""Parameters are read strictly: what is not understood is refused by its name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgportal.api import parameters
from imgportal.api.parameters import (
    MOST_VALUES,
    Parameter,
    ParameterKind,
    Query,
    Value,
)
from imgportal.lib.problems import LONGEST_SHOWN

OFFERED = (
    Parameter(
        name="limit", kind=ParameterKind.NUMBER, description="", least=1, most=100
    ),
    Parameter(
        name="group",
        kind=ParameterKind.CODE,
        description="",
        codes=("us_img", "non_us_img"),
        may_repeat=True,
    ),
    Parameter(name="as_of", kind=ParameterKind.DAY, description=""),
    Parameter(name="slug", kind=ParameterKind.TEXT, description="", may_repeat=True),
    Parameter(
        name="columns", kind=ParameterKind.NAMES, description="", codes=("a", "b")
    ),
)


def read(query: str) -> Query:
    return parameters.read(query, OFFERED)


def faults_of(query: str) -> list[tuple[str, str]]:
    return [(fault.parameter, fault.code) for fault in read(query).faults]


@pytest.mark.parametrize(
    ("query", "name", "values"),
    [
        ("limit=1", "limit", (1,)),
        ("limit=100", "limit", (100,)),
        ("group=us_img", "group", ("us_img",)),
        ("group=us_img&group=non_us_img", "group", ("us_img", "non_us_img")),
        ("group=us_img&group=us_img", "group", ("us_img",)),
        ("as_of=2026-11-28", "as_of", (date(2026, 11, 28),)),
        ("as_of=2024-02-29", "as_of", (date(2024, 2, 29),)),
        ("slug=internal%2Dmedicine", "slug", ("internal-medicine",)),
        ("columns=b,a", "columns", ("b", "a")),
        ("columns=b%2Ca", "columns", ("b", "a")),
    ],
)
def test_value_is_read(query: str, name: str, values: tuple[Value, ...]) -> None:
    read_query = read(query)

    assert read_query.faults == ()
    assert dict(read_query.values) == {name: values}


@pytest.mark.parametrize("query", ["", "&&&"])
def test_nothing_is_asked(query: str) -> None:
    assert read(query) == Query(values={}, faults=())


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        # Numbers are digits and nothing else.
        *(
            (f"limit={text}", ("limit", "value"))
            for text in (
                *("1_0", "%2B1", "+1", "%201", "1%20", "1.0", "1e1", "0x1", "-1"),
                *("01", "0", "101", "", "null", "true", "%C2%B2", "%D9%A1", "1%00"),
                *("9" * 400, "%ff", "1,2", "[1]"),
            )
        ),
        ("limit=1&limit=2", ("limit", "repeated")),
        ("limit=1&limit=1", ("limit", "repeated")),
        ("limit", ("limit", "value")),
        *(
            (f"as_of={text}", ("as_of", "value"))
            for text in (
                *("20261128", "2026-W01-1", "2026-1-1", "2025-02-29", "2026-13-01"),
                *("2026-11-28T00:00", "2026-11-28%20", "today", "", "%D9%A2026-11-28"),
            )
        ),
        ("as_of=2026-11-28&as_of=2026-11-28", ("as_of", "repeated")),
        *(
            (f"group={text}", ("group", "value"))
            for text in ("US_IMG", "us_img%00", "us_img,non_us_img", "", "%ff", "*")
        ),
        ("group=us_img&group=martian", ("group", "value")),
        ("slug=", ("slug", "value")),
        ("columns=", ("columns", "value")),
        ("columns=a,", ("columns", "value")),
        ("columns=a,c", ("columns", "value")),
        ("columns=a&columns=b", ("columns", "repeated")),
        ("group[]=us_img", ("group[]", "unknown")),
        ("Limit=1", ("Limit", "unknown")),
        ("grup=us_img", ("grup", "unknown")),
        ("limit%00=1", ("limit", "unknown")),
        ("=1", ("(nothing that can be shown)", "unknown")),
        ("%ff=1", ("\ufffd", "unknown")),
        (f"{'a' * 6000}=1", ("a" * LONGEST_SHOWN + "…", "unknown")),
        ("&".join(["slug=x"] * (MOST_VALUES + 1)), ("slug", "value")),
    ],
)
def test_what_cannot_be_used_is_refused(query: str, fault: tuple[str, str]) -> None:
    assert faults_of(query) == [fault]


def test_nearest_name_is_told() -> None:
    (fault,) = read("lmit=1").faults

    assert "Did you mean “limit”?" in fault.detail


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert set(faults_of("limit=x&group=x&as_of=x&columns=x&x=x&slug=")) == {
        *(("limit", "value"), ("group", "value"), ("as_of", "value")),
        *(("columns", "value"), ("x", "unknown"), ("slug", "value")),
    }


def test_names_stand_once() -> None:
    assert faults_of("columns=a,a") == [("columns", "value")]


@given(st.text(max_size=60))
def test_whatever_is_sent_is_read_or_refused(query: str) -> None:
    read_query = read(query)

    asked = [pair for pair in query.split("&") if pair]
    assert bool(asked) == bool(read_query.values or read_query.faults)
