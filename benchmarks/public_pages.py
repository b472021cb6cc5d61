"""What a request for a main public page costs one worker process.

Each page is asked for in every way it can be answered (drawn anew, from Django's
cache, as 304, from nginx's cache), beside a static file of the same size from the
same nginx, and beside Datasette's HTML table of the same rows. Rounds are
interleaved, so that a busy moment of the machine meets all of them, and the median
counts. Ratios are of the processor time that the server used for a request: on an idle
machine they are those of the requests per second, and a busy one leaves them alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import sqlite3
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import running

# Address → its CSV twin, whose rows Datasette shows. Pages of several tables have
# nothing there to be compared with.
PAGES = {
    "/": "",
    "/match/": "/match.csv",
    "/match/2024/": "",
    "/specialties/": "/specialties.csv",
    "/specialties/internal-medicine/": "/specialties/internal-medicine.csv",
    "/scores/": "/scores.csv",
}
GZIP = {"Accept-Encoding": "gzip"}

DRAWN = "drawn anew"
KEPT = "kept in front"
UNCHANGED = "304"
PROXIED = "nginx's cache"
STATIC = "static file"
DATASETTE = "Datasette"
LEAN_DATASETTE = "Datasette, lean"
WAYS = (DRAWN, KEPT, UNCHANGED, PROXIED, STATIC, DATASETTE, LEAN_DATASETTE)
MEASURED_IN_ORDER = (
    KEPT,
    UNCHANGED,
    PROXIED,
    STATIC,
    DRAWN,
    DATASETTE,
    LEAN_DATASETTE,
)

# (what, over what, the least we aim for)
RATIOS = (
    (PROXIED, STATIC, 0.8),
    (DRAWN, DATASETTE, 5.0),
    (DRAWN, LEAN_DATASETTE, None),
    (KEPT, DRAWN, None),
    (UNCHANGED, DRAWN, None),
    (PROXIED, DRAWN, None),
)


@dataclass(frozen=True, kw_only=True)
class Round:
    """Requests per second, and milliseconds of the server's processor time for each."""

    speed: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class Target:
    """One page answered in one way."""

    page: str
    way: str
    port: int
    path: str
    headers: Mapping[str, str]
    measured: list[Round] = field(default_factory=list)

    @property
    def speed(self) -> float:
        return statistics.median(one.speed for one in self.measured)

    @property
    def cost(self) -> float:
        return statistics.median(one.cost for one in self.measured)


def table_name(page: str) -> str:
    return page.strip("/").replace("/", "_").replace("-", "_")


def write_sqlite(path: Path, port: int) -> dict[str, int]:
    """The pages' CSV twins as tables of one file; the number of rows of each."""
    rows_of = {}
    database = sqlite3.connect(path)
    for page, twin in PAGES.items():
        if not twin:
            continue
        text = running.get(port, twin).body.decode()
        header, *rows = list(csv.reader(io.StringIO(text)))
        columns = ", ".join(f'"{column}"' for column in header)
        places = ", ".join("?" for _ in header)
        name = table_name(page)
        database.execute(f'CREATE TABLE "{name}" ({columns})')
        database.executemany(
            f'INSERT INTO "{name}" VALUES ({places})',  # noqa: S608 - our own names
            [[_typed(cell) for cell in row] for row in rows],
        )
        rows_of[page] = len(rows)
    database.commit()
    database.close()
    return rows_of


def _typed(cell: str) -> str | float | int | None:
    """A CSV cell as the number it is, so that Datasette shows it as one."""
    if not cell:
        return None
    if re.fullmatch(r"-?\d+", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d+\.\d+", cell) else cell


def install_datasette(directory: Path) -> Path:
    """The newest Datasette, in an environment of its own; its Python."""
    running.say("Installing Datasette into a temporary environment ...")
    place = directory / "datasette"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    subprocess.run(
        [
            *(python, "-m", "pip", "install", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "datasette"),
        ],
        check=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    return python


@contextmanager
def datasette(
    python: Path, database: Path, directory: Path, *, name: str, settings: Sequence[str]
) -> Iterator[int]:
    port = running.free_port()
    with running.started(
        [
            *(python, "-m", "datasette", "serve", "--immutable", database),
            *("--host", "127.0.0.1", "--port", str(port), *settings),
        ],
        port=port,
        log=directory / f"{name}.log",
    ):
        yield port


# --- Checked before anything is measured ----------------------------------------------


def refuse(target: Target, why: str) -> None:
    sys.exit(f"{target.page}, {target.way}: {why}. Nothing was measured.")


def check(target: Target, *, rows: int = 0, size: int = 0) -> running.Answer:
    """The right answer, or the end of the program."""
    answer = running.get(target.port, target.path, target.headers)
    wanted = 304 if target.way == UNCHANGED else 200
    if answer.status != wanted:
        refuse(target, f"answered {answer.status}, not {wanted}")
    if wanted == 304:
        if answer.body:
            refuse(target, "304 with a body")
        return answer
    compressed = answer.headers.get("content-encoding") == "gzip"
    body = gzip.decompress(answer.body) if compressed else answer.body
    if b"</html>" not in body or len(body) < 1000:
        refuse(target, "not a whole page")
    if rows and (found := body.count(b"<tr")) != rows + 1:
        refuse(target, f"{found - 1} rows in the table, not {rows}")
    if size and len(answer.body) != size:
        refuse(target, f"{len(answer.body)} bytes, not {size}")
    if target.way == PROXIED:
        second = running.get(target.port, target.path, target.headers)
        if second.headers.get("x-cache") != "HIT":
            refuse(target, "nginx did not keep the page")
    return answer


# --- Measuring ------------------------------------------------------------------------


def load(wrk: str, target: Target, *, seconds: int, connections: int) -> Round:
    command = [wrk, "--threads", "1", "--connections", str(connections)]
    command += ["--duration", f"{seconds}s", "--timeout", "20s"]
    for name, value in target.headers.items():
        command += ["--header", f"{name}: {value}"]
    command.append(f"http://127.0.0.1:{target.port}{target.path}")
    before = running.processor_seconds(target.port)
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=seconds + 60
    )
    used = running.processor_seconds(target.port) - before
    if wrong := re.search(r"(Non-2xx|Socket errors).*", done.stdout):
        sys.exit(f"{target.page}, {target.way}: {wrong.group()}")
    speed = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    count = re.search(r"(\d+) requests in", done.stdout)
    if speed is None or count is None or not int(count.group(1)):
        sys.exit(f"wrk said something unexpected:\n{done.stdout}")
    return Round(speed=float(speed.group(1)), cost=used * 1000 / int(count.group(1)))


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def results(targets: Sequence[Target], sizes: Mapping[str, int]) -> str:
    by_place = {(target.page, target.way): target for target in targets}

    def by_way(pick: Callable[[Target], str]) -> list[list[str]]:
        return [
            [
                f"`{page}`",
                *(
                    pick(target) if (target := by_place.get((page, way))) else ""
                    for way in WAYS
                ),
            ]
            for page in PAGES
        ]

    ratios = []
    for page in PAGES:
        line = [f"`{page}`", f"{sizes[page] / 1000:.1f}"]
        for what, over, _ in RATIOS:
            above, below = by_place.get((page, what)), by_place.get((page, over))
            line.append(_ratio(below.cost / above.cost) if above and below else "")
        ratios.append(line)
    header = [
        f"{what} / {over}" + (f" (aim ≥ {aim:g})" if aim else "")
        for what, over, aim in RATIOS
    ]
    return "\n\n".join(
        (
            "How many times as many requests for the same processor time:",
            running.table(["page", "KB", *header], ratios),
            "Milliseconds of the server's processor time for a request:",
            running.table(["page", *WAYS], by_way(lambda one: f"{one.cost:.3g}")),
            "Requests per second:",
            running.table(["page", *WAYS], by_way(lambda one: f"{one.speed:,.0f}")),
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1, help="of the site's process")
    options = parser.parse_args()
    running.stop_cleanly()
    about = running.machine()
    wrk = running.need("wrk", "wrk")

    with ExitStack() as stack:
        directory = stack.enter_context(running.temporary_directory())
        environment = running.prepare_site(directory)

        def start(name: str, **settings: str) -> int:
            return stack.enter_context(
                running.site(
                    directory,
                    environment | settings,
                    name=name,
                    threads=options.threads,
                )
            )

        drawing, keeping = start("drawn", ANSWERS_MEGABYTES="0"), start("kept")
        static = directory / "static"
        nginx = stack.enter_context(
            running.proxy(directory, site_port=keeping, static=static)
        )
        rows_of = write_sqlite(directory / "figures.db", drawing)
        python = install_datasette(directory)
        neighbours = {
            way: stack.enter_context(
                datasette(
                    python,
                    directory / "figures.db",
                    directory,
                    name=way,
                    settings=settings,
                )
            )
            for way, settings in {
                DATASETTE: (),
                LEAN_DATASETTE: ("--setting", "suggest_facets", "off"),
            }.items()
        }

        targets: list[Target] = []
        sizes: dict[str, int] = {}

        def add(
            page: str,
            way: str,
            port: int,
            path: str,
            headers: Mapping[str, str] = GZIP,
            *,
            rows: int = 0,
            size: int = 0,
        ) -> running.Answer:
            target = Target(page=page, way=way, port=port, path=path, headers=headers)
            answer = check(target, rows=rows, size=size)
            targets.append(target)
            return answer

        (static / "benchmark").mkdir()
        for page in PAGES:
            drawn = add(page, DRAWN, drawing, page)
            add(page, KEPT, keeping, page)
            etag = drawn.headers["etag"]
            add(page, UNCHANGED, keeping, page, GZIP | {"If-None-Match": etag})
            proxied = add(page, PROXIED, nginx, page)
            sizes[page] = len(proxied.body)
            name = f"benchmark/{table_name(page) or 'home'}.html"
            (static / name).write_bytes(gzip.decompress(proxied.body))
            (static / f"{name}.gz").write_bytes(proxied.body)
            add(page, STATIC, nginx, f"/static/{name}", size=sizes[page])
            if rows := rows_of.get(page, 0):
                path = f"/figures/{table_name(page)}?_size={rows}"
                for way, port in neighbours.items():
                    add(page, way, port, path, rows=rows)

        def run(target: Target, seconds: int) -> Round:
            return load(wrk, target, seconds=seconds, connections=options.connections)

        running.say("Warming up ...")
        # What is compared stands side by side in time.
        targets.sort(key=lambda target: MEASURED_IN_ORDER.index(target.way))
        targets.sort(key=lambda target: list(PAGES).index(target.page))
        for target in targets:
            run(target, 1)
        for number in range(1, options.rounds + 1):
            running.say(f"Round {number} of {options.rounds} ...")
            for target in targets:
                target.measured.append(run(target, options.seconds))

        versions = ", ".join(
            (
                running.first_line(running.need("nginx", "nginx-light"), "-v"),
                running.first_line(wrk, "--version").partition(" [")[0],
                running.first_line(str(python), "-m", "datasette", "--version"),
            )
        )
    print(f"Machine: {about}; {versions}.")
    print(
        f"Median of {options.rounds} rounds of {options.seconds} s, "
        f"{options.connections} connections, Accept-Encoding: gzip, "
        f"{options.threads} thread(s) in one worker process.\n"
    )
    print(results(targets, sizes))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped; nothing was left behind.")
