"""A home with environments in it, as it was before each fault, and what must hold afterwards."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from uv import find_uv_bin

from chaos.files import remove
from cli.fixtures import sources_of
from cli.process import Torchup
from cli.world import make_world
from indexserver import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC: Final = ("--cpu", "torch==2.13.0", "numpy", "--no-verify", "--yes")
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("create", "c", *SPEC),
    ("create", "a", *SPEC, "six"),
    ("add", "-n", "a", "six", "--no-verify"),
    ("remove", "-n", "a", "numpy", "--no-verify"),
    ("upgrade", "-n", "a", "torch==2.14.1", "--no-verify"),
    ("repair", "b", "--yes"),
    ("clone", "a", "c"),
    ("rename", "a", "z"),
    ("delete", "b", "--yes"),
    ("move", "a", "--to", "elsewhere", "--yes"),
    ("lock", "a", "-o", "pylock.new.toml"),
    ("sync", "pylock.a.toml", "-n", "c", "--no-verify", "--yes"),
    ("export", "a", "--format", "requirements", "-o", "new.txt"),
    ("undo", "--yes"),
    ("clean", "--all", "--yes"),
    ("use", "a"),
    ("kernel", "add", "b"),
    ("shell-init", "bash", "--install", "--yes"),
    ("config", "set", "lang", "zh_CN"),
    ("config", "conda", "set", "channels", "conda-forge"),
    ("adopt", "foreign"),
)
_OWN: Final = {
    "add": "a",
    "remove": "a",
    "upgrade": "a",
    "rename": "a",
    "move": "a",
    "create": "c",
    "sync": "c",
    "clone": "c",
    "delete": "b",
    "repair": "b",
    "kernel": "b",
    "undo": "b",
}
"""Whose environment a command may change; nobody's where it is not here."""
_SIZE: Final = "size.json"
"""What ``list`` keeps of a size, and its draft, which a kill leaves: it may come at any time."""


class World:
    """A folder that is made anew before each run.

    Attributes:
        root: the folder; the home, the settings and the project lie in it.
        env: the variables of a run.
        server: where packages come from.
    """

    def __init__(self, root: Path, template: Path, server: IndexServer) -> None:
        self.root = root
        self.server = server
        self._template = template
        self._torchup = Torchup(root, **sources_of(server), PYTHONDONTWRITEBYTECODE="1")
        self.env = self._torchup.env
        self.home = self._torchup.home
        self.planted: Path | None = None

    def begin(self) -> None:
        """Lay everything out as it was."""
        self.planted = None
        remove(self.root)
        # Links stay links: what a command breaks is this copy, and no file is written in place.
        subprocess.run(["cp", "-a", str(self._template), str(self.root)], check=True)

    def contents(self) -> dict[str, str]:
        """Sum up each environment, and each file of the user's that must never be lost."""
        found = {one.name: _digest(one) for one in sorted(self.home.glob("envs/*"))}
        for name in ("notes.txt", ".bashrc", "pylock.a.toml", "foreign"):
            found[f"~/{name}"] = _digest(self.root / name)
        return found

    def problems(self, argv: tuple[str, ...], before: dict[str, str]) -> Iterator[str]:
        """Say what doesn't hold after a run that went wrong."""
        if self.planted and self.planted.is_relative_to(self.root / "config"):
            remove(self.planted)  # every command refuses such settings, and says so
        listed = subprocess.run(
            self._torchup.argv("list"),
            env=self.env,
            cwd=self.root,
            capture_output=True,
            check=False,
            timeout=60,
        )
        if listed.returncode or b"Traceback" in listed.stderr:
            yield f"list: {listed.returncode} {listed.stderr.decode('utf-8', 'replace')[-600:]}"
        after = self.contents()
        own = _OWN.get(argv[0], "")
        for name, digest in before.items():
            touched = name == own or name == f"~/{_touches(argv)}"
            planted = self.planted is not None and self.planted.name == name.removeprefix("~/")
            if not touched and not planted and after.get(name) != digest:
                yield f"{name} is not as it was"
        for place in ("journal", "trash", "cache/work"):
            for left in self.home.glob(f"{place}/*"):
                if left == self.planted:
                    continue
                yield f"left behind: {left.relative_to(self.root)}"
        yield from self._damaged(after)

    def _damaged(self, after: dict[str, str]) -> Iterator[str]:
        for name in after:
            if name.startswith("~/") or name == "strange":
                continue
            said = self._torchup("show", name)
            if said.code:
                yield f"show {name}: {said.code} {said.err[-600:]}"


def _touches(argv: tuple[str, ...]) -> str:
    return {"shell-init": ".bashrc", "adopt": "foreign"}.get(argv[0], "")


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


def make(folder: Path, number: int, server: IndexServer) -> World:
    """Make the template: two environments, one of another tool, a lock, a change to undo."""
    root = folder / f"run{number}"
    root.mkdir(parents=True)
    torchup = Torchup(root, **sources_of(server))
    (root / "notes.txt").write_text("nobody touches this\n")
    (root / ".bashrc").write_text("export MINE=1\n")
    for words in (
        ("create", "a", *SPEC),
        ("clone", "a", "b"),
        ("add", "-n", "b", "six", "--no-verify"),
        ("lock", "a", "-o", "pylock.a.toml"),
    ):
        done = torchup(*words)
        assert done.code == 0, (words, done)
    uv = [find_uv_bin(), "venv", "--quiet", "--no-project", str(root / "foreign")]
    subprocess.run(uv, check=True, env=torchup.env)
    template = folder / f"template{number}"
    subprocess.run(["cp", "-a", str(root), str(template)], check=True)
    return World(root, template, server)


def serve(folder: Path) -> IndexServer:
    """Make the packages; the server is to be started."""
    make_world(folder)
    return IndexServer(folder)
