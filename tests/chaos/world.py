"""A home with environments in it, as it was before each fault, and what must hold afterwards."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chaos.commands import FILES
from chaos.files import mounted, remove, unmount
from chaos.holding import listed, unsound
from chaos.template import lay_out
from cli.fixtures import sources_of
from cli.process import DEAD, Torchup
from cli.world import add_toolkit, make_world
from indexserver import IndexServer
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chaos.commands import Command

MARK: Final = "CHAOS_WORLD"
"""The variable by which processes that were left running are found."""
_SIZE: Final = "size.json"
"""What ``list`` keeps of a size, and its draft, which a kill leaves: it may come at any time."""
_PATIENCE_S: Final = 10.0


class World:
    """A folder that is made anew before each run.

    Attributes:
        root: the folder; the home, the settings and the project lie in it.
        template: the folder that it is a copy of.
        env: the variables of a run.
        server: where packages come from.
        planted: the file that a fault put something else into.
        also: what else is done at the same time.
        names: what stands for a change that can be undone → its number.
    """

    def __init__(self, root: Path, server: IndexServer) -> None:
        self.root = root
        self.server = server
        self.template = root.with_name(f"template-{root.name}")
        self.torchup = Torchup(
            root,
            **sources_of(server),
            HTTPS_PROXY=DEAD,
            PYTHONDONTWRITEBYTECODE="1",
            **{MARK: str(root)},
        )
        # Settings of pip's and uv's are read: the variables that hide them are what tests set.
        for name in ("PIP_CONFIG_FILE", "UV_NO_CONFIG"):
            del self.torchup.env[name]
        self.env = self.torchup.env
        self.home = self.torchup.home
        self.new_home = root / "new-home"
        self.planted: Path | None = None
        self.also: tuple[Command, ...] = ()
        self.names: dict[str, str] = {}

    def words(self, command: Command) -> tuple[str, ...]:
        """Return a command's line, with the numbers of changes in it."""
        return tuple(self.names.get(one, one) for one in command.words)

    def variables(self, command: Command) -> dict[str, str]:
        """Return the variables that a command is started with."""
        hidden = {"TORCHUP_HOME"} if command.settled else frozenset()
        return {name: value for name, value in self.env.items() if name not in hidden}

    def begin(self, *, mount: str = "") -> None:
        """Lay everything out as it was, on a small disk of its own where its options are named."""
        self.planted, self.also = None, ()
        self.clear()
        if mount:
            self.root.mkdir()
            mounted(self.root, mount)
        # Links stay links: what a command breaks is this copy, and no file is written in place.
        subprocess.run(["cp", "-aT", str(self.template), str(self.root)], check=True)

    def clear(self) -> None:
        """Take everything away."""
        unmount(self.root)
        remove(self.root)

    def contents(self) -> dict[str, str]:
        """Sum up each environment, and each file of the user's that must never be lost."""
        found = {one.name: _digest(one) for one in sorted(self.home.glob("envs/*"))}
        return found | {f"~/{name}": _digest(self.root / name) for name in FILES}

    def settle(self) -> None:
        """Wait for what still runs, and end it: a killed torchup can't end what it started."""
        until = time.monotonic() + _PATIENCE_S
        mark = f"{MARK}={self.root}".encode()
        while running := _running(mark):
            if time.monotonic() > until:
                for pid in running:
                    with suppress(ProcessLookupError):
                        os.kill(pid, 9)
            time.sleep(0.02)

    def problems(self, commands: Iterable[Command], before: dict[str, str]) -> Iterator[str]:
        """Say what doesn't hold after a run that went wrong."""
        commands = tuple(commands)
        settings = self.root / "config" / "config.toml"
        if self.planted == settings:  # every command refuses such settings, and says so
            remove(settings)
            settings.write_bytes((self.template / "config" / "config.toml").read_bytes())
        settled = any(one.settled for one in commands)
        told = yield from listed(self, settled=settled)
        after = self.contents()
        yield from self._untouched(commands, before, after)
        homes = {self.home, self.new_home} if settled else {self.home}
        for home in homes:
            for place in ("journal", "trash", "cache/work", "snapshots"):
                for left in home.glob(f"{place}/*"):
                    if left != self.planted:
                        yield f"left behind: {left.relative_to(self.root)}"
        yield from unsound(self, told, commands)

    def _untouched(
        self, commands: Iterable[Command], before: dict[str, str], after: dict[str, str]
    ) -> Iterator[str]:
        free = {name for one in commands for name in one.environments}
        free |= {f"~/{name}" for one in commands for name in one.files}
        for name, digest in before.items():
            place = self.root / name[2:] if name[0] == "~" else self.home / "envs" / name
            planted = self.planted is not None and (
                place == self.planted or place in self.planted.parents
            )
            if name not in free and not planted and after.get(name) != digest:
                yield f"{name} is not as it was"


def _digest(path: Path) -> str:
    total = sha256()
    for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if _SIZE in one.name:
            continue
        total.update(str(one).encode("utf-8", "surrogateescape"))
        if one.is_symlink():
            total.update(str(one.readlink()).encode())
        elif one.is_file():
            total.update(one.read_bytes())
    return total.hexdigest()


def _running(mark: bytes) -> list[int]:
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (one / "environ").read_bytes().split(b"\0"):
                found.append(int(one.name))
    return found


def make(folder: Path, number: int, server: IndexServer) -> World:
    """Make a world and its template."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder / f"run{number}", server)
    world.root.mkdir()
    world.names = lay_out(world.torchup, server)
    world.settle()
    subprocess.run(["cp", "-aT", str(world.root), str(world.template)], check=True)
    return world


def serve(folder: Path) -> IndexServer:
    """Make the packages; the server is to be started."""
    make_world(folder)
    add_toolkit(folder)
    make_wheel(folder / "simple", "ipykernel", "6.29.5")
    return IndexServer(folder)
