from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from profiles.choices import Confidence
from profiles.rules.text.rulebook import RULES, Rule, Topic, of_topic, weakest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = (ROOT / "stats" / "data" / "sources.csv").read_text(encoding="utf-8")
DOCUMENTS = {row["key"] for row in csv.DictReader(io.StringIO(SOURCES, newline=""))}
IDS = re.compile(r'"((?:IMG|E|U|F)-[A-Z0-9]+(?:-[0-9]+[a-z]?)?|IMG-\d[ab]?)"')


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_a_sentence_with_its_sources(rule: Rule) -> None:
    assert rule.wording[0].isupper()
    assert rule.wording.endswith(".")
    assert set(rule.sources) <= DOCUMENTS
    assert len(set(rule.sources)) == len(rule.sources)
    # Only what nobody found, or what was decided here, names no document.
    assert rule.sources or rule.confidence in {Confidence.UNCONFIRMED, None}


def test_every_rule_stands_under_one_topic() -> None:
    assert [rule for topic in Topic for rule in of_topic(topic)] == list(RULES.values())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_is_used_or_says_why_not(rule: Rule) -> None:
    """A rule that stands in the book and decides nowhere would be a promise broken."""
    name = re.compile(rf"(?<![A-Z0-9-]){re.escape(rule.id)}(?![a-z0-9])")
    is_used = any(
        name.search(path.read_text(encoding="utf-8"))
        for path in (ROOT / "profiles" / "rules").rglob("*.py")
    )

    assert is_used != bool(rule.not_judged)


def test_every_rule_that_the_program_names_is_in_the_book() -> None:
    named = {
        found
        for path in (ROOT / "profiles" / "rules").rglob("*.py")
        for found in IDS.findall(path.read_text(encoding="utf-8"))
    }

    assert len(named) > 40
    assert sorted(named - set(RULES)) == []


def test_only_official_and_secondary_sources_may_block() -> None:
    assert RULES["U-ATT-1"].may_block
    assert RULES["E-7Y-1"].may_block
    assert not RULES["IMG-3a"].may_block
    assert not RULES["U-PASS-4"].may_block


def test_a_chain_is_as_strong_as_its_weakest_part() -> None:
    confirmed, reported, unconfirmed = Confidence

    assert weakest([confirmed, reported]) == reported
    assert weakest([reported, unconfirmed, confirmed]) == unconfirmed
    # A convention says nothing that an official text could deny.
    assert weakest([None, confirmed]) == confirmed
