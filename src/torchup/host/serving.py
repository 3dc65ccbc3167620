"""A small read-only web server for the people in one room."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_BLOCK: Final = 1 << 18
_SILENT_S: Final = 60
"""Seconds after which a client that says nothing is let go."""
_NOWHERE: Final = ("192.0.2.1", 9)
"""An address that no machine has (RFC 5737): asking for the way there sends nothing."""


class Part(NamedTuple):
    """Bytes of a file: which file, from where, how many."""

    path: Path
    start: int
    size: int


class Asked(NamedTuple):
    """A request: the path, decoded, and the headers, by lower-case name."""

    path: str
    headers: dict[str, str]


class Answer(NamedTuple):
    """What is sent back; the body is at hand, or lies in a file."""

    status: int
    headers: dict[str, str]
    body: bytes | Part = b""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over clients that went away in the middle."""


def serve(
    address: str, port: int, answer: Callable[[Asked], Answer], ready: Callable[[int], None]
) -> None:
    """Serve until somebody stops it (``KeyboardInterrupt``).

    Args:
        address: of this machine; empty for all of them.
        port: 0 for a free one.
        answer: answers GET; HEAD is made of it.
        ready: told the port, once requests are taken.

    Raises:
        OSError: the port is taken, or the address isn't this machine's.
    """
    handler = type("Handler", (_Handler,), {"answer": staticmethod(answer)})
    with _Server((address, port), handler) as server:
        ready(int(server.server_address[1]))
        server.serve_forever(poll_interval=0.2)


def own_address() -> str:
    """The address by which others in this network reach this machine; loopback where none do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(_NOWHERE)
        except OSError:
            return "127.0.0.1"
        return str(asked.getsockname()[0])


class _Handler(BaseHTTPRequestHandler):
    answer: Callable[[Asked], Answer]
    protocol_version = "HTTP/1.1"
    server_version = "torchup"
    sys_version = ""

    def setup(self) -> None:
        """Take a connection, for as long as something comes over it."""
        super().setup()
        self.connection.settimeout(_SILENT_S)

    def do_GET(self) -> None:
        """Answer."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = unquote(urlsplit(self.path).path)
        found = type(self).answer(Asked(path, headers))
        body = found.body
        size = len(body) if isinstance(body, bytes) else body.size
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command == "HEAD":
            return
        if isinstance(body, bytes):
            self.wfile.write(body)
        else:
            self._send(body)

    do_HEAD = do_GET  # noqa: N815  # http.server looks it up by this name

    def _send(self, part: Part) -> None:
        left = part.size
        with part.path.open("rb") as stream:
            stream.seek(part.start)
            while left and (block := stream.read(min(left, _BLOCK))):
                self.wfile.write(block)
                left -= len(block)
        self.close_connection = self.close_connection or bool(left)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        """Keep quiet: a line for each file of each student tells nobody anything."""
