"""Compare what torchup plans for old projects with what somebody wrote down by hand.

``python tools/score_projects.py FOLDER``: each folder in FOLDER holds a project's files and a
``meta.json`` with ``expect`` and the days of its commits. Plans each for an RTX 3090 with driver
550, and for an RTX 5090 with driver 580, on Linux; prints each difference and how many give a
stack that is an expected one. The exit status is 1 where fewer than nine in ten do.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from torchup.api.context import Context
from torchup.api.projects.declarations import as_asked
from torchup.api.stacks.planning import preview
from torchup.errors import TorchupError
from torchup.host.real import RealHost
from torchup.model import Machine, Requirement
from torchup.projects import read_project
from torchup.projects.days import settled_day
from torchup.resolve.versions import meets
from torchup.state.home import find_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Resolution

ENOUGH = 0.9


class Card(NamedTuple):
    """A machine to plan for."""

    name: str
    arch: str
    driver: str


CARDS = (Card("RTX 3090", "sm_86", "550.54"), Card("RTX 5090", "sm_120", "580.65"))
NO_FRAMEWORK = "projects.no-framework"


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="projects with this in their name")
    parser.add_argument("--today", action="store_true", help="no day: the newest of everything")
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args(arguments)
    enough = True
    for card in CARDS:
        good = count = 0
        for folder, meta in projects(given.folder, given.only):
            answer, error = plan(folder, meta, card, dated=not given.today)
            verdict = judge(answer, error, meta["expect"], card)
            count += 1
            good += verdict == ""
            if verdict or given.verbose:
                print(f"{card.name}  {folder.name}: {verdict or 'ok'} {shown(answer, error)}")
                sys.stdout.flush()
        print(f"{card.name} with driver {card.driver}: {good} of {count} as expected")
        enough = enough and good >= ENOUGH * count
    return 0 if enough else 1


def projects(root: Path, only: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every folder with a ``meta.json``."""
    for path in sorted(root.glob("*/meta.json")):
        if only in path.parent.name:
            yield path.parent, json.loads(path.read_text(encoding="utf-8"))


def plan(
    folder: Path, meta: dict[str, Any], card: Card, *, dated: bool
) -> tuple[Resolution | None, str]:
    """Plan for a project as of its own day; the error's code where there is none."""
    host = RealHost()
    context = Context(host, find_home(host, None, named=None))
    try:
        found = read_project(host, str(folder))
        asked = Requirement(today=context.today())
        last = (meta.get("last_commit_date") or "")[:10]
        if dated and last:
            changed = (meta.get("declarations_last_changed") or "")[:10]
            day, context.notes = settled_day(last, changed, found)
            asked = Requirement(today=day, as_of=day)
        asked = as_asked(asked, context, None, [found])
        machine = machine_of(card)
        return preview(context, machine, asked, live=False).resolution, ""
    except TorchupError as error:
        return None, str(error)


def machine_of(card: Card) -> Machine:
    """Describe the machine."""
    from torchup.model import Driver, Gpu, Os

    return Machine(
        os=Os(system="linux", distro="ubuntu", version="22.04", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia", name=f"NVIDIA GeForce {card.name}", arch=card.arch),),
        drivers=(Driver(vendor="nvidia", version=card.driver),),
    )


def judge(answer: Resolution | None, error: str, expect: dict[str, Any], card: Card) -> str:
    """What is wrong with an answer; empty where it is as expected."""
    if not expect["torch"]:
        return "" if error.startswith(NO_FRAMEWORK) else "should say that it has no use for torch"
    if answer is None:
        return "error"
    stack = answer.stack
    impossible = card.arch in expect["impossible_on"]
    if card.arch != CARDS[0].arch:
        if impossible:
            return "" if stack is None and answer.reasons else "should be none"
        return "" if stack is not None else "should have a stack"
    if stack is None:
        return "none"
    wanted = [*expect["torch"], *expect["also_runs"]]
    if not any(meets(stack.packages["torch"], one) for one in wanted):
        return f"torch is not {' or '.join(wanted)}"
    lines = expect["python"]
    nearest = "3.8" if all(one in ("3.6", "3.7") for one in lines) else ""
    return "" if stack.python in (*lines, nearest) else f"Python is not {', '.join(lines)}"


def shown(answer: Resolution | None, error: str) -> str:
    """The answer in a line."""
    if answer is None:
        return error
    if answer.stack is None:
        return "; ".join(
            f"{r.code} {r.subject} {r.needs} {r.has}"[:160] for r in answer.reasons[:3]
        )
    stack = answer.stack
    return f"torch {stack.packages['torch']}+{stack.build} Python {stack.python}"


if __name__ == "__main__":
    raise SystemExit(main())
