"""Makes one environment in a process of its own, which the tests kill.

Usage: driver.py HOME WORLD NAME [before|after FUNCTION [COUNT]] | [linger|stubborn]
       driver.py HOME WORLD NAME delete before|after FUNCTION
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgspec

from crash.support import create, record_of
from torchup.apply import Site, StepLog, create_environment, delete_environment, folders, journal
from torchup.apply import create as create_module
from torchup.apply import delete as delete_module
from torchup.backends import Inputs, uv
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.model import EnvRecord

PLACES: dict[str, tuple[Any, str]] = {
    "begin": (journal, "begin"),
    "write_entry": (journal, "write_entry"),
    "end": (journal, "end"),
    "resolve": (uv, "resolve"),
    "make": (uv, "make"),
    "install": (uv, "install"),
    "write_marker": (create_module, "write_marker"),
    "discard": (delete_module, "discard"),
    "remove_tree": (folders, "remove_tree"),
}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(when: str, place: str, count: int) -> None:
    """Kill this process before or after the ``count``-th call of a function."""
    module, name = PLACES[place]
    real: Callable[..., Any] = getattr(module, name)
    calls = 0

    def armed(*args: Any, **named: Any) -> Any:  # noqa: ANN401  # stands in for any function
        nonlocal calls
        calls += 1
        if when == "before" and calls == count:
            die()
        result = real(*args, **named)
        if when == "after" and calls == count:
            die()
        return result

    setattr(module, name, armed)


def linger(home: Home, name: str, *, stubborn: bool) -> None:
    """Start an installer that does not end, and that may not want to."""
    host = RealHost()
    shell = "trap '' TERM; " if stubborn else ""

    def work(site: Site) -> EnvRecord:
        (site.path / "half").write_text("half")
        with site.log.step("quick"):
            pass
        with site.log.step("slow"):
            script = f"{shell}echo ready >&2; sleep 60 & echo $! >&2; wait; sleep 60"
            host.stream(["sh", "-c", script], on_line=tell)
        return record_of(site)

    log = StepLog()
    try:
        create_environment(host, home, name, work, log=log)
    except KeyboardInterrupt:
        tell(" ".join(f"{outcome.id}={outcome.status}" for outcome in log.outcomes))
        sys.exit(130)


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(home_path: str, world: str, name: str, *how: str) -> None:
    home = Home(Path(home_path))
    if how[:1] and how[0] in {"linger", "stubborn"}:
        linger(home, name, stubborn=how[0] == "stubborn")
        return
    if how[:1] == ("delete",):
        arm(how[1], how[2], 1)
        delete_environment(RealHost(), home, name)
        return
    if how:
        arm(how[0], how[1], int(how[2]) if how[2:] else 1)
    inputs = msgspec.json.decode(Path(world).read_bytes(), type=Inputs)
    tell("start")
    create(home, name, inputs)
    tell("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
