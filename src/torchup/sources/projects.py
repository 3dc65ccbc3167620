"""The names of all projects that an index has (PEP 503 and PEP 691), kept for a day.

A large index answers with many megabytes: it gets a limited time, and what it said is kept as one
name a line.
"""

from __future__ import annotations

import re
from contextlib import suppress
from hashlib import sha256
from threading import Thread
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.errors import OutsideError
from torchup.model import Source, Text, text
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT
from torchup.sources.address import path_of, without_login
from torchup.sources.simple_json import ACCEPT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host, Response


DEADLINE_S: Final = 20.0
"""Seconds that an index gets to list everything."""
KEPT_S: Final = 24 * 3600.0
"""Seconds for which a list counts as new."""
_DONE: Final = 200
_LINK: Final = re.compile(rb"<a\s[^>]*>\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*/?\s*</a>", re.IGNORECASE)


class Projects(Struct, frozen=True, kw_only=True):
    """Normalised names of an index's projects; ``why`` it gave none."""

    source: Source
    names: frozenset[str] = frozenset()
    why: Text | None = None


class _Named(Struct, frozen=True):
    name: str


class _Page(Struct, frozen=True):
    projects: tuple[_Named, ...]


def list_projects(
    host: Host,
    source: Source,
    *,
    folder: Path,
    offline: bool,
    kept_only: bool = False,
    deadline_s: float = DEADLINE_S,
) -> Projects:
    """Return the names that an index has; nothing is raised where it can't be asked.

    Args:
        host: the door to the network and the disk.
        source: the index.
        folder: where lists are kept.
        offline: use what is kept, of any age.
        kept_only: ask nobody, though the list may be old or missing.
        deadline_s: seconds to wait for an answer.
    """
    shown = without_login(source.url)
    if source.kind != "index":
        return Projects(source=source, why=text("search.no-list", url=shown))
    file = folder / f"{sha256(shown.encode()).hexdigest()[:32]}.txt"
    kept = _kept(host, file, any_age=offline or kept_only)
    if kept is not None:
        return Projects(source=source, names=kept)
    if kept_only or (offline and path_of(source.url) is None):
        return Projects(source=source, why=text("sources.offline", url=shown))
    answer = _ask(host, source, deadline_s)
    if isinstance(answer, Text):
        return Projects(source=source, why=answer)
    names = read_projects(answer.body) if answer.status == _DONE else frozenset()
    if not names:
        return Projects(source=source, why=text("search.no-list", url=shown))
    with suppress(OSError):  # a home that can't be written only costs the next command a question
        write_atomic(file, "\n".join(sorted(names)).encode())
    return Projects(source=source, names=names)


def read_projects(body: bytes) -> frozenset[str]:
    """Read an index's list of projects, JSON or HTML; none where it is something else."""
    if body.lstrip()[:1] == b"{":
        try:
            found = msgspec.json.decode(body, type=_Page)
        except NO_DOCUMENT:
            return frozenset()
        return frozenset(canonical_name(one.name) for one in found.projects)
    return frozenset(canonical_name(name.decode()) for name in _LINK.findall(body))


def _kept(host: Host, file: Path, *, any_age: bool) -> frozenset[str] | None:
    seen = host.modified(str(file))
    if seen is None:
        return None
    age = host.now().timestamp() - seen[0] / 1e9
    if not any_age and not 0 <= age < KEPT_S:
        return None
    said = host.read(str(file))
    return None if said is None else frozenset(said.decode("utf-8", "replace").split("\n"))


def _ask(host: Host, source: Source, deadline_s: float) -> Response | Text:
    """Ask in a thread of its own: a slow answer of many parts has no time limit otherwise."""
    found: list[Response | Text] = []

    def ask() -> None:
        url = f"{source.url.rstrip('/')}/"
        try:
            found.append(host.fetch(url, headers={"Accept": ACCEPT}, timeout=deadline_s))
        except OutsideError as error:
            found.append(Text(error.code, error.details))

    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline_s)
    shown = without_login(source.url)
    return found[0] if found else text("network.timeout", url=shown, why=f"{deadline_s:g} s")
