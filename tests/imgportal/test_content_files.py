from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest

from imgportal.lib import content_files
from imgportal.lib.content_files import ContentError


class Grade(StrEnum):
    SURE = "sure"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    key: str
    text: str
    grade: Grade
    read_on: date
    sources: tuple[str, ...] = ()
    pages: int | None = None
    is_ours: bool = False


TOML = """\
# A comment.
title = "Statements"

[[statement]]
key = "first"
text = \"\"\"
Broken into
lines.\"\"\"
grade = "sure"
read_on = 2026-11-22
sources = ["s01", "s02"]
pages = 3
is_ours = true

[[statement]]
key = "second"
text = "Short."
grade = "open"
read_on = 2026-11-23
"""
CSV = """\
key,text,grade,read_on,sources,pages,is_ours
first,Broken into lines.,sure,2026-11-22,s01 s02,3,yes
second,Short.,open,2026-11-23,,,
"""
STATEMENTS = (
    Statement(
        key="first",
        text="Broken into lines.",
        grade=Grade.SURE,
        read_on=date(2026, 11, 22),
        sources=("s01", "s02"),
        pages=3,
        is_ours=True,
    ),
    Statement(
        key="second", text="Short.", grade=Grade.OPEN, read_on=date(2026, 11, 23)
    ),
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_both_forms_hold_the_same_entries(tmp_path: Path) -> None:
    toml = written(tmp_path, "statements.toml", TOML)
    table = written(tmp_path, "statements.csv", CSV)

    assert content_files.read_toml(toml, "statement", Statement) == STATEMENTS
    assert content_files.read_csv(table, Statement) == STATEMENTS
    assert content_files.read_toml_value(toml, "title", str) == "Statements"


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ('grade = "open"', 'grade = "certain"', "line 18: grade: 'certain' is not"),
        ('key = "second"', "", "line 15: key is missing"),
        ('text = "Short."', 'text = " "', "line 17: text: ' ' is no text"),
        ("2026-11-23", '"soon"', "line 19: read_on: Invalid isoformat"),
        ("pages = 3", 'pages = "few"', "line 12: pages: invalid literal"),
        ("is_ours = true", "is_ours = 2", "line 13: is_ours: 2 is neither"),
        ("is_ours", "is_our", "line 13: 'is_our' is none of key, text, grade"),
        ('["s01", "s02"]', '["s01", 2]', "line 11: sources: ['s01', 2] is no list"),
        ('"Short."', '"Short.', "at line 17"),
    ],
)
def test_fault_in_a_toml_file_is_placed(
    tmp_path: Path, before: str, after: str, where: str
) -> None:
    assert before in TOML
    path = written(tmp_path, "statements.toml", TOML.replace(before, after))

    with pytest.raises(ContentError) as caught:
        content_files.read_toml(path, "statement", Statement)

    assert str(caught.value).startswith("statements.toml")
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (",open,", ",certain,", "line 3: grade: 'certain' is not"),
        ("second,", ",", "line 3: key is missing"),
        ("2026-11-22", "22 November", "line 2: read_on: Invalid isoformat"),
        (",3,yes", ",3,perhaps", "line 2: is_ours: 'perhaps' is neither"),
        (",3,yes", ",3,yes,no", "line 2: There are 8 cells, not 7"),
        ("is_ours", "is_our", "line 2: 'is_our' is none of key"),
    ],
)
def test_fault_in_a_csv_file_is_placed(
    tmp_path: Path, before: str, after: str, where: str
) -> None:
    assert before in CSV
    path = written(tmp_path, "statements.csv", CSV.replace(before, after))

    with pytest.raises(ContentError) as caught:
        content_files.read_csv(path, Statement)

    assert str(caught.value).startswith(f"statements.csv, {where}")


def test_second_entry_of_one_key_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "statements.toml", TOML.replace("second", "first"))
    statements = content_files.read_toml(path, "statement", Statement)

    with pytest.raises(
        ContentError, match=r"statements\.toml: key 'first' is .* twice"
    ):
        content_files.by_key(statements, "key", path)
