"""What is shown of a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imgportal.search.excerpts import LENGTH, shorten, split_marked
from imgportal.search.words import list_terms


def marked(text: str, terms: set[str]) -> str:
    pieces = split_marked(text, terms)
    return "".join(f"[{piece}]" if is_marked else piece for piece, is_marked in pieces)


def test_every_form_of_a_word_is_marked() -> None:
    text = marked("Certified? The certificate, and J-1s.", {"certif", "j1"})

    assert text == "[Certified]? The [certificate], and J-1s."


def test_a_single_digit_is_marked_only_beside_another_word() -> None:
    text = marked("On 1 July: Step 1, Step 2.", {"step", "1"})

    assert text == "On 1 July: [Step] [1], [Step] 2."


def test_the_part_that_has_most_of_the_words_is_shown() -> None:
    text = f"The visa. {'Other words. ' * 40}A visa needs a letter. {'More. ' * 40}"

    excerpt = shorten(text, {"visa", "letter"})

    assert excerpt.startswith("… A visa needs a letter.")
    assert excerpt.endswith(" …")


def test_a_short_text_is_shown_whole() -> None:
    assert shorten("All of it.", {"zzz"}) == "All of it."
    assert shorten("", {"zzz"}) == ""


@given(st.text(max_size=600), st.text(max_size=40))
def test_an_excerpt_is_a_part_of_the_text_and_never_long(
    text: str, question: str
) -> None:
    terms = set(list_terms(question))

    excerpt = shorten(text, terms)

    assert excerpt.removeprefix("… ").removesuffix(" …") in text
    assert len(excerpt) <= LENGTH + 4
    assert "".join(piece for piece, _ in split_marked(text, terms)) == text
