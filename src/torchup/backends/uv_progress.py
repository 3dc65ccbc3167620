"""Turning what uv says while it works into bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.backends import Progress
    from torchup.model import Artifact

_START = re.compile(r"^\s*Downloading (?P<name>\S+)(?: \((?P<size>[\d.]+)\s?(?P<unit>\w+)\))?")
_END = re.compile(r"^\s*(?:Downloaded|Installed|Built) (?P<name>[A-Za-z0-9._-]+)\s*$")
_READY = re.compile(r"^\s*(?:Prepared|Installed) \d+ packages?\b")
_UNITS: Final = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


class Meter:
    """Adds up what is fetched.

    uv names only the files that it really fetches, and only the larger ones, so the total is the
    sum of what it named: it grows while uv finds out what its cache lacks.

    Args:
        artifacts: the files to be installed; their sizes are exact where uv's are rounded.
        on_progress: told a name, bytes done and bytes in all.
    """

    def __init__(self, artifacts: Sequence[Artifact], on_progress: Progress) -> None:
        self._known = {artifact.name: artifact.size for artifact in artifacts if artifact.size}
        self._started: dict[str, int] = {}
        self._done = 0
        self._tell = on_progress

    def line(self, line: str) -> None:
        """Take in one line of uv's standard error."""
        started, ended = _START.match(line), _END.match(line)
        if started:
            name = started["name"]
            self._started[name] = self._known.get(name) or _bytes(started["size"], started["unit"])
            self._tell(name, self._done, sum(self._started.values()))
        elif ended and ended["name"] in self._started:
            self._done += self._started[ended["name"]]
            self._tell(ended["name"], self._done, sum(self._started.values()))
        elif _READY.match(line):
            self._done = sum(self._started.values())
            self._tell("", self._done, self._done)


def _bytes(size: str | None, unit: str | None) -> int:
    return int(float(size or 0) * _UNITS.get(unit or "", 0))
