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

Where a season or a year is not in the tables, the status is NEEDS_CHECK. An
example says everything: what a person does not have is left out or null, so here,
and only here, that means "no".
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Self

from profiles.choices import AttemptState, Basis, Exam, Item, ReportedOutcome, SubTest
from profiles.rules.facts import Attempt, CertificateFacts, EnglishSittingFacts, Person
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
# The keys under which the scores of an OET entry may stand together.
SCORE_GROUPS = frozenset({"scores", "sittings", "parts"})
ONE_SITTING = ("one_sitting", "same_sitting", "single_sitting")
SEVERAL_SITTINGS = ("mixed", "combined", "joined")
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
    "pass": ReportedOutcome.PASS,
    "passed": ReportedOutcome.PASS,
    "fail": ReportedOutcome.FAIL,
    "failed": ReportedOutcome.FAIL,
}
NO_RESULT = frozenset({"", "pending", "none", "unknown", "taken", "complete"})
NEEDS_CHECK = "NEEDS_CHECK"


class BadExample(ValueError):
    """An example that cannot be read, and why."""


class Input(dict[str, Any]):
    """A JSON object of an example. What cannot be read raises BadExample with its name."""

    @classmethod
    def read(cls, value: Any, name: str) -> Self:
        if not isinstance(value, dict):
            raise BadExample(f"{name} must be a JSON object.")
        return cls(value)

    def day(self, name: str) -> date | None:
        return _day(self.get(name), name)

    def needed_day(self, name: str) -> date:
        return _needed_day(self.get(name), name)

    def day_if_text(self, name: str) -> date | None:
        """The day of something that may be said with a bare yes or no instead."""
        return self.day(name) if isinstance(self.get(name), str) else None

    def whole(self, name: str) -> int:
        return _whole(self.get(name), name)

    def season(self, name: str = "season") -> int | None:
        return None if self.get(name) is None else self.whole(name)

    def count(self, name: str) -> int:
        """How many; nothing said is none."""
        value = self.get(name)
        return int(value or 0) if value in (None, True, False) else self.whole(name)

    def word(self, name: str) -> str:
        value = self.get(name)
        return "" if value is None else str(value).strip().lower().replace(" ", "_")

    def any_set(self, *words: str) -> bool:
        """Is any of these set, under whatever fuller name an example calls it?"""
        return any(
            bool(value)
            for key, value in self.items()
            if any(word in key.lower() for word in words)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One row of the file. `expected` is None when the cell is empty."""

    line: int
    example_id: str
    table: str
    as_of: date
    inputs: Mapping[str, Any]
    expected: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableExample:
    """A row, or the file as a whole, that is no example."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def read(text: str) -> tuple[list[Example], list[UnreadableExample]]:
    """Every example of a file, and every reason why something in it is none."""
    examples: list[Example] = []
    wrong: list[UnreadableExample] = []
    # A byte order mark is what spreadsheets put before the header.
    reader = csv.DictReader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True
    )
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            reason = f"The header has no {', '.join(missing)}."
            return [], [UnreadableExample(line=1, reason=reason)]
        for row in reader:
            line = reader.line_num
            try:
                examples.append(_example(line, row))
            except BadExample as bad:
                wrong.append(UnreadableExample(line=line, reason=str(bad)))
    except csv.Error as error:
        reason = f"This is not CSV: {error}."
        # The reader inside knows how far it came.
        wrong.append(
            UnreadableExample(line=max(reader.reader.line_num, 1), reason=reason)
        )
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
        as_of=_needed_day(str(row["as_of"]).strip(), "as_of"),
        inputs=_json(row["input_json"], "input_json"),
        expected=_json(expected, "expected_json") if expected else None,
    )


def _json(text: str, column: str) -> Input:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadExample(f"{column} is not JSON: {error}.") from None
    return Input.read(value, column)


def answer(example: Example, reference: Reference) -> dict[str, Any]:
    """What the rules say. Raises BadExample when the input cannot be understood."""
    inputs = Input(example.inputs)
    values = TABLES[example.table](inputs, example.as_of, reference)
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """As JSON would hold it."""
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def differences(expected: Any, answer: dict[str, Any]) -> Iterator[str]:
    """Every key whose value differs, in words."""
    expected = expected if isinstance(expected, dict) else {}
    for key in [*expected, *(key for key in answer if key not in expected)]:
        wanted = _shown(expected[key]) if key in expected else "nothing"
        got = _shown(answer[key]) if key in answer else "nothing"
        if wanted != got:
            yield f"{key}: expected {wanted}, got {got}"


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


def _needed_day(value: Any, name: str) -> date:
    day = _day(value, name)
    if day is None:
        raise BadExample(f"{name}: a date is needed.")
    return day


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadExample(f"{name} must be a list.")
    return value


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadExample(f"{name}: {value!r} is not a whole number.")
    return value


def _exam(value: Any) -> Exam:
    word = str(value).upper().replace(" ", "").replace("_", "")
    if word not in EXAMS:
        raise BadExample(f"{value!r} is not one of: {', '.join(EXAMS)}.")
    return EXAMS[word]


def _sub_test(key: str) -> SubTest | None:
    if key.upper() in SUB_TESTS:
        return SUB_TESTS[key.upper()]
    return SubTest(key.lower()) if key.lower() in SubTest.values else None


def _state(sitting: Input) -> AttemptState:
    for key in ("state", "result", "outcome"):
        if (word := sitting.word(key)) in STATES:
            return STATES[word]
    return AttemptState.TAKEN


def _reported(sitting: Input) -> ReportedOutcome | None:
    for key in ("result", "outcome", "reported", "reported_outcome"):
        word = sitting.word(key)
        if word in RESULTS:
            return RESULTS[word]
        if word not in NO_RESULT and word not in STATES:
            raise BadExample(f"{key}: {sitting[key]!r} is no outcome.")
    return None


def _attempt(value: Any) -> Attempt:
    sitting = Input.read(value, "an attempt")
    score = sitting.get("score")
    if score is not None and not validation.is_whole(score):
        raise BadExample(f"score: {score!r} is not a whole number.")
    return Attempt(
        exam=_exam(sitting.get("exam")),
        on=sitting.needed_day("date"),
        state=_state(sitting),
        outcome=_reported(sitting),
        score=None if score is None else int(score),
        result_on=sitting.day("result_date"),
    )


# --- The tables -----------------------------------------------------------------


def _validation(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    kind, record = inputs.get("kind"), inputs.get("rec")
    if kind == "usmle_id":
        value = record.get("value") if isinstance(record, dict) else record
        codes = validation.id_codes("" if value is None else str(value))
    elif kind == "oet":
        codes = validation.english_codes(
            on=min(_dates(record), default=None),
            scores=_oet_scores(record),
            one_sitting=_is_one_sitting(record),
            today=today,
        )
    elif kind == "attempt":
        sitting = Input.read(record, "rec")
        state = _state(sitting)
        codes = validation.attempt_codes(
            exam=_exam(sitting.get("exam")),
            on=sitting.day("date"),
            score=sitting.get("score"),
            has_outcome=bool(_reported(sitting)) or state in validation.ENDED,
            today=today,
        )
    else:
        raise BadExample(f"kind: {kind!r} is not attempt, oet or usmle_id.")
    return {"codes": codes or [validation.Code.OK]}


def _leaves(record: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of an OET entry with its key, however deep it stands."""
    if isinstance(record, dict):
        for name, value in record.items():
            yield from _leaves(value, name or key)
    elif isinstance(record, list):
        for value in record:
            yield from _leaves(value, key)
    else:
        yield key, record


def _dates(record: Any) -> list[date]:
    days = []
    for key, value in _leaves(record):
        if isinstance(value, str):
            try:
                days.append(date.fromisoformat(value))
            except ValueError:
                if "date" in key.lower():
                    raise BadExample(f"{key}: {value!r} is not a date.") from None
    return days


def _oet_scores(record: Any) -> list[object]:
    """The scores, wherever they stand: `"L": 350` or `"L": {"score": 350, …}`."""
    if isinstance(record, list):
        return [score for part in record for score in _oet_scores(part)]
    scores: list[object] = []
    for key, value in Input.read(record, "rec").items():
        if _sub_test(key) is not None:
            scores += _as_list(value.get("score") if isinstance(value, dict) else value)
        elif key.lower() in SCORE_GROUPS:
            groups = [part for part in _as_list(value) if isinstance(part, dict)]
            scores += _oet_scores(groups)
    return scores


def _is_one_sitting(record: Any) -> bool:
    """Several days, or several sittings named in any way, are not one sitting."""
    if len(set(_dates(record))) > 1:
        return False
    if not isinstance(record, dict):
        return not isinstance(record, list) or len(record) < 2
    named = set()
    for key, value in record.items():
        word = key.lower()
        if any(name in word for name in ONE_SITTING):
            if not value:
                return False
        elif any(name in word for name in SEVERAL_SITTINGS) and value:
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


def _outcome(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    return {"outcome": outcomes.outcome(_attempt(inputs), reference)}


def _standing(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    step = attempts.standing(
        _exam(inputs.get("step")),
        [_attempt(part) for part in _list(inputs.get("attempts", []), "attempts")],
        reference=reference,
        today=today,
        applied_on=inputs.day("applied"),
    )
    return {
        "status": step.status,
        "attempts": len(step.sittings) or None,
        "earliest": step.earliest,
    }


def _window(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    passes = {
        _exam(exam): [
            _needed_day(day, exam) for day in _as_list(days) if day is not None
        ]
        for exam, days in Input.read(inputs.get("passes", {}), "passes").items()
    }
    required: tuple[Exam, ...] = time_limit.REQUIRED
    if inputs.get("required"):
        required = tuple(map(_exam, _list(inputs["required"], "required")))
    elif inputs.any_set("cs_used", "uses_cs", "use_cs"):
        required = time_limit.REQUIRED_WITH_CS
    window = time_limit.window(passes, required=required, today=today)
    runs = window.status in {
        time_limit.WindowStatus.RUNNING,
        time_limit.WindowStatus.EXPIRING,
    }
    return {
        "status": window.status,
        "deadline": window.deadline if runs else None,
        "invalid": [EXAM_WORDS[exam] for exam in window.invalid] or None,
    }


def _english(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    oet = Input.read(inputs.get("oet"), "oet")
    scores = {
        sub_test: None if value is None else _whole(value, key)
        for key, value in oet.items()
        if (sub_test := _sub_test(key)) is not None
    }
    sitting = EnglishSittingFacts(on=oet.needed_day("date"), scores=scores)
    judged = english.judged(sitting, inputs.season(), reference)
    failed = judged.failed[0].label if judged.failed else None
    return {"status": judged.status, "failed": failed}


def _route(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    person = Input.read(inputs.get("person", {}), "person")
    # The days of a training licence do not count (E-PATH-3).
    licence = next(
        (
            _day(value, key)
            for key, value in person.items()
            if "unsupervised" in key and isinstance(value, str)
        ),
        None,
    )
    routed = pathways.find_route(
        Person(
            graduation=person.day("graduation"),
            licence_held=licence is not None,
            licence_valid_on=licence,
            licence_disciplined=person.any_set("disciplin"),
            school_osce=person.any_set("osce"),
            school_wfme=person.any_set("wfme"),
            school_ncfmea=person.any_set("ncfmea"),
            school_joint_degree=person.any_set("joint", "lcme"),
        ),
        cs_pass_valid=bool(person.get("cs_pass_valid")),
        cs_fails=person.count("cs_fails"),
        season=inputs.season(),
        reference=reference,
    )
    # An example without a day of graduation has none on or after the cut-off.
    if not routed.is_known and routed.settles == ("person.graduation",):
        return {"route": pathways.Route.PATHWAY_6}
    return {"route": routed.route}


def _certificate(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    issued_on = inputs.day_if_text("issued")
    if not inputs.get("issued") or (issued_on is not None and issued_on > today):
        state = certificate.not_issued(
            {item for item in Item if inputs.get(item.value)}
        )
        return {"status": state.status, "missing": state.missing or None}
    validated = today if inputs.get("validated") else None
    is_step2cs = inputs.word("basis").replace("_", "") == Basis.STEP2CS
    state = certificate.issued(
        CertificateFacts(
            issued_on=issued_on or today,
            basis=Basis.STEP2CS if is_step2cs else Basis.PATHWAY,
            expires_on=inputs.day("expires"),
            validated_on=inputs.day_if_text("validated") or validated,
            training_months=inputs.count("training_months"),
            us_licence=inputs.any_set("licence", "license"),
        ),
        today=today,
    )
    return {"status": state.status}


def _match(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    person = Input.read(inputs.get("person", {}), "person")
    planned = [
        day
        for key, value in person.items()
        if "planned" in key
        for part in _as_list(value)
        if (day := _day(part, key)) is not None
    ]
    state = season.match_state(
        inputs.whole("match_year"),
        {need: person.day(need.value) for need in season.Need},
        planned=planned,
        reference=reference,
        today=today,
    )
    at_risk = state.status == season.MatchStatus.AT_RISK
    return {
        "status": state.status,
        "missing": state.missing or None,
        "last_low_risk_exam": state.last_low_risk_exam if at_risk else None,
    }


def _step3(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    def status(key: str) -> attempts.StepStatus:
        if inputs.get(key) is True or inputs.word(key) in {"passed", "pass"}:
            return attempts.StepStatus.PASSED
        return attempts.StepStatus.MAY_RETAKE

    is_img = inputs.get("is_img", inputs.get("img", True))
    if str(inputs.get("class", "")).upper() == img_status.ImgClass.NOT_IMG:
        is_img = False
    state = step3.step3_state(
        step1=status("step1"),
        step2ck=status("step2ck"),
        is_img=bool(is_img),
        certificate_issued_on=inputs.day("certificate_issued"),
        today=today,
    )
    if state.status == step3.Step3Status.MAY_APPLY and inputs.get("attempts"):
        # From here on table T3 decides about Step 3 itself.
        sat = _standing(Input(inputs, step=Exam.STEP3.value), today, reference)
        if sat["status"] != attempts.StepStatus.NOT_TAKEN:
            return sat
    return {"status": state.status, "why": state.why}


def _img_class(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    graduate = img_status.classify_graduate(
        school_country=str(inputs.get("school_country") or ""),
        graduation=inputs.day("graduation"),
        us_citizen=inputs.get("us_citizen"),
    )
    return {
        "class": NEEDS_CHECK if graduate.settles else graduate.img_class,
        "flag": graduate.flag or None,
    }


def _season(inputs: Input, today: date, reference: Reference) -> dict[str, Any]:
    state = pathways.season_state(
        inputs.whole("season"), reference=reference, today=today
    )
    return {"status": state.status, "deadline": state.deadline and state.deadline.on}


# By the numbers of the tables in docs/rules.md.
TABLES: dict[str, Callable[[Input, date, Reference], dict[str, Any]]] = {
    "T1": _validation,
    "T2": _outcome,
    "T3": _standing,
    "T4": _window,
    "T5": _english,
    "T6": _route,
    "T7": _certificate,
    "T8": _match,
    "T9": _step3,
    "T10": _img_class,
    "T11": _season,
}
