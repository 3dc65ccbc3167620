"""A choice as commands for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue
from torchup.model import shown_url
from torchup.plan.pasting import Wanted, pasteable
from torchup.resolve.ask import read_requirement

if TYPE_CHECKING:
    from torchup.api.choosing import Choice
    from torchup.model import Machine
    from torchup.plan.forms import Form


def commands(choice: Choice, machine: Machine, form: Form, *, name: str = "NAME") -> str:
    """Write the commands that give the chosen stack; empty where nothing was chosen.

    Args:
        choice: the choice.
        machine: the machine that they are for.
        form: which tool's commands, or a Dockerfile.
        name: the environment's name.

    Raises:
        UsageError: the form can't express the stack.
    """
    stack = choice.resolution.stack
    if stack is None:
        return ""
    framework = load_catalogue().framework
    asked = read_requirement(choice.resolution.requirement, framework, machine)
    wanted = Wanted(
        stack=stack,
        system="linux" if form == "dockerfile" else machine.os.system,
        options=_options(choice),
        rest=asked.others,
        constraints=asked.constraints,
        name=name,
    )
    return pasteable(form, wanted)


def _options(choice: Choice) -> tuple[str, ...]:
    """What leads pip and uv to the framework's place; nothing where it is the index for all."""
    stack, source = choice.resolution.stack, choice.source()
    url = source.url if source else stack.index_url if stack else ""
    if not url or url == choice.sources.primary.url:
        return ()
    if source is not None and source.kind != "index":
        return ("--find-links", shown_url(url))
    return ("--index-url", shown_url(url))
