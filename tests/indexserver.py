"""A package index for tests: small real wheels, and a server on the loopback address.

One folder tree is served as PyPI and as the framework's own indexes::

    root/simple/*.whl       /simple/NAME/
    root/whl/cu126/*.whl    /whl/cu126/NAME/    and one page of links: /whl/cu126/links.html

Use it as ``with IndexServer(root).start() as server: server.index("whl/cu126")``.
"""

from __future__ import annotations

import base64
import hashlib
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

from indexpages import html_page, json_page, project_list_html, project_list_json, project_of
from wheelmaker import make_wheel, metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Fault = Literal[
    "404", "403", "500", "503", "truncated", "slow", "wrong-hash", "spoilt", "redirect", "login"
]
__all__ = ["IndexServer", "Request", "make_wheel"]

_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class Request:
    """One request that the server got; header names are lower-case."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class IndexServer:
    """A PEP 503 and PEP 691 index whose manners can be changed while it runs.

    ``faults`` maps a part of a path (``…$``: its end) to what goes wrong there; the first that
    matches counts.
    ``passing`` maps one to what goes wrong there request by request, as long as there is some.
    ``uploaded`` maps a part of a file's name to the time of its upload, told in JSON only.
    ``flat`` makes the folder of an index one page of all its files, as some mirrors have it.
    ``projects`` makes an index list the names of all its projects.
    """

    root: Path
    json: bool = False
    metadata: bool = True
    ranges: bool = True
    hashes: bool = True
    etag: bool = False
    max_age: int | None = None
    login: str = ""
    yanked: tuple[str, ...] = ()
    uploaded: dict[str, str] = field(default_factory=dict)
    projects: bool = False
    flat: bool = False
    slow_s: float = 2.0
    faults: dict[str, Fault] = field(default_factory=dict)
    passing: dict[str, list[Fault]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def start(self, address: str = "127.0.0.1") -> Iterator[IndexServer]:
        """Serve from a free port of an address, the loopback's by default, until the block ends."""
        handler = type("Handler", (_Handler,), {"index": self})
        with _Server((address, 0), handler) as server:
            self.url = f"http://{address}:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def index(self, path: str = "simple") -> str:
        """Return an index's address, such as that of ``whl/cu126``."""
        return f"{self.url}/{path}"

    def links(self, path: str = "simple") -> str:
        """Return the address of a page with every wheel of an index."""
        return f"{self.url}/{path}/links.html"

    def asked(self, part: str = "", method: str | None = None) -> list[Request]:
        """Return the requests whose path has ``part`` in it."""
        return [r for r in self.requests if part in r.path and method in {None, r.method}]

    def next_fault(self, path: str) -> Fault | None:
        """Return what goes wrong at a path this time."""
        for part, faults in self.passing.items():
            if _matches(part, path) and faults:
                return faults.pop(0)
        return self.fault(path)

    def fault(self, path: str) -> Fault | None:
        """Return what goes wrong at a path."""
        return next((fault for part, fault in self.faults.items() if _matches(part, path)), None)


def _matches(part: str, path: str) -> bool:
    """Tell whether a path has a part; ``…$`` is its end."""
    return path.endswith(part[:-1]) if part.endswith("$") else part in path


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what some tests are about; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on


class _Handler(BaseHTTPRequestHandler):
    index: IndexServer
    fault: Fault | None = None
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.index.requests.append(Request(self.command, path, headers))
        fault = self.fault = self.index.next_fault(path)
        if fault is not None and self._refused(path, fault):
            return
        expected = "Basic " + base64.b64encode(self.index.login.encode()).decode()
        if self.index.login and headers.get("authorization") != expected:
            self._send(401, b"login needed", "text/plain")
        elif path.startswith("/files/"):
            self._file(path.removeprefix("/files/"))
        else:
            self._page(path)

    do_HEAD = do_GET  # noqa: N815 - http.server looks it up by this name

    def log_message(self, *args: object) -> None:
        """Keep quiet; the requests are in ``IndexServer.requests``."""

    def _refused(self, path: str, fault: Fault) -> bool:
        if fault.isdigit():
            self._send(int(fault), fault.encode(), "text/plain")
        elif fault == "redirect" and not urlsplit(self.path).query:
            self._send(302, b"", "text/plain", {"Location": f"{quote(path)}?again"})
        elif fault == "login":
            page = (
                b"<html><title>Welcome</title><form action=/login><input name=user></form></html>"
            )
            self._send(200, page, "text/html")
        else:
            if fault == "slow":
                time.sleep(self.index.slow_s)
            return False
        return True

    def _page(self, path: str) -> None:
        folder, _, name = path.strip("/").rpartition("/")
        if self.index.projects and (self.index.root / path.strip("/")).is_dir():
            self._projects(path.strip("/"))
            return
        if self.index.flat and (self.index.root / path.strip("/")).is_dir():
            wheels = self._wheels(path.strip("/"))
        elif name == "links.html":
            wheels = self._wheels(folder)
        elif path.endswith("/"):
            wheels = [w for w in self._wheels(folder) if project_of(w) == name]
        else:
            wheels = []
        if not wheels:
            self._send(404, b"not found", "text/plain")
            return
        asked = self.headers.get("Accept", "")
        if self.index.json and _JSON in asked and name != "links.html":
            self._send(200, json_page(self.index, name, wheels), _JSON)
        else:
            self._send(200, html_page(self.index, name, wheels), "text/html; charset=utf-8")

    def _projects(self, folder: str) -> None:
        names = sorted({project_of(wheel) for wheel in self._wheels(folder)})
        if self.index.json and _JSON in self.headers.get("Accept", ""):
            self._send(200, project_list_json(names), _JSON)
        else:
            self._send(200, project_list_html(names), "text/html; charset=utf-8")

    def _wheels(self, folder: str) -> list[Path]:
        place = self.index.root / folder
        return sorted((*place.glob("*.whl"), *place.glob("*.tar.gz")))

    def _file(self, place: str) -> None:
        path = self.index.root / place
        if path.is_file():
            self._send(200, path.read_bytes(), "application/octet-stream")
        elif place.endswith(".metadata") and self.index.metadata:
            wheel = path.with_name(path.name.removesuffix(".metadata"))
            if wheel.is_file():
                self._send(200, metadata_of(wheel), "text/plain")
                return
            self._send(404, b"not found", "text/plain")
        else:
            self._send(404, b"not found", "text/plain")

    def _send(
        self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        sent = {"Content-Type": kind, **(headers or {})}
        if status == 200:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.index.etag:
                sent["ETag"] = tag
            if self.index.max_age is not None:
                sent["Cache-Control"] = f"max-age={self.index.max_age}"
            if self.index.etag and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            elif self.index.ranges and kind == "application/octet-stream":
                sent["Accept-Ranges"] = "bytes"
                status, body = self._part(body, sent)
        cut = self.fault == "truncated"
        if self.fault == "spoilt":
            body = bytes(byte ^ 0x5A for byte in body)
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body[: len(body) // 2] if cut else body)
            self.close_connection = self.close_connection or cut

    def _part(self, body: bytes, sent: dict[str, str]) -> tuple[int, bytes]:
        wanted = self.headers.get("Range", "")
        if not wanted.startswith("bytes="):
            return 200, body
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(body) - int(last))
        end = min(len(body), int(last) + 1) if first and last else len(body)
        if start >= end:
            sent["Content-Range"] = f"bytes */{len(body)}"
            return 416, b""
        sent["Content-Range"] = f"bytes {start}-{end - 1}/{len(body)}"
        return 206, body[start:end]
