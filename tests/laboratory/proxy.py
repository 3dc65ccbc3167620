"""A proxy that may want a password: plain requests are passed on, CONNECT makes a tunnel."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Proxy:
    """``login`` is ``user:password``, empty for an open one; ``passed`` is what went through."""

    login: str = ""
    passed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def start(self) -> Iterator[Proxy]:
        """Serve from a free port until the block ends; ``url`` has no login in it."""
        handler = type("Handler", (_Handler,), {"proxy": self})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            server.daemon_threads = True
            server.block_on_close = False
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def address(self, login: str) -> str:
        """Return the address with a login in it."""
        return self.url.replace("//", f"//{login}@", 1)


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._allowed():
            return
        self.proxy.passed.append(self.path)
        dropped = {"proxy-authorization", "connection", "host"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        opener = build_opener(ProxyHandler({}))
        with opener.open(Request(self.path, headers=headers), timeout=10) as answer:
            body = answer.read()
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                if key.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def do_CONNECT(self) -> None:
        if not self._allowed():
            return
        self.proxy.passed.append(self.path)
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as there:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            back = threading.Thread(target=_pump, args=(there, self.connection), daemon=True)
            back.start()
            _pump(self.connection, there)
            back.join(timeout=5)
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def _allowed(self) -> bool:
        expected = "Basic " + base64.b64encode(self.proxy.login.encode()).decode()
        if not self.proxy.login or self.headers.get("Proxy-Authorization") == expected:
            return True
        self.proxy.refused.append(self.path)
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="lab"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
