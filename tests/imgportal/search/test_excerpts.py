"""What is shown of a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imgportal.search import analysis
from imgportal.search.excerpts import LENGTH, Piece, excerpt, marked


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{one.text}]" if one.is_marked else one.text for one in pieces)


def test_every_form_of_a_word_is_marked() -> None:
    pieces = marked("Certified? The certificate, and J-1s.", {"certif", "j1"})

    assert shown(pieces) == "[Certified]? The [certificate], and J-1s."


def test_a_single_digit_is_marked_only_beside_another_word() -> None:
    pieces = marked("On 1 July: Step 1, Step 2.", {"step", "1"})

    assert shown(pieces) == "On 1 July: [Step] [1], [Step] 2."


def test_the_part_that_has_most_of_the_words_is_shown() -> None:
    text = f"The visa. {'Other words. ' * 40}A visa needs a letter. {'More. ' * 40}"

    found = shown(excerpt(text, {"visa", "letter"}))

    assert found.startswith("… A [visa] needs a [letter].")
    assert found.endswith(" …")


def test_a_short_text_is_shown_whole() -> None:
    assert shown(excerpt("All of it.", {"zzz"})) == "All of it."
    assert excerpt("", {"zzz"}) == ()


@given(st.text(max_size=600), st.text(max_size=40))
def test_an_excerpt_is_a_part_of_the_text_and_never_long(text: str, asked: str) -> None:
    terms = set(analysis.terms(asked))

    pieces = excerpt(text, terms)

    inside = "".join(piece.text for piece in pieces)
    assert inside.removeprefix("… ").removesuffix(" …") in text
    assert len(inside) <= LENGTH + 4
    assert "".join(piece.text for piece in marked(text, terms)) == text
