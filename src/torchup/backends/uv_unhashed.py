"""The copy of a lock that uv installs from: it differs by what is on this machine already.

Files that were fetched stand in the place of their addresses, and hashes that this machine
computed a moment ago are left out.

uv (0.9 to 0.13) unpacks a wheel with all processors only where it knows no hash for it; a wheel
with a hash is read from front to back by one, which for a framework takes much longer. The lock
that is kept has every hash. Only the copy that uv reads while it installs lacks some.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from torchup.backends.uv_lock import local_path
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import System

#: The copy's name; a lock's name has to look like this (PEP 751).
COPY: Final = "pylock.unhashed.toml"

_FILE = re.compile(
    r'\burl = "(?P<folder>[^"\n]*)/(?P<name>[^"/\n]+)"[^{}\n]*\bhashes = '
    r'(?P<hashes>\{ sha256 = "(?P<sha256>[0-9a-f]{64})" \})'
)
_URL = re.compile(r'\burl = "(?P<url>[^"\n]*)"')
_LINK = re.compile(r'\bhref="(?P<name>[^"#]+)#sha256=(?P<sha256>[0-9a-f]{64})"')


def without_known_hashes(host: Host, lock: str, index: str) -> str:
    """Return a lock without the hashes that an index on this machine confirms.

    What is written in another way than uv writes it, or not confirmed, keeps its hash, and uv
    checks it: the way to be wrong here is to be slow.

    Args:
        host: whose files they are.
        lock: the lock's text.
        index: the ``file:`` address of an index (PEP 503) whose pages tell true hashes.
    """
    pages: dict[str, dict[str, str]] = {}

    def bare(found: re.Match[str]) -> str:
        folder = found["folder"]
        if not folder.startswith(index.rstrip("/") + "/"):
            return found[0]
        if folder not in pages:
            pages[folder] = _hashes_of(host, folder)
        known = pages[folder].get(unquote(found["name"]))
        if known != found["sha256"]:
            return found[0]
        return found[0].removesuffix(found["hashes"]) + "{}"

    return _FILE.sub(bare, lock)


def with_files(lock: str, here: Mapping[str, str], system: System) -> str:
    """Return a lock that names files of this machine in the place of addresses; hashes stay.

    Args:
        lock: the lock's text.
        here: the path of each file that is here, by its address.
        system: whose paths they are.
    """

    def local(found: re.Match[str]) -> str:
        path = here.get(found["url"])
        return found[0] if path is None else f'url = "{_file_url(path, system)}"'

    return _URL.sub(local, lock)


def _file_url(path: str, system: System) -> str:
    from pathlib import PurePosixPath, PureWindowsPath

    pure = PureWindowsPath(path) if system == "windows" else PurePosixPath(path)
    return pure.as_uri()


def write_copy(
    host: Host, pylock: Path, index: str, here: Mapping[str, str] | None = None
) -> Path | None:
    """Write the copy of a lock that uv installs from, None where it would be no different.

    It lies beside the lock, since a lock's relative paths start there.

    Raises:
        OutsideError: ``uv.unwritable``.
    """
    data = (host.read(str(pylock)) or b"").replace(b"\r\n", b"\n")  # Windows' ends of lines
    lock = data.decode("utf-8", "replace")
    bare = without_known_hashes(host, lock, index) if index else lock
    bare = with_files(bare, here or {}, host.system)
    if bare == lock:
        return None
    copy = pylock.with_name(COPY)
    try:
        copy.write_text(bare, encoding="utf-8")
    except OSError as error:
        with suppress(OSError):
            copy.unlink()
        raise OutsideError("uv.unwritable", path=copy, why=error.strerror) from error
    return copy


def _hashes_of(host: Host, folder: str) -> dict[str, str]:
    """Return file name → sha256 as a project's page tells them."""
    page = host.read(local_path(f"{folder}/index.html")) or b""
    links = _LINK.finditer(page.decode("utf-8", "replace"))
    return {unquote(unescape(link["name"])): link["sha256"] for link in links}
