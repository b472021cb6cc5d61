"""The worked examples that came with the rules, and others of the same format."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.founding_tables import FOUNDING_TABLES
from profiles.rules.text import worked_examples
from profiles.rules.text.worked_examples import BadExample, Example
from tests.effort import examples
from tests.profiles.rules.given import day, tables

TEXT = (FOUNDING_TABLES / "worked_examples.csv").read_text(encoding="utf-8")
WORKED, UNREADABLE = worked_examples.read(TEXT)


def test_every_worked_example_can_be_read() -> None:
    assert UNREADABLE == []
    assert len(WORKED) == 50
    assert {example.table for example in WORKED} == set(worked_examples.TABLES)


@pytest.mark.parametrize("example", WORKED, ids=lambda example: example.example_id)
def test_worked_example(example: Example) -> None:
    assert worked_examples.answer(example, tables()) == example.expected


def answer(table: str, given_input: dict[str, Any], as_of: str = "2026-11-22") -> Any:
    example = Example(
        line=2,
        example_id="X",
        table=table,
        as_of=day(as_of),
        inputs=given_input,
        expected={},
    )
    return worked_examples.answer(example, tables())


FOUR_FAILS = [
    {"exam": "STEP2CS", "date": f"201{year}-03-03", "result": "fail"}
    for year in range(4)
]
OET = {"L": 400, "R": 400, "S": 400, "W": 400}
LATE = "2026-06-09"


@pytest.mark.parametrize(
    ("table", "given_input", "expected"),
    [
        (
            "T1",
            {
                "kind": "attempt",
                "rec": {"exam": "STEP1", "date": "2021-05-05", "score": 230},
            },
            {"codes": ["OK"]},
        ),
        (
            "T1",
            {
                "kind": "attempt",
                "rec": {"exam": "STEP2CK", "date": "2027-05-05", "score": 230.5},
            },
            {"codes": ["FUTURE_DATE_WITH_RESULT", "SCORE_RANGE"]},
        ),
        (
            "T1",
            {"kind": "usmle_id", "rec": {"value": "0-123-456-7"}},
            {"codes": ["OK"]},
        ),
        ("T1", {"kind": "oet", "rec": {**OET, "date": LATE}}, {"codes": ["OK"]}),
        (
            "T1",
            {"kind": "oet", "rec": {**OET, "dates": ["2026-05-09", LATE]}},
            {"codes": ["OET_SITTINGS_MIXED"]},
        ),
        (
            "T1",
            {"kind": "oet", "rec": {**OET, "date": "2026-05-09", "date_W": LATE}},
            {"codes": ["OET_SITTINGS_MIXED"]},
        ),
        (
            "T1",
            {"kind": "oet", "rec": {**OET, "date": LATE, "sittings": 2}},
            {"codes": ["OET_SITTINGS_MIXED"]},
        ),
        (
            "T1",
            {
                "kind": "oet",
                "rec": {
                    "L": {"score": 355, "date": "2026-05-09"},
                    "R": {"score": 400, "date": LATE},
                },
            },
            {"codes": ["OET_RANGE", "OET_SITTINGS_MIXED"]},
        ),
        (
            "T1",
            {
                "kind": "oet",
                "rec": {
                    "sittings": [{**OET, "date": "2026-05-09"}, {**OET, "date": LATE}]
                },
            },
            {"codes": ["OET_SITTINGS_MIXED"]},
        ),
        *(
            ("T1", {"kind": "oet", "rec": {**OET, "date": LATE, **more}}, expected)
            for more, expected in (
                ({"mixed": True}, {"codes": ["OET_SITTINGS_MIXED"]}),
                ({"one_sitting": False}, {"codes": ["OET_SITTINGS_MIXED"]}),
                ({"one_sitting": True}, {"codes": ["OK"]}),
                ({"sitting_count": 2}, {"codes": ["OET_SITTINGS_MIXED"]}),
                ({"sitting_count": 1}, {"codes": ["OK"]}),
                ({"sittings": ["A", "A", "B", "A"]}, {"codes": ["OET_SITTINGS_MIXED"]}),
                ({"sittings": ["A", "A", "A", "A"]}, {"codes": ["OK"]}),
                ({"sitting_L": 1, "sitting_W": 2}, {"codes": ["OET_SITTINGS_MIXED"]}),
                ({"two_sittings": True}, {"codes": ["OET_SITTINGS_MIXED"]}),
            )
        ),
        (
            "T9",
            {
                "step1": "PASSED",
                "step2ck": "PASSED",
                "certificate_issued": "2026-01-01",
                "attempts": [{"exam": "STEP3", "date": "2026-11-01"}],
            },
            {"status": "RESULT_PENDING", "attempts": 1},
        ),
        (
            "T2",
            {"exam": "STEP2CK", "date": "2026-01-05", "state": "incomplete"},
            {"outcome": "INCOMPLETE"},
        ),
        (
            "T2",
            {
                "exam": "STEP2CK",
                "date": "2026-01-05",
                "state": "invalidated",
                "score": 250,
            },
            {"outcome": "INVALIDATED"},
        ),
        ("T2", {"exam": "STEP2CK", "date": "2026-01-05"}, {"outcome": "PENDING"}),
        (
            "T2",
            {"exam": "STEP2CK", "date": "2026-01-05", "score": None, "result": None},
            {"outcome": "PENDING"},
        ),
        (
            "T2",
            {"exam": "STEP2CK", "date": "2026-01-05", "score": 215, "result": "pass"},
            {"outcome": "NEEDS_CHECK"},
        ),
        (
            "T3",
            {"step": "STEP1", "attempts": FOUR_FAILS},
            {"status": "BLOCKED_BY_OTHER_STEP"},
        ),
        (
            "T3",
            {
                "step": "STEP2CK",
                "attempts": [{"exam": "STEP2CK", "date": "2026-11-01"}],
            },
            {"status": "RESULT_PENDING", "attempts": 1},
        ),
        ("T4", {"passes": {}}, {"status": "NOT_STARTED"}),
        ("T4", {"passes": {"STEP1": None}}, {"status": "NOT_STARTED"}),
        (
            "T4",
            {"passes": {"STEP1": "2022-02-28", "STEP2CK": None}},
            {"status": "RUNNING", "deadline": "2029-02-28"},
        ),
        (
            "T4",
            {"passes": {"STEP2CK": "2019-01-10"}},
            {"status": "EXPIRED", "invalid": ["STEP2CK"]},
        ),
        (
            "T5",
            {"oet": {**OET, "date": "2022-06-01"}, "season": 2022},
            {"status": "NEEDS_CHECK"},
        ),
        (
            "T5",
            {"oet": {**OET, "date": "2024-12-31"}, "season": 2027},
            {"status": "TOO_OLD_FOR_SEASON"},
        ),
        (
            "T6",
            {
                "season": 2022,
                "person": {"graduation": "2021-01-01", "school_wfme": True},
            },
            {"route": "NEEDS_CHECK"},
        ),
        (
            "T6",
            {
                "season": 2026,
                "person": {
                    "unsupervised_licence_valid_on": "2025-01-01",
                    "discipline": True,
                    "graduation": "2024-05-05",
                    "school_ncfmea": True,
                },
            },
            {"route": "PATHWAY_4"},
        ),
        ("T6", {"season": 2026, "person": {}}, {"route": "PATHWAY_6"}),
        ("T7", {"issued": 0, "fees_clear": 1}, None),
        (
            "T7",
            {
                "issued": 1,
                "basis": "PATHWAY",
                "expires": "2028-12-31",
                "training_months": 12,
            },
            {"status": "PERMANENT_ELIGIBLE"},
        ),
        (
            "T7",
            {"issued": "2026-01-01", "basis": "PATHWAY", "expires": "2027-01-31"},
            {"status": "EXPIRING"},
        ),
        ("T8", {"match_year": 2040, "person": {}}, {"status": "NEEDS_CHECK"}),
        (
            "T8",
            {
                "match_year": 2027,
                "person": {
                    "step1_result": "2025-05-14",
                    "step2ck_result": "2027-03-03",
                    "clinical_skills": "2026-12-01",
                    "communication_skills": "2026-06-01",
                },
            },
            {"status": "EXAM_REQUIREMENTS_MET"},
        ),
        (
            "T9",
            {"step1": "PASSED", "step2ck": "PASSED", "certificate_issued": None},
            {"status": "NOT_ELIGIBLE", "why": "ECFMG_CERTIFICATE"},
        ),
        (
            "T10",
            {"school_country": "CA", "graduation": "2025-06-30", "us_citizen": True},
            {"class": "NOT_IMG"},
        ),
        (
            "T11",
            {"season": 2026},
            {"status": "CLOSED_FOR_MATCH", "deadline": "2026-01-31"},
        ),
        ("T11", {"season": 2040}, {"status": "NEEDS_CHECK"}),
    ],
)
def test_others_of_the_same_format(table: str, given_input: Any, expected: Any) -> None:
    found = answer(table, given_input)

    if expected is None:
        assert found["status"] == "NOT_READY"
        assert "fees_clear" not in found["missing"]
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("table", "given_input"),
    [
        ("T1", {}),
        ("T1", {"kind": "attempt", "rec": []}),
        ("T1", {"kind": "attempt", "rec": {"exam": "STEP9"}}),
        ("T1", {"kind": "oet", "rec": 7}),
        ("T2", {}),
        ("T2", {"exam": "STEP1", "date": "2026-02-30"}),
        ("T2", {"exam": "STEP1", "date": 20260230}),
        ("T2", {"exam": "STEP1", "date": "2026-02-03", "result": "perhaps"}),
        ("T3", {"step": "STEP1", "attempts": 3}),
        ("T3", {"step": "STEP1", "attempts": [None]}),
        ("T4", {"passes": []}),
        ("T4", {"passes": {"STEP1": "soon"}}),
        ("T5", {}),
        ("T5", {"oet": {"L": "high", "date": "2026-01-01"}, "season": 2027}),
        ("T6", {"season": "2026"}),
        ("T6", {"season": 2026, "person": {"cs_fails": "some"}}),
        ("T7", {"issued": 1, "training_months": "many"}),
        ("T8", {}),
        ("T11", {"season": None}),
    ],
)
def test_an_input_that_cannot_be_understood_says_so(
    table: str, given_input: Any
) -> None:
    with pytest.raises(BadExample, match=r"."):
        answer(table, given_input)


plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2026-05-09", "STEP1", "fail", "attempt", "oet"])
)
nested = (
    plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=8), plain)
)
any_json = nested | st.lists(nested, max_size=3)
KEYS = sorted(
    {key for example in WORKED for key in example.inputs}
    | {
        key
        for example in WORKED
        for part in example.inputs.values()
        if isinstance(part, dict)
        for key in part
    }
)
inputs = st.dictionaries(
    st.sampled_from(KEYS),
    any_json | st.dictionaries(st.sampled_from(KEYS), any_json, max_size=5),
    max_size=6,
)


@given(table=st.sampled_from(sorted(worked_examples.TABLES)), given_input=inputs)
@examples(600)
def test_whatever_the_input_is_there_is_an_answer_or_a_reason(
    table: str, given_input: Any
) -> None:
    try:
        found = answer(table, given_input)
    except BadExample:
        return
    assert found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("example_id,table\nA,T1\n", 1),
        ("{header}\nA,T12,2026-01-01,{{}},{{}}\n", 2),
        ("{header}\nA,T2,2026-13-01,{{}},{{}}\n", 2),
        ("{header}\nA,T2,,{{}},{{}}\n", 2),
        ("{header}\nA,T2,2026-01-01,nonsense,{{}}\n", 2),
        ("{header}\nA,T2,2026-01-01,[],{{}}\n", 2),
        ("{header}\nA,T2,2026-01-01,{{}}\n", 2),
        ("{header}\nA,T2,2026-01-01,{{}},{{}},too,many\n", 2),
        ('{header}\nA,T2,2026-01-01,"{{}},{{}}\n', 2),
    ],
)
def test_a_malformed_file_names_the_line(text: str, line: int) -> None:
    header = "example_id,table,as_of,input_json,expected_json"

    _, wrong = worked_examples.read(text.format(header=header) if "{" in text else text)

    assert [bad.line for bad in wrong] == [line]
    assert wrong[0].reason


def test_differences_name_each_key() -> None:
    found = list(worked_examples.differences({"a": 1, "b": 2}, {"b": 3, "c": 4}))

    assert found == [
        "a: expected 1, got nothing",
        "b: expected 2, got 3",
        "c: expected nothing, got 4",
    ]
    assert json.loads(json.dumps({"status": "OK"})) == {"status": "OK"}
