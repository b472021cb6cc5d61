"""What a million members cost: their pages, their reminders, their leaving.

Two databases of one PostgreSQL server: a thousand members, and a million of whom every
thousandth has the same record as one of the thousand. Pages are asked for in turns, of
the same records, so that whatever else the machine does falls on both alike. Fails when
a page takes more than a fifth longer, or another number of queries.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import postgres
import running
from running import ROOT, say

FEW = 1_000
MOST_RATIO = 1.2
SIGN_IN, EXPORT, CALENDAR = "sign in", "/me/data/record.json", "/calendar/"
# Those that end the measurement when they are slower among a million.
PAGES = (
    *("/me/", "/me/exams/", "/me/certification/", "/me/season/", "/me/reminders/"),
    *("/me/data/", EXPORT, CALENDAR, SIGN_IN, "/accounts/sessions/", "/readyz"),
)
OF_STAFF = ("/admin/", "/admin/imgportal/user/", "/admin/imgportal/user/?q=member7")
DELETED = 30
# 14 days before rank order lists must be certified, which most members hear of.
BUSIEST = date(2027, 2, 17)
STORED = """
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
print(make_password("long-enough-words-for-benchmarks"))
print(SessionStore().encode({}))
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A process of the site, on one database."""

    members: int
    process: subprocess.Popen[str]
    environment: Mapping[str, str]

    def do(self, name: str, *arguments: object) -> Any:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(json.dumps([name, *arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"The site with {self.members:,} members ended: see above.")
        return json.loads(line)


@contextmanager
def site(address: str, members: int, mail_port: int, directory: Path) -> Iterator[Site]:
    environment = running.site_environment(directory) | {
        "DATABASE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "ALLOWED_HOSTS": "testserver",
        "BEHIND_PROXY": "false",
        "PYTHONPATH": str(ROOT),
    }
    say(f"Making {members:,} members ...")
    start = time.monotonic()
    for command in ("migrate", "load_figures", "load_rules", "collectstatic"):
        manage(environment, command, *["--no-input"] * (command == "collectstatic"))
    statements = (ROOT / "benchmarks" / "membership.sql").read_text(encoding="utf-8")
    password, session = manage(
        environment, "shell", "--no-imports", "-c", STORED
    ).splitlines()
    with running_site(environment, members) as found:
        found.do(
            "run_sql",
            statements.format(
                members=members,
                stride=members // FEW,
                day=datetime.now(UTC).date(),  # noqa: TID251 - it measures, it does not judge
                password=password,
                session=session,
            ),
        )
        found.do("run_sql", "VACUUM ANALYZE")
        say(f"... in {time.monotonic() - start:.0f} s")
        yield found


@contextmanager
def running_site(environment: Mapping[str, str], members: int) -> Iterator[Site]:
    process = subprocess.Popen(
        [sys.executable, "benchmarks/visitor.py"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Site(members=members, process=process, environment=environment)
    finally:
        process.kill()
        process.wait()


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


# --- Pages ----------------------------------------------------------------------------


def compare(few: Site, many: Site, members: int) -> bool:
    """Every page in turns; True when none is slower among many."""
    stride = many.members // few.members
    chance = random.Random(1)  # noqa: S311 - the same members every time
    chosen = chance.sample(range(1, few.members - DELETED), members)
    owners = {few.members: few.do("owner"), many.members: many.do("owner")}
    rows, good = [], True
    for page in (*PAGES, *OF_STAFF):
        taken: dict[int, list[float]] = {few.members: [], many.members: []}
        worked: dict[int, list[float]] = {few.members: [], many.members: []}
        queries: set[tuple[int, int]] = set()
        # The first of each kind finds templates and tables that nobody read before.
        for turn, record in enumerate([chosen[-1], *chosen]):
            sites = [(few, record), (many, record * stride)]
            for at, number in sites if turn % 2 else reversed(sites):
                asking = owners[at.members] if page in OF_STAFF else number
                milliseconds, of_work = at.do("ask", page, asking)
                if turn:
                    taken[at.members].append(milliseconds)
                    worked[at.members].append(of_work)
            if turn % 10 == 1 and page != SIGN_IN:
                counts = [
                    at.do(
                        "count",
                        page,
                        owners[at.members] if page in OF_STAFF else number,
                    )
                    for at, number in sites
                ]
                queries.add((counts[0], counts[1]))
        rows.append(row_of(page, list(taken.values()), list(worked.values()), queries))
        ratio = statistics.median(taken[many.members]) / statistics.median(
            taken[few.members]
        )
        good &= ratio <= MOST_RATIO and all(one == other for one, other in queries)
        say(" ".join(rows[-1]))
    rows.append(deletions(few, many))
    say(" ".join(rows[-1]))
    print(
        running.table(
            (
                *("page", "queries", "a thousand, ms", "a million, ms", "ratio"),
                *("19 of 20 within, ms", "processor, ratio"),
            ),
            rows,
        )
    )
    return good


def deletions(few: Site, many: Site) -> list[str]:
    """Accounts with everything in them, the last of the thousand."""
    stride = many.members // few.members
    taken: list[list[float]] = [[], []]
    worked: list[list[float]] = [[], []]
    for record in range(few.members - DELETED, few.members):
        for place, (at, number) in enumerate([(few, record), (many, record * stride)]):
            milliseconds, of_work = at.do("delete", number)
            taken[place].append(milliseconds)
            worked[place].append(of_work)
    return row_of("deleting an account", taken, worked, set())


def row_of(
    page: str,
    taken: Sequence[Sequence[float]],
    worked: Sequence[Sequence[float]],
    queries: set[tuple[int, int]],
) -> list[str]:
    few, many = (statistics.median(times) for times in taken)
    counts = sorted({count for pair in queries for count in pair})
    return [
        f"`{page}`" if page.startswith("/") else page,
        " to ".join(map(str, dict.fromkeys((counts or [0])[:: len(counts) - 1 or 1])))
        if counts
        else "",
        f"{few:.1f}",
        f"{many:.1f}",
        f"{many / few:.2f}",
        f"{statistics.quantiles(taken[1], n=20)[-1]:.1f}",
        f"{statistics.median(worked[1]) / statistics.median(worked[0]):.2f}",
    ]


# --- Reminders ------------------------------------------------------------------------


def reminders(many: Site, mail: Path, seconds: int) -> None:
    before = datetime.combine(BUSIEST - timedelta(days=1), datetime.min.time(), UTC)
    # Noon in New York.
    days = [before.replace(hour=17) + timedelta(days=number) for number in range(2)]
    rows = []

    def plan(name: str, moment: datetime) -> None:
        done = many.do("plan", moment.isoformat())
        rows.append(
            [
                name,
                f"{done['planned']:,}",
                f"{done['queries']:,}",
                f"{done['seconds']:.1f}",
                f"{done['megabytes']:.0f}",
            ]
        )
        say(" ".join(rows[-1]))

    many.do("run_sql", "VACUUM ANALYZE profiles_reminder")
    plan("the first day ever", days[0])
    # As if each had been sent, so that the next day is one like every other.
    many.do(
        "run_sql",
        "UPDATE profiles_reminder SET state = 'composed';",
    )
    many.do("run_sql", "VACUUM ANALYZE profiles_reminder")
    plan("the busiest day", days[1])
    plan("an hour later", days[1] + timedelta(hours=1))
    header = ("planned", "reminders", "queries", "seconds", "memory, MB")
    print(running.table(header, rows), end="\n\n")
    drain(many, mail, days[1] + timedelta(hours=1), seconds)


SENDING = """
import sys
from datetime import datetime
import django
django.setup()
from imgportal.management.commands import send_messages
from profiles import reference_tables
moment = datetime.fromisoformat(sys.argv[1])
send_messages.run(reference_tables.reference(), clock=lambda: moment)
"""


def drain(many: Site, mail: Path, moment: datetime, seconds: int) -> None:
    """One process, then two, each for some time: messages a second, and memory."""
    rows = []
    for number in (1, 2):
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", SENDING, moment.isoformat()],
                cwd=ROOT,
                env=many.environment,
            )
            for _ in range(number)
        ]
        first = lines_of(mail)
        while lines_of(mail) == first and senders[0].poll() is None:
            time.sleep(0.05)
        start, count = time.monotonic(), lines_of(mail)
        memory = []
        work = [processor_seconds(one.pid) for one in senders]
        for _ in range(10):
            time.sleep(seconds / 10)
            memory.append(max(resident(one.pid) for one in senders))
        taken, sent = time.monotonic() - start, lines_of(mail) - count
        worked = sum(processor_seconds(one.pid) for one in senders) - sum(work)
        for one in senders:
            one.kill()
            one.wait()
        rows.append(
            [
                f"{number} process{'es' * (number > 1)}",
                f"{sent:,}",
                f"{sent / taken:.0f}",
                f"{1_000_000 / (sent / taken) / 3600:.1f}",
                f"{worked / sent * 1000:.1f}",
                " ".join(f"{memory[place]:.0f}" for place in (0, 4, 9)),
            ]
        )
        say(" ".join(rows[-1]))
    print(
        running.table(
            (
                *("sending", "messages", "a second", "hours for a million"),
                *("processor a message, ms", "memory, MB: start, middle, end"),
            ),
            rows,
        )
    )


def lines_of(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def processor_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    ticks = sum(int(field) for field in stat.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


# --------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument(
        "--asking", type=int, default=200, help="members who ask for each page"
    )
    parser.add_argument(
        "--seconds", type=int, default=120, help="how long reminders are sent"
    )
    options = parser.parse_args()
    if options.members % FEW or options.members < FEW:
        parser.error(f"--members must be a multiple of {FEW:,}.")
    running.stop_cleanly()
    print(f"Machine: {running.machine()}.\n")
    good = False
    with ExitStack() as stack:
        directory = stack.enter_context(running.temporary_directory())
        server = stack.enter_context(postgres.server())
        mail, mail_port = directory / "mail", running.free_port()
        stack.enter_context(
            running.started(
                [sys.executable, "benchmarks/mail_server.py", str(mail_port), mail],
                port=mail_port,
                log=directory / "mail.log",
            )
        )
        sites = []
        for name, members in (("few", FEW), ("many", options.members)):
            address = server.create(name)
            sites.append(
                stack.enter_context(site(address, members, mail_port, directory))
            )
        few, many = sites
        good = compare(few, many, options.asking)
        night = many.do("tidy")
        print(
            f"\nOne night of `remove_idle_accounts`: {night['warned']:,} warned and "
            f"{night['removed']:,} removed in {night['seconds']:.0f} s.\n"
        )
        reminders(many, mail, options.seconds)
    if not good:
        sys.exit(
            f"A page takes more than {MOST_RATIO} times as long, or another number of "
            "queries, among a million members."
        )


if __name__ == "__main__":
    main()
