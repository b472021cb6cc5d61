"""docs/rules.md: the rule book and the founding tables as one document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from profiles.choices import Confidence
from profiles.rules import numbers
from profiles.rules.reference import Deadline, Known, Reference, Season
from profiles.rules.text.rulebook import LAST_CHECKED, RULES, Topic, of_topic

HEAD = f"""\
# The rules

Written by `script/manage write_rules_document` from `profiles/rules/` and the tables in
`profiles/data/`; a test compares. The site shows the same at `/rules/`, with what staff
changed in the tables since.

What certification by ECFMG, the USMLE and the Match ask, in our words. ECFMG, USMLE and
NRMP decide, not this site. The documents were read on {LAST_CHECKED:%Y-%m-%d}, from copies
of public pages; their keys are those of `/sources/`.

- **confirmed**: in an official text. **reported**: by secondary sources, or by two third
  parties that agree. Only these may stand in anybody's way.
- **unconfirmed**: from one third party, from memory, by a pattern, or the sources
  disagree. Shown with "confirm on the official site", and never the reason for a "no".
- **convention**: had to be decided here, and no official text decides it.

How verdicts are made of them: [the record and its verdicts](#the-record-and-its-verdicts).
"""

VERDICTS = """\
## The record and its verdicts

- `profiles.rules.judge_record.judge(record, reference, today)` answers everything about one
  record as of one day. What comes after that day is a plan, or not there yet.
- There are three answers: done, not yet, not known. What was left empty is never a no:
  the verdict is "not known" and names the field that would settle it (`settles`).
- What a member reports and what the rules derive stand side by side. Where they
  contradict, the answer is "not known" and `needs_look` says why. Nothing is corrected.
- A "not yet" that rests on anything unconfirmed becomes "not known", to be confirmed.
- An attempt whose score was declared invalid counts (U-INV-1), but the limit of attempts
  blocks nobody who reaches it only by such an attempt.
- Step 2 CS belongs to the seven years while its pass is used. A pass that ran out is not
  used; where it is open which pass gives way, the answer is "not known".
- Of several passes of one Step those count that fit together: a further pass never makes
  an answer worse, except that the seven years may run from it.
- The day of a deadline is the day in New York. A time on it still counts itself.
"""

TABLES = (
    ("T1", "what cannot be right in an entry", "validation.py"),
    ("T2", "the outcome of one sitting", "outcomes.py"),
    ("T3", "where somebody stands with one Step", "attempts.py"),
    ("T4", "the seven years", "time_limit.py"),
    ("T5", "OET Medicine for a season", "english.py"),
    ("T6", "the way to clinical skills", "pathways.py"),
    ("T7", "the certificate", "certificate.py"),
    ("T8", "the requirements of a Match", "season.py"),
    ("T9", "Step 3", "step3.py"),
    ("T10", "who is an IMG", "img_status.py"),
    ("T11", "the deadline of a Pathways season", "pathways.py"),
)


def as_markdown(tables: Reference) -> str:
    """The whole document, the same for the same rules and tables."""
    parts = [
        HEAD,
        *(_topic(topic) for topic in Topic),
        _fixed(),
        _standards(tables),
        _seasons(tables.seasons),
        _deadlines(tables.deadlines),
        _countries(tables),
        VERDICTS,
        _functions(),
    ]
    return "\n".join(parts)


def _line(cells: Iterable[object]) -> str:
    shown = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(shown)} |"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [_line(header), _line("---" for _ in header), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _keys(sources: Iterable[str]) -> str:
    return ", ".join(sources) or "–"


def _topic(topic: Topic) -> str:
    return f"## {topic.value}\n\n" + _table(
        ("id", "rule", "trust", "sources"),
        (
            (
                rule.id,
                rule.wording,
                rule.confidence.value if rule.confidence else "convention",
                _keys(rule.sources),
            )
            for rule in of_topic(topic)
        ),
    )


def _fixed() -> str:
    """The numbers that stand in the program, each with its rule."""
    rows: list[tuple[str, object, str]] = [
        (
            "Scores of a Step",
            f"{numbers.LOWEST_SCORE} to {numbers.HIGHEST_SCORE}",
            "U-SCORE-1",
        ),
        (
            "First Step 1 day with Pass or Fail only",
            numbers.PASS_FAIL_FROM,
            "U-SCORE-2",
        ),
        ("Last day of Step 2 CS", numbers.STEP2CS_LAST_DAY, "U-CS-1"),
        (
            "OET scores",
            f"0 to {numbers.OET_HIGHEST} in steps of {numbers.OET_STEP}",
            "F-OET-1",
        ),
        ("Digits of a USMLE ID", numbers.USMLE_ID_DIGITS, "U-ID-1"),
        ("Days until a result is there", numbers.RESULT_DAYS, "U-RPT-1"),
        *(
            (
                "Attempts at one Step, by the day of the application",
                f"{limit.sittings}"
                + (
                    ""
                    if limit.from_day == date.min
                    else f" from {limit.from_day.isoformat()}"
                ),
                "U-ATT-1",
            )
            for limit in numbers.ATTEMPT_LIMITS
        ),
        ("Attempts before a wait", numbers.SITTINGS_BEFORE_WAIT, "U-ATT-3"),
        (
            "Months of waiting after the first attempt",
            numbers.MONTHS_AFTER_FIRST,
            "U-ATT-3",
        ),
        (
            "Months of waiting after the last attempt",
            numbers.MONTHS_AFTER_LAST,
            "U-ATT-3",
        ),
        ("Years within which the exams are passed", numbers.WINDOW_YEARS, "E-7Y-1"),
        (
            "Months of training for a permanent certificate",
            numbers.TRAINING_MONTHS,
            "E-EXP-2",
        ),
        (
            "Degrees from Canada count as foreign from",
            numbers.CANADA_IMG_FROM,
            "IMG-3a",
        ),
        (
            "Count as the United States",
            ", ".join(sorted(numbers.COUNTS_AS_US)),
            "IMG-1",
        ),
        ("Months of warning before something ends", numbers.WARNING_MONTHS, "F-WARN-1"),
        (
            "Days of warning before a Pathways deadline",
            numbers.CLOSING_SOON_DAYS,
            "F-WARN-1",
        ),
    ]
    return "## Numbers that the rules fix\n\n" + _table(
        ("what", "value", "rule"),
        rows,
    )


def _standards(tables: Reference) -> str:
    return "## Minimum scores\n\n" + _table(
        ("exam", "from", "minimum", "trust", "sources", "note"),
        (
            (
                row.measured.label,
                row.effective_from,
                row.minimum,
                row.confidence.value,
                _keys(row.sources),
                row.note,
            )
            for row in tables.standards
        ),
    )


def _known(value: Known[date] | Known[int] | None) -> str:
    if value is None:
        return "–"
    sure = value.confidence != Confidence.UNCONFIRMED
    return f"{value.value}" if sure else f"{value.value} (unconfirmed)"


def _seasons(seasons: Iterable[Season]) -> str:
    return "## Pathways seasons\n\nA dash: not found.\n\n" + _table(
        (
            "season",
            "Pathway 1: licence valid on or after",
            "Pathways 2 to 5: graduated on or after",
            "OET taken on or after",
            "apply for the Match by",
            "accepted Pathway valid to",
            "fee, US$",
            "sources",
        ),
        (
            (
                row.match_year,
                _known(row.licence_from),
                _known(row.graduated_from),
                _known(row.oet_from),
                _known(row.application_deadline),
                _known(row.accepted_valid_to),
                _known(row.fee),
                _keys(row.sources),
            )
            for row in seasons
        ),
    )


def _deadlines(deadlines: Iterable[Deadline]) -> str:
    return "## Dates of the Match seasons\n\nEastern Time.\n\n" + _table(
        ("Match", "what", "date", "time", "trust", "sources", "note"),
        (
            (
                row.match_year,
                row.event.label,
                row.on,
                _hours(row),
                row.confidence.value,
                _keys(row.sources),
                row.note,
            )
            for row in deadlines
        ),
    )


def _hours(row: Deadline) -> str:
    if row.at is None:
        return ""
    until = "" if row.until is None else f"-{row.until:%H:%M}"
    return f"{row.at:%H:%M}{until}"


def _countries(tables: Reference) -> str:
    return "## Countries\n\nEmpty: not found.\n\n" + _table(
        (
            "country",
            "regulator, accreditation",
            "degree, internship",
            "Statement of Need",
            "mind",
            "trust",
            "sources",
        ),
        (
            (
                row.name,
                row.regulator,
                row.degree,
                row.need_authority,
                row.particulars,
                row.confidence.value,
                _keys(row.sources),
            )
            for row in tables.countries
        ),
    )


def _functions() -> str:
    count = len(RULES)
    return (
        "## Where the rules are in the program\n\n"
        f"The {count} rules above are in `profiles/rules/text/rulebook.py`. "
        "Each decision table is a pure "
        "function:\n\n"
        + _table(
            ("table", "what it decides", "module of `profiles/rules/tables/`"),
            ((table, what, f"`{module}`") for table, what, module in TABLES),
        )
        + "\n`script/manage check_examples FILE` holds them to worked examples; the "
        "format and the keys of the\nanswers are described in "
        "`profiles/rules/text/worked_examples.py`.\n"
    )
