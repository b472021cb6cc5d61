"""What holds for every template, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.template.utils import get_app_template_dirs

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    ROOT / "templates",
    *sorted(ROOT.glob("*/templates")),
)
TEMPLATES = sorted(
    (path, path.relative_to(folder).as_posix())
    for folder in FOLDERS
    for path in folder.rglob("*")
    if path.suffix in {".html", ".txt", ".xml", ".svg"}
)
NAMES = [name for _, name in TEMPLATES]
PACKAGES = ("imgportal", "stats", "profiles")

# Django and allauth ask for these by their names.
ERROR_PAGES = frozenset(
    {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
)
# Shared by everybody.
SHARED_PARENTS = frozenset({"base.html"})

COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE)
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off")
UNNAMED_BLOCK_END = re.compile(r"{%\s*endblock\s*%}")
REFERENCE = re.compile(r"""{%\s*(include|extends|part|unchanging)\s+(["'])(.+?)\2""")


def markup(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def comes_with_a_package(name: str) -> bool:
    """Is there one of that name outside our tree, which ours overrides or extends?"""
    return any(
        (Path(folder) / name).is_file()
        for folder in get_app_template_dirs("templates")
        if ".venv" in Path(folder).parts or ROOT not in Path(folder).parents
    )


def offenders(faults: Callable[[str, str], list[str]]) -> dict[str, list[str]]:
    """What is wrong with the markup of each template that has something wrong."""
    found = {name: faults(name, markup(path)) for path, name in TEMPLATES}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_every_template_compiles() -> None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    errors = {}

    for name in NAMES:
        try:
            engine.get_template(name)
        except TemplateSyntaxError as error:
            errors[name] = str(error)

    assert len(NAMES) > 100
    assert errors == {}


def test_no_template_carries_inline_code() -> None:
    def inline(name: str, source: str) -> list[str]:
        scripts = [
            attributes
            for attributes in SCRIPT.findall(source)
            # A block of data is not executed, so the content policy lets it stand.
            if "src=" not in attributes and "application/ld+json" not in attributes
        ]
        # A message has no stylesheet to refer to: mail programs know inline styles only.
        message = name.startswith("emails/")
        styles = [] if message else INLINE_STYLE.findall(source)
        return [*scripts, *styles, *HANDLER.findall(source)]

    assert offenders(inline) == {}


def test_every_template_escapes_everything() -> None:
    # Nothing in a plain text could be taken for a tag.
    assert (
        offenders(
            lambda name, source: (
                [] if name.endswith(".txt") else UNESCAPED.findall(source)
            )
        )
        == {}
    )


def test_every_template_names_the_blocks_it_ends() -> None:
    assert offenders(lambda _, source: UNNAMED_BLOCK_END.findall(source)) == {}


def test_templates_borrow_only_from_their_own_folder_or_the_components() -> None:
    def borrowed(name: str, source: str) -> list[str]:
        own = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
        return [
            other
            for _, _, other in REFERENCE.findall(source)
            if not (
                (own and other.startswith(own))
                or (not own and "/" not in other)
                or other.startswith("components/")
                or other in SHARED_PARENTS
                or comes_with_a_package(other)
            )
        ]

    assert offenders(borrowed) == {}


def test_every_template_is_used() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for package in PACKAGES
        for pattern in ("*.py", "data/*.toml")
        for path in (ROOT / package).rglob(pattern)
    )
    # A folder of templates that a view completes with a name: "about/{name}.html".
    folders = re.findall(r'f"([a-z_/]+/)\{\w+\}\.html"', code)
    used = {
        other
        for path, _ in TEMPLATES
        for _, _, other in REFERENCE.findall(markup(path))
    }

    def is_used(name: str) -> bool:
        return (
            name in used
            or f'"{name}"' in code
            or name in ERROR_PAGES
            or comes_with_a_package(name)
            or any(
                name.startswith(folder)
                and f'"{name.removeprefix(folder).removesuffix(".html")}"' in code
                for folder in folders
            )
        )

    assert [name for name in NAMES if not is_used(name)] == []
