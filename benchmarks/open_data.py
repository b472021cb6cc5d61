"""What an answer of the interface for programs costs one worker process.

Tables are asked for in every way they can be answered (drawn anew, kept in front, as
304, with a parameter and without), beside Datasette's JSON of the same rows out of our own
SQLite file. And what every format of everything costs to write. Ratios are of the processor
time that the server used for a request, as in benchmarks/public_pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import public_pages
import running
from public_pages import DATASETTE, DRAWN, GZIP, KEPT, UNCHANGED, Target

TABLES = ("totals", "applicants", "specialties", "scores")
# Chooses a good part of the rows of each table.
FILTER = "since=2015&confidence=A&confidence=B&confidence=C"
KEPT_PART, UNCHANGED_PART = "kept in front, a part", "304, a part"
DRAWN_PART = "drawn anew, a part"
WAYS = (DRAWN, DRAWN_PART, KEPT, KEPT_PART, UNCHANGED, UNCHANGED_PART, DATASETTE)
# (what, over what, the least we aim for)
RATIOS = (
    (DRAWN, DATASETTE, 2.5),
    (KEPT, DATASETTE, 8.0),
    (KEPT_PART, DATASETTE, None),
    (UNCHANGED_PART, UNCHANGED, 0.8),
    (UNCHANGED, DRAWN, None),
)
MOST_MILLISECONDS = 50
READ, JSON, PACKAGE = (
    "reading the rows of all tables",
    "all tables as JSON",
    "Data Package, with every CSV and the SQLite file in it",
)
# An argument of this program when it starts itself.
WRITE_FILES = "--write-files"


def rows_of(answer: running.Answer) -> int:
    """How many rows an answer holds, ours or Datasette's."""
    compressed = answer.headers.get("content-encoding") == "gzip"
    body = gzip.decompress(answer.body) if compressed else answer.body
    document = json.loads(body)
    return len(document["results" if "results" in document else "rows"])


def check(target: Target, *, rows: int | None = None) -> running.Answer:
    """The right answer, or the end of the program."""
    answer = running.get(target.port, target.path, target.headers)
    wanted = 304 if target.headers.get("If-None-Match") else 200
    if answer.status != wanted:
        public_pages.refuse(target, f"answered {answer.status}, not {wanted}")
    if wanted == 200 and rows is not None and rows_of(answer) != rows:
        public_pages.refuse(target, f"{rows_of(answer)} rows, not {rows}")
    return answer


def results(targets: Sequence[Target], rows: Mapping[str, int]) -> str:
    by_place = {(target.page, target.way): target for target in targets}

    def by_way(pick: Callable[[Target], str]) -> list[list[str]]:
        return [
            [f"`{name}`", *(pick(by_place[name, way]) for way in WAYS)]
            for name in TABLES
        ]

    ratios = [
        [
            f"`{name}`",
            str(rows[name]),
            *(
                f"{by_place[name, over].cost / by_place[name, what].cost:.2f}"
                for what, over, _ in RATIOS
            ),
        ]
        for name in TABLES
    ]
    header = [
        f"{what} / {over}" + (f" (aim ≥ {aim:g})" if aim else "")
        for what, over, aim in RATIOS
    ]
    return "\n\n".join(
        (
            "How many times as many requests for the same processor time:",
            running.table(["table", "rows", *header], ratios),
            "Milliseconds of the server's processor time for a request:",
            running.table(["table", *WAYS], by_way(lambda one: f"{one.cost:.3g}")),
            "Requests per second:",
            running.table(["table", *WAYS], by_way(lambda one: f"{one.speed:,.0f}")),
        )
    )


# --- Writing every format, in a process of its own -------------------------------------


def write_files(times: int) -> dict[str, float]:
    """Milliseconds of the processor for each format of everything, the median."""
    import django

    django.setup()
    from imgportal.open_data.tables import OPEN_TABLES
    from stats import open_tables, public
    from stats.formats import csv_text, data_package, json_text, sqlite_file

    figures = public.everything()
    facts = open_tables.package_facts(figures)

    def read() -> list[object]:
        return [table.records(figures) for table in OPEN_TABLES.values()]

    tables = [table.records(figures) for table in OPEN_TABLES.values()]
    acts: dict[str, Callable[[], object]] = {
        READ: read,
        JSON: lambda: [json_text.write(table, {}) for table in tables],
        PACKAGE: lambda: data_package.build_package(tables, facts),
        "of which CSV": lambda: [csv_text.write(table) for table in tables],
        "of which SQLite": lambda: sqlite_file.write(tables),
    }
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            start = time.process_time()
            act()
            taken[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def written(costs: Mapping[str, float]) -> str:
    lines = [[name, f"{cost:.1f}"] for name, cost in costs.items()]
    total = f"{sum(costs[name] for name in (READ, JSON, PACKAGE)):.1f}"
    lines.append([f"every format of everything (aim ≤ {MOST_MILLISECONDS})", total])
    return "\n\n".join(
        (
            "Milliseconds of the processor to write files:",
            running.table(["what", "ms"], lines),
        )
    )


# --- Measuring -------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument(WRITE_FILES, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write_files:
        print(json.dumps(write_files(options.write_files)))
        return
    running.stop_cleanly()
    about = running.machine()
    wrk = running.need("wrk", "wrk")

    with ExitStack() as stack:
        directory = stack.enter_context(running.temporary_directory())
        environment = running.prepare_site(directory)

        def start(name: str, **settings: str) -> int:
            return stack.enter_context(
                running.site(directory, environment | settings, name=name, threads=1)
            )

        drawing, keeping = start("drawn", ANSWERS_MEGABYTES="0"), start("kept")
        database = directory / "figures.db"
        file = running.get(drawing, "/data/imgportal.sqlite3")
        if file.status != 200:
            sys.exit(f"The SQLite file was answered with {file.status}.")
        database.write_bytes(file.body)
        python = public_pages.install_datasette(directory)
        neighbour = stack.enter_context(
            public_pages.datasette(
                python, database, directory, name="datasette", settings=()
            )
        )

        targets: list[Target] = []
        rows: dict[str, int] = {}

        def add(
            name: str, way: str, port: int, path: str, headers: Mapping[str, str]
        ) -> running.Answer:
            target = Target(page=name, way=way, port=port, path=path, headers=headers)
            is_whole = way in (DRAWN, KEPT, DATASETTE)
            answer = check(target, rows=rows[name] if is_whole else None)
            targets.append(target)
            return answer

        for name in TABLES:
            path = f"/api/v1/figures/{name}"
            part = f"{path}?{FILTER}"
            rows[name] = rows_of(running.get(drawing, path))
            etag = add(name, DRAWN, drawing, path, GZIP).headers["etag"]
            add(name, DRAWN_PART, drawing, part, GZIP)
            add(name, KEPT, keeping, path, GZIP)
            add(name, KEPT_PART, keeping, part, GZIP)
            known = GZIP | {"If-None-Match": etag}
            add(name, UNCHANGED, keeping, path, known)
            add(name, UNCHANGED_PART, keeping, part, known)
            there = f"/figures/{name}.json?_shape=objects&_size=max"
            add(name, DATASETTE, neighbour, there, GZIP)

        def run(target: Target, seconds: int) -> public_pages.Round:
            return public_pages.load(
                wrk, target, seconds=seconds, connections=options.connections
            )

        running.say("Warming up ...")
        for target in targets:
            run(target, options.seconds)
        for number in range(1, options.rounds + 1):
            running.say(f"Round {number} of {options.rounds} ...")
            for target in targets:
                target.measured.append(run(target, options.seconds))
        running.say("Writing files ...")
        done = subprocess.run(
            [sys.executable, __file__, WRITE_FILES, "15"],
            env={**environment, "PYTHONPATH": str(running.ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        versions = ", ".join(
            (
                running.first_line(wrk, "--version").partition(" [")[0],
                running.first_line(str(python), "-m", "datasette", "--version"),
            )
        )
    print(f"Machine: {about}; {versions}.")
    print(
        f"Median of {options.rounds} rounds of {options.seconds} s, "
        f"{options.connections} connections, Accept-Encoding: gzip, 1 thread in one "
        "worker process.\n"
    )
    print(results(targets, rows))
    print()
    print(written(json.loads(done.stdout)))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
