"""What is compiled in an environment, and what its build is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.compiled.agreeing import agree
from torchup.api.compiled.fitting import Fitted, Fitter, ground_of, known_of
from torchup.api.compiled.words import about_tag, named
from torchup.apply.toolkit import CUDA_HOME, toolkit_home
from torchup.backends import Build
from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.facts.wheels import compiled_names
from torchup.model import Reason
from torchup.model.names import canonical_name, name_of
from torchup.resolve.fitting import clash
from torchup.resolve.needs import parsed
from torchup.resolve.numbers import capability

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.wheels import Compiles
    from torchup.model import Artifact, EnvRecord, Machine, OwnToolkit, Stack
    from torchup.resolve.fitting import Ground

_GIB: Final = 1024
_HIDDEN: Final = "***"
"""What stands for a login: such an address can't be asked again."""
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_SDISTS: Final = (".tar.gz", ".zip", ".tar.bz2")
_CONDAS_TOO: Final = ".tar.bz2"
"""What conda's older packages are as well: those lie in a folder of their platform's."""
BUILT_FOR: Final = "TORCHUP_BUILT_FOR"
"""A variable that nobody reads: uv keeps apart what was built under different ones."""


def keep_built(context: Context, record: EnvRecord, leave: Collection[str]) -> None:
    """Note what an environment has for its very stack: while that stays, it stays too.

    What was compiled is not built again, and no place is asked for a wheel that is there.

    Args:
        context: the session.
        record: the environment.
        leave: packages that are to be had anew.
    """
    from torchup.sources.sdists import Sdist

    compiled = compiled_names(load_catalogue().framework.name)
    for one in record.artifacts:
        name = canonical_name(one.name)
        if name not in compiled or name in leave or _HIDDEN in one.url:
            continue
        if one.url.endswith(".whl"):
            context.fitting[name] = one
        elif is_sdist(one):
            context.kept[name] = Sdist(version=one.version, url=one.url, sha256=one.sha256)
            context.builds |= {name}


def is_sdist(file: Artifact) -> bool:
    """Tell whether a file of a lock is a source distribution."""
    url = file.url.partition("#")[0]
    if not url.endswith(_CONDAS_TOO):
        return url.endswith(_SDISTS)
    from torchup.facts.conda_settings import load_conda_facts

    return url.split("/")[-2] not in load_conda_facts().platforms


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


def lines_for(
    lines: Sequence[str], fitted: Sequence[Fitted], builds: Sequence[Build]
) -> tuple[str, ...]:
    """The user's lines with the very wheel or version in the place of a compiled package."""
    instead = {one.name: one.requirement for one in fitted if one.requirement}
    instead |= {one.name: f"{one.name}=={one.version}" for one in builds}
    left = {one.name for one in fitted if one.state == "left"}
    given = [
        line if parsed(line).url else instead.get(name_of(line), line)
        for line in lines
        if name_of(line) not in left
    ]
    given += [one for name, one in instead.items() if name not in {*map(name_of, given)}]
    there = {*map(name_of, given)}
    needs = [
        need
        for one in fitted
        if one.compiles and any(build.name == one.name for build in builds)
        for need in one.compiles.needs
        if name_of(need) not in there
    ]
    return (*given, *dict.fromkeys(needs))


def never_built(context: Context, lines: Sequence[str], builds: Sequence[Build]) -> tuple[str, ...]:
    """The packages that are not built unasked: all that are known to be compiled.

    Not those that a line asks for in a version that isn't compiled.

    Args:
        context: the session.
        lines: the user's.
        builds: what was agreed to.
    """
    plain = {*map(name_of, lines)} - known_of([one for one in lines if name_of(one)]).keys()
    free = {one.name for one in builds} | plain | context.builds
    return tuple(n for n in compiled_names(load_catalogue().framework.name) if n not in free)


def solved_for(
    files: Sequence[Artifact], builds: Sequence[Build], stack: Stack, machine: Machine
) -> tuple[Reason, ...]:
    """Say what a solution brings to light: what is built, and what was compiled for another stack.

    Args:
        files: what will be installed.
        builds: what is compiled, which was told before.
        stack: what it is installed beside.
        machine: the machine.
    """
    ground = ground_of(stack, machine)
    told = {one.name for one in builds}
    found: list[Reason] = []
    for one in files:
        wrong = clash(one.version.partition("+")[2].lower(), ground)
        subject = f"{one.name} {one.version}"
        if wrong:
            found.append(about_tag(subject, wrong, ground, None))
        if is_sdist(one) and canonical_name(one.name) not in told:
            found.append(Reason(code="built-from-source", effect="prefer", subject=subject))
    return tuple(found)


def missed(
    context: Context, choice: Choice, machine: Machine, error: NoAnswerError
) -> Choice | None:
    """Look for the compiled packages that a failed solution speaks of and nobody named.

    Args:
        context: the session.
        choice: what was chosen.
        machine: this machine.
        error: what the solver said.

    Returns:
        The choice with what became of them; None where there are none.

    Raises:
        NoAnswerError: one would have to be compiled, and nobody agreed to that.
        OutsideError: the place of one can't be asked.
    """
    told = {one.name for one in choice.fitted}
    words = set(map(canonical_name, _WORD.findall(error.details.get("why", ""))))
    compiled = compiled_names(load_catalogue().framework.name)
    lines = [name for name in compiled if name in words and name not in told]
    if not lines:
        return None
    found = Fitter(context, machine, choice, ask=True).each(lines, known_of(lines))
    wider = replace(choice, fitted=(*choice.fitted, *found))
    wider = agree(context, wider, machine)
    return wider if any(one.requirement or one.state == "source" for one in found) else None


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
