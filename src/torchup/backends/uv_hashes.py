"""Holding the lock to the hashes that the user listed (``--hash`` in a requirements file).

uv checks no hashes while it resolves. The lock has every file's hash, and uv checks those when it
installs: so it is enough that the lock names no file but the listed ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.errors import NoAnswerError
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.model.stack import AllowedHashes

_NEXT: Final = "\n[[packages]]\n"
_FILE: Final = re.compile(r"\{ [^{}]*\bhashes = \{(?P<hashes>[^{}]*)\}[^{}]*\}")
_HASH: Final = re.compile(r'(?P<kind>\w+) = "(?P<digest>[0-9a-fA-F]+)"')
_WHEELS: Final = re.compile(r"^wheels = \[(?:[^\[\]]*)\]\n?", re.MULTILINE)
_OTHER: Final = re.compile(r"^(?:sdist|archive) = \{.*\}\n?", re.MULTILINE)


def only_allowed(lock: str, allowed: Sequence[AllowedHashes]) -> str:
    """Return a lock without the files that the user did not list.

    Packages of which no hash is listed keep all their files.

    Raises:
        NoAnswerError: ``uv.hash-not-listed``: no file of a package is a listed one.
    """
    if not allowed:
        return lock
    listed = {one.name: frozenset(one.hashes) for one in allowed}
    head, *blocks = lock.split(_NEXT)
    return _NEXT.join([head, *(_held(block, listed) for block in blocks)])


def _held(block: str, listed: Mapping[str, frozenset[str]]) -> str:
    keys = dict(line.split(" = ", 1) for line in block.split("\n") if " = " in line)
    name = canonical_name(keys.get("name", "").strip('"'))
    wanted = listed.get(name)
    if wanted is None:
        return block
    files = [one[0] for one in _FILE.finditer(block) if _hashes(one["hashes"]) & wanted]
    if not files:
        version = keys.get("version", "").strip('"')
        raise NoAnswerError("uv.hash-not-listed", name=name, version=version)
    kept = _WHEELS.sub(lambda found: _wheels(found[0], files), block)
    return _OTHER.sub(lambda found: _if_listed(found[0], files), kept)


def _wheels(text: str, files: Sequence[str]) -> str:
    ours = [one for one in files if one in text]
    return f"wheels = [{', '.join(ours)}]\n" if ours else ""


def _if_listed(text: str, files: Sequence[str]) -> str:
    return text if any(one in text for one in files) else ""


def _hashes(text: str) -> set[str]:
    return {f"{one['kind']}:{one['digest'].lower()}" for one in _HASH.finditer(text)}
