"""Holds the rules of docs/architecture.md about who may know whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("imgportal", "stats", "profiles")
APPLICATIONS = ("stats", "profiles")

# What may import what inside an application: only downwards or within a layer.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"choices", "exceptions", "fields", "countries", "signals"}),
    frozenset({"models", "querysets"}),
    frozenset({"rules", "measures", "charts"}),
    frozenset(
        {
            *(
                "actions",
                "public",
                "drafts",
                "readiness",
                "release_reader",
                "reference_tables",
                "figures",
                "rate_chart",
            ),
            *(
                "converters",
                "definitions",
                "differences",
                "exports",
                "founding",
                "founding_tables",
            ),
            *("staff_groups", "guards", "imports", "score_position", "year_summary"),
            *("member_record", "record_tables", "rule_changes", "reminders"),
            *("calendar_file", "portable"),
        }
    ),
    frozenset({"forms", "templatetags"}),
    frozenset({"public_page"}),
    frozenset({"staff"}),
    frozenset({"views", "admin", "management", "feeds", "api", "apps", "sitemaps"}),
    frozenset({"urls", "rule_urls", "secret_urls"}),
)
PURE = frozenset({"rules", "measures", "charts"})
# The doors of each application: for the other one, and for the site around both.
MAY_IMPORT_FROM_STATS = ("stats.public", "stats.choices")
DOORS_FOR_THE_SITE = (
    *MAY_IMPORT_FROM_STATS,
    *("stats.figures", "stats.measures", "stats.year_summary", "stats.definitions"),
    *("stats.charts", "stats.rate_chart", "stats.public_page", "stats.converters"),
    *("stats.staff_groups", "stats.signals", "stats.actions.handle_reports"),
    *("profiles.choices", "profiles.rules", "profiles.reference_tables"),
    *("profiles.calendar_file", "profiles.founding_tables", "profiles.signals"),
    "profiles.record_tables",
    # Who is told of what, for the one outbox; see imgportal/outbox.py.
    *("profiles.reminders", "profiles.rule_changes"),
)
# The account stands above both applications; see imgportal/models.py.
MAY_IMPORT_FROM_PORTAL = ("imgportal.lib", "imgportal.models")

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


def layer_of(part: str) -> int | None:
    return next((i for i, layer in enumerate(LAYERS) if part in layer), None)


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


@pytest.mark.parametrize("application", APPLICATIONS)
def test_every_module_has_a_place_in_the_layers(application: str) -> None:
    parts = {part for part, _ in layered_files(application)}

    assert sorted(part for part in parts if layer_of(part) is None) == []


@pytest.mark.parametrize("application", APPLICATIONS)
def test_imports_point_down(application: str) -> None:
    wrong = []
    for part, path in layered_files(application):
        here = layer_of(part)
        for line, name in imports_of(path):
            if not starts_with(name, (application,)) or name == application:
                continue
            there = layer_of(name.split(".")[1])
            if here is not None and there is not None and there > here:
                wrong.append(f"{shown(path)}:{line} imports {name}")

    assert wrong == []


def test_pure_modules_know_neither_django_nor_the_database() -> None:
    wrong = []
    for application in APPLICATIONS:
        for part, path in layered_files(application):
            if part not in PURE:
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
