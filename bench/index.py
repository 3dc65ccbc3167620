"""A folder of wheels as an index that gives hashes and metadata, as the framework's own does."""

from __future__ import annotations

import hashlib
import html
import sys
import threading
import time
import zipfile
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Final, cast

BUILD = "cpu"
"""The index of this build is what the folder is served as."""


def pages(folder: Path) -> dict[str, bytes]:
    """What is served besides the wheels: a page for each project, and each wheel's metadata."""
    found: dict[str, bytes] = {}
    for wheel in sorted(folder.glob("*.whl")):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with zipfile.ZipFile(wheel) as archive:
            inside = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            metadata = archive.read(inside)
        found[f"/{wheel.name}.metadata"] = metadata
        about = hashlib.sha256(metadata).hexdigest()
        name = wheel.name.partition("-")[0].lower().replace("_", "-")
        link = (
            f'<a href="/{html.escape(wheel.name)}#sha256={digest}" '
            f'data-core-metadata="sha256={about}">{html.escape(wheel.name)}</a><br>'
        )
        page = f"/{BUILD}/{name}/"
        found[page] = found.get(page, b"<!DOCTYPE html>") + link.encode()
    return found


PIECE: Final = 64 * 1024
"""Bytes that are sent at once."""


class Rate:
    """So many bytes a second, whoever asks: two connections get half each."""

    def __init__(self, bytes_per_s: float) -> None:
        self._each = 1 / bytes_per_s
        self._free = time.monotonic()
        self._lock = threading.Lock()

    def wait(self, count: int) -> None:
        """Wait for the turn of so many bytes."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + count * self._each
            until = self._free
        time.sleep(max(until - time.monotonic(), 0))


class Handler(SimpleHTTPRequestHandler):
    """Pages from memory, wheels from the folder."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self, *args: object, made: dict[str, bytes], folder: str, rate: Rate | None
    ) -> None:
        self.made = made
        self.rate = rate
        super().__init__(*args, directory=folder)  # type: ignore[arg-type]  # passed on

    def do_GET(self) -> None:
        page = self.made.get(self.path)
        if page is None:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if self.path[-1] == "/" else "text/plain")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def copyfile(self, source: object, outputfile: object) -> None:
        """Send a wheel, as fast as it may."""
        if self.rate is None:
            super().copyfile(source, outputfile)  # type: ignore[arg-type]  # passed on
            return
        with suppress(ConnectionError):  # who looks at the speed alone breaks off
            while piece := cast("IO[bytes]", source).read(PIECE):
                self.rate.wait(len(piece))
                self.wfile.write(piece)

    def log_message(self, *args: object) -> None: ...


def main() -> None:
    """Serve the folder on a free port of the loopback address, and say where.

    A second argument is how many bytes a second.
    """
    folder = Path(sys.argv[1])
    rate = Rate(float(sys.argv[2])) if sys.argv[2:] else None
    handler = partial(Handler, made=pages(folder), folder=str(folder), rate=rate)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
