"""What the measuring programs share: the site as in production, and its neighbours.

Everything listens on loopback, lives in one temporary directory and ends with the
program, however it ends.
"""

from __future__ import annotations

import http.client
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60
# The session of the server on each port: itself and everything it started.
session_on: dict[int, int] = {}
SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server said to one request."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""


def say(text: str) -> None:
    """Progress, apart from the results on standard output."""
    print(text, file=sys.stderr, flush=True)


def stop_cleanly() -> None:
    """Let SIGTERM end the program as Ctrl-C does, so that it cleans up."""

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)


@contextmanager
def temporary_directory() -> Iterator[Path]:
    with TemporaryDirectory(prefix="imgportal-benchmark-") as directory:
        yield Path(directory)


def need(program: str, package: str) -> str:
    """Where a program is, installed by apt when that is allowed."""
    if found := shutil.which(program, path=SYSTEM_PATH):
        return found
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        say(f"Installing {package} ...")
        for arguments in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", package],
        ):
            subprocess.run(
                [*as_root, "apt-get", *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
            )
    except (OSError, subprocess.CalledProcessError):
        sys.exit(
            f"This measurement needs {program}, and it could not be installed. "
            f"On Debian or Ubuntu: sudo apt-get install {package}"
        )
    if found := shutil.which(program, path=SYSTEM_PATH):
        return found
    sys.exit(f"The package {package} is installed, but {program} is not on PATH.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=response.read(),
        )
    finally:
        connection.close()


@contextmanager
def started(
    command: Sequence[str | Path],
    *,
    port: int,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """A server that listens on `port`, with everything it starts itself."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    session_on[port] = process.pid
    try:
        _wait_for(process, port, log)
        yield
    finally:
        _end(process)


def processor_seconds(port: int) -> float:
    """The processor time that the server on this port has used so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name may contain anything, but it ends at the last parenthesis.
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == session_on[port]:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    words = log.read_text(encoding="utf-8", errors="replace")
    sys.exit(f"A server did not start. It said:\n{words}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        # The group is the session's own: whatever the server left behind.
        os.killpg(process.pid, signal.SIGKILL)


# --- The site ------------------------------------------------------------------------


def site_environment(directory: Path) -> dict[str, str]:
    """A public server's settings, reached without TLS on this machine only."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CACHE_URL", "DEBUG", "PUBLIC_MAX_AGE", "ANSWERS_MEGABYTES"}
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "imgportal.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "HTTPS": "false",
        "BEHIND_PROXY": "true",
        "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
        "STATIC_ROOT": str(directory / "static"),
    }


def prepare_site(directory: Path) -> dict[str, str]:
    """The site with the founding figures; the environment it runs in."""
    environment = site_environment(directory)
    say("Preparing the site ...")
    subprocess.run(
        [sys.executable, "manage.py", "prepare_site"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return environment


@contextmanager
def site(
    directory: Path, environment: Mapping[str, str], *, name: str, threads: int
) -> Iterator[int]:
    """The production server with one worker process; its port."""
    port = free_port()
    with started(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", str(threads)),
            *("--no-ws", "--log-level", "warning", "imgportal.wsgi:application"),
        ],
        port=port,
        log=directory / f"{name}.log",
        environment=environment,
    ):
        yield port


@contextmanager
def proxy(directory: Path, *, site_port: int, static: Path) -> Iterator[int]:
    """nginx with deploy/nginx.conf, over plain HTTP on loopback; its port."""
    nginx = need("nginx", "nginx-light")
    port, redirect_port = free_port(), free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for theirs, ours in {
        "/var/cache/nginx/imgportal": str(directory / "cache"),
        "/var/lib/imgportal/static": str(static),
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{site_port};",
        "listen 80;": f"listen 127.0.0.1:{redirect_port};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        "listen [::]:443 ssl http2;": "",
    }.items():
        if theirs not in text:
            sys.exit(f"deploy/nginx.conf no longer contains {theirs!r}.")
        text = text.replace(theirs, ours)
    without_tls = "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("ssl_")
    )
    (directory / "site.conf").write_text(without_tls, encoding="utf-8")
    types = Path("/etc/nginx/mime.types")
    (directory / "nginx.conf").write_text(
        # Root would hand over to a user who may not read a temporary directory.
        ("user root;\n" if os.geteuid() == 0 else "")
        + f"pid {directory}/nginx.pid;\nerror_log {directory}/error.log;\n"
        "daemon off;\nworker_processes 1;\nevents {}\nhttp {\naccess_log off;\n"
        # As in the nginx.conf of Debian.
        "sendfile on;\ntcp_nopush on;\n"
        + (f"include {types};\n" if types.is_file() else "")
        + "".join(
            f"{kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"include {directory}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    with started(
        [
            *(nginx, "-c", str(directory / "nginx.conf"), "-p", str(directory)),
            *("-e", str(directory / "error.log")),
        ],
        port=port,
        log=directory / "nginx.log",
    ):
        yield port


# --- The machine ---------------------------------------------------------------------


def first_line(*command: str) -> str:
    """What a program says about its version, on whichever stream."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else ""


def machine() -> str:
    """Processor, cores, system and the versions that the results depend on."""
    model = platform.processor() or platform.machine()
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    load = os.getloadavg()[0]
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, Django {version('django')}, "
        f"granian {version('granian')}; load before the start {load:.1f}"
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left and the others to the right."""
    lines = [
        header,
        ["---", *("---:" for _ in header[1:])],
        *rows,
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
