"""Both sides of a comparison: torchup's commands, and those of its peers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Took

ROOT: Final = Path(__file__).resolve().parent.parent
_FEW: Final = 2
"""Sizes that a tiny run goes through."""
_OFTEN: Final = 3
"""Short commands are run so many times as often."""


def alone(folder: Path, extra: str = "") -> str:
    """Install torchup and pip into an environment of their own, and return the command.

    What else lies in an environment costs a command some start-up, so nothing else does.

    Args:
        folder: gets the environment; one that is there is taken.
        extra: one of torchup's extras, which gets an environment of its own.
    """
    place = folder / f"alone-{extra}"
    if place.exists():
        return str(place / "bin" / "torchup")
    uv = [sys.executable, "-m", "uv"]
    python = str(place / "bin" / "python")
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    subprocess.run([*install, f"{ROOT}[{extra}]" if extra else str(ROOT), "pip"], check=True)
    return str(place / "bin" / "torchup")


class Bench:
    """One home, one uv cache, and the commands on both sides."""

    def __init__(
        self, torchup: str, folder: Path, runs: int, *, tiny: bool = False, most: int = 0
    ) -> None:
        self.tiny = tiny
        self._most = most
        self.torchup = torchup
        self.python = str(Path(torchup).parent / Path(sys.executable).name)
        self.uv = str(Path(torchup).parent / "uv")
        self.folder = folder
        self.runs = runs
        self.home = folder / "home"
        self.count = 0
        local = Path(os.environ.get("PIP_FIND_LINKS", ""))
        self.wheels: Path | None = local if local.is_absolute() and local.is_dir() else None
        """The folder that the framework's wheels are in, where it is one on this machine."""
        self.peers: dict[str, str] = {}
        """Tools that take part and are installed for it → their versions."""
        self._served: subprocess.Popen[str] | None = None
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("UV_", "TORCHUP_")) and name != "PYTHONDONTWRITEBYTECODE"
        }

    @property
    def often(self) -> int:
        """How many pairs of short commands."""
        return self.runs if self.tiny else _OFTEN * self.runs

    def sizes(self, all_of_them: Sequence[int]) -> Sequence[int]:
        """The sizes to go through."""
        most = self._most or max(all_of_them)
        wanted = [size for size in all_of_them if size <= most] or list(all_of_them[:1])
        return wanted[:_FEW] if self.tiny else wanted

    def serve(self, wheels: Path, bytes_per_s: int = 0) -> None:
        """Serve wheels as the framework's index, which gives hashes, for both sides.

        Args:
            wheels: the folder.
            bytes_per_s: how fast at most; 0 for as fast as it goes.
        """
        command = [sys.executable, "-m", "bench.index", str(wheels)]
        command += [str(bytes_per_s)] if bytes_per_s else []
        if self._served is not None:
            self._served.kill()
            self._served.communicate()
        self.wheels = wheels
        self._served = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._served.stdout is not None
        self.env["TORCHUP_FRAMEWORK_INDEX"] = self._served.stdout.readline().strip()
        # What a file of pip's names would still count where the variable is missing, or empty.
        nothing = self.folder / "no-wheels"
        nothing.mkdir(exist_ok=True)
        self.env["PIP_FIND_LINKS"] = str(nothing)

    def clear(self) -> None:
        """Stop what serves, and remove what was made: a case leaves gigabytes."""
        if self._served is not None:
            self._served.kill()
            self._served.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ours(self, *arguments: str) -> Took:
        return self.at(self.home, *arguments)

    def at(self, home: Path, *arguments: str) -> Took:
        """As :meth:`ours`, in another home."""
        env = {**self.env, "TORCHUP_HOME": str(home)}
        return seconds([[self.torchup, *arguments]], env, self.folder)

    def ours_or_no(self, *arguments: str) -> Took:
        """As :meth:`ours`, where the answer may be no."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        return seconds([[self.torchup, *arguments]], env, self.folder, fine=(0, 1))

    def said(self, command: list[str]) -> bytes:
        """What a command prints."""
        env = {**self.env, "TORCHUP_HOME": str(self.home)}
        done = subprocess.run(command, env=env, cwd=self.folder, check=True, stdout=subprocess.PIPE)
        return done.stdout

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
