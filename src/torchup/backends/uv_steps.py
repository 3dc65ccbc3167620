"""A stack as commands that a person could paste. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.uv_project import required_names
from torchup.host.redact import redact_url
from torchup.model import Step, text
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.model import Stack


def creation_steps(stack: Stack, where: str, others: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """List the commands that give ``stack`` at ``where``, and what else is asked for.

    What known traps hold back is included.
    """
    wanted = (*stack.lines, *_held((*stack.beside, *others), stack.constraints))
    index = ("--index", redact_url(stack.index_url)) if stack.index_url else ()
    make = ("uv", "venv", "--python", stack.python, where)
    tools = () if "pip" in required_names(wanted) else ("pip",)
    install = ("uv", "pip", "install", "--python", where, *index, *wanted, *tools)
    return (
        Step(
            id="python",
            summary=text("step.python", python=stack.python),
            command=("uv", "python", "install", stack.python),
        ),
        Step(id="environment", summary=text("step.environment", path=where), command=make),
        Step(
            id="install",
            summary=text("step.install", packages=", ".join(wanted)),
            command=install,
        ),
        *(
            Step(
                id="leave-out",
                summary=text("step.leave-out", package=name),
                command=("uv", "pip", "uninstall", "--python", where, name),
            )
            for name in stack.absent
        ),
    )


def _held(wanted: tuple[str, ...], constraints: tuple[str, ...]) -> tuple[str, ...]:
    """Put constraints in the place of bare names that they are about, and the rest behind."""
    left = dict(zip(required_names(constraints), constraints, strict=True))
    held = [left.pop(canonical_name(one), one) for one in wanted]
    return (*held, *left.values())
