"""A real mail server that may accept and say nothing, until it is told to go on."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue
from threading import Event, Thread
from typing import cast


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.is_called = Event()  # somebody has connected
        self.speaks = Event()
        self.answers_texts = True  # False: it takes a message and says no word of it
        self.refuses_passwords = False
        self.refused = 0
        self.taken: Queue[EmailMessage] = Queue()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as `smtplib` needs."""

    def handle(self) -> None:
        server = cast(MailServer, self.server)
        server.is_called.set()
        server.speaks.wait()
        with suppress(ConnectionError):  # whoever called has ended
            self._converse(server)

    def _converse(self, server: MailServer) -> None:
        self._say("220 ready")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                text = b"".join(lines).replace(b"\r\n", b"\n")
                message = message_from_bytes(text, policy=policy.default)
                server.taken.put(message)
                if not server.answers_texts:
                    continue
            if server.refuses_passwords and word in (b"EHLO", b"AUTH"):
                self._refuse_password(server, word)
                continue
            self._say("221 bye" if word == b"QUIT" else "250 yes")
            if word == b"QUIT":
                return

    def _refuse_password(self, server: MailServer, word: bytes) -> None:
        if word == b"EHLO":
            self._say("250-yes\r\n250 AUTH PLAIN")
            return
        server.refused += 1
        self._say("535 not this one")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def listening() -> Iterator[MailServer]:
    with MailServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.speaks.set()
        server.shutdown()
