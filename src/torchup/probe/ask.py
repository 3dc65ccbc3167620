"""Asks interpreters what they are, a few at a time, and remembers what they said."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.model import Interpreter
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.probe.interpreters import Candidate

TIME_LIMIT: Final = 5.0  # seconds each
_AT_ONCE: Final = 4
_OLDEST: Final = (3, 6)
_KEPT: Final = frozenset({"cpython", "pypy"})
# One line that any Python from 2 on can run: platform and sysconfig would triple its time.
ASK: Final = (
    "import sys;v=sys.version_info;"
    "i=getattr(sys,'implementation',None);"
    "print('|'.join(['torchup','%d.%d.%d'%v[:3]+"
    "('' if v[3]=='final' else v[3][0].replace('c','rc')+str(v[4])),"
    "i.name if i else 'python2',"
    "'1' if 'free-threading' in sys.version else '0',"
    "'64' if sys.maxsize>2**32 else '32',"
    "'1' if sys.prefix!=getattr(sys,'base_prefix',sys.prefix) else '0']))"
)
_FIELDS: Final = 5


class Remembered(Struct, frozen=True):
    """What a file answered when it had this time and size; None if it is no use as a Python."""

    modified: tuple[int, int]
    python: Interpreter | None


def ask_all(
    host: Host, candidates: tuple[Candidate, ...], cache: Path | None
) -> dict[str, Interpreter | None]:
    """Return each candidate's answer by path; only those that changed are started."""
    known = _load(cache)
    answers: dict[str, Interpreter | None] = {}
    to_ask = []
    for candidate in candidates:
        before = known.get(candidate.path)
        if before is not None and before.modified == candidate.modified:
            answers[candidate.path] = before.python
        else:
            to_ask.append(candidate)
    if to_ask:
        from torchup.host.together import together

        said = together([partial(ask, host, one) for one in to_ask], at_once=_AT_ONCE)
        fresh = {}
        for candidate, (python, certain) in zip(to_ask, said, strict=True):
            answers[candidate.path] = python
            if certain:  # a slow start or a crash is no answer
                fresh[candidate.path] = Remembered(candidate.modified, python)
        _store(cache, {**known, **fresh})
    return answers


def ask(host: Host, candidate: Candidate) -> tuple[Interpreter | None, bool]:
    """Start one interpreter; returns what it is, and whether that will stay so."""
    done = host.run(
        (candidate.path, "-E", "-s", "-S", "-c", ASK),
        timeout=TIME_LIMIT,
        env={"__PYVENV_LAUNCHER__": None},
    )
    return parse_answer(done.out, candidate), not done.timed_out and done.code >= 0


def parse_answer(text: str, candidate: Candidate) -> Interpreter | None:
    """Read the line that the script prints; None for anything but a usable Python."""
    line = next((one for one in text.splitlines() if one.startswith("torchup|")), "")
    cells = line.split("|")[1:]
    if len(cells) != _FIELDS:
        return None
    version, implementation, free, bits, virtual = cells
    if not _is_new_enough(version) or implementation not in _KEPT or virtual == "1":
        return None
    return Interpreter(
        path=candidate.path,
        version=version,
        implementation={"cpython": "CPython", "pypy": "PyPy"}[implementation],
        freethreaded=free == "1",
        bits=32 if bits == "32" else 64,
        origin=candidate.origin,
    )


def _is_new_enough(version: str) -> bool:
    numbers = version.split(".")[:2]
    if not all(part.isascii() and part.isdigit() and len(part) < _FIELDS for part in numbers):
        return False
    return tuple(int(part) for part in numbers) >= _OLDEST


def _load(cache: Path | None) -> dict[str, Remembered]:
    if cache is None:
        return {}
    try:
        return msgspec.json.decode(cache.read_bytes(), type=dict[str, Remembered])
    except (OSError, *NO_DOCUMENT):
        return {}


def _store(cache: Path | None, known: dict[str, Remembered]) -> None:
    """Write the cache; a disk that refuses costs the next probe some time, nothing else."""
    if cache is not None:
        from torchup.state.files import write_atomic

        with suppress(OSError):
            write_atomic(cache, msgspec.json.encode(known))
