"""Whatever is sent from outside, reading it takes work in proportion to its size.

Work is counted, never timed: lines of Python that run, and calls of C functions, those
that walk through what they belong to (`list.count`, `str.split`) by its length. Four
times as much of anything may cost about four times as much, and not sixteen.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Sized
from types import FrameType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from stats import imports
from stats.choices import FigureTable
from tests import staff
from tests.profiles import forms
from tests.stats.imports import files

pytestmark = pytest.mark.django_db

# Methods that look at every item or character of what they belong to.
WALKS = frozenset(
    {
        *("count", "index", "remove", "insert", "sort", "reverse", "copy", "find"),
        *("rfind", "join", "replace", "split", "rsplit", "splitlines", "partition"),
        *("strip", "lstrip", "rstrip", "lower", "casefold", "translate", "encode"),
        *("decode", "isspace", "isascii", "isprintable"),
    }
)
FEW, MANY = 250, 1_000
# A little more than MANY / FEW.
MOST_TIMES = 6


def work_of(call: Callable[[], object]) -> int:
    """How many steps a call takes."""
    steps = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal steps
        steps += 1
        return trace

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal steps
        if event == "c_call":
            steps += 1
            if arg is unicodedata.normalize:
                # Sorts the marks after a letter by the square of their number.
                texts = [it for it in frame.f_locals.values() if isinstance(it, str)]
                steps += max(map(len, texts), default=0) ** 2
            owner = getattr(arg, "__self__", None)
            if isinstance(owner, Sized) and arg.__name__ in WALKS:
                steps += len(owner)

    before = sys.gettrace()
    sys.setprofile(profile)
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
        sys.setprofile(None)
    return steps


def assert_in_proportion(send: Callable[[int], object]) -> None:
    send(FEW)  # what is made once is made now
    few = work_of(lambda: send(FEW))
    many = work_of(lambda: send(MANY))
    assert many < MOST_TIMES * few, f"{few:,} steps for {FEW}, {many:,} for {MANY}"


def test_squares_are_seen() -> None:
    """The measure itself: what this is to find, it finds."""

    def count_each(number: int) -> list[int]:
        names = [str(at) for at in range(number)]
        return [names.count(name) for name in names]

    def compare_each(number: int) -> int:
        return sum(here == there for here in range(number) for there in range(number))

    with pytest.raises(AssertionError):
        assert_in_proportion(count_each)
    with pytest.raises(AssertionError):
        assert_in_proportion(lambda number: compare_each(number // 20))


# --- Records that members bring back ----------------------------------------------------


def names(number: int) -> str:
    return ",".join(f'"n{at}":1' for at in range(number))


def record_with(part: Callable[[int], str]) -> Callable[[int], bytes]:
    start = '{"format":"imgportal-record","version":2,"record":'
    return lambda number: f"{start}{part(number)}}}".encode()


RECORDS: dict[str, Callable[[int], bytes]] = {
    "names, the last one twice": lambda n: f'{{{names(n)},"n{n - 1}":1}}'.encode(),
    "names, every one twice": lambda n: f"{{{names(n)},{names(n)}}}".encode(),
    "unknown names": record_with(lambda n: f"{{{names(n)}}}"),
    "objects": lambda n: b"[" + b'{"a":1},' * n + b"1]",
    "brackets": lambda n: b"[" * n,
    "brackets that only close": lambda n: b"]" * n,
    "colons": lambda n: b"{" + b":" * n,
    "quotation marks": lambda n: b'"' * n,
    "escaped quotation marks": lambda n: b'"' + b'\\"' * n,
    "digits": lambda n: b"9" * n,
    "decimals": lambda n: b"0." + b"9" * n,
    "lines": lambda n: b"\n" * n,
    "attempts": record_with(lambda n: f'{{"exam_attempts":[{"{}," * n}{{}}]}}'),
    "specialties": record_with(
        lambda n: f'{{"profile":{{"specialties":[{",".join(n * [json.dumps("a")])}]}}}}'
    ),
}


@pytest.fixture
def member(client: Client) -> Client:
    client.force_login(staff.member())
    return client


@pytest.mark.parametrize("name", RECORDS)
def test_record_that_is_brought_back(member: Client, name: str) -> None:
    def send(number: int) -> None:
        cache.clear()
        file = SimpleUploadedFile("record.json", RECORDS[name](number))
        assert member.post("/me/data/import/", {"file": file}).status_code == 422

    assert_in_proportion(send)


@pytest.mark.parametrize("name", RECORDS)
def test_record_in_the_answer_to_the_preview(member: Client, name: str) -> None:
    # As a browser sends it, and made before anything is counted.
    bodies = {
        number: urlencode(
            {"content": RECORDS[name](number), "take": ["a"] * number}, doseq=True
        )
        for number in (FEW, MANY)
    }

    def send(number: int) -> None:
        cache.clear()
        page = member.post(
            "/me/data/import/confirm/",
            bodies[number],
            content_type="application/x-www-form-urlencoded",
        )
        assert page.status_code == 302

    assert_in_proportion(send)


EXAMS = "exam,date,score\n"
SHEETS: dict[str, Callable[[int], str]] = {
    "columns": lambda n: "exam,date" + ",a" * n,
    "columns with one name": lambda n: "exam,date" + ",date" * n,
    "cells in a row": lambda n: f"{EXAMS}Step 1,2024-03-14" + ",1" * n,
    "bad rows": lambda n: EXAMS + "bad,bad,bad\n" * n,
    "the same row": lambda n: EXAMS + "Step 1,2024-03-14,200\n" * n,
    "a long cell": lambda n: EXAMS + "9" * n,
    "a long day": lambda n: f"{EXAMS}Step 1,{'1 ' * n}",
    "a long number": lambda n: f"{EXAMS}Step 1,2024-03-14,{'9' * n}",
    "marks in a cell": lambda n: EXAMS + "a" + "\u0301\u0323" * n,
    "marks in a name": lambda n: "exam,date,a" + "\u0301\u0323" * n + "\nbad,bad,bad",
    "dashes in a name": lambda n: f"exam,date,{'-_' * n}\nbad,bad,bad",
    "apostrophes": lambda n: EXAMS + "'" * n,
    "quotation marks": lambda n: '"' * n,
    "separators": lambda n: ",;\t" * n,
    "lines": lambda n: EXAMS + "\n" * n + "bad",
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("is_file", [True, False])
def test_spreadsheet_of_exams(member: Client, name: str, is_file: bool) -> None:
    def send(number: int) -> None:
        cache.clear()
        text = SHEETS[name](number)
        file = SimpleUploadedFile("exams.csv", text.encode())
        sent = {"file": file} if is_file else {"pasted": text}
        assert member.post("/me/data/import/", sent).status_code == 422

    assert_in_proportion(send)


@pytest.mark.parametrize("name", ["bad rows", "cells in a row", "a long cell"])
def test_workbook_of_exams(member: Client, name: str) -> None:
    contents = {
        number: files.as_xlsx(
            [line.split(",") for line in SHEETS[name](number).split("\n")]
        )
        for number in (FEW, MANY)
    }

    def send(number: int) -> None:
        cache.clear()
        file = SimpleUploadedFile("exams.xlsx", contents[number])
        assert member.post("/me/data/import/", {"file": file}).status_code == 422

    assert_in_proportion(send)


def test_exams_that_are_all_good(member: Client) -> None:
    def send(number: int) -> None:
        cache.clear()
        days = [f"{2000 + at // 28}-01-{at % 28 + 1:02}" for at in range(number // 4)]
        text = EXAMS + "".join(f"Step 3,{day},\n" for day in days)
        assert member.post("/me/data/import/", {"pasted": text}).status_code == 200

    assert_in_proportion(send)


def test_member_may_bring_only_so_many_files_an_hour(member: Client) -> None:
    file = b"not a record"
    pages = [
        member.post(
            "/me/data/import/", {"file": SimpleUploadedFile("record.json", file)}
        )
        for _ in range(61)
    ]

    assert {page.status_code for page in pages[:60]} == {422}
    assert pages[60].status_code == 429
    assert 0 < int(pages[60].headers["Retry-After"]) <= 3600
    assert "nothing was written" in pages[60].content.decode()
    # The answer to a preview is a file, too; another member has their own hour.
    answer = {"content": "not a record"}
    assert member.post("/me/data/import/confirm/", answer).status_code == 429
    other = Client()
    other.force_login(staff.member("ben@example.org"))
    assert other.post("/me/data/import/confirm/", answer).status_code == 302


# --- Figures that staff import ---------------------------------------------------------

TOTALS = files.good(FigureTable.TOTALS)
HEADER, VALUES = list(TOTALS), [str(value) for value in TOTALS.values()]

TABLES: dict[str, Callable[[int], list[list[str]]]] = {
    "columns": lambda n: [HEADER + [f"Column {at}" for at in range(n)], VALUES],
    "columns with one name": lambda n: [HEADER + ["Note"] * n, VALUES],
    "blank columns": lambda n: [HEADER + [""] * n, VALUES + [""] * n],
    "cells in a row": lambda n: [HEADER, VALUES + ["1"] * n],
    "rows": lambda n: [HEADER] + [VALUES] * n,
    "bad rows": lambda n: [HEADER] + [["bad"] * len(HEADER)] * n,
    "a long cell": lambda n: [HEADER, ["9" * n, *VALUES[1:]]],
    "marks in a cell": lambda n: [HEADER, ["a" + "\u0301\u0323" * n, *VALUES[1:]]],
    "marks in a name": lambda n: [[*HEADER, "a" + "\u0301\u0323" * n], VALUES],
    "marks in a word": lambda n: [
        HEADER,
        [
            "a" + "\u0301\u0323" * n if name == "confidence" else value
            for name, value in zip(HEADER, VALUES, strict=True)
        ],
    ],
    "a long name of a column": lambda n: [[*HEADER, "a b" * n], VALUES],
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_figures_that_are_imported(name: str, kind: str) -> None:
    make = files.as_csv if kind == "csv" else files.as_xlsx
    contents = {number: make(TABLES[name](number)) for number in (FEW, MANY)}

    assert_in_proportion(
        lambda number: imports.read(
            f"totals.{kind}", contents[number], FigureTable.TOTALS, None
        )
    )


@pytest.mark.parametrize(
    "text", ['"', ",", ";", "\t", "\n", "\r", "a\n", '"a\n', "\x00"]
)
def test_text_that_is_no_table(text: str) -> None:
    assert_in_proportion(
        lambda number: imports.read(
            "totals.csv", (text * number).encode(), FigureTable.TOTALS, None
        )
    )


def test_columns_have_a_bound() -> None:
    content = files.as_csv(TABLES["columns"](100))

    refusals = imports.read("totals.csv", content, FigureTable.TOTALS, None).refusals

    assert [refusal.reason for refusal in refusals] == [
        "There are more than 100 columns."
    ]


# --- Addresses, headers and forms ---------------------------------------------------------

LONG: dict[str, Callable[[int], str]] = {
    "letters": lambda n: "a" * n,
    "digits": lambda n: "9" * n,
    "words": lambda n: "match " * n,
    "marks": lambda n: "a" + "\u0301\u0323" * n,
    "dots": lambda n: "." * n,
    "a day": lambda n: "2026-01-" + "0" * n,
}
QUERIES = {
    "/match/": ("group", "since", "until"),
    "/match/all-applicants/": ("of",),
    "/specialties/": ("year", "sort"),
    "/specialties/compare/": ("s",),
    "/scores/": ("edition", "group"),
    "/search/": ("q",),
    "/search.json": ("q",),
    "/guide/match/": ("zone",),
    "/guide/who-is-an-img/": ("citizen",),
    "/report/": ("year", "version", "table", "row"),
    "/changes/": ("year",),
}


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("path", QUERIES)
def test_filter_in_the_address(client: Client, path: str, text: str) -> None:
    def ask(number: int) -> None:
        query = urlencode(dict.fromkeys(QUERIES[path], LONG[text](number)))
        assert client.get(f"{path}?{query}").status_code == 200

    assert_in_proportion(ask)


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("value", ["nothing", "us_img", "neurology", "2024"])
def test_filter_that_is_named_often(client: Client, path: str, value: str) -> None:
    def ask(number: int) -> None:
        query = "&".join(f"{name}={value}" for name in QUERIES[path] * number)
        assert client.get(f"{path}?{query}").status_code == 200

    assert_in_proportion(ask)


@pytest.mark.parametrize("text", LONG)
def test_day_and_secret_addresses(client: Client, member: Client, text: str) -> None:
    def ask(number: int) -> None:
        query = urlencode({"on": LONG[text](number), "as_of": LONG[text](number)})
        assert member.get(f"/me/?{query}").status_code == 200
        token = LONG[text](number).replace(".", "-").replace(" ", "-")
        assert Client().get(f"/calendar/{token}.ics").status_code == 404
        assert Client().get(f"/reminders/off/{token}/").status_code < 500

    assert_in_proportion(ask)


@pytest.mark.parametrize(
    "cookie",
    ["a=b; ", "sessionid=", "csrftoken=a; ", ";", "=", '"', '\\"', "sessionid=a; "],
)
def test_cookies(cookie: str) -> None:
    assert_in_proportion(
        lambda number: Client().get("/me/", headers={"cookie": cookie * number})
    )


@pytest.mark.parametrize(
    "address",
    [
        lambda n: "a" * n + "@example.org",
        lambda n: "a@" + "b." * n + "org",
        lambda n: "a@" * n,
        lambda n: "a." * n + "a@example.org",
        lambda n: '"' * n + "@example.org",
        lambda n: "a@\u00fc" + "\u00fc" * n + ".org",
    ],
)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/signup/", "email"),
        ("/accounts/login/", "login"),
        ("/accounts/login/code/", "email"),
        ("/accounts/password/reset/", "email"),
        ("/report/", "email"),
    ],
)
def test_addresses_of_people(
    client: Client, path: str, name: str, address: Callable[[int], str]
) -> None:
    def send(number: int) -> None:
        cache.clear()
        assert client.post(path, {name: address(number)}).status_code == 422

    assert_in_proportion(send)


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/me/profile/", forms.PROFILE),
        ("/me/exams/add/step2ck/", forms.STEP2CK),
        ("/me/exams/add/oet/", forms.OET),
    ],
)
def test_forms_of_a_record(
    member: Client, path: str, values: dict[str, Any], text: str
) -> None:
    def send(number: int) -> None:
        typed = dict.fromkeys(values, LONG[text](number)) | {"seen": "0"}
        assert member.post(path, typed).status_code == 422

    assert_in_proportion(send)
