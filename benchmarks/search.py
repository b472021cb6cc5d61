"""How long a search takes, on SQLite and on PostgreSQL, beside a plain page of the site.

What is asked is the table of the tests: real questions, and misspelt ones. Measured are
the finding alone and the whole page, compressed, as Django answers it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import running

PLAIN_PAGES = ("/about/", "/match/2024/", "/guide/questions/")
MISSPELT = "misspelt"
KNOWN = "known"


def median_ms(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def in_rounds(
    acts: Mapping[tuple[str, str], Callable[[], object]], times: int
) -> dict[tuple[str, str], float]:
    """Milliseconds, the median of all rounds."""
    taken: dict[tuple[str, str], list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) * 1000 for name, found in taken.items()}


# --- In a process of its own: which database is decided when Django starts ------------


def measure(times: int) -> dict[str, Any]:
    """Milliseconds: of each question, of plain pages, and of filling the index."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from imgportal.search.engines import engine
    from imgportal.search.finding import find

    from imgportal.guide import page_inputs
    from imgportal.lib import clock
    from imgportal.models import SearchIndex
    from imgportal.search import index, library
    from tests.imgportal.search import test_finding as asked

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client(headers={"accept-encoding": "gzip"})

    def ask(path: str, **query: str) -> None:
        response = client.get(path, query)
        if response.status_code != 200 or not response.content:
            sys.exit(f"{path} answered {response.status_code}.")

    def fill() -> None:
        SearchIndex.objects.all().delete()
        index.build(now=clock.now())

    def read_all() -> None:
        library.forget()
        library.of(page_inputs.read(now=clock.now()))

    questions = dict.fromkeys((*asked.FIRST, *asked.AMONG_THREE), KNOWN)
    questions |= dict.fromkeys(asked.MISSPELT, MISSPELT)
    known = library.of(page_inputs.read(now=clock.now()))
    for path in PLAIN_PAGES:
        ask(path)
    with CaptureQueriesContext(connection) as queries:
        ask("/search/", q="soap")
        page_queries = len(queries)
    # In rounds, so that a busy moment of the machine meets everything alike.
    acts: dict[tuple[str, str], Callable[[], object]] = {
        **{
            ("finding", question): partial(find, question, known, engine())
            for question in questions
        },
        **{
            ("page", question): partial(ask, "/search/", q=question)
            for question in questions
        },
        **{("plain", path): partial(ask, path) for path in PLAIN_PAGES},
    }
    taken = in_rounds(acts, times)
    return {
        "documents": len(known.entries),
        "queries": page_queries,
        "questions": {
            question: {
                "kind": kind,
                "found": len(find(question, known, engine()).entries),
                "finding": taken["finding", question],
                "page": taken["page", question],
            }
            for question, kind in questions.items()
        },
        "plain": {path: taken["plain", path] for path in PLAIN_PAGES},
        "filling": median_ms(fill, 5),
        "reading": median_ms(read_all, 5),
    }


# --- The two databases ----------------------------------------------------------------


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """A server for this run, on a socket in a directory of its own; its address."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        sys.exit("PostgreSQL is missing: apt-get install postgresql")
    home = directory / "postgres"
    home.mkdir()
    # The server refuses root.
    as_server: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
        directory.chmod(0o755)
        as_server = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_server, str(folders[-1] / program), *arguments],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    where = f"--pgdata={home / 'data'}"
    run("initdb", where, "--username=imgportal", "--auth=trust", "--encoding=UTF8")
    run(
        *("pg_ctl", where, "--wait", "--silent", f"--log={home / 'server.log'}"),
        *("-o", f"-c listen_addresses='' -c unix_socket_directories='{home}'"),
        "start",
    )
    try:
        yield f"postgresql://imgportal@/{home}/postgres"
    finally:
        run("pg_ctl", where, "--mode=immediate", "--silent", "stop")


def measured(environment: Mapping[str, str], times: int) -> dict[str, Any]:
    for command in (
        ["manage.py", "prepare_site"],
        [__file__, "--measure", "--times", str(times)],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=running.ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- Results --------------------------------------------------------------------------


def results(engines: Mapping[str, dict[str, Any]]) -> str:
    def of(found: dict[str, Any], kind: str, what: str) -> list[float]:
        return [row[what] for row in found["questions"].values() if row["kind"] == kind]

    def line(name: str, pick: Callable[[dict[str, Any]], str]) -> list[str]:
        return [name, *(pick(found) for found in engines.values())]

    def spread(kind: str, what: str) -> Callable[[dict[str, Any]], str]:
        def pick(found: dict[str, Any]) -> str:
            times = of(found, kind, what)
            return f"{statistics.median(times):.2f} ({max(times):.2f})"

        return pick

    def plain(path: str) -> Callable[[dict[str, Any]], str]:
        return lambda found: f"{found['plain'][path]:.2f}"

    def ratio(path: str) -> Callable[[dict[str, Any]], str]:
        def pick(found: dict[str, Any]) -> str:
            pages = [row["page"] for row in found["questions"].values()]
            return f"{statistics.median(pages) / found['plain'][path]:.2f}"

        return pick

    summary = [
        line("documents", lambda found: str(found["documents"])),
        line("queries of a page", lambda found: str(found["queries"])),
        line("finding, known words", spread(KNOWN, "finding")),
        line("finding, a word misspelt", spread(MISSPELT, "finding")),
        line("the page, known words", spread(KNOWN, "page")),
        line("the page, a word misspelt", spread(MISSPELT, "page")),
        *(line(f"`{path}`", plain(path)) for path in PLAIN_PAGES),
        *(line(f"the page / `{path}`", ratio(path)) for path in PLAIN_PAGES),
        line("reading everything anew", lambda found: f"{found['reading']:.0f}"),
        line("filling the index", lambda found: f"{found['filling']:.0f}"),
    ]
    questions = next(iter(engines.values()))["questions"]
    each = [
        [
            question,
            str(row["found"]),
            *(
                f"{found['questions'][question][what]:.2f}"
                for found in engines.values()
                for what in ("finding", "page")
            ),
        ]
        for question, row in questions.items()
    ]
    columns = [
        f"{name}, {what}" for name in engines for what in ("finding", "the page")
    ]
    return "\n\n".join(
        (
            "Milliseconds: the median of all questions, and the slowest of them.",
            running.table(["", *engines], summary),
            "Each question, in milliseconds:",
            running.table(["question", "found", *columns], each),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="of each question")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.path.insert(0, str(running.ROOT))
        print(json.dumps(measure(options.times)))
        return
    running.stop_cleanly()
    about = running.machine()
    with running.temporary_directory() as directory:
        environment = running.site_environment(directory) | {"PAGE_CACHE": "false"}
        running.say("Measuring on SQLite ...")
        engines = {"SQLite FTS5": measured(environment, options.times)}
        with postgres(directory) as address:
            running.say("Measuring on PostgreSQL ...")
            engines["PostgreSQL"] = measured(
                environment | {"DATABASE_URL": address}, options.times
            )
    print(f"Machine: {about}.\n")
    print(results(engines))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
