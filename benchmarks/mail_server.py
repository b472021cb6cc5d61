"""A mail server that takes every message and writes down for whom, and nothing else.

    python benchmarks/mail_server.py PORT FILE

One line a message in FILE, before the sender hears that it was taken: the recipient
and the Message-ID. It speaks as much SMTP as `smtplib` needs.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TextIO


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, book: TextIO
) -> None:
    def say(words: str) -> None:
        writer.write(f"{words}\r\n".encode())

    recipient = ""
    say("220 ready")
    try:
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                say("250 localhost")
            elif word == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                say("250 yes")
            elif word == b"DATA":
                say("354 go on")
                await writer.drain()
                text = await reader.readuntil(b"\r\n.\r\n")
                book.write(f"{recipient} {_identity(text)}\n")
                book.flush()
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                break
            else:
                say("250 yes")
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # the sender was killed: what it did not finish was not taken
    finally:
        writer.close()


def _identity(text: bytes) -> str:
    for line in text.split(b"\r\n\r\n", 1)[0].split(b"\r\n"):
        if line.lower().startswith(b"message-id:"):
            return line.partition(b":")[2].strip().decode()
    return "-"


async def serve(port: int, path: str) -> None:
    with open(path, "a", encoding="utf-8") as book:
        server = await asyncio.start_server(
            lambda reader, writer: _converse(reader, writer, book),
            "127.0.0.1",
            port,
            limit=2**20,
        )
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
