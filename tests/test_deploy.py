"""deploy/nginx.conf as nginx understands it, in front of a stand-in for the site."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from imgportal.lib.log_redaction import SECRET_PREFIXES

ROOT = Path(__file__).resolve().parent.parent
STYLESHEET = b"body { color: #1b2430 }\n" * 100


@dataclass
class StandIn:
    """What the site was asked, and with which headers the last time."""

    asked: Counter[str] = field(default_factory=Counter)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proxy:
    tls_port: int
    plain_port: int
    site: StandIn
    logs: tuple[Path, Path]

    def get(
        self, path: str, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        return self._ask(
            http.client.HTTPSConnection(
                "127.0.0.1", self.tls_port, context=trusting, timeout=10
            ),
            path,
            headers,
        )

    def get_without_tls(self, path: str) -> http.client.HTTPResponse:
        return self._ask(
            http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10), path
        )

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        headers: dict[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        connection.request(
            "GET", path, headers={"Host": "figures.example.org"} | (headers or {})
        )
        response = connection.getresponse()
        # Kept for `read()` after the connection is gone.
        body = response.read()
        connection.close()
        response.read = lambda amt=None: body  # type: ignore[method-assign]
        return response


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx did not start")


@pytest.fixture(scope="module")
def stand_in() -> Iterator[tuple[StandIn, int]]:
    site = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked[self.path] += 1
            if self.path.endswith("/drops"):
                # As a site does that is restarted.
                self.close_connection = True
                self.connection.close()
                return
            site.headers = {name.lower(): value for name, value in self.headers.items()}
            body = b"figures"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "public, max-age=60")
            self.send_header("Vary", "Accept-Encoding")
            if self.path.startswith("/sets-a-cookie"):
                self.send_header("Set-Cookie", "sessionid=1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def proxy(
    stand_in: tuple[StandIn, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    site, site_port = stand_in
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.fail("This needs nginx and openssl: apt-get install nginx-light openssl")
    directory = tmp_path_factory.mktemp("nginx")
    static = directory / "static"
    static.mkdir()
    for name in ("site.css", "site.0123456789ab.css"):
        (static / name).write_bytes(STYLESHEET)
        (static / f"{name}.gz").write_bytes(gzip.compress(STYLESHEET))
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=figures.example.org"),
            *("-keyout", str(directory / "privkey.pem")),
            *("-out", str(directory / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    tls_port, plain_port = free_port(), free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for theirs, ours in {
        "/etc/letsencrypt/live/figures.example.org": str(directory),
        "/var/cache/nginx/imgportal": str(directory / "cache"),
        "/var/lib/imgportal/static": str(static),
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{site_port};",
        # So that a slow machine asks too often as well.
        "rate=5r/s": "rate=1r/m",
        "rate=20r/s": "rate=1r/m",
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{tls_port} ssl http2;",
        "listen [::]:443 ssl http2;": "",
    }.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    (directory / "site.conf").write_text(text)
    types = Path("/etc/nginx/mime.types")
    (directory / "nginx.conf").write_text(
        # Root would hand over to a user who may not read a temporary directory.
        ("user root;\n" if os.geteuid() == 0 else "")
        + f"pid {directory}/nginx.pid;\nerror_log {directory}/error.log;\n"
        "daemon off;\nevents {}\n"
        f"http {{\naccess_log {directory}/access.log;\n"
        + (f"include {types};\n" if types.is_file() else "")
        + "".join(
            f"{kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"include {directory}/site.conf;\n}}\n"
    )
    command = [nginx, "-c", str(directory / "nginx.conf"), "-p", str(directory)]
    command += ["-e", str(directory / "error.log")]
    check = subprocess.run(
        [*command, "-t"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stderr
    process = subprocess.Popen(command)
    try:
        wait_for(tls_port)
        yield Proxy(
            tls_port=tls_port,
            plain_port=plain_port,
            site=site,
            logs=(directory / "access.log", directory / "error.log"),
        )
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_public_page_is_asked_for_once(proxy: Proxy) -> None:
    first, second = proxy.get("/match/?once"), proxy.get("/match/?once")

    assert first.read() == second.read() == b"figures"
    assert proxy.site.asked["/match/?once"] == 1


@pytest.mark.parametrize(
    ("path", "is_limited"),
    [
        ("/embed/match-rates.png", True),
        ("/social/match/picture.png", True),
        ("/embed/match-rates.svg", False),
        ("/match/", False),
        ("/match/?q=/embed/a.png", False),
    ],
)
def test_one_client_asks_for_a_few_pictures_a_second(
    proxy: Proxy, path: str, is_limited: bool
) -> None:
    joined = "&" if "?" in path else "?"

    statuses = {proxy.get(f"{path}{joined}n={n}").status for n in range(60)}

    assert (429 in statuses) == is_limited


def test_program_that_runs_away_is_told_to_wait(proxy: Proxy) -> None:
    answers = [proxy.get(f"/api/v1/sources?offset={n}") for n in range(70)]

    assert {answer.status for answer in answers[:60]} == {200}
    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) >= 8
    for answer in refused:
        assert answer.status == 429
        assert answer.getheader("Retry-After") == "5"
        assert answer.getheader("Content-Type") == "application/problem+json"
        assert answer.getheader("Access-Control-Allow-Origin") == "*"
        assert json.loads(answer.read())["status"] == 429


@pytest.mark.parametrize(
    "path",
    [
        "/me/",
        "/me",
        "/accounts/login/",
        "/report/",
        "/admin/",
        "/healthz",
        "/sets-a-cookie",
    ],
)
def test_page_of_one_person_is_never_kept(proxy: Proxy, path: str) -> None:
    before = proxy.site.asked[path]

    proxy.get(path)
    proxy.get(path)

    assert proxy.site.asked[path] == before + 2


@pytest.mark.parametrize("beginning", SECRET_PREFIXES)
def test_no_log_keeps_a_secret_address(proxy: Proxy, beginning: str) -> None:
    """The named public address shows that each log is written."""
    secret = f"/{beginning}/abc-123_secret"

    assert proxy.get(f"{secret}/").status == 200
    assert proxy.get(f"{secret}/drops").status == 502
    assert proxy.get_without_tls(f"{secret}/").status == 301
    assert proxy.get("/match/named/drops").status == 502
    assert proxy.get_without_tls("/match/named/plain").status == 301

    access, errors = (log.read_text() for log in proxy.logs)
    assert "abc-123_secret" not in access + errors
    assert "/match/named/drops" in access
    assert "/match/named/plain" in access
    assert "/match/named/drops" in errors


@pytest.mark.parametrize("beginning", SECRET_PREFIXES)
def test_a_secret_address_is_never_kept(proxy: Proxy, beginning: str) -> None:
    path = f"/{beginning}/kept"

    proxy.get(path)
    proxy.get(path)

    assert proxy.site.asked[path] == 2


def test_public_page_with_a_similar_name_is_kept(proxy: Proxy) -> None:
    proxy.get("/methods/")
    proxy.get("/methods/")

    assert proxy.site.asked["/methods/"] == 1


def test_visitor_cannot_say_how_they_came(proxy: Proxy) -> None:
    proxy.get(
        "/me/told",
        {
            "X-Forwarded-Proto": "http",
            "X-Real-IP": "192.0.2.1",
            "X-Forwarded-For": "192.0.2.1",
        },
    )

    assert proxy.site.headers["x-forwarded-proto"] == "https"
    assert proxy.site.headers["x-real-ip"] == "127.0.0.1"
    assert proxy.site.headers["x-forwarded-for"] == "127.0.0.1"
    assert proxy.site.headers["host"] == "figures.example.org"


def test_plain_request_is_sent_to_https(proxy: Proxy) -> None:
    response = proxy.get_without_tls("/match/2024/")

    assert response.status == 301
    assert response.getheader("Location") == "https://figures.example.org/match/2024/"


def test_static_file_comes_compressed_and_stays(proxy: Proxy) -> None:
    response = proxy.get("/static/site.0123456789ab.css", {"Accept-Encoding": "gzip"})

    assert gzip.decompress(response.read()) == STYLESHEET
    assert response.getheader("Content-Type") == "text/css"
    assert "immutable" in (response.getheader("Cache-Control") or "")
    assert proxy.site.asked["/static/site.0123456789ab.css"] == 0


def test_static_file_without_a_hash_may_change(proxy: Proxy) -> None:
    response = proxy.get("/static/site.css")

    assert response.read() == STYLESHEET
    assert "immutable" not in (response.getheader("Cache-Control") or "")
