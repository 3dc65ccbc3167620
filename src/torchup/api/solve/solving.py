"""Solving a choice for its files: which interpreter, which index, which lock."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.compiled.building import builds_of, lines_for, missed, never_built, solved_for
from torchup.api.solve.trapping import Traps, solve_within
from torchup.api.solve.warming import local_indexes
from torchup.api.stacks.choosing import CONDA, Choice
from torchup.apply.folders import worded
from torchup.backends import Build, Changing, Inputs, load_backend
from torchup.backends.inputs import Target
from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.facts.load import load_catalogue, other_names
from torchup.model import Artifact, Reason, shown_url
from torchup.resolve.ask import read_requirement
from torchup.resolve.traps import absent_of, requirements_of

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine, Source, Stack
    from torchup.resolve.traps import Constraint

_NOT_TO_BE_HAD: Final = frozenset(
    {
        "conda.no-solution",
        "uv.no-solution",
        "uv.no-solution-offline",
        "uv.offline-missing",
    }
)


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


class Solved(Struct, frozen=True, kw_only=True):
    """A lock, the files it names, and the choice with what the solve brought to light."""

    lock: str
    artifacts: tuple[Artifact, ...]
    choice: Choice
    builds: tuple[Build, ...] = ()


def solve(
    context: Context,
    choice: Choice,
    stack: Stack,
    python: str,
    machine: Machine,
    *,
    keep: str = "",
    fresh: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    changing: Changing | None = None,
) -> Solved:
    """Solve for the files, around the known traps.

    What belongs beside the framework is left out where it can't be had. A compiled package that
    only another one asks for is looked for once it is missed.

    Args:
        context: the session.
        choice: where the stack was found.
        stack: what was chosen.
        python: the interpreter that will use it; empty to solve for a machine that isn't here.
        machine: the machine.
        keep: the lock of what is there, whose versions are preferred.
        fresh: packages of which the newest is taken all the same.
        also: requirements beside what was asked for.
        changing: the environment of conda's that is there and is to be changed.
    """

    def asked(of: Choice) -> Inputs:
        inputs = _inputs(context, of, stack, python, machine)
        conda = replace(inputs.conda, changing=changing) if inputs.conda else None
        wanted = (*inputs.requirements, *also)
        return replace(inputs, requirements=wanted, keep=keep, fresh=fresh, conda=conda)

    try:
        return _solve(context, choice, stack, machine, asked(choice))
    except NoAnswerError as error:
        wider = missed(context, choice, machine, error)
        if wider is None:
            raise
    return _solve(context, wider, stack, machine, asked(wider))


def _solve(
    context: Context, choice: Choice, stack: Stack, machine: Machine, inputs: Inputs
) -> Solved:
    traps = Traps(load_catalogue(), machine, choice.resolution.requirement, stack)

    def attempt(constraints: tuple[Constraint, ...]) -> tuple[str, tuple[Artifact, ...]]:
        held = _held(inputs, constraints, traps)
        return _resolve(context, held, stack, backend=choice.backend)

    found = solve_within(traps, attempt)
    told = traps.solved(choice.resolution, found.packages, found.applied)
    if not context.wheels:  # there everything comes from that folder, as was asked for
        places = _from_links(found.artifacts, choice)
        told = replace(told, reasons=(*told.reasons, *places))
    told = replace(
        told, reasons=(*told.reasons, *solved_for(found.artifacts, inputs.builds, stack, machine))
    )
    return Solved(
        lock=found.lock,
        artifacts=_as_told(found.artifacts, choice),
        choice=replace(choice, resolution=told),
        builds=inputs.builds,
    )


def _held(inputs: Inputs, constraints: tuple[Constraint, ...], traps: Traps) -> Inputs:
    """Add constraints; what they alone hold back is not worth building from its sources."""
    held = {one.package for one in constraints} - traps.wishes.names
    return replace(
        inputs,
        constraints=(*inputs.constraints, *requirements_of(constraints)),
        absent=tuple(dict.fromkeys((*inputs.absent, *absent_of(constraints)))),
        wheels_only=(*inputs.wheels_only, *sorted(held)),
    )


def _resolve(
    context: Context, inputs: Inputs, stack: Stack, *, backend: str
) -> tuple[str, tuple[Artifact, ...]]:
    plain = replace(
        inputs, requirements=tuple(r for r in inputs.requirements if r not in stack.beside)
    )
    work = context.home.cache / "work"
    solver = load_backend(backend)
    try:
        work.mkdir(parents=True, exist_ok=True)
        mine = f"{os.getpid()}-"
        with TemporaryDirectory(prefix=mine, dir=work, ignore_cleanup_errors=True) as folder:
            try:
                return solver.resolve(context.host, context.home, inputs, Path(folder))
            except TorchupError as error:
                if not stack.beside or error.code not in _NOT_TO_BE_HAD:
                    raise
            return solver.resolve(context.host, context.home, plain, Path(folder))
    except OSError as error:
        said = worded(error, work)
        if said.code != "apply.disk-full":
            said = OutsideError("create.home-unwritable", path=work, why=error.strerror)
        raise said from error


def _as_told(artifacts: tuple[Artifact, ...], choice: Choice) -> tuple[Artifact, ...]:
    """Take out the hashes that the backend computed where the source itself gives none.

    Such a hash says what came, not what should have come: the plan must not look protected.
    """
    source = choice.source()
    if source is None or source.kind == "folder":
        return artifacts
    bare = {
        (listing.project, file.version)
        for listing in choice.listings
        if listing.source.id == source.id
        for file in listing.files
        if not file.sha256
    }
    return tuple(
        replace(one, sha256="") if (one.name, one.version.partition("+")[0]) in bare else one
        for one in artifacts
    )


def _from_links(artifacts: tuple[Artifact, ...], choice: Choice) -> tuple[Reason, ...]:
    """Name what comes from a place of links and not from an index, but for the framework itself.

    Such a place is asked for every package: a file there may take the place of an index's.
    """
    ours = set(load_catalogue().framework.publishes)
    found: list[Reason] = []
    for source in choice.sources.links:
        base = source.url if source.kind == "folder" else source.url.rpartition("/")[0]
        start = base.rstrip("/") + "/"
        names = [
            f"{one.name} {one.version}"
            for one in artifacts
            if one.name not in ours and one.url.startswith(start)
        ]
        if names:
            where = shown_url(source.url)
            told = Reason(code="from-links", effect="warn", subject=", ".join(names), has=where)
            found.append(told)
    return tuple(found)


def _inputs(
    context: Context, choice: Choice, stack: Stack, python: str, machine: Machine
) -> Inputs:
    framework = load_catalogue().framework
    asked = read_requirement(choice.resolution.requirement, framework, machine)
    source = choice.source()
    if source is None:
        raise OutsideError("create.no-source", stack=stack.build)
    pins = stack.lines
    conda = None
    if choice.backend == CONDA:
        from torchup.api.condas.asking import conda_inputs

        conda, pins = conda_inputs(choice, stack, machine), ()
    builds = builds_of(context, choice, machine)
    held = tuple(one.constraint for one in choice.fitted if one.constraint)
    return Inputs(
        python=python,
        minor=stack.python,
        requirements=(
            *pins,
            *lines_for(asked.others, choice.fitted, builds),
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
