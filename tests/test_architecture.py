"""Holds the rules of docs/architecture.md about who may know whom."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MOST_LINES = 130
PACKAGES = ("stats", "profiles", "imgportal")
APPLICATIONS = ("stats", "profiles")


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the first table under that heading of the document, its header first."""
    _, _, text = DOCUMENT.partition(f"## {heading}\n")
    rows = re.findall(r"^\|(.*)\|$", text.partition("\n## ")[0], re.MULTILINE)
    return [
        [cell.strip().strip("`") for cell in row.split("|")]
        for row in rows
        if not set(row) <= set("| -")
    ]


# What may import what inside a package: only downwards or within a layer.
LAYERS: dict[str, list[frozenset[str]]] = {
    package: [frozenset(row[number].split()) for row in rows_of("Layers")[1:]]
    for number, package in enumerate(rows_of("Layers")[0])
    if package in PACKAGES
}
PURE = next(
    number for number, row in enumerate(rows_of("Layers")[1:]) if row[0] == "pure"
)
DOORS = {
    package: tuple(f"{package}.{door}" for door in doors.split())
    for package, doors in rows_of("Who knows whom")[1:]
}
# The first doors of `stats` lead to `profiles` as well.
MAY_IMPORT_FROM_STATS = DOORS["stats"][:2]
DOORS_FOR_THE_SITE = (*DOORS["stats"], *DOORS["profiles"])
# The account stands below both applications, as `lib` does.
MAY_IMPORT_FROM_PORTAL = ("imgportal.lib", "imgportal.models")
WRITERS = tuple(
    re.findall(
        r"`([\w.]+)`",
        DOCUMENT.partition("Only these modules write:")[2].partition("\n3.")[0],
    )
)

CLOCK = ROOT / "imgportal" / "lib" / "clock.py"
CLOCK_CALLS = frozenset(
    {
        *("timezone.now", "timezone.localtime", "timezone.localdate"),
        *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
        *("time.time", "time.localtime", "time.gmtime", "functions.Now"),
    }
)


def source_files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """(line, full name) of everything a file imports, wherever it stands in it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                # `from stats import public` names a module, `from stats.public
                # import years` a thing inside one.
                inside = full if is_module(full) else str(node.module)
                yield node.lineno, inside


def starts_with(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def part_of(path: Path) -> str:
    """The first name below the application: `models` of stats/models/figures.py."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def layer_of(package: str, part: str) -> int | None:
    layers = enumerate(LAYERS[package])
    return next((number for number, parts in layers if part in parts), None)


def layered_files(application: str) -> list[tuple[str, Path]]:
    """Files with a place in the layers. Migrations stand outside: they are history."""
    return [
        (part_of(path), path)
        for path in source_files(application)
        if part_of(path) not in {"__init__", "migrations"}
    ]


def test_stats_does_not_know_that_people_exist() -> None:
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in source_files("stats")
        for line, name in imports_of(path)
        if starts_with(name, ("profiles",))
    ]

    assert wrong == []


def test_profiles_enters_stats_by_its_door() -> None:
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in source_files("profiles")
        for line, name in imports_of(path)
        if starts_with(name, ("stats",))
        and not starts_with(name, MAY_IMPORT_FROM_STATS)
    ]

    assert wrong == []


def test_the_site_enters_the_applications_by_their_doors() -> None:
    imported = [
        (path, line, name)
        for path in source_files("imgportal")
        for line, name in imports_of(path)
        if starts_with(name, APPLICATIONS)
    ]
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path, line, name in imported
        if not starts_with(name, DOORS_FOR_THE_SITE)
    ]
    unused = [
        door
        for door in DOORS_FOR_THE_SITE
        if not any(starts_with(name, (door,)) for _, _, name in imported)
    ]

    assert wrong == []
    assert unused == []


def test_doors_of_figures_are_named_where_they_are_read_about() -> None:
    first_lines = ast.get_docstring(tree_of(ROOT / "stats" / "public.py")) or ""
    doors = [
        door.removeprefix("stats.")
        for door in DOORS_FOR_THE_SITE
        if door.startswith("stats.") and door not in MAY_IMPORT_FROM_STATS
    ]

    assert [door for door in doors if f"`{door}`" not in first_lines] == []


def test_applications_do_not_import_the_site_around_them() -> None:
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for application in APPLICATIONS
        for path in source_files(application)
        for line, name in imports_of(path)
        if starts_with(name, ("imgportal",))
        and not starts_with(name, MAY_IMPORT_FROM_PORTAL)
    ]

    assert wrong == []


def test_lib_imports_nothing_of_ours() -> None:
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in source_files("imgportal/lib")
        for line, name in imports_of(path)
        if starts_with(name, PACKAGES) and not starts_with(name, ("imgportal.lib",))
    ]

    assert wrong == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_a_place_in_the_layers(package: str) -> None:
    parts = {part for part, _ in layered_files(package)}
    named = [part for layer in LAYERS[package] for part in layer]

    assert sorted(named) == sorted(parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_down(package: str) -> None:
    wrong = []
    for part, path in layered_files(package):
        layer = layer_of(package, part)
        for line, name in imports_of(path):
            if not starts_with(name, (package,)) or name == package:
                continue
            imported = layer_of(package, name.split(".")[1])
            if layer is not None and imported is not None and imported > layer:
                wrong.append(f"{shown(path)}:{line} imports {name}")

    assert wrong == []


ALWAYS_WRITE = {"bulk_create", "bulk_update", "update_or_create", "get_or_create"}
WRITE_BY_QUERY = {"create", "update", "delete"}
QUERIES = (".objects", "_default_manager", ".filter(", ".exclude(", "owned_by(")


def writes_in(path: Path) -> Iterator[str]:
    """Where a file writes into the database, as far as a reader of code can see it."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, receiver = node.func.attr, ast.unparse(node.func.value)
        keywords = {keyword.arg for keyword in node.keywords}
        if (
            name in ALWAYS_WRITE
            or (name in WRITE_BY_QUERY and any(query in receiver for query in QUERIES))
            or (name == "save" and "update_fields" in keywords)
        ):
            yield f"{shown(path)}:{node.lineno} {receiver}.{name}"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_only_the_named_modules_write() -> None:
    writing = {
        module_of(path): list(writes_in(path))
        for package in PACKAGES
        for part, path in layered_files(package)
        # The models say how their rows are stored; who asks them to is held here.
        if part not in {"models", "querysets"}
    }
    wrong = [
        place
        for module, places in writing.items()
        for place in places
        if not starts_with(module, WRITERS)
    ]
    idle = [
        writer
        for writer in WRITERS
        if not any(
            starts_with(module, (writer,))
            for module, places in writing.items()
            if places
        )
        # Its statements are SQL.
        and writer != "stats.guards"
    ]

    assert wrong == []
    assert idle == []


def test_the_document_can_be_read_at_one_sitting() -> None:
    assert len(DOCUMENT.splitlines()) <= MOST_LINES


def test_every_function_of_the_flows_is_where_the_document_says() -> None:
    flows = re.findall(r"`([\w/]+\.py):(\w+)`", DOCUMENT)
    wrong = [
        f"{file}:{name}"
        for file, name in flows
        if not any(
            isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name
            for node in tree_of(ROOT / file).body
        )
    ]

    assert len(flows) > 15
    assert wrong == []


def test_pure_modules_know_neither_django_nor_the_database() -> None:
    wrong = []
    for application in APPLICATIONS:
        for part, path in layered_files(application):
            if part not in LAYERS[application][PURE]:
                continue
            forbidden = (
                "django",
                f"{application}.models",
                f"{application}.querysets",
                "imgportal.models",
            )
            wrong += [
                f"{shown(path)}:{line} imports {name}"
                for line, name in imports_of(path)
                if starts_with(name, forbidden)
            ]

    assert wrong == []


SEARCH = ROOT / "imgportal" / "search"
PURE_IN_SEARCH = ("word_lists", "words", "spelling", "page_text", "excerpts")


def test_what_search_does_with_words_knows_neither_django_nor_the_site() -> None:
    allowed = (
        "imgportal.lib.content_files",
        *(f"imgportal.search.{module}" for module in PURE_IN_SEARCH),
    )
    wrong = [
        f"{shown(path)}:{line} imports {name}"
        for path in (SEARCH / f"{module}.py" for module in PURE_IN_SEARCH)
        for line, name in imports_of(path)
        if starts_with(name, ("django", *PACKAGES)) and not starts_with(name, allowed)
    ]

    assert wrong == []


def clock_readings(path: Path) -> Iterator[str]:
    imported = {
        alias.asname or alias.name: f"{(node.module or '').split('.')[-1]}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree_of(path)):
        # Also without a call: `default=timezone.now` reads the clock later.
        if isinstance(node, ast.Attribute):
            last_two = ast.unparse(node).split(".")[-2:]
            if ".".join(last_two) in CLOCK_CALLS:
                yield f"{shown(path)}:{node.lineno} {ast.unparse(node)}"
        elif isinstance(node, ast.Name) and imported.get(node.id) in CLOCK_CALLS:
            yield f"{shown(path)}:{node.lineno} {imported[node.id]}"


def test_only_the_clock_reads_the_clock() -> None:
    readings = [
        reading
        for package in PACKAGES
        for path in source_files(package)
        if path != CLOCK
        for reading in clock_readings(path)
        # lib.clock.now is the permitted way, under the same last name.
        if not reading.endswith("clock.now")
    ]

    assert readings == []


def test_the_clock_guard_can_see() -> None:
    # A guard that finds nothing proves nothing until it has found something.
    assert list(clock_readings(CLOCK)) != []


def test_no_foreign_key_crosses_between_the_applications() -> None:
    crossing = []
    for here, there in (APPLICATIONS, APPLICATIONS[::-1]):
        for model in apps.get_app_config(here).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                related = field.related_model
                if (
                    isinstance(related, type)
                    and getattr(related, "_meta").app_label == there  # noqa: B009
                ):
                    crossing.append(f"{model._meta.label}.{field.name}")

    assert crossing == []
