"""Making environments, beside plain uv and beside plain pip."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tools.peers.scratch import NoScratchError

from bench.measure import Figure, Took, compare
from bench.sides import inside

if TYPE_CHECKING:
    from bench.sides import Bench

MB: Final = 1_000_000
ALSO = ("numpy", "pip")
"""What torchup installs besides, so that the peers install it too."""
_GOALS: Final = {("uv", True): 1.05, ("pip", False): 0.2, ("pip", True): 0.2}


class Same(NamedTuple):
    """What the peers are asked for: what torchup chose, from the same places."""

    pins: list[str]
    places: list[str]
    python: str


def creation(bench: Bench, peer: str, cold: bool, mb_per_s: int = 0) -> list[Figure]:
    """Make environments by torchup and by ``uv`` or ``pip``, in turn.

    Args:
        bench: both sides.
        peer: ``uv`` or ``pip``.
        cold: nothing is cached on either side; otherwise everything is.
        mb_per_s: how fast the framework's wheel comes, to both; 0 for as fast as the disk.

    Raises:
        NoScratchError: there is no wheel on this machine that could be served so fast.
    """
    if mb_per_s:
        if bench.wheels is None:
            raise NoScratchError("PIP_FIND_LINKS and --served name no folder of wheels")
        bench.serve(bench.wheels, mb_per_s * MB)
    same = _same(bench.plan())
    cold_cache = bench.folder / "cold-cache"

    def clear() -> None:
        """Both sides start from the same disk: what the run before left is gone and written."""
        for place in bench.folder.glob("plain*"):
            shutil.rmtree(place)
        if cold:
            for place in (bench.home, cold_cache):
                shutil.rmtree(place, ignore_errors=True)
        os.sync()

    def ours() -> Took:
        clear()
        return bench.create()

    def by_uv() -> Took:
        clear()
        cache = cold_cache if cold else bench.home / "cache" / "uv"
        return bench.by_uv(same.pins, same.python, same.places, cache)

    def by_pip() -> Took:
        clear()
        cache = cold_cache if cold else bench.folder / "pip-cache"
        return bench.by_pip(same.pins, same.python, same.places, cache)

    theirs = {"uv": "`uv venv`, `uv pip install`", "pip": "`python -m venv`, `pip install`"}
    state = "nothing cached" if cold else "all cached"
    state += f", {mb_per_s} MB/s" if mb_per_s else ""
    name = f"`torchup create --no-verify`, {state} / {theirs[peer]}"
    goal = _GOALS.get((peer, cold), 0)
    return [
        compare(
            name, ours, {"uv": by_uv, "pip": by_pip}[peer], runs=bench.runs,
            warmup=0 if cold and bench.tiny else 1, goal=goal,
        )
    ]  # fmt: skip


def _same(shown: dict[str, object]) -> Same:
    stack, packages = shown["stack"], shown["packages"]
    assert isinstance(stack, dict)
    assert isinstance(packages, dict)
    pins = [f"{name}=={version}" for name, version in stack["packages"].items()]
    python = subprocess.run(
        [inside(shown), "-c", "import sys; print(sys._base_executable)"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    also = [name for name in ALSO if name in packages]
    return Same([*pins, *also], _index(str(stack["index_url"])), python)


def _index(url: str) -> list[str]:
    """Turn the place that the framework came from into an option of uv and pip."""
    path = url.removeprefix("file://")
    return ["--find-links", path] if Path(path).is_dir() else ["--extra-index-url", url]
