"""`send_messages`, killed fifty times at random points: what is lost, what comes twice?

Real processes of the real command, one or two at once, a real database server and a
mail server that writes down every message that it took. Each is killed (SIGKILL) some
milliseconds after it has reached the database. Then the claims of the dead are let run
out, and the next ones start. At last one runs to its end, and every member's messages
are counted. Fails when somebody got none without the command saying so, somebody got
three, or somebody got two without a kill between handing over and noting.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import postgres
import psycopg
import running
from running import ROOT

# Somebody with an exam that was planned for yesterday, of which nobody has said what
# became: one reminder each, due today.
MEMBERS = """
INSERT INTO imgportal_user
    (id, password, is_superuser, email, is_staff, is_active, date_joined)
SELECT n, '', false, 'member' || n || '@example.org', false, true, now()
FROM generate_series(1, {members}) AS n;
INSERT INTO profiles_examattempt
    (version, exam, "on", state, outcome, for_time_limit, owner_id)
SELECT 1, 'step2ck', (now() AT TIME ZONE 'America/New_York')::date - 1, 'planned', '',
       false, n
FROM generate_series(1, {members}) AS n;
"""
# A quarter of an hour passes, for everything that is stored.
LATER = """
UPDATE imgportal_outgoingmessage
SET next_try_at = next_try_at - interval '16 minutes'
WHERE state = 'waiting'
"""
STATE = """
SELECT reminder.owner_id, coalesce(message.state, reminder.state),
       message.id IS NOT NULL, coalesce(message.unclear, 0)
FROM profiles_reminder AS reminder
LEFT JOIN imgportal_outgoingmessage AS message USING (owner_id)
"""
PATIENCE = 120

# By member: state, in a message, begun.
State = dict[int, tuple[str, bool, int]]


class Trial:
    def __init__(self, environment: dict[str, str], address: str, mail: Path) -> None:
        self.environment, self.mail = environment, mail
        self.database = psycopg.connect(address, autocommit=True)
        self.points: Counter[str] = Counter()
        # Whom a kill hit after the mail server had the message and before it was noted.
        self.hit: Counter[int] = Counter()

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "send_messages"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
        )

    def state(self) -> State:
        return {row[0]: row[1:] for row in self.database.execute(STATE).fetchall()}

    def connections(self) -> int:
        row = self.database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        return int(row[0]) if row else 0

    def wait_for(self, connections: int) -> None:
        give_up_at = time.monotonic() + PATIENCE
        while self.connections() < connections:
            if time.monotonic() > give_up_at:
                sys.exit("send_messages did not reach the database.")
            time.sleep(0.001)

    def taken(self) -> Counter[int]:
        """How many messages each member got."""
        lines = self.mail.read_text().splitlines() if self.mail.exists() else []
        return Counter(
            int(line.partition("@")[0].removeprefix("member")) for line in lines
        )

    def kill(self, together: int, delays: list[float]) -> None:
        """Start so many at once, and kill each after its delay."""
        before, taken = self.state(), self.taken()
        senders = [self.start() for _ in range(together)]
        self.wait_for(together)
        for sender, delay in zip(senders, delays, strict=True):
            time.sleep(delay)
            sender.send_signal(signal.SIGKILL)
        for sender in senders:
            sender.communicate()
        # What the dead had asked for may still be at work in the database.
        while self.connections():
            time.sleep(0.001)
        time.sleep(0.02)  # and what they had sent, in the mail server
        self._note(together, before, self.state(), taken, self.taken())

    def _note(
        self,
        kills: int,
        before: State,
        after: State,
        taken: Counter[int],
        taken_now: Counter[int],
    ) -> None:
        points = []
        for owner, (state, _, begun) in after.items():
            _, _, had_begun = before.get(owner, ("", False, 0))
            if state != "waiting" or begun == had_begun:
                continue
            if taken_now[owner] > taken[owner]:
                points.append("taken by the mail server, not noted")
                self.hit[owner] += 1
            else:
                points.append("begun, not taken by the mail server")
        put = sum(in_message for _, in_message, _ in after.values())
        if len(after) == len(before) == 0:
            points += ["before or while planning"] * (kills - len(points))
        elif put == len(taken_now) and taken_now == taken and not points:
            points += ["before or while making messages"] * kills
        elif taken_now == taken and not points:
            points += ["before the first message"] * kills
        points += ["between two members"] * (kills - len(points))
        self.points.update(points[:kills])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=3_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument(
        "--longest",
        type=float,
        default=1.0,
        help="seconds after which a run is killed at the latest; more on a busy machine",
    )
    parser.add_argument("--seed", type=int, default=20261126)
    options = parser.parse_args()
    running.stop_cleanly()
    print(f"Machine: {running.machine()}.\n")
    with ExitStack() as stack:
        directory = stack.enter_context(running.temporary_directory())
        server = stack.enter_context(postgres.server())
        mail, port = directory / "mail", running.free_port()
        stack.enter_context(
            running.started(
                [sys.executable, "benchmarks/mail_server.py", str(port), mail],
                port=port,
                log=directory / "mail.log",
            )
        )
        address = server.create("reminders")
        environment = running.site_environment(directory) | {
            "DATABASE_URL": address,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        }
        for command in ("migrate", "load_figures", "load_rules"):
            subprocess.run(
                [sys.executable, "manage.py", command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        trial = Trial(
            environment,
            f"host={server.directory} user=imgportal dbname=reminders",
            mail,
        )
        trial.database.execute(MEMBERS.format(members=options.members))
        measure(trial, options.members, options.kills, options.longest, options.seed)


def measure(trial: Trial, members: int, kills: int, longest: float, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same moments every time
    done = 0
    while done < kills:
        together = min(chance.choice((1, 1, 2)), kills - done)
        # Half of them soon, where planning and the first claims are.
        most = chance.choice((0.15 * longest, longest))
        trial.kill(together, [chance.uniform(0, most) for _ in range(together)])
        trial.database.execute(LATER)
        done += together
    before_last = sum(trial.taken().values())
    last = trial.start()
    said = last.communicate(timeout=PATIENCE * 5)[0].decode()
    if last.returncode:
        sys.exit(f"The last run failed:\n{said}")

    taken = trial.taken()
    states = Counter(state for state, _, _ in trial.state().values())
    never = [owner for owner in range(1, members + 1) if not taken[owner]]
    twice = [owner for owner, times in taken.items() if times == 2]
    unexplained = [owner for owner in twice if not trial.hit[owner]]
    rows = [[point, f"{count}"] for point, count in trial.points.most_common()]
    print(running.table(("where the kill came", "kills"), rows), end="\n\n")
    outcome = [
        ["reminders planned", f"{sum(states.values()):,} of {members:,}"],
        ["messages before the last run", f"{before_last:,}"],
        ["members with one message", f"{sum(n == 1 for n in taken.values()):,}"],
        ["members with two", f"{len(twice)}"],
        ["of these without a kill between handing over and noting", len(unexplained)],
        ["members with three or more", sum(n > 2 for n in taken.values())],
        ["members with none", f"{len(never)}"],
        ["reminders called unclear by the command", states["unclear"]],
        ["reminders left over", states["waiting"]],
    ]
    print(running.table(("outcome", "number"), [[a, str(b)] for a, b in outcome]))
    # Begun twice, and killed both times before the mail server had it: nobody can know,
    # and the command says so. It is the price of never sending a third time.
    quiet = [owner for owner in never if trial.state()[owner][0] != "unclear"]
    if quiet or unexplained or max(taken.values()) > 2 or states["waiting"]:
        sys.exit("A reminder was lost, or sent more often than is promised.")


if __name__ == "__main__":
    main()
