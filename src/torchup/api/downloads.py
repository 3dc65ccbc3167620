"""The exact files of a stack, for people who fetch them with another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import apply
from torchup.api.planning import choose, plan
from torchup.api.sizes import Sizing
from torchup.api.solving import interpreter_for, solve
from torchup.sources.address import file_url, path_of

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.host import Host
    from torchup.model import Machine, Plan, Requirement


def downloads(context: Context, machine: Machine, requirement: Requirement, *, here: bool) -> Plan:
    """Plan down to the files, for this machine or for another one; installs nothing.

    Sources are asked as this machine is set up to reach them, since it is here that the files are
    fetched. A size that a source doesn't tell stays unknown.

    Args:
        context: the session.
        machine: the machine that the files are for.
        requirement: what is asked for.
        here: the machine is this one, so that its interpreters can be run.

    Raises:
        UsageError: the requirement can't be taken.
        NoAnswerError: the requirements can't be met together.
        OutsideError: a source, the network or the disk failed.
    """
    apply.prepare_home(context.home)
    choice = choose(context, machine, requirement, live=True)
    stack = choice.resolution.stack
    if stack is None:
        return plan(choice)
    python = interpreter_for(machine, stack.python, requirement.python) if here else ""
    solved = solve(context, choice, stack, python, machine)
    files = Sizing(context, solved.artifacts).wait()
    return replace(
        plan(solved.choice),
        artifacts=tuple(replace(one, url=_original(context.host, one.url)) for one in files),
    )


def _original(host: Host, url: str) -> str:
    """Where a file of this machine really lies; the solver saw it through a link."""
    path = path_of(url)
    return url if path is None else file_url(host.real_path(path), host.system)
