"""Citations of data: two lengths of text, and the files that reference managers read. Pure.

A file begins with the data and goes on with documents that these rest on: NRMP asks that
whoever uses its figures cites it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

AUTHOR = "IMG portal contributors"
PUBLISHER = "IMG portal"
ADVICE = (
    "Figures are as reported by the documents that they name; cite those as well. NRMP "
    "asks for it."
)
UNREAD = "Known to IMG portal through other documents that repeat it."


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument:
    """A document that the data rest on."""

    key: str
    title: str
    publisher: str
    address: str  # empty: it is not online
    published: str  # as loosely as the document dates itself
    accessed_on: date | None  # None: it is known through others only


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What is cited: data, as they were after a publication."""

    name: str  # in the addresses of its files
    title: str
    address: str  # whole, and such that it lasts
    # The number of the publication. 0: the data have no editions.
    edition: int
    published_on: date

    @property
    def version(self) -> str:
        return f"edition {self.edition}" if self.edition else ""

    @property
    def short(self) -> str:
        parts = (f"{PUBLISHER}, “{self.title}”", self.version)
        return f"{', '.join(filter(None, parts))} ({self.published_on.year})."

    @property
    def long(self) -> str:
        """Everything but the day of access, which comes after it."""
        parts = (PUBLISHER, self.version, f"published {_in_words(self.published_on)}")
        return (
            f"{AUTHOR}. “{self.title}”. {', '.join(filter(None, parts))}. "
            f"{self.address}"
        )


# What stands in a file.
Cited = Citation | CitedDocument


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _plain(text: str) -> str:
    """The same on one line, without characters that draw nothing."""
    return " ".join(
        "".join(
            character if character.isprintable() else " " for character in text
        ).split()
    )


def _day_of(published: str) -> date | None:
    """The day that a document is of. None: it says no day."""
    try:
        return date.fromisoformat(published)
    except ValueError:
        return None


def _year_of(published: str) -> str:
    """The year in which a document was published; empty: it says none."""
    year = re.match(r"(?:19|20)[0-9]{2}(?![0-9])", published)
    return year.group() if year else ""


# ---------------------------------------------------------------- BibTeX

# What TeX takes for more than a character. Braces are spelt out, because BibTeX counts
# even those that a backslash precedes.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "&%$#_"},
    }
)


def _tex(text: str) -> str:
    return _plain(text).translate(_TEX)


def _tex_address(address: str) -> str:
    """An address is typeset as it stands; only braces and the like would end the field."""
    return quote(_plain(address), safe=":/?#[]@!$&'()*+,;=%-._~")


def bibtex_key(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _bibtex_entry(key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{bibtex_key(key)},\n{''.join(lines)}}}\n"


def as_bibtex(cited: Sequence[Cited], *, accessed_on: date) -> str:
    """Entries of BibTeX, which biblatex reads as well.

    Names and titles stand in braces of their own: no style takes them apart or writes
    IMG in small letters.
    """
    return "\n".join(
        _bibtex_data(item, accessed_on)
        if isinstance(item, Citation)
        else _bibtex_document(item)
        for item in cited
    )


def _bibtex_data(citation: Citation, accessed_on: date) -> str:
    return _bibtex_entry(
        _key(citation),
        {
            "author": f"{{{_tex(AUTHOR)}}}",
            "title": f"{{{_tex(citation.title)}}}",
            "year": str(citation.published_on.year),
            "date": citation.published_on.isoformat(),
            "version": _tex(citation.version),
            "publisher": f"{{{_tex(PUBLISHER)}}}",
            "url": _tex_address(citation.address),
            "urldate": accessed_on.isoformat(),
            "note": _tex(_note(citation)),
        },
    )


def _bibtex_document(document: CitedDocument) -> str:
    return _bibtex_entry(
        document.key,
        {
            "author": f"{{{_tex(document.publisher)}}}",
            "title": f"{{{_tex(document.title)}}}",
            "year": _year_of(document.published),
            "date": _iso(_day_of(document.published)),
            "url": _tex_address(document.address),
            "urldate": _iso(document.accessed_on),
            "note": _tex(_document_note(document)),
        },
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _key(citation: Citation) -> str:
    return "-".join(
        filter(
            None,
            (
                "imgportal",
                citation.name,
                f"e{citation.edition}" if citation.edition else "",
            ),
        )
    )


def _note(citation: Citation) -> str:
    """The edition once more: older styles know no version."""
    edition = f"Edition {citation.edition}. " if citation.edition else ""
    return f"{edition}{ADVICE}"


def _document_note(document: CitedDocument) -> str:
    dated = _year_of(document.published) == "" and document.published
    return " ".join(
        filter(
            None,
            (
                f"Dated: {document.published}." if dated else "",
                "" if document.accessed_on else UNREAD,
            ),
        )
    )


# ---------------------------------------------------------------- RIS


def _ris_entry(kind: str, fields: Iterable[tuple[str, str]]) -> str:
    lines = [("TY", kind), *fields]
    return "".join(f"{tag}  - {_plain(value)}\r\n" for tag, value in lines if value) + (
        "ER  - \r\n"
    )


def _ris_day(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day else ""


def as_ris(cited: Sequence[Cited], *, accessed_on: date) -> str:
    return "\r\n".join(
        _ris_data(item, accessed_on)
        if isinstance(item, Citation)
        else _ris_document(item)
        for item in cited
    )


def _ris_data(citation: Citation, accessed_on: date) -> str:
    return _ris_entry(
        "DATA",
        [
            ("ID", _key(citation)),
            ("AU", AUTHOR),
            ("TI", citation.title),
            ("PY", str(citation.published_on.year)),
            ("DA", _ris_day(citation.published_on)),
            ("ET", citation.version),
            ("PB", PUBLISHER),
            ("UR", citation.address),
            ("Y2", _ris_day(accessed_on)),
            ("N1", _note(citation)),
        ],
    )


def _ris_document(document: CitedDocument) -> str:
    return _ris_entry(
        "WEB" if document.address else "RPRT",
        [
            ("ID", document.key),
            ("AU", document.publisher),
            ("TI", document.title),
            ("PY", _year_of(document.published)),
            ("DA", _ris_day(_day_of(document.published))),
            ("PB", document.publisher),
            ("UR", document.address),
            ("Y2", _ris_day(document.accessed_on)),
            ("N1", _document_note(document)),
        ],
    )


# ---------------------------------------------------------------- CSL-JSON


def _csl_day(day: date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _csl_issued(published: str) -> dict[str, Any] | None:
    if day := _day_of(published):
        return _csl_day(day)
    if year := _year_of(published):
        return {"date-parts": [[int(year)]]}
    return {"literal": _plain(published)} if published else None


def as_csl_json(cited: Sequence[Cited], *, accessed_on: date) -> str:
    """Items of the Citation Style Language, for Zotero, Pandoc and others."""
    items = [
        _csl_data(item, accessed_on)
        if isinstance(item, Citation)
        else _csl_document(item)
        for item in cited
    ]
    return json.dumps(
        [
            {name: value for name, value in item.items() if value not in ("", None)}
            for item in items
        ],
        ensure_ascii=False,
        indent=1,
    )


def _csl_data(citation: Citation, accessed_on: date) -> dict[str, Any]:
    return {
        "id": _key(citation),
        "type": "dataset",
        "title": _plain(citation.title),
        "author": [{"literal": AUTHOR}],
        "publisher": PUBLISHER,
        "issued": _csl_day(citation.published_on),
        "accessed": _csl_day(accessed_on),
        "version": citation.version,
        "URL": citation.address,
        "note": _note(citation),
        "language": "en",
    }


def _csl_document(document: CitedDocument) -> dict[str, Any]:
    return {
        "id": document.key,
        "type": "webpage" if document.address else "report",
        "title": _plain(document.title),
        "author": [{"literal": _plain(document.publisher)}],
        "publisher": _plain(document.publisher),
        "issued": _csl_issued(document.published),
        "accessed": _csl_day(document.accessed_on) if document.accessed_on else None,
        "URL": document.address,
        "note": _document_note(document),
        "language": "en",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationFormat:
    """A file that reference managers read."""

    extension: str
    label: str
    media_type: str
    write: Callable[..., str]


FORMATS: Mapping[str, CitationFormat] = {
    form.extension: form
    for form in (
        CitationFormat(
            extension="bib",
            label="BibTeX",
            media_type="application/x-bibtex; charset=utf-8",
            write=as_bibtex,
        ),
        CitationFormat(
            extension="ris",
            label="RIS",
            media_type="application/x-research-info-systems; charset=utf-8",
            write=as_ris,
        ),
        CitationFormat(
            extension="json",
            label="CSL-JSON",
            media_type="application/vnd.citationstyles.csl+json",
            write=as_csl_json,
        ),
    )
}
