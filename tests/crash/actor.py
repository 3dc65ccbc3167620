"""Does one thing to environments in a process of its own, and dies at its N-th change of the disk.

The folder ``disk`` beside the home behaves as if it were a volume of its own.

Usage: actor.py HOME N ACTION NAME [OTHER]; N is 0 for never.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.support import record_of
from torchup.apply import (
    Site,
    StepLog,
    change_environment,
    clone_environment,
    create_environment,
    delete_environment,
    recover,
    rehome,
    rename_environment,
    undo_change,
)
from torchup.apply.move import check_move, move_environment
from torchup.apply.rehoming import check_rehoming
from torchup.errors import TorchupError
from torchup.host.real import RealHost
from torchup.state import undo
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.model import EnvRecord

PACKAGES = Path("lib") / "python3.11" / "site-packages"
CHANGING = ("link", "mkdir", "replace", "rename", "rmdir", "symlink", "unlink", "write")


def keep_apart(disk: Path) -> None:
    """Refuse links and moves between the disk and everything else, as between two volumes."""

    def apart(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(one: object, other: object, **named: Any) -> Any:  # noqa: ANN401
            if len({disk in Path(str(path)).parents for path in (one, other)}) > 1:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(one), None, str(other))
            return real(one, other, **named)

        return call

    for name in ("link", "rename", "replace"):
        setattr(os, name, apart(getattr(os, name)))


def arm(count: int) -> None:
    """Kill this process before its ``count``-th call that changes the disk."""
    calls = 0

    def armed(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401  # stands in for any function
            nonlocal calls
            calls += 1
            if calls == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **named)

        return call

    for name in CHANGING:
        setattr(os, name, armed(getattr(os, name)))


def lay_out(site: Site) -> EnvRecord:
    (site.path / "bin").mkdir()
    (site.path / "bin" / "python").symlink_to(sys.executable)
    (site.path / "bin" / "tool").write_text(f"#!{site.path}/bin/python\n")
    for name in ("framework", "companion"):
        module = site.path / PACKAGES / name
        module.mkdir(parents=True)
        (module / "__init__.py").write_text("x = 1\n")
    return record_of(site)


def add(package: str) -> Callable[[Site], EnvRecord]:
    """Change an environment as an installer does: file by file, replacing what is there."""

    def work(site: Site) -> EnvRecord:
        module = site.path / PACKAGES / package
        module.mkdir()
        for number in range(3):
            (module / f"m{number}.py").write_text(package)
        shared = site.path / PACKAGES / "framework" / "__init__.py"
        text = shared.read_text() + f"# {package}\n"
        shared.unlink()
        shared.write_text(text)
        return record_of(site)

    return work


def remove(package: str) -> Callable[[Site], EnvRecord]:
    def work(site: Site) -> EnvRecord:
        import shutil

        shared = site.path / PACKAGES / "framework" / "__init__.py"
        text = shared.read_text().replace(f"# {package}\n", "")
        shared.unlink()
        shutil.rmtree(site.path / PACKAGES / package)
        shared.write_text(text)
        return record_of(site)

    return work


def move(host: RealHost, home: Home, name: str, folder: Path) -> None:
    moving = check_move(host, home, name, folder)
    if not moving.needless:
        move_environment(host, home, moving, log=StepLog())


def undo_last(host: RealHost, home: Home, name: str) -> None:
    """Take the last change of an environment back."""
    undo_change(host, home, [one for one in undo.changes(home) if one.about == name][-1])


def take_home(host: RealHost, old: Home, new: Home) -> None:
    """Move a home; the file ``setting`` beside it stands for the user's settings."""
    setting = old.root.with_name("setting")

    def switch() -> None:
        setting.write_text(str(new.root))

    rehome.move_home(host, check_rehoming(host, old, new), switch, log=StepLog())


def main(home_path: str, count: str, action: str, name: str, other: str = "") -> int:
    host, home = RealHost(), Home(Path(home_path))
    doing: dict[str, Callable[[], object]] = {
        "create": lambda: create_environment(host, home, name, lay_out),
        "delete": lambda: delete_environment(host, home, name),
        "clone": lambda: clone_environment(host, home, name, other),
        "rename": lambda: rename_environment(host, home, name, other),
        "add": lambda: change_environment(host, home, name, add(other), command="add"),
        "remove": lambda: change_environment(host, home, name, remove(other), command="remove"),
        "undo": lambda: undo_last(host, home, name),
        "move": lambda: move(host, home, name, Path(other)),
        "rehome": lambda: take_home(host, home, Home(Path(other))),
        "recover": lambda: recover(host, home),
    }
    keep_apart(home.root.with_name("disk"))
    if int(count):
        arm(int(count))
    try:
        doing[action]()
    except TorchupError as error:
        sys.stderr.write(error.code)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
