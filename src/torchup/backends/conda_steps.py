"""A stack of conda's as commands that a person could paste. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.conda_specs import read_wish
from torchup.backends.conda_stack import framework_specs
from torchup.model import Step, text
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from torchup.model import Stack


def creation_steps(stack: Stack, where: str, others: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """List the commands that give ``stack`` at ``where``, and what else is asked for."""
    wanted = [_in_one_word(spec) for spec in framework_specs(stack)]
    left = list(stack.lines) if stack.libraries else []
    for line in (*stack.beside, *stack.constraints, *others):
        wish = read_wish(line, {})
        if wish is None or not wish.names:
            left.append(line)
        else:
            wanted.append(wish.spec(wish.names[0]).replace(" ", ""))
    channels = [word for url in (stack.index_url,) if url for word in ("--channel", kept_url(url))]
    place = "--prefix" if "/" in where or "\\" in where else "--name"
    create = ("conda", "create", "--yes", "--override-channels", *channels, place, where, *wanted)
    summary = text("step.conda-environment", path=where)
    found = [Step(id="environment", summary=summary, command=create)]
    if left:
        pip = ("conda", "run", place, where, "python", "-m", "pip", "install", *left)
        what = text("step.install", packages=", ".join(left))
        found.append(Step(id="install", summary=what, command=pip))
    return tuple(found)


def _in_one_word(spec: str) -> str:
    """Write a specification as the command line takes it: ``cudnn>=8.1,<9``, ``python=3.8.*``."""
    name, _, rest = spec.partition(" ")
    if rest[:1] in ("<", ">", "!"):
        return name + rest
    return spec.replace(" ==", "=").replace(" ", "=")
