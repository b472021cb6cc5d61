from __future__ import annotations

import pytest

from imgportal.lib import sealed_text

KEY, OLDER, OTHER = "a" * 50, "b" * 50, "c" * 50


def test_what_was_sealed_comes_back() -> None:
    sealed = sealed_text.seal("secret", keys=[KEY], purpose="test")

    assert "secret" not in sealed
    assert sealed_text.unseal(sealed, keys=[KEY], purpose="test") == "secret"


def test_twice_the_same_looks_different() -> None:
    first, second = (
        sealed_text.seal("s", keys=[KEY], purpose="test") for _ in range(2)
    )

    assert first != second


def test_older_key_still_opens() -> None:
    sealed = sealed_text.seal("secret", keys=[OLDER], purpose="test")

    assert sealed_text.unseal(sealed, keys=[KEY, OLDER], purpose="test") == "secret"


@pytest.mark.parametrize(
    ("keys", "purpose"), [([OTHER], "test"), ([KEY], "something else")]
)
def test_other_key_or_purpose_does_not_open(keys: list[str], purpose: str) -> None:
    sealed = sealed_text.seal("secret", keys=[KEY], purpose="test")

    with pytest.raises(sealed_text.CannotOpen):
        sealed_text.unseal(sealed, keys=keys, purpose=purpose)


@pytest.mark.parametrize("damaged", ["", "secret", "gAAAAA", "ü"])
def test_what_was_never_sealed_does_not_open(damaged: str) -> None:
    with pytest.raises(sealed_text.CannotOpen):
        sealed_text.unseal(damaged, keys=[KEY], purpose="test")
