"""A PostgreSQL server for one program: a socket in a directory of its own, no port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from running import need, say

# As a small server of one's own would be set up. Everything that makes a commit
# durable is as PostgreSQL comes.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}


@dataclass(frozen=True, kw_only=True)
class Server:
    directory: Path
    programs: Path

    def address(self, database: str) -> str:
        return f"postgresql://imgportal@/{self.directory}/{database}"

    def create(self, database: str) -> str:
        """A new database; its address."""
        self._run(
            "createdb", "--host", self.directory, "--username=imgportal", database
        )
        return self.address(database)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [*_as_server(), self.programs / program, *arguments],
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{program} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def server() -> Iterator[Server]:
    directory = Path(mkdtemp(prefix="imgportal-benchmark-pg-"))
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres")
    found = Server(directory=directory, programs=_programs())
    say("Starting PostgreSQL ...")
    data = directory / "data"
    try:
        found._run(
            "initdb",
            *(f"--pgdata={data}", "--username=imgportal", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C"),
        )
        settings = SETTINGS | {"unix_socket_directories": str(directory)}
        log = directory / "server.log"
        found._run(
            "pg_ctl",
            *(f"--pgdata={data}", f"--log={log}", "--wait", "--silent", "--options"),
            " ".join(f"-c {name}='{value}'" for name, value in settings.items()),
            "start",
        )
        yield found
    finally:
        if (data / "postmaster.pid").exists():
            found._run("pg_ctl", f"--pgdata={data}", "--mode=immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)


def _programs() -> Path:
    """The newest installed server; a pg_ctl on PATH may be a wrapper for another one."""

    def installed() -> list[Path]:
        return sorted(
            (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
            key=lambda path: int(path.parent.name),
        )

    if not installed() and not shutil.which("initdb"):
        need("psql", "postgresql")
    if found := installed():
        return found[-1]
    return Path(need("initdb", "postgresql")).parent


def _as_server() -> list[str]:
    # The server refuses root, so root hands over to another user.
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
