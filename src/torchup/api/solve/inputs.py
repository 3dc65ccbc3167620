"""What a choice is solved with: which interpreter, which index, which lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.compiled.build_settings import builds_of
from torchup.api.compiled.building import lines_for, never_built
from torchup.api.solve.warming import local_indexes
from torchup.api.stacks.choosing import CONDA, Choice
from torchup.backends import Inputs
from torchup.backends.inputs import Target
from torchup.errors import OutsideError
from torchup.facts.load import load_catalogue, other_names
from torchup.model.names import name_of
from torchup.resolve.ask import read_requirement

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine, Source, Stack


def interpreter_for(machine: Machine, line: str, asked: str | None) -> str:
    """The path of an installed interpreter of a release line, the newest patch of it."""
    if asked and ("/" in asked or "\\" in asked):
        return asked
    fitting = [
        one
        for one in machine.pythons or ()
        if one.minor == line and one.implementation == "CPython"
    ]
    newest = max(
        fitting,
        key=lambda one: [int(n) for n in one.version.split(".")[:3] if n.isdigit()],
        default=None,
    )
    return newest.path if newest else ""


def inputs_of(
    context: Context, choice: Choice, stack: Stack, python: str, machine: Machine
) -> Inputs:
    """Say what a backend solves for.

    Args:
        context: the session.
        choice: where the stack was found.
        stack: what was chosen.
        python: the interpreter that will use it; empty for a machine that isn't here.
        machine: the machine.

    Raises:
        OutsideError: ``create.no-source``: no place that was asked has the stack.
    """
    framework = load_catalogue().framework
    asked = read_requirement(choice.resolution.requirement, framework, machine)
    source = choice.source()
    if source is None:
        raise OutsideError("create.no-source", stack=stack.build)
    pins = stack.lines
    conda = None
    if choice.backend == CONDA:
        from torchup.api.condas.asking import conda_inputs

        conda = conda_inputs(choice, stack, machine)
        pins = pins if stack.libraries else ()
    builds = builds_of(context, choice, machine)
    # conda's solver is told of every framework by its build.
    others = tuple(one for one in asked.others if not (conda and name_of(one) in stack.packages))
    held = tuple(one.constraint for one in choice.fitted if one.constraint)
    return Inputs(
        python=python,
        minor=stack.python,
        requirements=(
            *pins,
            *lines_for(others, choice.fitted, builds),
            *stack.beside,
            *(() if conda else ("pip",)),
        ),
        framework_names=framework.publishes,
        framework_index=_index_of(context, choice, source),
        framework_flat=source.kind == "links",
        sources=choice.sources,
        constraints=(*asked.constraints, *held),
        absent=other_names(stack.packages, stack.distributions),
        wheels_only=never_built(context, asked.others, builds),
        builds=builds,
        hashes=choice.resolution.requirement.hashes,
        as_of=asked.as_of,
        offline=context.offline,
        target=None if python else target_of(machine, stack),
        conda=conda,
    )


def target_of(machine: Machine, stack: Stack) -> Target:
    """Say which machine is solved for.

    Where its version of macOS isn't known, the one that the framework's wheels ask for counts:
    uv would think of an older one, and find none of them.
    """
    macos = None
    if machine.os.system == "macos":
        catalogue = load_catalogue()
        version = stack.packages.get(catalogue.framework.name, "")
        release = catalogue.release(version)
        build = catalogue.build(version, stack.build, machine.platform)
        floor = release.floor(machine.platform, stack.python) if release else None
        floor = (build.floor if build else "") or floor or ""
        macos = machine.os.version or floor.rpartition(" ")[2] or None
    return Target(platform=machine.platform, libc=machine.os.libc, macos=macos)


def _index_of(context: Context, choice: Choice, source: Source) -> str:
    """The address that the backend takes the framework from."""
    if source.kind != "folder":
        return source.url
    if context.warming is not None:
        context.warming.wait()
    from torchup.sources.local_index import local_index

    stack = choice.resolution.stack
    pins = stack.installed if stack else {}
    files = tuple(
        file
        for listing in choice.listings
        if listing.source.id == source.id
        for file in listing.files
        if pins.get(listing.project) == "+".join(filter(None, (file.version, file.build)))
    )
    return local_index(context.host, source, files, local_indexes(context))


def hashed_index(context: Context, choice: Choice) -> str:
    """The index laid out over the chosen folder as it is now; empty where there is no folder.

    It is named after its files' sizes and times, so it is not the one that the lock speaks of if
    a file changed in between, and the backend verifies that file.
    """
    source = choice.source()
    return _index_of(context, choice, source) if source and source.kind == "folder" else ""
