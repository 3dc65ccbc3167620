"""What conda's backend may be asked, and what it is asked for a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_stack import build_of, framework_specs, pinned
from torchup.backends.inputs import Conda
from torchup.errors import UsageError
from torchup.facts.conda import has_conda, load_conda
from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue
from torchup.resolve.ask import is_path, marker_environment
from torchup.resolve.conda_machine import virtual_packages

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Requirement, Stack


def check(context: Context, requirement: Requirement) -> None:
    """Refuse what only wheels can give.

    Raises:
        UsageError: ``ask.conda-and-framework``: nothing is known of it in conda's channels;
            ``ask.conda-and-wheels``, ``ask.conda-and-nightly`` or ``ask.conda-and-path``.
    """
    framework = load_catalogue().framework
    if not has_conda(framework.name):
        raise UsageError("ask.conda-and-framework", framework=framework.title)
    if context.wheels:
        raise UsageError("ask.conda-and-wheels", folder=context.wheels)
    if requirement.nightly:
        raise UsageError("ask.conda-and-nightly")
    if is_path(requirement.python):
        raise UsageError("ask.conda-and-path", python=requirement.python)


def conda_inputs(choice: Choice, stack: Stack, machine: Machine) -> Conda:
    """Lay out what conda's backend is asked for a stack."""
    catalogue = load_catalogue()
    framework = catalogue.framework.name
    source = choice.source()
    found = (
        file.filename
        for one in choice.listings
        if source is not None and one.source.id == source.id and one.project == framework
        for file in one.files
        if (file.version, file.build) == (stack.packages[framework], stack.build)
    )
    string = next((name.rpartition("-")[2] for name in found), "")
    strings = (
        {}
        if stack.libraries
        else {framework: string.removesuffix(".conda").removesuffix(".tar.bz2")}
    )
    return Conda(
        platform=machine.platform,
        specs=framework_specs(stack, strings),
        names=framework_names(),
        builds=_builds(stack),
        pinned=pinned(stack, strings),
        virtual=virtual_packages(machine, stack, choice.resolution.serves, catalogue),
        environment=marker_environment(machine, stack.python),
        by_pip=tuple(stack.installed) if stack.libraries else (),
    )


def _builds(stack: Stack) -> dict[str, str]:
    """Return which build each package of the frameworks has to be of, by conda's names."""
    found = {}
    for name in named_in(stack.packages):
        framework = load_catalogue(name).framework
        for one in (load_conda(name).package, *framework.companions):
            found[one] = build_of(stack, name)
    return found
