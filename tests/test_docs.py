"""Documents drift unless something compares them with what they describe."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.browser.pictures import MOST_BYTES, PICTURES

ROOT = Path(__file__).resolve().parent.parent
# Read by script/serve, not by the settings.
SCRIPT_VARIABLES = {"HOST", "PORT"}
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "*/data/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def variables_of_the_settings() -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(read("imgportal/settings.py"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if ast.unparse(node.func.value) != "env":
            continue
        name = node.args[0]
        assert isinstance(name, ast.Constant), "Write the name of a variable out."
        names.add(str(name.value))
    return names


def test_env_example_lists_every_variable() -> None:
    listed = set(
        re.findall(r"^#?([A-Z][A-Z0-9_]*)=", read(".env.example"), re.MULTILINE)
    )

    assert listed == variables_of_the_settings() | SCRIPT_VARIABLES


def test_env_example_sets_nothing_by_itself() -> None:
    active = re.findall(r"^[A-Z][A-Z0-9_]*=.*", read(".env.example"), re.MULTILINE)

    assert active == []


def test_the_program_is_cited_with_its_version() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    cited = dict(
        line.split(": ", 1)
        for line in read("CITATION.cff").splitlines()
        if re.match(r"[a-z-]+: [^>]", line)
    )

    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]
    assert cited["type"] == "software"


def test_changelog_starts_with_the_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]

    first = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)

    assert first is not None
    assert first.group(1) == version


def test_readme_names_the_two_commands() -> None:
    readme = read("README.md")

    assert "script/serve" in readme
    assert "script/test" in readme


@pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(path: Path) -> None:
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    broken = [
        target
        for target in LINK.findall(text)
        if not re.match(r"[a-z]+:|#", target)
        and not (path.parent / target.partition("#")[0]).exists()
    ]

    assert broken == []


def test_every_picture_is_made_by_the_script_and_shown_somewhere() -> None:
    made = {picture.name for picture in PICTURES}
    shown = {
        Path(target).stem
        for path in DOCUMENTS
        for _, target in PICTURE.findall(path.read_text(encoding="utf-8"))
    }
    files = {path.stem for path in (ROOT / "docs" / "images").iterdir()}

    assert len(made) == len(PICTURES)
    assert made == shown == files


def test_pictures_are_small_and_have_a_text() -> None:
    large = [
        path.name
        for path in (ROOT / "docs" / "images").iterdir()
        if path.stat().st_size > MOST_BYTES
    ]
    texts = [
        text
        for path in DOCUMENTS
        for text, _ in PICTURE.findall(path.read_text(encoding="utf-8"))
    ]

    assert large == []
    assert len(texts) == len(PICTURES)
    assert [text for text in texts if len(text.split()) < 6] == []
