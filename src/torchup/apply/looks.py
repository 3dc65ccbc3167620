"""What was seen of each environment, kept until something of it changes.

A list that isn't said again (:mod:`torchup.cli.again`) is so because one thing is another: one
environment, or the width of the terminal. The others are not looked at anew for that.
"""

# Loading pathlib would take longer than a look at ten environments.
# ruff: noqa: PTH112, PTH118, PTH120

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup import __version__
from torchup.apply.marker import MARKER, RECEIPT, RECORDS
from torchup.apply.size import SIZE_FILE
from torchup.early import EarlyHost, read_file, stamps, unchanged, user
from torchup.model import Environment
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.host import Host
    from torchup.host.watching import WatchingHost
    from torchup.state.home import Home

FILE: Final = "looks.json"
"""Their name in the home's cache."""
_PARTS: Final = frozenset(
    f"torchup.{room}" for room in ("apply", "backends", "early", "facts", "host", "model")
)
"""The rooms whose code decides what an environment looks like."""
_DAMAGED: Final = (OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError)


class Look(msgspec.Struct):
    """One environment and what it was read from, as the host noted it."""

    environment: Environment
    notes: dict[str, Any]


class _Kept(msgspec.Struct):
    """All of them, and the torchup that looked: who, of which version, and its files."""

    by: list[object]
    program: list[str]
    stamps: list[int]
    looks: dict[str, Look]


class Looks:
    """The looks at the environments of a home.

    Args:
        host: notes what is looked at.
        home: where they are kept.
        look: how to look at one that changed.
    """

    def __init__(
        self, host: WatchingHost, home: Home, look: Callable[[Host, Path | str], Environment]
    ) -> None:
        self._host, self._look = host, look
        self._path = home.below("cache", FILE)
        self._program: list[str] = []
        self._before = self._read()
        self._now: dict[str, Look] = {}
        self._new = False

    def load(self, path: Path | str) -> Environment:
        """Return an environment: as it was, where nothing of it has changed."""
        name = os.fspath(path)
        before = self._before.get(name)
        if before is not None and not _by_own_facts(before.environment):
            with suppress(*_DAMAGED):
                if unchanged(EarlyHost(), before.notes):
                    self._host.add(before.notes)
                    self._now[name] = before
                    return before.environment
        host = self._host.apart()
        for file in (MARKER, RECEIPT, SIZE_FILE):
            host.watch(os.path.join(name, RECORDS, file))
        found = self._look(host, path)
        self._host.join(host)
        # No variable is asked for; one might hold a login.
        if host.settled and not host.variables and not _by_own_facts(found):
            self._now[name] = Look(found, host.notes())
            self._new = True
        return found

    def keep(self) -> None:
        """Keep the looks, where one is new or not needed any more."""
        same = not self._new and self._now.keys() == self._before.keys()
        if same or not os.path.isdir(os.path.dirname(self._path)):
            return
        files = list(dict.fromkeys((*self._program, *_program())))
        with suppress(OSError, UnicodeEncodeError):  # a read-only home costs the next run time
            kept = _Kept(_by(), files, stamps(files), self._now)
            write_atomic(self._path, msgspec.json.encode(kept), mode=0o600)

    def _read(self) -> dict[str, Look]:
        try:
            kept = msgspec.json.decode(read_file(self._path), type=_Kept)
            same = kept.by == _by() and stamps(kept.program) == kept.stamps
        except (OSError, ValueError, *NO_DOCUMENT):
            return {}
        self._program = kept.program if same else []
        return kept.looks if same else {}


def _by_own_facts(found: Environment) -> bool:
    """Tell whether facts that a look doesn't note decided what a package of conda's is."""
    if found.record.backend != "conda":
        return False
    from torchup.facts.current import in_force

    facts = in_force()
    return facts.overlay is not None or facts.base() is not None


def _by() -> list[object]:
    return [__version__, __file__, user()]


def _program() -> list[str]:
    """The files that decided: another torchup might see something else."""
    modules = [one for name, one in sys.modules.items() if ".".join(name.split(".")[:2]) in _PARTS]
    return [module.__file__ for module in modules if module.__file__]
