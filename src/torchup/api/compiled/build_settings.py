"""What a build is told: its variables, its toolkit, how many compilers may run at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.compiled.building import is_sdist
from torchup.api.compiled.fitted import Fitted, ground_of
from torchup.api.compiled.words import named
from torchup.apply.toolkit import CUDA_HOME, toolkit_home
from torchup.backends import Build
from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name
from torchup.resolve.needs import parsed
from torchup.resolve.numbers import capability

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.wheels import Compiles
    from torchup.model import EnvRecord, Machine, OwnToolkit, Stack
    from torchup.resolve.fitting import Ground


_GIB: Final = 1024


BUILT_FOR: Final = "TORCHUP_BUILT_FOR"
"""A variable that nobody reads: uv keeps apart what was built under different ones."""


def builds_of(context: Context, choice: Choice, machine: Machine) -> tuple[Build, ...]:
    """What will be compiled, and what its build is told; everything was agreed to.

    Args:
        context: the session.
        choice: what was chosen.
        machine: this machine.

    Raises:
        NoAnswerError: ``build.no-sources``: there is no source distribution.
        OutsideError: it can't be fetched.
    """
    stack = choice.resolution.stack
    wanted = [one for one in choice.fitted if one.state == "source" and one.compiles]
    if stack is None or not wanted:
        return ()
    ground = ground_of(stack, machine)
    return tuple(
        _build(context, choice, one, one.compiles, ground, machine, stack)
        for one in wanted
        if one.compiles is not None
    )


def _build(  # noqa: PLR0917  # what one build depends on
    context: Context,
    choice: Choice,
    one: Fitted,
    needs: Compiles,
    ground: Ground,
    machine: Machine,
    stack: Stack,
) -> Build:
    from torchup.sources.sdists import newest_sdist, required_by

    sources = choice.sources
    places = (*sources.links, *sources.extras, sources.primary)
    accepted = str(parsed(one.line).specifier)
    sdist = context.kept.get(one.name)
    if sdist is None and not context.offline:
        sdist = newest_sdist(context.host, places, one.name, accepted, ground.python)
    if sdist is None:
        raise NoAnswerError("build.no-sources", name=one.name, line=one.line)
    requires = required_by(context.host, sdist, context.home.cache / "metadata")
    return Build(
        name=one.name,
        version=sdist.version,
        requires=requires or (),
        variables=_variables(needs, ground, machine, stack),
        speed={"MAX_JOBS": str(jobs(context, needs, machine))},
    )


def with_toolkit(
    builds: tuple[Build, ...], environment: Path, toolkit: OwnToolkit | None
) -> tuple[Build, ...]:
    """Let builds take the toolkit of their environment, where it has one.

    Args:
        builds: what is compiled.
        environment: the folder that it is compiled in.
        toolkit: the environment's own; None where builds take the machine's.
    """
    if toolkit is None:
        return builds
    home = {CUDA_HOME: str(toolkit_home(environment, toolkit))}
    return tuple(replace(one, variables={**one.variables, **home}) for one in builds)


def builds_again(context: Context, record: EnvRecord, machine: Machine) -> tuple[Build, ...]:
    """What was compiled for an environment, as it would be compiled once more.

    Args:
        context: the session.
        record: the environment.
        machine: this machine.
    """
    from torchup.facts.wheels import load_wheels

    files = {canonical_name(one.name): one for one in record.artifacts if is_sdist(one)}
    known = load_wheels(files, load_catalogue().framework.name)
    if not known:
        return ()
    ground = ground_of(record.stack, machine)
    return tuple(
        Build(
            name=name,
            version=files[name].version,
            variables=_variables(one.table.compiles, ground, machine, record.stack),
            speed={"MAX_JOBS": str(jobs(context, one.table.compiles, machine))},
        )
        for name, one in known.items()
        if one.table.compiles is not None
    )


def _variables(needs: Compiles, ground: Ground, machine: Machine, stack: Stack) -> dict[str, str]:
    """What a build is told; the same for the same stack and cards, so that it is kept."""
    found = {**needs.variables, BUILT_FOR: named(ground)}
    if ground.device != "cuda":
        return found
    home = stack.environment.get("CUDA_HOME")
    found |= {**needs.cuda_variables, **({"CUDA_HOME": home} if home else {})}
    return found | dict(_cards(machine))


def jobs(context: Context, needs: Compiles, machine: Machine) -> int:
    """How many compilers may run at a time: as many as there are processors and memory for."""
    from torchup.probe.hardware import read_free_memory

    free = read_free_memory(context.host) or machine.memory_mib
    cores = (machine.cpu.cores if machine.cpu else None) or 1
    room = int(free / _GIB / needs.memory_gib) if free else 1
    return max(1, min(cores, room))


def _cards(machine: Machine) -> Iterator[tuple[str, str]]:
    """The architectures of the machine's cards; without a card the build chooses."""
    numbers = [capability(gpu.arch or "") for gpu in machine.gpus or ()]
    archs = sorted({f"{one[0]}.{one[1]}{one[2]}" for one in numbers if one is not None})
    if archs:
        yield "TORCH_CUDA_ARCH_LIST", ";".join(archs)
