"""Worked examples: a table, a day, an input and the answer the rules must give.

The file is CSV with a header; each row has `example_id`, `table` (T1 to T11), `as_of`,
`input_json`, `expected_json`, and may have `rule_ids`, `explanation`, `confidence`.

What an answer holds, table by table (anything that does not apply is left out):

====  ===========================================================================
T1    codes: in the order of the table, or only "OK"
T2    outcome
T3    status; attempts: how many sittings count, if any; earliest: of RETAKE_WAIT
T4    status; deadline: of RUNNING and EXPIRING; invalid: of EXPIRED, the exams
      whose passes no longer count
T5    status; failed: of NOT_MET, the first sub-test below its minimum, by name
T6    route
T7    status; missing: of NOT_READY, in the order of E-CERT-1
T8    status; missing: unless all is met; last_low_risk_exam: of AT_RISK
T9    status; why: of NOT_ELIGIBLE; with `attempts` of Step 3 the answer of T3
T10   class; flag: of an IMG from Canada
T11   status; deadline
====  ===========================================================================

Where a season or a year is not in the tables, the status is NEEDS_CHECK. In an
example everything is said: what a person does not have is left out or null, so here,
and only here, that means "no".
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from profiles.choices import AttemptState, Basis, Exam, Item, Reported, SubTest
from profiles.rules.facts import Attempt, Certificate, EnglishSitting, Person
from profiles.rules.reference import Reference
from profiles.rules.tables import (
    attempts,
    certificate,
    english,
    img_status,
    outcomes,
    pathways,
    season,
    step3,
    time_limit,
    validation,
)

NEEDED = ("example_id", "table", "as_of", "input_json", "expected_json")

EXAMS = {exam.value.upper(): exam for exam in Exam}
EXAM_WORDS = {exam: word for word, exam in EXAMS.items()}
SUB_TESTS = {
    "L": SubTest.LISTENING,
    "R": SubTest.READING,
    "W": SubTest.WRITING,
    "S": SubTest.SPEAKING,
}
# What a sitting came to, said by `state` or by `result`.
STATES = {
    "planned": AttemptState.PLANNED,
    "scheduled": AttemptState.PLANNED,
    "incomplete": AttemptState.INCOMPLETE,
    "cancelled": AttemptState.CANCELLED,
    "canceled": AttemptState.CANCELLED,
    "not_attended": AttemptState.NOT_ATTENDED,
    "no_show": AttemptState.NOT_ATTENDED,
    "absent": AttemptState.NOT_ATTENDED,
    "invalidated": AttemptState.INVALIDATED,
    "withheld": AttemptState.WITHHELD,
}
RESULTS = {
    "pass": Reported.PASS,
    "passed": Reported.PASS,
    "fail": Reported.FAIL,
    "failed": Reported.FAIL,
}
NO_RESULT = frozenset({"", "pending", "none", "unknown", "taken", "complete"})
NEEDS_CHECK = "NEEDS_CHECK"


class BadExample(ValueError):
    """An example that cannot be read, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row of the file. `expected` is None when the cell is empty."""

    line: int
    example_id: str
    table: str
    as_of: date
    given: Any
    expected: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A row, or the file as a whole, that is no example."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read(text: str) -> tuple[list[Example], list[Unreadable]]:
    """Every example of a file, and every reason why something in it is none."""
    examples: list[Example] = []
    wrong: list[Unreadable] = []
    # A byte order mark is what spreadsheets put before the header.
    reader = csv.DictReader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True
    )
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            reason = f"The header has no {', '.join(missing)}."
            return [], [Unreadable(line=1, reason=reason)]
        for row in reader:
            line = reader.line_num
            try:
                examples.append(_example(line, row))
            except BadExample as bad:
                wrong.append(Unreadable(line=line, reason=str(bad)))
    except csv.Error as error:
        reason = f"This is not CSV: {error}."
        # The reader inside knows how far it came.
        wrong.append(Unreadable(line=max(reader.reader.line_num, 1), reason=reason))
    return examples, wrong


def _example(line: int, row: Mapping[str | None, Any]) -> Example:
    if None in row or None in row.values():
        raise BadExample("The row has more or fewer cells than the header.")
    table = str(row["table"]).strip()
    if table not in TABLES:
        raise BadExample(f"There is no table {table!r}; there are T1 to T11.")
    expected = str(row["expected_json"]).strip()
    return Example(
        line=line,
        example_id=str(row["example_id"]).strip(),
        table=table,
        as_of=_needed(_day(str(row["as_of"]).strip(), "as_of"), "as_of"),
        given=_json(row["input_json"], "input_json"),
        expected=_json(expected, "expected_json") if expected else None,
    )


def _json(text: str, column: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadExample(f"{column} is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise BadExample(f"{column} must be a JSON object.")
    return value


def answer(example: Example, reference: Reference) -> dict[str, Any]:
    """What the rules say. Raises BadExample when the input cannot be understood."""
    return TABLES[example.table](example.given, example.as_of, reference)


def differences(expected: Any, answer: dict[str, Any]) -> Iterator[str]:
    """Every key whose value differs, in words."""
    expected = expected if isinstance(expected, dict) else {}
    for key in [*expected, *(key for key in answer if key not in expected)]:
        if key not in answer:
            yield f"{key}: expected {_shown(expected[key])}, got nothing"
        elif key not in expected:
            yield f"{key}: expected nothing, got {_shown(answer[key])}"
        elif _shown(expected[key]) != _shown(answer[key]):
            yield f"{key}: expected {_shown(expected[key])}, got {_shown(answer[key])}"


def _shown(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


# --- Reading values -------------------------------------------------------------


def _day(value: Any, name: str) -> date | None:
    """A date, or None where there is none."""
    if value in (None, "", False, 0):
        return None
    try:
        if not isinstance(value, str) or len(value) != len("2026-11-22"):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise BadExample(
            f"{name}: {value!r} is not a date such as 2026-11-22."
        ) from None


def _needed(value: date | None, name: str) -> date:
    if value is None:
        raise BadExample(f"{name}: a date is needed.")
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadExample(f"{name} must be a JSON object.")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadExample(f"{name} must be a list.")
    return value


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadExample(f"{name}: {value!r} is not a whole number.")
    return value


def _count(value: Any, name: str) -> int:
    """How many; nothing said is none."""
    return int(value or 0) if value in (None, True, False) else _whole(value, name)


def _yes(given: Mapping[str, Any], *words: str) -> bool:
    """Is any of these set, under whatever fuller name an example calls it?"""
    return any(
        bool(value)
        for key, value in given.items()
        if any(word in key.lower() for word in words)
    )


def _exam(value: Any) -> Exam:
    word = str(value).upper().replace(" ", "").replace("_", "")
    if word not in EXAMS:
        raise BadExample(f"{value!r} is not one of: {', '.join(EXAMS)}.")
    return EXAMS[word]


def _word(value: Any) -> str:
    return "" if value is None else str(value).strip().lower().replace(" ", "_")


def _state(given: Mapping[str, Any]) -> AttemptState:
    for key in ("state", "result", "outcome"):
        if (word := _word(given.get(key))) in STATES:
            return STATES[word]
    return AttemptState.TAKEN


def _reported(given: Mapping[str, Any]) -> Reported | None:
    for key in ("result", "outcome", "reported", "reported_outcome"):
        word = _word(given.get(key))
        if word in RESULTS:
            return RESULTS[word]
        if word not in NO_RESULT and word not in STATES:
            raise BadExample(f"{key}: {given[key]!r} is no outcome.")
    return None


def _attempt(given: Any) -> Attempt:
    given = _object(given, "an attempt")
    score = given.get("score")
    if score is not None and not validation.is_whole(score):
        raise BadExample(f"score: {score!r} is not a whole number.")
    return Attempt(
        exam=_exam(given.get("exam")),
        on=_needed(_day(given.get("date"), "date"), "date"),
        state=_state(given),
        outcome=_reported(given),
        score=None if score is None else int(score),
        result_on=_day(given.get("result_date"), "result_date"),
    )


# --- The tables -----------------------------------------------------------------


def _t1(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    kind = given.get("kind")
    record = given.get("rec")
    if kind == "usmle_id":
        value = record.get("value") if isinstance(record, dict) else record
        codes = validation.id_codes("" if value is None else str(value))
    elif kind == "oet":
        codes = validation.english_codes(
            on=_first_day(record),
            scores=_oet_scores(record),
            one_sitting=_is_one_sitting(record),
            today=today,
        )
    elif kind == "attempt":
        record = _object(record, "rec")
        state = _state(record)
        codes = validation.attempt_codes(
            exam=_exam(record.get("exam")),
            on=_day(record.get("date"), "date"),
            score=record.get("score"),
            has_outcome=bool(_reported(record)) or state in validation.ENDED,
            today=today,
        )
    else:
        raise BadExample(f"kind: {kind!r} is not attempt, oet or usmle_id.")
    return {"codes": [code.value for code in codes] or [validation.Code.OK.value]}


def _parts(record: Any) -> Iterator[tuple[str, Any]]:
    """Every value of an OET entry with its key, however deep it stands."""
    if isinstance(record, dict):
        for key, value in record.items():
            if isinstance(value, dict | list):
                yield from ((inner or key, part) for inner, part in _parts(value))
            else:
                yield key, value
    elif isinstance(record, list):
        for value in record:
            if isinstance(value, dict | list):
                yield from _parts(value)
            else:
                yield "", value


def _dates(record: Any) -> list[date]:
    found = []
    for key, value in _parts(record):
        if isinstance(value, str):
            try:
                found.append(date.fromisoformat(value))
            except ValueError:
                if "date" in key.lower():
                    raise BadExample(f"{key}: {value!r} is not a date.") from None
    return found


def _first_day(record: Any) -> date | None:
    return min(_dates(record), default=None)


def _oet_scores(record: Any) -> list[object]:
    """The scores, wherever they stand: `"L": 350` or `"L": {"score": 350, …}`."""
    if isinstance(record, list):
        return [score for part in record for score in _oet_scores(part)]
    found: list[object] = []
    for key, value in _object(record, "rec").items():
        if _sub_test(key) is not None:
            if isinstance(value, dict):
                value = value.get("score")
            found += value if isinstance(value, list) else [value]
        elif isinstance(value, dict | list) and key.lower() in {
            "scores",
            "sittings",
            "parts",
        }:
            inner = value if isinstance(value, list) else [value]
            found += [
                score
                for part in inner
                if isinstance(part, dict)
                for score in _oet_scores(part)
            ]
    return found


ONE_SITTING = ("one_sitting", "same_sitting", "single_sitting")
SEVERAL = ("mixed", "combined", "joined")


def _is_one_sitting(record: Any) -> bool:
    """Several days, or several sittings named in any way, are not one sitting."""
    if len(set(_dates(record))) > 1:
        return False
    if not isinstance(record, dict):
        return not isinstance(record, list) or len(record) < 2
    named = set()
    for key, value in record.items():
        word = key.lower()
        if any(same in word for same in ONE_SITTING):
            if not value:
                return False
        elif any(several in word for several in SEVERAL) and value:
            return False
        elif "sitting" in word and isinstance(value, list | dict):
            parts = value if isinstance(value, list) else list(value.values())
            if len({_shown(part) for part in parts}) > 1:
                return False
        elif "sittings" in word or ("sitting" in word and "count" in word):
            # How many there were, or whether there were several.
            if value is True or (isinstance(value, int) and value > 1):
                return False
        elif "sitting" in word:
            named.add(_shown(value))
        elif isinstance(value, dict) and "sitting" in value:
            named.add(_shown(value["sitting"]))
    return len(named) < 2


def _t2(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    return {"outcome": outcomes.outcome(_attempt(given), reference).value}


def _t3(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    found = attempts.standing(
        _exam(given.get("step")),
        [_attempt(part) for part in _list(given.get("attempts", []), "attempts")],
        reference=reference,
        today=today,
        applied_on=_day(given.get("applied"), "applied"),
    )
    return _answer(
        status=found.status.value,
        attempts=len(found.sittings) or None,
        earliest=found.earliest and found.earliest.isoformat(),
    )


def _t4(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    passes = {
        _exam(exam): [
            _needed(_day(day, exam), exam)
            for day in (days if isinstance(days, list) else [days])
            if day is not None
        ]
        for exam, days in _object(given.get("passes", {}), "passes").items()
    }
    required = given.get("required")
    used_cs = _yes(given, "cs_used", "uses_cs", "use_cs")
    found = time_limit.window(
        passes,
        required=[_exam(exam) for exam in _list(required, "required")]
        if required
        else (time_limit.REQUIRED_WITH_CS if used_cs else time_limit.REQUIRED),
        today=today,
    )
    runs = found.status in {
        time_limit.WindowStatus.RUNNING,
        time_limit.WindowStatus.EXPIRING,
    }
    return _answer(
        status=found.status.value,
        deadline=found.deadline.isoformat() if runs and found.deadline else None,
        invalid=[EXAM_WORDS[exam] for exam in found.invalid] or None,
    )


def _sub_test(key: str) -> SubTest | None:
    if key.upper() in SUB_TESTS:
        return SUB_TESTS[key.upper()]
    return SubTest(key.lower()) if key.lower() in SubTest.values else None


def _t5(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    record = _object(given.get("oet"), "oet")
    scores: dict[SubTest, int | None] = {}
    for key, value in record.items():
        if (sub_test := _sub_test(key)) is not None:
            scores[sub_test] = None if value is None else _whole(value, key)
    found = english.judged(
        EnglishSitting(
            on=_needed(_day(record.get("date"), "date"), "date"), scores=scores
        ),
        _season(given.get("season")),
        reference,
    )
    return _answer(
        status=found.status.value,
        failed=found.failed[0].label if found.failed else None,
    )


def _season(value: Any) -> int | None:
    return None if value is None else _whole(value, "season")


def _t6(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    given_person = _object(given.get("person", {}), "person")
    licence = next(
        (
            _day(value, key)
            for key, value in given_person.items()
            if "unsupervised" in key and isinstance(value, str)
        ),
        None,
    )
    # The days of a training licence do not count (E-PATH-3).
    person = Person(
        graduation=_day(given_person.get("graduation"), "graduation"),
        licence_held=licence is not None,
        licence_valid_on=licence,
        licence_disciplined=_yes(given_person, "disciplin"),
        school_osce=_yes(given_person, "osce"),
        school_wfme=_yes(given_person, "wfme"),
        school_ncfmea=_yes(given_person, "ncfmea"),
        school_joint_degree=_yes(given_person, "joint", "lcme"),
    )
    found = pathways.routed(
        person,
        cs_pass_valid=bool(given_person.get("cs_pass_valid")),
        cs_fails=_count(given_person.get("cs_fails"), "cs_fails"),
        season=_season(given.get("season")),
        reference=reference,
    )
    # An example without a day of graduation has none on or after the cut-off.
    if not found.is_known and found.settles == ("person.graduation",):
        return {"route": pathways.Route.PATHWAY_6.value}
    return {"route": found.route.value}


def _t7(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    issued = given.get("issued")
    issued_on = _day(issued, "issued") if isinstance(issued, str) else None
    if not issued or (issued_on is not None and issued_on > today):
        has = {item for item in Item if given.get(item.value)}
        not_yet = certificate.not_issued(has)
        return _answer(
            status=not_yet.status.value,
            missing=[item.value for item in not_yet.missing] or None,
        )
    validated = given.get("validated")
    validated_on = _day(validated, "validated") if isinstance(validated, str) else None
    basis = _word(given.get("basis")).replace("_", "")
    found = certificate.issued(
        Certificate(
            issued_on=issued_on or today,
            basis=Basis.STEP2CS if basis == Basis.STEP2CS else Basis.PATHWAY,
            expires_on=_day(given.get("expires"), "expires"),
            validated_on=validated_on or (today if validated else None),
            training_months=_count(given.get("training_months"), "training_months"),
            us_licence=_yes(given, "licence", "license"),
        ),
        today=today,
    )
    return {"status": found.status.value}


def _t8(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    person = _object(given.get("person", {}), "person")
    planned = [
        day
        for key, value in person.items()
        if "planned" in key
        for part in (value if isinstance(value, list) else [value])
        if (day := _day(part, key)) is not None
    ]
    found = season.match_state(
        _whole(given.get("match_year"), "match_year"),
        {need: _day(person.get(need.value), need.value) for need in season.Need},
        planned=planned,
        reference=reference,
        today=today,
    )
    at_risk = found.status == season.MatchStatus.AT_RISK
    last = found.last_low_risk_exam
    return _answer(
        status=found.status.value,
        missing=[need.value for need in found.missing] or None,
        last_low_risk_exam=last.isoformat() if at_risk and last else None,
    )


def _t9(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    def status(key: str) -> attempts.StepStatus:
        value = given.get(key)
        if isinstance(value, str) and value.upper() in {"PASSED", "PASS"}:
            return attempts.StepStatus.PASSED
        if value is True:
            return attempts.StepStatus.PASSED
        return attempts.StepStatus.MAY_RETAKE

    is_img = given.get("is_img", given.get("img", True))
    if str(given.get("class", "")).upper() == img_status.ImgClass.NOT_IMG:
        is_img = False
    found = step3.step3_state(
        step1=status("step1"),
        step2ck=status("step2ck"),
        is_img=bool(is_img),
        certificate_issued_on=_day(
            given.get("certificate_issued"), "certificate_issued"
        ),
        today=today,
    )
    if found.status == step3.Step3Status.MAY_APPLY and given.get("attempts"):
        # From here on table T3 decides about Step 3 itself.
        own = _t3({**given, "step": Exam.STEP3.value}, today, reference)
        if own["status"] != attempts.StepStatus.NOT_TAKEN:
            return own
    return _answer(status=found.status.value, why=found.why and found.why.value)


def _t10(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    found = img_status.classified(
        school_country=str(given.get("school_country") or ""),
        graduation=_day(given.get("graduation"), "graduation"),
        us_citizen=given.get("us_citizen"),
    )
    return _answer(
        **{"class": NEEDS_CHECK if found.settles or not found.found else found.found},
        flag=found.flag or None,
    )


def _t11(given: Any, today: date, reference: Reference) -> dict[str, Any]:
    found = pathways.season_state(
        _whole(given.get("season"), "season"), reference=reference, today=today
    )
    return _answer(
        status=found.status.value,
        deadline=found.deadline and found.deadline.on.isoformat(),
    )


def _answer(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


TABLES: dict[str, Callable[[Any, date, Reference], dict[str, Any]]] = {
    "T1": _t1,
    "T2": _t2,
    "T3": _t3,
    "T4": _t4,
    "T5": _t5,
    "T6": _t6,
    "T7": _t7,
    "T8": _t8,
    "T9": _t9,
    "T10": _t10,
    "T11": _t11,
}
