"""A choice as commands for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.planning import choose
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue, load_gpus, other_names
from torchup.model import shown_url
from torchup.plan.container import Inside, inside
from torchup.plan.pasting import Wanted, pasteable
from torchup.resolve.ask import read_requirement
from torchup.resolve.libraries import libraries_of
from torchup.resolve.selected import selected

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Requirement
    from torchup.plan.forms import Form


def choose_for_image(
    context: Context, machine: Machine, requirement: Requirement, *, live: bool
) -> tuple[Choice, Inside]:
    """Choose for a Linux container on a machine, and say what the container sees of it.

    A container is another machine: it has its own Python and sources, so that the catalogue
    alone decides. Only nightly builds have to be asked for.

    Args:
        context: the session.
        machine: the machine that the container runs on.
        requirement: what is asked for.
        live: whether this machine's sources may be asked.

    Raises:
        UsageError: the requirement can't be taken, or no such container runs there.
    """
    if context.wheels:
        raise UsageError("pasting.wheels-in-image", path=context.wheels)
    gpus = machine.gpus
    if gpus is not None:
        gpus = tuple(gpu for _, gpu in selected(gpus, requirement.use_gpus))
    found = inside(replace(machine, gpus=gpus), load_gpus())
    asked = read_requirement(requirement, load_catalogue().framework, machine)
    wanted = replace(requirement, python=asked.python, use_gpus=())
    choice = choose(context, found.machine, wanted, live=live and requirement.nightly)
    return choice, found


def commands(choice: Choice, machine: Machine, form: Form, *, name: str = "NAME") -> str:
    """Write the commands that give the chosen stack; empty where nothing was chosen.

    Args:
        choice: the choice.
        machine: the machine that they are for; for a Dockerfile, what the container sees.
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
        system=machine.os.system,
        options=_options(choice),
        rest=asked.others,
        constraints=asked.constraints,
        name=name,
        wsl=bool(machine.os.wsl),
        published=framework.publishes,
        others_of=other_names(stack.packages, stack.distributions),
        libraries=libraries_of(stack, f"{machine.os.system}-{machine.arch}"),
    )
    if stack.origin == "conda":
        if form != "conda":
            raise UsageError("pasting.of-conda", form=form)
        from torchup.backends.conda_stack import framework_specs

        channels = tuple(shown_url(one.url) for one in choice.channels)
        wanted = replace(wanted, specs=framework_specs(stack), channels=channels)
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
