"""Holds the rules about names that a machine can hold."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Words that say what happens and not to what, or that stand for any noun at all.
VAGUE = frozenset({"helpers", "held", "misc", "shelf", "things", "utils"})
# Django asks for these.
NAMED_BY_DJANGO = frozenset({"Command", "Meta", "Migration", "Media"})
PRONOUNS = frozenset({"found", "one", "known", "said"})
# Nouns, though they end like an act.
NOUNS = frozenset({"spelling"})


@cache
def modules() -> tuple[Path, ...]:
    return tuple(
        path
        for package in ("imgportal", "stats", "profiles")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def test_module_is_a_noun_or_a_verb_with_its_object() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        for name in (path.stem, path.parent.name)
        if (name.endswith("ing") and name not in NOUNS) or name in VAGUE
    ]

    assert wrong == []


def test_class_name_occurs_once() -> None:
    names = Counter(
        node.name
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.ClassDef) and node.name not in NAMED_BY_DJANGO
    )

    assert {name: count for name, count in names.items() if count > 1} == {}


def test_no_pronoun_stands_for_a_domain_noun() -> None:
    names = [
        (path, node.lineno, node.arg if isinstance(node, ast.arg) else node.id)
        for path in modules()
        for node in nodes_of(path)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}:{line} {name}"
        for path, line, name in names
        if name in PRONOUNS
    ]

    assert wrong == []
