"""An environment that holds more or other than its lock says, locked as it is all the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import apply
from torchup.api.environments.changeable import with_python
from torchup.api.environments.contents import same_version
from torchup.api.solve.solving import solve
from torchup.api.stacks.planning import choose
from torchup.backends.contents import contents
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError
from torchup.model import bare_url
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment, Machine, Requirement


def locked_by_hand(
    context: Context,
    found: Environment,
    machine: Machine,
    pins: Requirement,
    *,
    keep: str,
    names: str,
) -> tuple[str, tuple[str, ...]]:
    """Find the files of what was installed by other hands, and write the lock that holds them.

    Args:
        context: the session.
        found: the environment.
        machine: this machine.
        pins: its framework, Python and requirements.
        keep: its lock as it was.
        names: what differs from that, for the error.

    Returns:
        The lock, and the names of the packages that nothing in the old one accounts for.

    Raises:
        NoAnswerError: ``lock.not-from-an-index``, or ``lock.cant-tell``: these sources don't have
            just what is there.
        OutsideError: a source, the network or the disk failed.
    """
    record = found.record
    here = contents(Path(record.path), context.host)
    local = [one.name for one in here if one.source or one.editable]
    if local:
        raise NoAnswerError(
            "lock.not-from-an-index", name=record.name, names=", ".join(sorted(local))
        )
    own = record.stack.packages
    rest = tuple(f"{one.name}=={one.version}" for one in here if one.name not in own)
    framework = tuple(f"{name}=={version}" for name, version in own.items())
    python = str(interpreter(Path(record.path), context.host))
    asked = replace(pins, packages=(*framework, *rest))
    apply.prepare_home(context.home)
    machine = with_python(machine, record, python)
    choice = choose(context, machine, asked, live=True)
    stack = choice.resolution.stack
    if found.state != "ok" or stack is None:
        raise NoAnswerError("lock.cant-tell", name=record.name, names=names)
    solved = solve(context, choice, stack, python, machine, keep=keep)
    there = {one.name: one.version for one in here}
    came = {canonical_name(one.name): one.version for one in solved.artifacts}
    differs = [
        name
        for name in sorted(there.keys() | came.keys())
        if not same_version(there.get(name, ""), came.get(name, ""))
    ]
    if differs:
        raise NoAnswerError("lock.cant-tell", name=record.name, names=", ".join(differs))
    known = {canonical_name(one.name) for one in record.artifacts}
    return bare_url(solved.lock), tuple(name for name in sorted(there) if name not in known)
