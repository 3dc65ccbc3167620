"""The exact files of a stack, for people who fetch them with another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import apply
from torchup.api.compiled.agreeing import agree
from torchup.api.solve.inputs import interpreter_for
from torchup.api.solve.solving import solve
from torchup.api.stacks.lost import lost_sources
from torchup.api.stacks.planning import choose, plan
from torchup.api.stacks.sizes import Sizing
from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.resolve.ask import is_path
from torchup.sources.address import file_url, path_of

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.host import Host
    from torchup.model import Machine, Plan, Requirement, Stack


def downloads(context: Context, machine: Machine, requirement: Requirement, *, here: bool) -> Plan:
    """Plan down to the files, for this machine or for another one; installs nothing.

    Sources are asked as this machine is set up to reach them, since it is here that the files are
    fetched. Where they give another stack than is planned for a machine elsewhere, the answer says
    so. A size that a source doesn't tell stays unknown.

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
    chosen = machine
    if not here and not is_path(requirement.python):
        chosen = replace(machine, pythons=None)  # that no Python can be had here is nothing to it
    choice = choose(context, chosen, requirement, live=True)
    said = _lost(choice)
    if not here:
        said = (*_otherwise(choice, choose(context, machine, requirement, live=False)), *said)
    told = (*said, *choice.resolution.reasons)
    choice = replace(choice, resolution=replace(choice.resolution, reasons=told))
    stack = choice.resolution.stack
    if stack is None:
        return plan(choice)
    choice = agree(context, choice, machine, dry_run=True)
    python = interpreter_for(machine, stack.python, requirement.python) if here else ""
    solved = solve(context, choice, stack, python, machine)
    files = Sizing(context, solved.artifacts).wait()
    return replace(
        plan(solved.choice),
        artifacts=tuple(replace(one, url=original(context.host, one.url)) for one in files),
    )


def _lost(choice: Choice) -> tuple[Reason, ...]:
    """The places of the framework that can't be reached, where others gave a stack."""
    if choice.resolution.stack is None:
        return ()
    said = {(one.code, one.subject) for one in choice.resolution.reasons}
    found = lost_sources(choice.listings, load_catalogue().framework.name)
    return tuple(one for one in found if (one.code, one.subject) not in said)


def _otherwise(choice: Choice, planned: Choice) -> tuple[Reason, ...]:
    """Say where this machine's sources give another stack than the described machine's own."""
    stack, other = choice.resolution.stack, planned.resolution.stack
    if other is None or (stack is not None and _names(stack) == _names(other)):
        return ()
    name = next(iter(other.packages))
    return (
        Reason(
            code="not-as-planned",
            effect="warn",
            subject=f"{name} {other.packages[name]}+{other.build}",
            has=f"Python {other.python}",
        ),
    )


def _names(stack: Stack) -> tuple[dict[str, str], str, str]:
    return stack.packages, stack.build, stack.python


def original(host: Host, url: str) -> str:
    """Return where a file of this machine really lies; the solver saw it through a link.

    Args:
        host: the machine.
        url: any address; one of the web stays as it is.
    """
    path = path_of(url)
    return url if path is None else file_url(host.real_path(path), host.system)
