"""What was measured, kept between two runs: ``bench/results.json``."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from bench.measure import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS: Final = Path(__file__).with_name("results.json")
_PLACES: Final = 4
"""Digits after the point of seconds that are kept."""
_PEERS: Final = {"uv": "uv", "pip": "pip", "ansible-core": "ansible", "py-rattler": "rattler"}
"""A package → the word by which figures name it."""
_TELL: Final = """
import json, platform
from importlib.metadata import distributions
there = {one.name: one.version for one in distributions()}
print(json.dumps([platform.python_version(), there]))
"""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case as it was measured last.

    Attributes:
        date: the day, in ISO form.
        where: processors, system and Python.
        versions: the tools that took part → their versions.
        rounds: how often each pair of whole processes was asked to be run.
        load: the processes that waited for a processor, a minute's mean, before and after.
        lines: the figures.
    """

    date: str
    where: str
    versions: dict[str, str]
    rounds: int
    load: tuple[float, float]
    lines: tuple[Line, ...]


Results = dict[str, Case]


def read(path: Path = RESULTS) -> Results:
    """Read what was measured; nothing where there is no file.

    Raises:
        msgspec.ValidationError: the file has another shape.
    """
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else {}


def write(results: Results, path: Path = RESULTS) -> None:
    """Write it, one figure's numbers a line, so that a change can be read."""
    text = msgspec.json.encode(_rounded(msgspec.to_builtins(results)), order="sorted")
    path.write_bytes(msgspec.json.format(text, indent=1) + b"\n")


def load() -> float:
    """Return the processes that wait for a processor, a minute's mean."""
    return round(os.getloadavg()[0], 1)


def case(
    lines: Sequence[Line],
    rounds: int,
    before: float,
    *,
    python: str,
    peers: Mapping[str, str] | None = None,
) -> Case:
    """Say when and where figures were measured.

    Args:
        lines: the figures.
        rounds: how often pairs were asked to be run.
        before: the load before.
        python: the interpreter of the torchup that was measured; the tools beside it count.
        peers: further tools that took part, with their versions.

    Raises:
        OSError: that interpreter can't be started.
        subprocess.CalledProcessError: it doesn't tell what is installed.
    """
    line, there = _installed(python)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Case(
        date=datetime.now(tz=timezone.utc).date().isoformat(),
        where=f"{cores} cores, {platform.system()}, CPython {line}",
        versions={"torchup": there["torchup"], **_versions(lines, there), **(peers or {})},
        rounds=rounds,
        load=(before, load()),
        lines=tuple(lines),
    )


def _installed(python: str) -> tuple[str, dict[str, str]]:
    """Ask an interpreter for its version, and what is installed beside it."""
    told = subprocess.run([python, "-I", "-c", _TELL], check=True, capture_output=True)
    return msgspec.json.decode(told.stdout, type=tuple[str, dict[str, str]])


def _versions(lines: Sequence[Line], there: Mapping[str, str]) -> dict[str, str]:
    """Name those of the peers that the figures name."""
    said = " ".join(one.name for one in lines)
    return {name: there[name] for name, word in _PEERS.items() if word in said and name in there}


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, _PLACES) or value
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
