"""Makes and undoes a change of files, killed at every call that changes the disk.

Usage: undo_actor.py FOLDER; prints how often it was killed.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.actor import arm
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.state import undo
from torchup.state.home import Home
from torchup.state.undo import Link, Remove, Rename, Write

WHAT = Text("undo.what.conda", {"path": "a"})


def lay_out(world: Path) -> None:
    shutil.rmtree(world, ignore_errors=True)
    (world / "pkg" / "deep").mkdir(parents=True)
    (world / "pkg" / "deep" / "x").write_text("x")
    (world / "pkg" / "y").write_text("y")
    (world / "settings").write_text("old")
    (world / "torch.py").write_text("mine")


def state(world: Path) -> dict[str, str]:
    return {
        str(one.relative_to(world)): str(one.readlink()) if one.is_symlink() else one.read_text()
        for one in sorted(world.rglob("*"))
        if one.is_symlink() or one.is_file()
    }


def change(home: Home, world: Path) -> None:
    undo.change(
        RealHost(),
        home,
        what=WHAT,
        edits=[
            Write(path=str(world / "settings"), data=b"new"),
            Remove(path=str(world / "pkg")),
            Rename(path=str(world / "torch.py"), to=str(world / "mine.py")),
            Write(path=str(world / "made" / "it"), data=b"new"),
            Link(path=str(world / "link"), target="settings"),
        ],
    )


def take_back(home: Home, _world: Path) -> None:
    undo.undo(RealHost(), home, undo.find(home, "last"))


def settle(home: Home, folder: Path) -> None:
    """Do something else, as the next command would."""
    undo.change(RealHost(), home, what=WHAT, edits=[Write(path=str(folder / "else"), data=b"")])
    undo.undo(RealHost(), home, undo.find(home, "last"))


def main(folder: Path) -> int:
    world, home = folder / "world", Home(str(folder / "home"))
    kills = 0
    for first, action in ((None, change), (change, take_back)):
        lay_out(world)
        before = state(world)
        change(home, world)
        after = state(world)
        take_back(home, world)
        count = 1
        while True:
            lay_out(world)
            shutil.rmtree(folder / "home", ignore_errors=True)
            if first is not None:
                first(home, world)
            child = os.fork()
            if child == 0:
                arm(count)
                action(home, world)
                os._exit(0)
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            settle(home, folder)
            now = state(world)
            assert now in (before, after), f"{action.__name__} {count}: {now}"
            left = undo.changes(home)
            if now == after:
                assert len(left) == 1
                take_back(home, world)
                assert state(world) == before
            else:
                assert left == ()
            assert [one.name for one in home.kept.iterdir()] == []
            if ended == 0:
                break
            kills += 1
            count += 1
    print(kills)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
