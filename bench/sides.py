"""Both sides of a comparison: torchup's commands, and those of its peers."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import seconds

if TYPE_CHECKING:
    from bench.measure import Took


class Bench:
    """One home, one uv cache, and the commands on both sides."""

    def __init__(self, torchup: str, folder: Path, runs: int) -> None:
        self.torchup = torchup
        self.python = str(Path(torchup).parent / Path(sys.executable).name)
        self.uv = str(Path(torchup).parent / "uv")
        self.folder = folder
        self.runs = runs
        self.home = folder / "home"
        self.count = 0
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("UV_", "TORCHUP_")) and name != "PYTHONDONTWRITEBYTECODE"
        }

    def serve(self, wheels: Path) -> None:
        """Serve wheels as the framework's index, which gives hashes, for both sides."""
        served = subprocess.Popen(
            [sys.executable, "-m", "bench.index", str(wheels)], stdout=subprocess.PIPE, text=True
        )
        atexit.register(served.kill)
        assert served.stdout is not None
        self.env["TORCHUP_FRAMEWORK_INDEX"] = served.stdout.readline().strip()
        self.env.pop("PIP_FIND_LINKS", None)

    def ours(self, *arguments: str) -> Took:
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        return seconds([[self.torchup, *arguments]], env, self.folder)

    def ours_or_no(self, *arguments: str) -> Took:
        """As :meth:`ours`, where the answer may be no."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        return seconds([[self.torchup, *arguments]], env, self.folder, fine=(0, 1))

    def plain(self, command: list[str]) -> Took:
        return seconds([command], self.env, self.folder)

    def create(self) -> Took:
        self.count += 1
        return self.ours("create", f"b{self.count}", "--no-verify", "--yes")

    def plan(self) -> dict[str, object]:
        """Make one environment and return what torchup recorded about it."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        subprocess.run(
            [self.torchup, "create", "base", "--quick", "--yes", "--json"],
            env=env, cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        said = subprocess.run(
            [self.torchup, "show", "base", "--json"],
            env=env, cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        found: dict[str, object] = json.loads(said.stdout)
        return found

    def settle(self) -> None:
        """Wait until what was written counts as old (:mod:`torchup.host.watching`)."""
        time.sleep(2.5)

    def by_uv(self, pins: list[str], python: str, index: list[str], cache: Path) -> Took:
        """Plain uv: asked for the same, from the same places, into a fresh environment."""
        self.count += 1
        place = str(self.folder / f"plain{self.count}")
        env = {**self.env, "UV_CACHE_DIR": str(cache)}
        install = [self.uv, "pip", "install", "--python", place, *index, *pins]
        return seconds([[self.uv, "venv", "--python", python, place], install], env, self.folder)

    def by_pip(self, pins: list[str], python: str, index: list[str], cache: Path) -> Took:
        """Plain pip: asked for the same, from the same places, into a fresh environment."""
        self.count += 1
        place = self.folder / f"plain{self.count}"
        env = {**self.env, "PIP_CACHE_DIR": str(cache)}
        install = [str(place / "bin" / "python"), "-m", "pip", "install", *index, *pins]
        return seconds([[python, "-m", "venv", str(place)], install], env, self.folder)


def inside(shown: dict[str, object]) -> str:
    """The interpreter of an environment."""
    return str(Path(str(shown["path"])) / "bin" / "python")
