from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from profiles.founding_tables import FOUNDING_TABLES
from profiles.models import PassingStandard

pytestmark = pytest.mark.django_db

WORKED = FOUNDING_TABLES / "worked_examples.csv"
HEADER = (
    "example_id,table,rule_ids,as_of,input_json,expected_json,explanation,confidence"
)
# 218 from 1 July 2025 on.
RIGHT = (
    'A1,T2,,2026-11-22,"{""exam"": ""STEP2CK"", ""date"": ""2026-01-05"", '
    '""score"": 218}","{""outcome"": ""PASS""}",,'
)
WRONG = RIGHT.replace("A1", "A2").replace("PASS", "FAIL")


def check(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("check_examples", str(file), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def written(folder: Path, *lines: str) -> Path:
    file = folder / "examples.csv"
    file.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return file


def test_the_worked_examples_agree_with_the_loaded_tables() -> None:
    assert check(WORKED) == "All 50 examples agree.\n"


def test_a_difference_is_printed_and_fails(tmp_path: Path) -> None:
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2 examples differ"):
        call_command("check_examples", str(written(tmp_path, RIGHT, WRONG)), stdout=out)

    assert out.getvalue() == 'A2 (T2): outcome: expected "FAIL", got "PASS"\n'


def test_the_tables_of_the_database_decide(tmp_path: Path) -> None:
    PassingStandard.objects.filter(measured="step2ck", minimum_score=218).update(
        minimum_score=219
    )

    with pytest.raises(CommandError, match="1 of 1 examples differ"):
        check(written(tmp_path, RIGHT))


def test_the_answers_as_json() -> None:
    answers = json.loads(check(WORKED, "--json"))

    assert len(answers) == 50
    assert all(answer["agrees"] for answer in answers)
    assert answers[0]["answer"] == {"codes": ["NO_NUMERIC_SCORE"]}


def test_json_answers_even_where_nothing_is_expected(tmp_path: Path) -> None:
    file = written(tmp_path, RIGHT.replace('"{""outcome"": ""PASS""}"', ""))

    (answer,) = json.loads(check(file, "--json"))

    assert answer["answer"] == {"outcome": "PASS"}
    assert answer["agrees"] is None
    with pytest.raises(CommandError, match="line 2, A1: expected_json is empty"):
        check(file)


def test_a_malformed_file_is_an_error_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, RIGHT, "A3,T2,,2026-11-22,nonsense,{},,", "A4,T99,,,,,,")

    with pytest.raises(CommandError) as refused:
        check(file)

    assert "line 3: input_json is not JSON" in str(refused.value)
    assert "line 4: There is no table 'T99'" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"\x00"])
def test_what_is_no_example_file_at_all(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "examples.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError):
        check(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        check(tmp_path / "missing.csv")


def test_empty_tables_are_said() -> None:
    PassingStandard.objects.all().delete()

    with pytest.raises(CommandError, match="Run load_rules first"):
        check(WORKED)
