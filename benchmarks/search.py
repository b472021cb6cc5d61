"""What a search costs the processor, beside plain pages of the site.

What is asked is the table of the tests: real questions, and misspelt ones. Measured are
the finding alone and the whole page, compressed, as Django answers it; and what a process
does before its first search and after each change: reading and indexing everything.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import running

PLAIN_PAGES = ("/about/", "/match/2024/", "/guide/questions/")
MISSPELT = "misspelt"
KNOWN = "known"


def memory_mb() -> float:
    """What this process holds of the machine's memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def median_ms(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def in_rounds(
    acts: Mapping[tuple[str, str], Callable[[], object]], times: int
) -> dict[tuple[str, str], float]:
    """Milliseconds, the median of all rounds."""
    taken: dict[tuple[str, str], list[float]] = {name: [] for name in acts}
    for _ in range(times):
        for name, act in acts.items():
            start = time.process_time()
            act()
            taken[name].append(time.process_time() - start)
    return {name: statistics.median(found) * 1000 for name, found in taken.items()}


# --- In a process of its own, with its own database -----------------------------------


def measure(times: int) -> dict[str, Any]:
    """Milliseconds: of each question, of plain pages, and of indexing."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from imgportal.guide import page_inputs
    from imgportal.lib import clock
    from imgportal.search import library
    from imgportal.search.find_pages import find_pages
    from tests.imgportal.search import test_find_pages as asked

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client(headers={"accept-encoding": "gzip"})

    def ask(path: str, **query: str) -> None:
        response = client.get(path, query)
        if response.status_code != 200 or not response.content:
            sys.exit(f"{path} answered {response.status_code}.")

    def read_all() -> None:
        library.forget()
        library.read(page_inputs.read(now=clock.now()))

    questions = dict.fromkeys((*asked.FIRST, *asked.AMONG_THREE), KNOWN)
    questions |= dict.fromkeys(asked.MISSPELT, MISSPELT)
    for path in PLAIN_PAGES:
        ask(path)
    memory, start = memory_mb(), time.process_time()
    read_all()
    first_reading = (time.process_time() - start) * 1000
    memory = memory_mb() - memory
    known = library.read(page_inputs.read(now=clock.now()))
    with CaptureQueriesContext(connection) as queries:
        ask("/search/", q="soap")
        page_queries = len(queries)
    # In rounds, so that a busy moment of the machine meets everything alike.
    acts: dict[tuple[str, str], Callable[[], object]] = {
        **{
            ("finding", question): partial(find_pages, question, known)
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
        "documents": len(known.documents),
        "queries": page_queries,
        "questions": {
            question: {
                "kind": kind,
                "found": len(find_pages(question, known).documents),
                "finding": taken["finding", question],
                "page": taken["page", question],
            }
            for question, kind in questions.items()
        },
        "plain": {path: taken["plain", path] for path in PLAIN_PAGES},
        "memory": memory,
        "first_reading": first_reading,
        "reading": median_ms(read_all, 5),
        "indexing": median_ms(lambda: library.index_documents(known.documents), 5),
    }


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


def results(found: Mapping[str, Any]) -> str:
    questions: Mapping[str, Mapping[str, Any]] = found["questions"]

    def spread(kind: str, what: str) -> str:
        times = [row[what] for row in questions.values() if row["kind"] == kind]
        return f"{statistics.median(times):.2f} ({max(times):.2f})"

    page = statistics.median(row["page"] for row in questions.values())
    plain: Mapping[str, float] = found["plain"]
    summary = [
        ["documents", str(found["documents"])],
        ["queries of a page", str(found["queries"])],
        ["finding, known words", spread(KNOWN, "finding")],
        ["finding, a word misspelt", spread(MISSPELT, "finding")],
        ["the page, known words", spread(KNOWN, "page")],
        ["the page, a word misspelt", spread(MISSPELT, "page")],
        *([f"`{path}`", f"{ms:.2f}"] for path, ms in plain.items()),
        *([f"the page / `{path}`", f"{page / ms:.2f}"] for path, ms in plain.items()),
        ["reading everything, first", f"{found['first_reading']:.0f}"],
        ["reading everything anew", f"{found['reading']:.0f}"],
        ["of that, indexing", f"{found['indexing']:.0f}"],
        ["memory, MB", f"{found['memory']:.0f}"],
    ]
    each = [
        [question, str(row["found"]), f"{row['finding']:.2f}", f"{row['page']:.2f}"]
        for question, row in questions.items()
    ]
    return "\n\n".join(
        (
            "Milliseconds of the processor: the median of all questions, and the slowest of them.",
            running.table(["", "search"], summary),
            "Each question, in milliseconds:",
            running.table(["question", "found", "finding", "the page"], each),
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
        environment = running.site_environment(directory) | {"ANSWERS_MEGABYTES": "0"}
        running.say("Measuring ...")
        found = measured(environment, options.times)
    print(f"Machine: {about}.\n")
    print(results(found))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
