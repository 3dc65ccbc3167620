"""How a command is started while something goes wrong, and how it ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chaos.commands import Command
    from chaos.world import World

STRUCK: Final = Path(__file__).with_name("struck.py")
JOB: Final = Path(__file__).with_name("webjob.py")
TIMEOUT_S: Final = 90
HUNG: Final = 999
"""Stands for the status of a command that did not end."""
KILLED: Final = -signal.SIGKILL
NOTHING: Final = ("none", "0")


class Ended(NamedTuple):
    """How a command ended; ``code`` is negative where a signal ended it."""

    code: int
    out: str
    err: str
    fault: str


class Start(NamedTuple):
    """How a command is started.

    Attributes:
        strike: what ``struck.py`` does, and when.
        env: the variables, the world's own where there are none.
        before: a command line that starts it, which ends where it begins.
        out: where its standard output and standard error go, pipes where there is nothing.
        session: whether it gets a session of its own.
    """

    strike: tuple[str, str] = NOTHING
    env: Mapping[str, str] | None = None
    before: tuple[str, ...] = ()
    out: int | IO[bytes] = subprocess.PIPE
    session: bool = False


def start(world: World, command: Command, how: Start) -> subprocess.Popen[bytes]:
    """Start a command."""
    struck = (sys.executable, "-B", str(STRUCK), *how.strike)
    if command.web:
        order = json.dumps(dict(command.web))
        line = (sys.executable, "-B", str(JOB), order, *how.before, *struck, "web", "--json")
    else:
        line = (*how.before, *struck, *world.words(command))
    return subprocess.Popen(
        line,
        env=world.variables(command) if how.env is None else how.env,
        cwd=world.root,
        stdin=subprocess.DEVNULL,
        stdout=how.out,
        stderr=how.out,
        start_new_session=how.session,
    )


def end(child: subprocess.Popen[bytes], fault: str) -> Ended:
    """Wait until it has ended, or has hung."""
    try:
        out, err = child.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return Ended(HUNG, "", "", fault)
    return Ended(child.returncode, _text(out), _text(err), fault)


def run(world: World, command: Command, fault: str, how: Start) -> Ended:
    """Start a command and wait until it has ended."""
    return end(start(world, command, how), fault)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "replace")
