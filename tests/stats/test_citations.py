"""Citations: what reference managers read is what was written."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import rispy
from citeproc import Citation as CitedTogether
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from pybtex import PybtexEngine
from pybtex.database import BibliographyData, parse_string

from stats.formats.citations import (
    FORMATS,
    Citation,
    Cited,
    CitedDocument,
    as_bibtex,
    as_csl_json,
    as_ris,
    bibtex_key,
)

READ_ON = date(2026, 12, 3)
DATA = Citation(
    name="match-2024-v1",
    title="The 2024 Match, version 1",
    address="https://example.org/match/2024/v1/?edition=3",
    edition=3,
    published_on=date(2026, 11, 28),
)
REPORT = CitedDocument(
    key="nrmp-rd-2024",
    title="Results & Data: 2024 Main Residency Match®",
    publisher="National Resident Matching Program",
    address="https://example.org/a_b/100%25/#x",
    published="2024-05",
    accessed_on=date(2026, 11, 22),
)
UNREAD = CitedDocument(
    key="nrmp-march-2024",
    title="Advance data tables",
    publisher="NRMP",
    address="",
    published="undated copy",
    accessed_on=None,
)
# As the macros are written in the file; a reader of TeX sees the character.
MACROS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}
texts = st.text(
    st.one_of(
        st.sampled_from(list("\\&%$#_{}~^\"@,=' \n\r\t")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
).filter(lambda text: text.strip() and visible(text))


def visible(text: str) -> str:
    """The text as it can stand on one line."""
    return " ".join(
        "".join(sign if sign.isprintable() else " " for sign in text).split()
    )


def typeset(value: str) -> str:
    """What TeX makes of a value, without the braces around it."""

    def sign(match: re.Match[str]) -> str:
        return MACROS[match[1]] if match[1] else match[2]

    assert value.startswith("{")
    assert value.endswith("}")
    return re.sub(r"\\(?:([a-z]+)\{\}|(.))", sign, value[1:-1])


def read_bibtex(*cited: Cited) -> BibliographyData:
    return parse_string(as_bibtex(cited, accessed_on=READ_ON), "bibtex")


def read_csl(*cited: Cited) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(as_csl_json(cited, accessed_on=READ_ON))
    return items


def with_title(title: str) -> Citation:
    return Citation(
        name=DATA.name,
        title=title,
        address=DATA.address,
        edition=3,
        published_on=DATA.published_on,
    )


def test_texts_say_edition_publication_and_address() -> None:
    assert DATA.short == "IMG portal, “The 2024 Match, version 1”, edition 3 (2026)."
    assert DATA.long == (
        "IMG portal contributors. “The 2024 Match, version 1”. IMG portal, edition 3, "
        "published 28 November 2026. https://example.org/match/2024/v1/?edition=3"
    )


def test_bibtex_has_version_and_day_of_access() -> None:
    entry = read_bibtex(DATA).entries["imgportal-match-2024-v1-e3"]

    assert entry.type == "misc"
    assert dict(entry.fields) == {
        "title": "{The 2024 Match, version 1}",
        "year": "2026",
        "date": "2026-11-28",
        "version": "edition 3",
        "publisher": "{IMG portal}",
        "url": DATA.address,
        "urldate": "2026-12-03",
        "note": entry.fields["note"],
    }
    assert "Edition 3." in entry.fields["note"]
    assert "NRMP" in entry.fields["note"]
    assert [str(person) for person in entry.persons["author"]] == [
        "{IMG portal contributors}"
    ]


def test_bibtex_of_documents_says_who_published_and_when_it_was_read() -> None:
    entries = read_bibtex(DATA, REPORT, UNREAD).entries
    report, unread = entries["nrmp-rd-2024"], entries["nrmp-march-2024"]

    assert list(entries) == ["imgportal-match-2024-v1-e3", REPORT.key, UNREAD.key]
    assert report.fields["title"] == r"{Results \& Data: 2024 Main Residency Match®}"
    assert (report.fields["year"], report.fields["urldate"]) == ("2024", "2026-11-22")
    assert report.fields["url"] == REPORT.address
    assert "date" not in report.fields
    assert {"url", "urldate", "year"} & set(unread.fields) == set()
    assert unread.fields["note"].startswith("Dated: undated copy.")


@pytest.mark.parametrize("style", ["plain", "alpha", "unsrt"])
def test_bibtex_is_set_by_styles(style: str) -> None:
    text = PybtexEngine().format_from_string(
        as_bibtex([DATA, REPORT], accessed_on=READ_ON),
        style=style,
        output_backend="plaintext",
    )

    assert (
        "IMG portal contributors. The 2024 Match, version 1. 2026. Edition 3." in text
    )
    assert "National Resident Matching Program. Results & Data: 2024" in text


@given(texts)
def test_any_title_comes_back_from_bibtex(title: str) -> None:
    data = read_bibtex(with_title(title), REPORT)

    assert len(data.entries) == 2
    fields = data.entries["imgportal-match-2024-v1-e3"].fields
    assert typeset(fields["title"]) == visible(title)


@given(texts)
def test_any_address_stays_within_its_field(address: str) -> None:
    document = CitedDocument(
        key="k",
        title="T",
        publisher="P",
        address=address,
        published="2024",
        accessed_on=None,
    )
    entries = read_bibtex(document, REPORT).entries

    assert list(entries) == ["k", REPORT.key]
    assert set("{}\\ ") & set(entries["k"].fields["url"]) == set()


@given(texts)
def test_any_title_comes_back_from_ris(title: str) -> None:
    entries = rispy.loads(as_ris([with_title(title), REPORT], accessed_on=READ_ON))

    assert [entry["title"] for entry in entries] == [visible(title), REPORT.title]


@given(texts)
def test_any_title_comes_back_from_csl_json(title: str) -> None:
    assert [item["title"] for item in read_csl(with_title(title), REPORT)] == [
        visible(title),
        REPORT.title,
    ]


@given(st.text(max_size=40))
def test_a_key_of_bibtex_ends_at_no_sign_of_its_own(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", bibtex_key(name))


def test_ris_is_a_data_set_with_its_edition() -> None:
    data, report, unread = rispy.loads(
        as_ris([DATA, REPORT, UNREAD], accessed_on=READ_ON)
    )

    assert data["type_of_reference"] == "DATA"
    assert data["authors"] == ["IMG portal contributors"]
    assert data["edition"] == "edition 3"
    assert data["urls"] == [DATA.address]
    assert data["date"] == "2026/11/28"
    assert data["access_date"] == "2026/12/03"
    assert report["access_date"] == "2026/11/22"
    assert report["type_of_reference"] == "WEB"
    assert unread["type_of_reference"] == "RPRT"
    assert "access_date" not in unread


def test_every_line_of_ris_is_a_tag_and_ends_as_the_format_says() -> None:
    text = as_ris([DATA, REPORT, UNREAD], accessed_on=READ_ON)

    assert text.count("\n") == text.count("\r\n")
    for line in filter(None, text.split("\r\n")):
        assert re.match(r"[A-Z][A-Z0-9]  - ", line)


def test_csl_json_is_set_by_a_style() -> None:
    items = read_csl(DATA, REPORT, UNREAD)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    source = CiteProcJSON(items)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    for key in source:
        bibliography.register(CitedTogether([CitationItem(key)]))
    data, report, *_ = [str(line) for line in bibliography.bibliography()]

    assert items[0]["type"] == "dataset"
    assert items[0]["version"] == "edition 3"
    assert data.startswith("IMG portal contributors (2026)")
    assert DATA.address in data
    assert "December 3, 2026" in data
    assert report.startswith("National Resident Matching Program (2024) Results & Data")


def test_data_without_editions_name_none() -> None:
    data = Citation(
        name="table-deadlines",
        title="Dates",
        address="https://example.org/data/deadlines.csv",
        edition=0,
        published_on=date(2026, 11, 28),
    )

    assert data.short == "IMG portal, “Dates” (2026)."
    assert "edition" not in data.long
    assert (
        "version" not in read_bibtex(data).entries["imgportal-table-deadlines"].fields
    )
    assert "version" not in read_csl(data)[0]


def test_formats_are_known_by_their_extensions() -> None:
    assert {name: form.extension for name, form in FORMATS.items()} == {
        "bib": "bib",
        "ris": "ris",
        "json": "json",
    }
