"""What is locked of conda's: a table of torchup's own inside the lock that pip's part is in.

PEP 751 leaves the tool table to whoever wrote the file. A package has in it what its channel says
of it, so that it can be installed without asking the channel again.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from torchup.model.conda_locked import CondaLock, Locked
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT

__all__ = [
    "EMPTY",
    "CondaLock",
    "Locked",
    "conda_versions",
    "pip_part",
    "read_lock",
    "write_lock",
]

EMPTY = 'lock-version = "1.0"\ncreated-by = "torchup"\npackages = []\n'
"""The lock of an environment in which pip installs nothing."""
_TABLE: Final = "[tool.torchup.conda]"
_PACKAGE: Final = "[[tool.torchup.conda.packages]]"


class _Torchup(Struct, frozen=True):
    conda: CondaLock | None = None


class _Tools(Struct, frozen=True):
    torchup: _Torchup = _Torchup()


class _File(Struct, frozen=True):
    tool: _Tools = _Tools()


def write_lock(lock: CondaLock, pylock: str = EMPTY) -> str:
    """Add conda's part to a lock of pip's part.

    A string of JSON is one of TOML's as well, and a list of such strings too.
    """
    lines = [pylock.rstrip(), "", _TABLE]
    table = msgspec.to_builtins(lock)
    packages = table.pop("packages", ())
    lines += _pairs(table)
    for one in packages:
        lines += ["", _PACKAGE, *_pairs(one)]
    return "\n".join([*lines, ""])


def read_lock(text: str) -> CondaLock | None:
    """Read conda's part of a lock, None where it has none.

    As :func:`write_lock` wrote it, it is read by lines: TOML's own reader takes a second for a
    few hundred packages.

    Raises:
        msgspec.MsgspecError: it is damaged.
    """
    _, found, ours = text.partition(f"\n{_TABLE}\n")
    if not found:
        return msgspec.toml.decode(text, type=_File).tool.torchup.conda
    try:
        head, *blocks = (_read_pairs(one) for one in ours.split(f"\n{_PACKAGE}\n"))
        return msgspec.convert({**head, "packages": blocks}, CondaLock)
    except (ValueError, *NO_DOCUMENT):
        return msgspec.toml.decode(text, type=_File).tool.torchup.conda


def conda_versions(lock: bytes) -> dict[str, str]:
    """Return normalised name → version of conda's part of a lock; empty where it has none."""
    if _TABLE.encode() not in lock:
        return {}
    try:
        found = read_lock(lock.decode("utf-8"))
    except NO_DOCUMENT:
        return {}
    return {canonical_name(one.name): one.version for one in found.packages} if found else {}


def pip_part(text: str) -> str:
    """Return the part of a lock that is pip's."""
    return text.partition(f"\n{_TABLE}\n")[0]


def _read_pairs(text: str) -> dict[str, object]:
    """Read ``key = value`` lines whose values are JSON.

    Raises:
        ValueError: a line is none.
    """
    lines = (line.split(" = ", 1) for line in text.split("\n") if line)
    return {key: msgspec.json.decode(value) for key, value in lines}


def _pairs(table: dict[str, object]) -> list[str]:
    return [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in table.items()]
