"""A server of files that misbehaves as it is told.

Use it as ``with Mirror(files, faults=[Cut(100)]).start() as mirror: mirror.address("a.whl")``.
Each request for a file takes the next fault; when there are no more, it behaves.
"""

from __future__ import annotations

import ssl
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATES = Path(__file__).with_name("certificates")


@dataclass(frozen=True)
class Cut:
    """Close the connection after so many bytes of what was asked for."""

    after: int


@dataclass(frozen=True)
class Status:
    """Answer with a status; ``after`` is what ``Retry-After`` says, empty for nothing."""

    code: int
    after: str = ""


@dataclass(frozen=True)
class Spoilt:
    """Send other bytes of the same length."""


@dataclass(frozen=True)
class Length:
    """Say, and send, so many bytes more (or fewer)."""

    more: int


@dataclass(frozen=True)
class Hang:
    """Say nothing for so many seconds, after so many bytes; then close."""

    seconds: float
    after: int = 0


@dataclass(frozen=True)
class Whole:
    """Send the whole file whatever range was asked for."""


@dataclass(frozen=True)
class Round:
    """Lead to oneself, without end."""


@dataclass(frozen=True)
class Page:
    """Send a web page with status 200, as a network's login page does."""


@dataclass(frozen=True)
class Packed:
    """Say that the bytes are compressed."""


@dataclass(frozen=True)
class Shifted:
    """Send another range than was asked for."""


Fault = Cut | Status | Spoilt | Length | Hang | Whole | Round | Page | Packed | Shifted


@dataclass(frozen=True)
class Served:
    """One answer: which file, from which byte, how many bytes were sent, with which status."""

    name: str
    start: int
    sent: int
    status: int


@dataclass
class Mirror:
    """Files by name, and what goes wrong.

    ``always`` goes wrong at every request. ``rate`` is in bytes a second, 0 for no limit.
    ``certificate`` names one of the certificates, empty for plain http.
    """

    files: dict[str, bytes]
    faults: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    rate: int = 0
    delay: float = 0.0
    ranges: bool = True
    certificate: str = ""
    served: list[Served] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def start(self) -> Iterator[Mirror]:
        """Serve from a free port until the block ends."""
        handler = type("Handler", (_Handler,), {"mirror": self, "lock": threading.Lock()})
        with _Server(("127.0.0.1", 0), handler) as server:
            scheme = "http"
            if self.certificate:
                scheme = "https"
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(CERTIFICATES / f"{self.certificate}.pem")
                server.socket = context.wrap_socket(server.socket, server_side=True)
            self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def address(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self.url}/{name}"

    def bytes_of(self, name: str) -> int:
        """Return how many bytes of a file were sent in all."""
        return sum(one.sent for one in self.served if one.name == name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or trusts nobody, is what tests are about."""
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on


class _Handler(BaseHTTPRequestHandler):
    mirror: Mirror
    lock: threading.Lock
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        mirror = self.mirror
        name = unquote(urlsplit(self.path).path).lstrip("/")
        with self.lock:
            mirror.asked.append(name)
            fault = mirror.faults.pop(0) if mirror.faults else mirror.always
        time.sleep(mirror.delay)
        body = mirror.files.get(name)
        if body is None:
            self._plain(404, b"not here", name)
        elif isinstance(fault, Status):
            headers = {"Retry-After": fault.after} if fault.after else {}
            self._plain(fault.code, b"no", name, headers)
        elif isinstance(fault, Round):
            mirror.faults.insert(0, fault)
            self._plain(302, b"", name, {"Location": self.path})
        elif isinstance(fault, Page):
            self._plain(200, b"<html><title>Welcome</title></html>", name)
        else:
            self._file(name, body, fault)

    do_HEAD = do_GET  # noqa: N815 - http.server looks it up by this name

    def log_message(self, *args: object) -> None:
        """Keep quiet; the answers are in ``Mirror.served``."""

    def _file(self, name: str, body: bytes, fault: Fault | None) -> None:
        whole = len(body)
        if isinstance(fault, Spoilt):
            body = bytes(byte ^ 0x5A for byte in body)
        if isinstance(fault, Length):
            body = body + b"\0" * fault.more if fault.more > 0 else body[: fault.more]
            whole = len(body)
        start, status = self._start(fault), 200
        if start >= whole and start:
            self._plain(416, b"", name, {"Content-Range": f"bytes */{whole}"})
            return
        headers = {"Accept-Ranges": "bytes"} if self.mirror.ranges else {}
        if isinstance(fault, Packed):
            headers["Content-Encoding"] = "gzip"
        if start:
            shown = start - 7 if isinstance(fault, Shifted) else start
            status, headers["Content-Range"] = 206, f"bytes {shown}-{whole - 1}/{whole}"
            start = shown
        end = self._end(whole)
        if end < whole:
            status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{whole}"
        self._send(name, start, body[start:end], status, headers, fault)

    def _start(self, fault: Fault | None) -> int:
        asked = self.headers.get("Range", "")
        if not asked or not self.mirror.ranges or isinstance(fault, Whole):
            return 0
        return int(asked.removeprefix("bytes=").partition("-")[0] or 0)

    def _end(self, whole: int) -> int:
        last = self.headers.get("Range", "").rpartition("-")[2]
        return min(whole, int(last) + 1) if last and self.mirror.ranges else whole

    def _send(  # noqa: PLR0917  # what an answer is made of
        self,
        name: str,
        start: int,
        body: bytes,
        status: int,
        headers: dict[str, str],
        fault: Fault | None,
    ) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        sent = 0
        try:
            if self.command != "HEAD":
                sent = self._body(body, fault)
        finally:
            self.mirror.served.append(Served(name, start, sent, status))

    def _body(self, body: bytes, fault: Fault | None) -> int:
        limit = len(body)
        if isinstance(fault, (Cut, Hang)):
            limit = min(limit, fault.after)
        sent, began = 0, time.perf_counter()
        step = 16 * 1024 if self.mirror.rate else 256 * 1024
        while sent < limit:
            piece = body[sent : min(limit, sent + step)]
            self.wfile.write(piece)
            sent += len(piece)
            if self.mirror.rate:
                time.sleep(max(0.0, began + sent / self.mirror.rate - time.perf_counter()))
        if isinstance(fault, Hang):
            self.wfile.flush()
            time.sleep(fault.seconds)
        if limit < len(body) or isinstance(fault, Hang):
            self.close_connection = True
        return sent

    def _plain(
        self, status: int, body: bytes, name: str, headers: dict[str, str] | None = None
    ) -> None:
        self._send(name, 0, body, status, headers or {}, None)
