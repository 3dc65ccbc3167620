"""A folder of wheels as an index that gives hashes and metadata, as the framework's own does."""

from __future__ import annotations

import hashlib
import html
import sys
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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


class Handler(SimpleHTTPRequestHandler):
    """Pages from memory, wheels from the folder."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, made: dict[str, bytes], folder: str) -> None:
        self.made = made
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

    def log_message(self, *args: object) -> None: ...


def main() -> None:
    """Serve the folder on a free port of the loopback address, and say where."""
    folder = Path(sys.argv[1])
    handler = partial(Handler, made=pages(folder), folder=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
