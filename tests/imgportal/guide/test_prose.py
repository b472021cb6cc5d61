"""What holds for the prose of the guide, whoever writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imgportal.guide.glossary import TERMS
from imgportal.guide.grounds import GROUNDS
from imgportal.guide.named_facts import FACTS
from imgportal.guide.pages import PAGES, GuidePage
from imgportal.guide.visas import VISA_ENTRIES

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "templates" / "guide"
TEMPLATES = sorted(FOLDER.glob("*.html"))
TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>", re.DOTALL)
# Digits that are part of a name. Every other number comes from a table.
NAMES = re.compile(
    r"\bStep [123]( CK| CS)?\b|\bPathways? [1-6](, [1-6])*( and [1-6])?\b|\bPGY-1\b"
    r"|\bJ-1\b|\bH-1B\b|\(2 to 5\)"
)


def words_of(path: Path) -> str:
    """What stands in a template itself, without names that hold a digit."""
    source = TAGS.sub(" ", path.read_text(encoding="utf-8"))
    return NAMES.sub(" ", MARKUP.sub(" ", source))


def used(page: GuidePage, tag: str) -> set[str]:
    source = (ROOT / "templates" / page.template).read_text(encoding="utf-8")
    return {
        name
        for arguments in re.findall(rf'{{% {tag} "([^"]+)"', source)
        for name in arguments.split()
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_number_is_typed_into_prose(path: Path) -> None:
    assert re.findall(r"\S*\d\S*", words_of(path)) == []


def test_typed_numbers_would_be_seen(tmp_path: Path) -> None:
    typed = tmp_path / "typed.html"
    typed.write_text("<p>Step 1 has 280 questions{% if x == 3 %} since 2022{% endif %}")

    assert re.findall(r"\d+", words_of(typed)) == ["280", "2022"]


def test_no_term_is_parted_from_the_bracket_before_it() -> None:
    # A line can break between a word and the button of a term.
    parted = [
        path.stem
        for path in TEMPLATES
        if re.search(r'(?<!<span class="nowrap">)\({% term', path.read_text("utf-8"))
    ]

    assert parted == []


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_page_declares_what_its_parts_rest_on(page: GuidePage) -> None:
    of_entries = {entry.ground for entry in VISA_ENTRIES.values()}
    drawn = of_entries if page.slug == "visas" else set()

    assert used(page, "grounds") | drawn == set(page.grounds)


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_fact_in_a_sentence_rests_on_what_the_page_declares(page: GuidePage) -> None:
    grounds = {FACTS[name].ground for name in used(page, "fact")}

    assert sorted(grounds - set(page.grounds)) == []


def test_every_fact_is_used_and_has_a_ground() -> None:
    templates = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)

    assert [name for name in FACTS if f'fact "{name}"' not in templates] == []
    assert [fact.name for fact in FACTS.values() if fact.ground not in GROUNDS] == []


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
def test_page_has_a_sentence_to_be_known_by(page: GuidePage) -> None:
    assert page.summary.endswith(".")
    assert len(page.summary) <= 160
    assert page.next_review > page.reviewed_on


def test_glossary_explains_in_whole_sentences_and_without_numbers() -> None:
    for term in TERMS.values():
        assert term.meaning.endswith(".")
        assert not re.search(r"\d", NAMES.sub(" ", term.meaning)), term
