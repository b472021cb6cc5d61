"""What a row says of single values: understood, or refused with what to write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.choices import Missing
from stats.single_values import MOST_CHARACTERS, SingleValue, entry_of, parse
from tests.factories import REPORT, provenance


def test_every_clause_is_understood() -> None:
    text = (
        "active_applicants: from amo-2019 | matched_to_pgy1: derived 7,025 - 4,028 or "
        "7,376 - 4,379; from amo-2020 ecfmg-2020\nprograms filled_other: missing not_found"
    )

    assert parse(text) == (
        SingleValue(columns=("active_applicants",), sources=("amo-2019",)),
        SingleValue(
            columns=("matched_to_pgy1",),
            sources=("amo-2020", "ecfmg-2020"),
            derived=("7,025 - 4,028", "7,376 - 4,379"),
        ),
        SingleValue(columns=("programs", "filled_other"), missing=Missing.NOT_FOUND),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("active_applicants", "not understood"),
        ("active_applicants:", "not understood"),
        (": from amo-2019", "not understood"),
        ("active_applicants: from", "not understood"),
        ("active_applicants: guessed 5", "not understood"),
        ("active_applicants: missing lost", "no reason"),
        ("active_applicants: missing not_found; from amo-2019", "has no source"),
        ("a: from b | a: derived 1 + 1", "stands twice"),
        ("a" * (MOST_CHARACTERS + 1), "At most"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        entries = parse(text)
    except ValueError:
        assert entry_of(text, "active_applicants") is None
    else:
        columns = [column for entry in entries for column in entry.columns]
        assert len(columns) == len(set(columns))


def test_a_value_has_the_documents_of_its_row_unless_it_says_otherwise() -> None:
    origin = provenance(
        missing="not_found",
        by_value="matched_to_pgy1: from other | programs: missing not_published",
    )

    assert origin.sources_of("active_applicants") == (REPORT,)
    assert origin.sources_of("matched_to_pgy1") == ()
    assert origin.missing_of("programs") == Missing.NOT_PUBLISHED
    assert origin.missing_of("filled_other") == Missing.NOT_FOUND
