"""``file://`` addresses, answered as a server would; HTTP need not be loaded for them."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from torchup.host import Response


def read_page(url: str, method: str) -> Response:
    """Answer for a file, or for a folder's ``index.html``; 404 where there is none."""
    path = file_path(url)
    if os.path.isdir(path):
        path = os.path.join(path, "index.html")
    try:
        with open(path, "rb") as stream:
            body = stream.read() if method != "HEAD" else b""
            size = os.fstat(stream.fileno()).st_size
    except (OSError, ValueError):
        return Response(status=404, url=url, headers={}, body=b"")
    kind = "text/html" if path.endswith(".html") else "application/octet-stream"
    return Response(
        status=200, url=url, headers={"content-length": str(size), "content-type": kind}, body=body
    )


def places_of(url: str) -> tuple[str, str]:
    """Name the paths that decide what :func:`read_page` answers."""
    path = file_path(url)
    return path, os.path.join(path, "index.html")


def file_path(url: str) -> str:
    """Return the path that a ``file:`` URL names.

    Where a path is written alike in both, it is worked out here: ``urllib.request`` brings HTTP,
    mail and TLS along, which takes longer than reading a hundred pages.
    """
    plain = urlsplit(url).path
    if os.name == "nt":
        from urllib.request import url2pathname

        return url2pathname(plain)
    return unquote(plain)
