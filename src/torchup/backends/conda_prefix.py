"""What makes a folder an environment to conda, beside the packages' own records.

``conda-meta/history`` says what was asked for and what came of it, ``conda-meta/pinned`` what must
stay as it is (conda's user guide, "Managing environments" and "Preventing packages from
updating"); a package that was asked for by name has that in its record. No version of conda is
written down: an older one would refuse to work here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from torchup.model.source import kept_url
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torchup.backends.conda_lock import CondaLock
    from torchup.host import Host

META: Final = "conda-meta"
HISTORY: Final = "history"
PINNED: Final = "pinned"
_ALIAS: Final = "https://conda.anaconda.org/"
_SPEC: Final = re.compile(rb'"requested_spec": "(?!None")')
"""A record of what was asked for, once at least."""


class Before(NamedTuple):
    """What an environment held: name → how its history calls the package; what was asked for."""

    packages: Mapping[str, str]
    asked: tuple[str, ...] = ()


def begin(path: Path) -> None:
    """Make an empty environment.

    Raises:
        OSError: it can't be written.
    """
    folder = path / META
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HISTORY).touch()


def finish(  # noqa: PLR0917  # what was, what is
    host: Host,
    path: Path,
    lock: CondaLock,
    before: Before,
    secrets: Iterable[str],
    moved: Mapping[str, str],
) -> None:
    """Write what was asked for, and take out of the records what is nobody's business.

    Args:
        host: tells the time.
        path: the environment.
        lock: what it holds now.
        before: what it held before.
        secrets: addresses that hold a login or a token; records name them as they were used.
        moved: the addresses of what came from a file that was fetched, by the record's file name.

    Raises:
        OSError: something can't be written.
    """
    asked = {spec.split()[0]: spec for spec in lock.specs}
    _mark(path, asked, tuple(secrets), moved)
    _write_history(host, path, lock, before)
    if lock.pinned:
        write_atomic(path / META / PINNED, _pins(path, lock.pinned).encode())


def _pins(path: Path, ours: tuple[str, ...]) -> str:
    """Return the pins: torchup's own, and the lines of others as they stand there."""
    file = path / META / PINNED
    known = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    names = {one.split()[0] for one in ours}
    kept = [line for line in known.splitlines() if (line.split() or [""])[0] not in names]
    return "".join(f"{one}\n" for one in (*ours, *kept))


def said(url: str) -> str:
    """Return how a history calls a package: channel, platform, and the file without its ending."""
    base, _, file = url.rpartition("/")
    channel, _, subdir = base.removeprefix(_ALIAS).rpartition("/")
    return f"{channel}/{subdir}::{file.removesuffix('.conda').removesuffix('.tar.bz2')}"


def _write_history(host: Host, path: Path, lock: CondaLock, before: Before) -> None:
    now = {one.name: said(one.url) for one in lock.packages}
    gone = [line for name, line in before.packages.items() if now.get(name) != line]
    come = [line for name, line in now.items() if before.packages.get(name) != line]
    names = {one.split()[0] for one in lock.specs}
    dropped = [name for name in before.asked if name not in names]
    lines = [
        f"==> {host.now():%Y-%m-%d %H:%M:%S} <==",
        f"# cmd: torchup (environment {path.name})",
        *(f"-{line}" for line in sorted(gone)),
        *(f"+{line}" for line in sorted(come)),
        *([f"# remove specs: {dropped!r}"] if dropped else ()),
        f"# update specs: {list(lock.specs)!r}",
        "",
    ]
    file = path / META / HISTORY
    known = file.read_bytes() if file.exists() else b""
    write_atomic(file, known + "\n".join(lines).encode())


def _mark(
    path: Path, asked: Mapping[str, str], secrets: tuple[str, ...], moved: Mapping[str, str]
) -> None:
    for file in sorted((path / META).glob("*.json")):
        data = file.read_bytes()
        telling = file.name in moved or any(secret.encode() in data for secret in secrets)
        if not telling and not _names(data, asked) and not _SPEC.search(data):
            continue
        record: dict[str, Any] = msgspec.json.decode(data)
        spec = asked.get(record.get("name", ""))
        if not telling and record.get("requested_spec") == (spec or "None"):
            continue
        if file.name in moved:
            record["url"] = moved[file.name]
        for key in ("url", "channel"):
            if isinstance(record.get(key), str):
                record[key] = kept_url(record[key])
        record["requested_spec"] = spec or "None"
        record["requested_specs"] = [spec] if spec else []
        write_atomic(file, msgspec.json.format(msgspec.json.encode(record), indent=2))


def _names(data: bytes, asked: Mapping[str, str]) -> bool:
    return any(f'"name": "{name}"'.encode() in data for name in asked)
