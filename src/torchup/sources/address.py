"""Addresses: joining, comparing, hiding logins, and paths that are written as URLs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.model import Source, System

_BUILD: Final = re.compile(r"cu\d{2,3}|cpu|xpu|rocm\d+(\.\d+)*")
_DRIVE: Final = re.compile(r"/?[A-Za-z]:[/\\]")


def page_of(source: Source, project: str) -> str:
    """Return the address of the page that lists ``project``: PEP 503's for an index."""
    if source.kind != "index":
        return source.url
    return f"{source.url.rstrip('/')}/{canonical_name(project)}/"


def build_of(url: str) -> str | None:
    """Return the build whose own index ``url`` is (``…/whl/cu126``), None for any other place.

    A page of links inside such an index (``…/cu126/stable.html``) counts too.
    """
    parts = _split(url).path.rstrip("/").split("/")
    if parts[-1].endswith((".html", ".htm")):
        parts.pop()
    return parts[-1] if parts and _BUILD.fullmatch(parts[-1]) else None


def path_of(url: str) -> str | None:
    """Return the local path behind a ``file:`` URL or a plain path, None for a web address."""
    if _DRIVE.match(url):
        return url.lstrip("/")
    parts = _split(url)
    if parts.scheme not in {"", "file"}:
        return None
    if not parts.scheme:
        return url
    path = unquote(parts.path)
    if _DRIVE.match(path):
        return path[1:]
    return f"//{parts.netloc}{path}" if parts.netloc not in {"", "localhost"} else path


def file_url(path: str, system: System) -> str:
    """Write an absolute path as a ``file:`` URL; a relative one is returned as it is."""
    if system != "windows":
        if not path.startswith("/"):
            return path
        parts = [part for part in os.fsencode(path).split(b"/") if part not in {b"", b"."}]
        return f"file:///{quote(b'/'.join(parts))}"
    from pathlib import PureWindowsPath

    pure = PureWindowsPath(path)
    return pure.as_uri() if pure.is_absolute() else path


def server_of(url: str) -> str:
    """Return the server that a URL is asked of (host and port), empty for a local place."""
    return _split(url).netloc.rpartition("@")[2].lower()


def host_of(url: str) -> str:
    """Return the name of the server that a URL is asked of; empty where it names none."""
    return _split(url).hostname or ""


def without_login(url: str) -> str:
    """Return ``url`` without the user and password."""
    parts = _split(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def with_login_of(url: str, owner: str) -> str:
    """Give ``url`` the user and password of ``owner`` where both are on one server."""
    login, at, server = _split(owner).netloc.rpartition("@")
    parts = _split(url)
    if not at or parts.netloc.lower() != server.lower():
        return url
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def same_place(url: str) -> str:
    """Return a form of ``url`` that is equal for addresses of the same place."""
    return without_login(url).rstrip("/")


def file_name(url: str) -> str:
    """Return the last part of a URL's path, decoded."""
    return unquote(_split(url).path.rstrip("/").rpartition("/")[2])


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")
