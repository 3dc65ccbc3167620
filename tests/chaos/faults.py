"""What goes wrong: each fault says how a command is started, and what happens meanwhile."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from chaos.commands import COMMANDS
from chaos.files import may_mount, mounted, remove
from chaos.starting import Ended, Start, end, run, start
from chaos.struck import READY
from chaos.surroundings import SURROUNDINGS, plant

if TYPE_CHECKING:
    import random
    import subprocess
    from collections.abc import Callable

    from chaos.commands import Command
    from chaos.world import World
    from indexserver import Fault as Refusal

LIST: Final = COMMANDS[0]._replace(words=("list",), web=())
"""What brings to an end what was killed."""


def struck(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Fail, or be killed, at a drawn change of the disk."""
    moment = int(2 ** chance.uniform(0, 9))
    return run(world, command, f"{kind} at change {moment}", Start((kind, str(moment))))


def at_checkpoint(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Be killed right before or after something is written down: journal, marker, kept copies."""
    moment, side = chance.randint(1, 14), chance.choice(("before", "after"))
    return run(world, command, f"{kind} {side} {moment}", Start((side, str(moment))))


def killed_twice(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Be killed, and so is what brings that to an end."""
    first, second = (int(2 ** chance.uniform(low, 7)) for low in (2, 0))
    run(world, command, kind, Start(("kill", str(first))))
    world.settle()
    other = chance.choice((LIST, command))
    said = f"at change {first}, then {other.words[0]} at change {second}"
    return run(world, other, f"{kind}: {said}", Start(("kill", str(second))))


def signalled(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Get a signal at a drawn instant, with everything that it started."""
    wait = chance.uniform(0, 1.5)
    twice = chance.random() < 0.2
    child = _ready(world, command)
    time.sleep(wait)
    for again in range(1 + twice):
        time.sleep(0.05 * again)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, getattr(signal, kind))
    return end(child, f"{kind}{' twice' if twice else ''} after {wait:.2f} s")


def _ready(world: World, command: Command) -> subprocess.Popen[bytes]:
    """Start a command, and wait until Python is there."""
    ready = world.root.with_suffix(".ready")
    remove(ready)
    env = {**world.variables(command), READY: str(ready)}
    child = start(world, command, Start(env=env, session=True))
    while not ready.exists() and child.poll() is None:
        time.sleep(0.001)
    return child


def hung_up(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Lose the terminal."""
    wait = chance.uniform(0.1, 1.5)
    ours, its = pty.openpty()
    with os.fdopen(its, "wb", buffering=0) as terminal:
        child = start(world, command, Start(("terminal", "0"), out=terminal, session=True))
    time.sleep(wait)
    os.close(ours)
    return end(child, f"{kind} after {wait:.2f} s")


def speechless(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Have nowhere to speak to: a full disk, or a reader who went away."""
    where = chance.choice(("a full disk", "nobody"))
    if where == "a full disk":
        with Path("/dev/full").open("wb", buffering=0) as full:
            return run(world, command, f"{kind}: {where}", Start(out=full))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb", buffering=0) as gone:
        return run(world, command, f"{kind}: {where}", Start(out=gone))


def surrounded(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Find strange variables, or lack usual ones."""
    name = chance.choice(sorted(SURROUNDINGS))
    variables = {**world.variables(command), **SURROUNDINGS[name]}
    kept = {key: value for key, value in variables.items() if value is not None}
    return run(world, command, f"{kind}: {name}", Start(env=kept))


def configured(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Find settings, of torchup's or of another program, that are anything but settings."""
    return run(world, command, f"{kind}: {plant(world, chance)}", Start())


def unreachable(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Lose the network: from the start, or where a drawn file is asked for."""
    part = chance.choice(("", "torch", "numpy", "six", "simple", ".whl"))
    refusal = chance.choice(_REFUSALS)
    world.server.faults = {part: refusal}
    try:
        return run(world, command, f"{kind}: {refusal} for {part or 'everything'}", Start())
    finally:
        world.server.faults = {}


def clocked(world: World, command: Command, _chance: random.Random, kind: str) -> Ended:
    """See the clock jump."""
    return run(world, command, kind, Start((kind, "0")))


def crowded(world: World, command: Command, _chance: random.Random, kind: str) -> Ended:
    """Be one of eight that do the same at once; the worst status counts, and what all said."""
    return _together(world, [command] * 8, kind)


def mingled(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Be one of eight that do different things at once."""
    others = chance.choices([one for one in COMMANDS if not one.web], k=7)
    world.also = tuple(others)
    return _together(world, [command, *others], kind)


def _together(world: World, commands: list[Command], kind: str) -> Ended:
    ended = [end(child, kind) for child in [start(world, one, Start()) for one in commands]]
    worst = max(ended, key=lambda one: (one.code not in {0, 1, 2, 3}, one.code))
    out, err = ("".join(said) for said in zip(*((one.out, one.err) for one in ended), strict=True))
    return Ended(worst.code, out, err, kind)


def on_small_disk(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Lie on a real disk that gets full: of bytes, or of files."""
    room = int(2 ** chance.uniform(12, 22))
    files = int(2 ** chance.uniform(2, 9)) if chance.random() < 0.3 else 0
    used = sum(_blocks(one) for one in world.template.rglob("*")) + (1 << 16)
    count = sum(1 for _ in world.template.rglob("*")) + 8
    limit = f"nr_inodes={count + files}" if files else f"size={used + room}"
    world.begin(mount=limit)
    said = f"{files} files" if files else f"{room} bytes"
    ended = run(world, command, f"{kind}: room for {said}", Start())
    mounted(world.root, "remount,size=1g,nr_inodes=1m")
    return ended


def _blocks(path: Path) -> int:
    found = path.lstat()
    return (found.st_size + 8191) // 4096 * 4096 // (found.st_nlink if path.is_file() else 1)


def without_rights(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Lack the right to a drawn folder, as a user who isn't root."""
    place = world.root / chance.choice(_FOLDERS)
    place.mkdir(parents=True, exist_ok=True)
    mode = chance.choice((0o500, 0o400, 0o000))
    was = place.stat().st_mode
    place.chmod(mode)
    try:
        return run(
            world,
            command,
            f"{kind}: {place.relative_to(world.root)} {mode:03o}",
            Start(before=_MORTAL if os.geteuid() == 0 else ()),
        )
    finally:
        with suppress(FileNotFoundError):  # an emptied trash is removed, which its owner may
            place.chmod(was)


def limited(world: World, command: Command, chance: random.Random, kind: str) -> Ended:
    """Be held to a quota of open files, or of bytes in one file."""
    name, low, high = chance.choice(_LIMITS)
    most = int(2 ** chance.uniform(low, high))
    prlimit = ("prlimit", f"--{name}={most}:{most}")
    return run(world, command, f"{kind}: {name} {most}", Start(before=prlimit))


_REFUSALS: Final[tuple[Refusal, ...]] = ("404", "503", "truncated", "wrong-hash", "500")
_FOLDERS: Final = (
    ".",
    "config",
    "torchup",
    "torchup/cache",
    "torchup/cache/uv",
    "torchup/envs",
    "torchup/envs/a",
    "torchup/envs/a/.torchup",
    "torchup/envs/b",
    "torchup/envs/b/lib/python3.11/site-packages",
    "torchup/journal",
    "torchup/kept",
    "torchup/locks",
    "torchup/trash",
    "xdg-data/jupyter/kernels",
    "xdg-config/pip",
    ".vscode",
    "host",
)
_RIGHTS: Final = "-dac_override,-dac_read_search,-fowner"
_MORTAL: Final = ("setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}")
"""Starts a program as a root whom rights hold as they hold everybody."""
_LIMITS: Final = (("nofile", 3.6, 7), ("fsize", 8, 20))


class Fault(NamedTuple):
    """How often a fault is drawn, what it does, and whether it can be played on this machine."""

    often: int
    play: Callable[[World, Command, random.Random, str], Ended]
    needs: str = ""


FAULTS: Final = {
    "kill": Fault(6, struck),
    "checkpoint": Fault(4, at_checkpoint),
    "kill twice": Fault(3, killed_twice),
    "ENOSPC": Fault(2, struck),
    "small disk": Fault(4, on_small_disk, "mount"),
    "EACCES": Fault(1, struck),
    "rights": Fault(2, without_rights, "setpriv"),
    "EROFS": Fault(1, struck),
    "EIO": Fault(1, struck),
    "limits": Fault(1, limited, "prlimit"),
    "SIGKILL": Fault(4, signalled),
    "SIGINT": Fault(2, signalled),
    "SIGTERM": Fault(1, signalled),
    "SIGHUP": Fault(1, signalled),
    "hang-up": Fault(1, hung_up),
    "output": Fault(1, speechless),
    "network": Fault(2, unreachable),
    "surroundings": Fault(3, surrounded),
    "settings": Fault(4, configured),
    "clock": Fault(1, clocked),
    "crowd": Fault(1, crowded),
    "mixed crowd": Fault(1, mingled),
}
"""Name → the fault."""


def playable(folder: Path) -> dict[str, Fault]:
    """Return the faults that this machine lets be played: some take a program, or root."""
    return {
        name: fault
        for name, fault in FAULTS.items()
        if not fault.needs
        or (may_mount(folder) if fault.needs == "mount" else shutil.which(fault.needs))
    }
