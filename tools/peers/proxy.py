"""A proxy on the loopback address that answers for other hosts, over TLS with its own CA.

Tools that write the address of an index into their code still honour ``HTTPS_PROXY`` and a CA
file, so they can be led to the stand-in without a change to them or to this machine.
"""

from __future__ import annotations

import ssl
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.peers.index import StandIn

NOT_HERE = 502


@contextmanager
def serve(stand_in: StandIn, certificate: Path, key: Path) -> Iterator[str]:
    """Serve the stand-in until the block ends.

    Args:
        stand_in: what is answered.
        certificate: a certificate for the stand-in's hosts, in PEM form.
        key: its key.

    Yields:
        The proxy's address, for ``HTTPS_PROXY``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Site(_Site):
        pages = stand_in

    class Door(_Door):
        hosts = stand_in.hosts
        tls = context
        site: type[_Site] = Site

    with _Server(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Show what went wrong, but not that a client went away."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on


class _Site(BaseHTTPRequestHandler):
    """The other end of one tunnel."""

    pages: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a page of the host that the tunnel was asked for."""
        page = self.pages.answer(self.headers.get("Host", "").partition(":")[0], self.path)
        self.send_response(page.status)
        self.send_header("Content-Type", page.kind)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    do_HEAD = do_GET  # noqa: N815 - http.server looks it up by this name

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


class _Door(BaseHTTPRequestHandler):
    """The proxy itself: it opens tunnels to the stand-in's hosts and to nothing else."""

    hosts: tuple[str, ...]
    tls: ssl.SSLContext
    site: type[_Site]

    def do_CONNECT(self) -> None:
        """Open a tunnel, and be the host at its other end."""
        self.close_connection = True
        if self.path.partition(":")[0] not in self.hosts:
            self.send_error(NOT_HERE)
            return
        self.send_response(200)
        self.end_headers()
        with self.tls.wrap_socket(self.connection, server_side=True) as tunnel:
            self.site(tunnel, self.client_address, self.server)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""
