"""Telling files of an environment where it lies now: scripts and settings hold its full path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST: Final = 2**20
"""Bytes; longer files hold no path of an environment that would have to be changed."""

_ENDS: Final = frozenset({b"", *(bytes([one]) for one in b"/\\\"'\n\r\t :;,#|!?&%()[]{}<>`")})
"""What may follow a path: ``/envs/a`` is none of the paths in ``/envs/ab``."""
_OPTION: Final = frozenset({b"", b" ", b"'", b'"', b"=", b"\n"})
"""What stands before an option that a path follows at once, as in ``-I/envs/a``."""
_SAFE: Final = ("/", "/:!$&'()*+,;=@~")
"""What pip (``urllib``) and uv (WHATWG's URL Standard) leave as it is in an address."""
_LONGEST_SHEBANG: Final = 127
"""Bytes of a first line that every Linux and macOS takes (execve(2), before Linux 5.1)."""


class Relocation:
    """Which folders lie elsewhere now.

    Args:
        pairs: the old path and the new one of each, both absolute.
    """

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs
        forms: dict[str, str] = {}
        for was, now in pairs:
            for old, new in zip(_forms(was, now), _forms(now, was), strict=True):
                forms.setdefault(old, new)
        self._forms = [(os.fsencode(old), os.fsencode(new)) for old, new in forms.items()]

    def path(self, path: str) -> str:
        """Return where a path leads to now."""
        for was, now in self._pairs:
            if path == was or (path.startswith(was) and path[len(was)] in "/\\"):
                return now + path[len(was) :]
        return path

    def content(self, data: bytes, place: str) -> bytes:
        """Return a file's content with the new paths; binary files but launchers as they are.

        Args:
            data: the content.
            place: where the file will lie.

        Raises:
            OSError: a launcher has no room for the new path.
        """
        if b"\0" in data:
            from torchup.apply.launcher import repointed

            return repointed(data, os.path.dirname(place), self.path)  # noqa: PTH120  # thousands of files
        changed = data
        for old, new in self._forms:
            if old in changed:
                changed = _replaced(changed, old, new)
        return _startable(changed) if changed is not data else data


def _forms(path: str, other: str) -> Iterator[str]:
    """The ways in which files write a path: an address, in quotes, as it is, with slashes.

    Quotes are looked at where one of the two paths has what must be escaped in them.
    """
    import json
    from urllib.parse import quote

    slashes = path if path[:1] == "/" else path.replace("\\", "/")
    root, drive = ("file://", "") if slashes[:1] == "/" else ("file:///", ":")
    for safe in _SAFE:
        yield root + quote(os.fsencode(slashes), safe=safe + drive)
    if "'" in path + other:
        yield "'" + path.replace("'", "'\"'\"'")
    if any(one in path + other for one in '"\\') or not (path + other).isascii():
        yield json.dumps(path, ensure_ascii=False)[:-1]  # first: shells know no \u escapes
        yield json.dumps(path)[:-1]
    yield path
    yield slashes


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace a path where it is a whole one, not a part of another."""
    before, *rest = data.split(old)
    done = before
    for part in rest:
        whole = part[:1] in _ENDS and _begins(done)
        done += (new if whole else old) + part
    return done


def _begins(before: bytes) -> bool:
    """Tell whether a path may begin after this, and not be the end of a longer one."""
    last = before[-1:]
    if last.isalnum() and before[-2:-1] == b"-" and before[-3:-2] in _OPTION:
        return True
    return not (last.isalnum() or last in (b"_", b".", b"-", b"~") or last >= b"\x80")


def _startable(data: bytes) -> bytes:
    """Return a script whose first line systems can read, whatever the interpreter's path holds.

    A line can't hold a path with blanks, nor a long one. Then the shell starts the interpreter,
    from lines that Python takes for a string; so do pip and uv.
    """
    first, end, rest = data.partition(b"\n")
    if not first.startswith(b"#!/") or b"/bin/" not in first:
        return data
    directory, _, program = first[2:].rpartition(b"/bin/")
    program, blank, options = program.partition(b" ")
    interpreter = directory + b"/bin/" + program
    if b" " not in directory and len(first) <= _LONGEST_SHEBANG:
        return data
    if not program.startswith(b"python"):
        return data
    quoted = interpreter.replace(b"'", b"'\"'\"'")
    call = b"'''exec' '" + quoted + b"'" + blank + options + b' "$0" "$@"'
    return b"#!/bin/sh\n" + call + b"\n' '''" + end + rest
