"""What a bundle is asked for: of an environment or of requirements, for which machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.bundle.installing import lock_of
from torchup.api.locks.base import Base, base_of
from torchup.api.locks.files import sources_of
from torchup.api.locks.locking import solve_rows
from torchup.api.locks.of_conda import asked_of
from torchup.api.locks.rows import HERE, Recipe, merged, recipe_of
from torchup.errors import UsageError
from torchup.model import Requirement
from torchup.model.builds import device_of
from torchup.sources.address import path_of
from torchup.sources.wheelname import parse_wheel_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchup.api.context import Context
    from torchup.api.locks.locking import RowSolved
    from torchup.api.machines.described import Described
    from torchup.bundles.reading import OpenBundle
    from torchup.model import Machine


class Target(Struct, frozen=True, kw_only=True):
    """One row that is wanted, and what it is made of."""

    base: Base
    recipe: Recipe


def words_of(said: Described, requirement: Requirement, file: str = "") -> str:
    """Write a machine and what is wanted of it as a row of a lock has them.

    Args:
        said: the machine in words.
        requirement: its Python and its build, where they were named.
        file: the file that describes the machine instead.
    """
    python = requirement.python or ""
    named = python and "/" not in python and "\\" not in python
    words = [
        *([_as_path(file)] if file else []),
        *([said.system] if said.system else []),
        *([said.arch] if said.arch else []),
        *(f"gpu={one}" for one in said.gpus),
        *([f"driver={said.driver}"] if said.driver else []),
        *(["cpu"] if requirement.cpu else []),
        *([requirement.build] if requirement.build and not requirement.cpu else []),
        *([f"python={python}"] if named else []),
    ]
    return ",".join(words) or HERE


def _as_path(file: str) -> str:
    """A file so that a row knows it for one."""
    known = file.endswith(".json") or "/" in file or "\\" in file
    return file if known else f"./{file}"


def targets(base: Base, rows: Sequence[str], words: str, name: str) -> tuple[Target, ...]:
    """List the targets: the rows that were asked for, or the one machine in words.

    Args:
        base: what all have in common.
        rows: rows as ``lock`` takes them; none for the one machine.
        words: that machine.
        name: what its row is called.

    Raises:
        UsageError: a row can't be read, or two are called the same.
    """
    recipes = merged((), rows) if rows else (recipe_of(f"{name}={words}"),)
    return tuple(Target(base=base, recipe=one) for one in recipes)


def targets_again(context: Context, bundle: OpenBundle, machine: Machine) -> tuple[Target, ...]:
    """List the targets of a bundle, to be solved anew.

    Raises:
        UsageError: ``bundle.environment-gone``: it was made of an environment that isn't here;
            ``bundle.folder-needed``: or of a folder of wheels, and none is named now;
            ``bundle.environment-and-more``: a folder is named, and it was made of an environment.
    """
    lock = lock_of(bundle)
    name = bundle.index.environment
    rows = lock.tool.rows if lock.tool else ()
    if name:
        if context.wheels:
            raise UsageError("bundle.environment-and-more", name=name)
        if name not in apply.names(context.home):
            raise UsageError("bundle.environment-gone", file=bundle.path, name=name)
        base = base_of(context, name, machine)
        return tuple(Target(base=base, recipe=recipe_of(f"{r.name}={r.words}")) for r in rows)
    _see_folder(context, bundle)
    found = []
    for row in rows:
        asked = asked_of(
            row,
            Requirement(
                packages=row.asked,
                constraints=row.constraints,
                companions=row.companions,
                today=row.as_of or context.today(),
                as_of=row.as_of,
            ),
        )
        base = Base(requirement=asked, asked=asked)
        found.append(Target(base=base, recipe=recipe_of(f"{row.name}={row.words}")))
    return tuple(found)


def _see_folder(context: Context, bundle: OpenBundle) -> None:
    """See that wheels that lay in a folder can be found again, not others of an index instead.

    A folder counts for a package of which it has any wheel: a newer one is what is wanted.

    Raises:
        UsageError: ``bundle.folder-needed``.
    """
    own = (name for one in bundle.index.targets for name in one.wheels)
    lay = [name.rpartition("/")[2] for name in own if not bundle.files[name].url]
    folders = tuple(_local_places(context)) if lay else ()
    for name in dict.fromkeys(lay):
        wheel = parse_wheel_name(name)
        project = wheel.project if wheel is not None else ""
        if not any(_has_wheel(context, folder, project) for folder in folders):
            raise UsageError("bundle.folder-needed", file=bundle.path, name=name)


def _local_places(context: Context) -> Iterator[str]:
    """Where wheels may lie on this machine: what was named, and what is set up."""
    sources = sources_of(context)
    if context.wheels:
        yield context.wheels
    for url in (
        *(one.url for one in (sources.primary, *sources.extras, *sources.links)),
        *(one.url for one in sources.standby),
        sources.framework_base,
        *(one.base for one in sources.framework_others),
    ):
        path = path_of(url) if url else None
        if path is not None:
            yield path


def _has_wheel(context: Context, folder: str, project: str) -> bool:
    """Whether a folder has a wheel of a package: in it, in its page's folder, or in a build's."""
    there = context.host.listdir(folder)
    if not there:  # a page of links, which isn't read here
        return folder.endswith((".html", ".htm")) and context.host.modified(folder) is not None
    if project in there or any(_is_of(name, project) for name in there):
        return True
    return any(
        name == project or _is_of(name, project)
        for build in there
        if device_of(build) is not None
        for name in context.host.listdir(f"{folder}/{build}")
    )


def _is_of(name: str, project: str) -> bool:
    wheel = parse_wheel_name(name) if name.endswith(".whl") else None
    return wheel is not None and wheel.project == project


def solve(
    context: Context,
    wanted: Sequence[Target],
    here: Machine,
    described: Callable[[Recipe], Machine],
    *,
    pythons: bool,
) -> Iterator[RowSolved]:
    """Solve each target for its own machine, one after the other.

    Args:
        context: the session.
        wanted: the targets.
        here: this machine.
        described: reads the machine document that a row names.
        pythons: an interpreter comes along: which ones a machine has is nothing to it.

    Raises:
        UsageError: a machine or requirement can't be taken.
        NoAnswerError: requirements can't be met together.
        OutsideError: a source, the network or the disk failed.
    """

    def bare(recipe: Recipe) -> Machine:
        machine = described(recipe)
        return replace(machine, pythons=None) if pythons else machine

    for one in wanted:
        yield from solve_rows(context, one.base, (one.recipe,), here, bare)
