"""Locking: an environment as it is, and what other machines get of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.locks.of_conda import parts
from torchup.api.locks.rows import Recipe, machine_of
from torchup.api.solve.inputs import interpreter_for
from torchup.api.solve.solving import solve
from torchup.api.stacks.choosing import CONDA
from torchup.api.stacks.downloads import original
from torchup.api.stacks.planning import choose
from torchup.api.stacks.sizes import Sizing
from torchup.api.toolkit import WHEELS
from torchup.backends.lock_reading import read_lockfile, tables_of
from torchup.backends.lock_writing import Written, lock_text, marker_of
from torchup.facts.load import load_catalogue
from torchup.model import Machine, Requirement, Resolution, bare_url
from torchup.model.locked import LockRow
from torchup.model.names import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torchup.api.context import Context
    from torchup.api.locks.base import Base
    from torchup.model import Artifact, Device, EnvRecord, OwnToolkit, Stack


class RowSolved(Struct, frozen=True, kw_only=True):
    """One row, or why there is none; ``written`` is None then."""

    recipe: Recipe
    machine: Machine
    resolution: Resolution | None = None
    written: Written | None = None


def solve_rows(
    context: Context,
    base: Base,
    asked: Sequence[Recipe],
    here: Machine,
    described: Callable[[Recipe], Machine],
) -> Iterator[RowSolved]:
    """Solve each row for its own machine, one after the other.

    This machine's sources are asked on behalf of the others.

    Args:
        context: the session.
        base: what is locked.
        asked: the rows.
        here: this machine.
        described: reads the machine document that a row names.

    Raises:
        UsageError: a row's machine or requirement can't be taken.
        NoAnswerError: a row's requirements can't be met together.
        OutsideError: a source, the network or the disk failed.
    """
    apply.prepare_home(context.home)
    for recipe in asked:
        yield _row(context, base, recipe, here, described)


def written(base: Base, rows: Sequence[RowSolved], where: str) -> str:
    """Write the lock's text, and see that it can be read again.

    Raises:
        UsageError: ``lock.no-hash``: a source tells no hash of a file.
    """
    done = [one.written for one in rows if one.written is not None]
    markers = [marker_of(one.machine, one.written.row.stack.python) for one in rows if one.written]
    made = lock_text(done, markers, base.environment)
    read_lockfile(made.encode(), where)
    return made


def local_files(rows: Sequence[RowSolved]) -> tuple[str, ...]:
    """Name the packages whose files only this machine has."""
    found: dict[str, None] = {}
    for table in (table for one in rows if one.written for table in one.written.packages):
        files = [*table.get("wheels", ())]
        files += [table[key] for key in ("sdist", "archive", "directory") if key in table]
        if any(str(one.get("url", "file:")).startswith("file:") for one in files):
            found[str(table["name"])] = None
    for one in (one.written.row.conda for one in rows if one.written):
        local = (file.name for file in (one.packages if one else ()) if file.url[:5] == "file:")
        found.update(dict.fromkeys(local))
    return tuple(found)


def _row(
    context: Context,
    base: Base,
    recipe: Recipe,
    here: Machine,
    described: Callable[[Recipe], Machine],
) -> RowSolved:
    if recipe.here and base.record is not None:
        row = _table(base, recipe, here, base.record.stack)
        row = replace(row, toolkit=_carried(base.record))
        pylock, conda = parts(base.keep)
        row = replace(row, conda=conda)
        own = Written(row=row, packages=_settled(context, pylock, base.record.artifacts))
        return RowSolved(recipe=recipe, machine=here, written=own)
    machine = here
    if not recipe.here:
        machine = described(recipe) if recipe.file else machine_of(recipe, here)
    requirement = _asked_of(base.requirement, recipe)
    choice = choose(context, machine, requirement, live=True)
    stack = choice.resolution.stack
    if stack is None:
        return RowSolved(recipe=recipe, machine=machine, resolution=choice.resolution)
    python = ""
    if recipe.here and requirement.backend != CONDA:
        python = interpreter_for(machine, stack.python, requirement.python)
    solved = solve(context, choice, stack, python, machine, keep=base.keep)
    answer = solved.choice.resolution
    row = _table(base, recipe, machine, answer.stack or stack)
    files = Sizing(context, solved.artifacts).wait()
    pylock, conda = parts(solved.lock)
    row = replace(row, conda=conda)
    done = Written(row=row, packages=_settled(context, bare_url(pylock), files))
    return RowSolved(recipe=recipe, machine=machine, resolution=answer, written=done)


def _carried(record: EnvRecord) -> OwnToolkit | None:
    """An environment's toolkit, where it is made of wheels: other ones are not in the lock."""
    own = record.toolkit
    return own if own and own.source == WHEELS else None


def _table(base: Base, recipe: Recipe, machine: Machine, stack: Stack) -> LockRow:
    asked = base.asked
    packages = _instead(asked.packages, recipe.packages)
    return LockRow(
        name=recipe.name,
        platform=machine.platform,
        stack=replace(
            stack,
            index_url=bare_url(stack.index_url),
            device=device_of(stack, machine.platform),
        ),
        words=recipe.words,
        asked=tuple(map(bare_url, packages)),
        constraints=tuple(map(bare_url, asked.constraints)),
        companions=asked.companions,
        as_of=asked.as_of,
    )


def device_of(stack: Stack, platform: str) -> Device:
    """What a build is made for, which a machine without a card doesn't tell."""
    catalogue = load_catalogue()
    version = stack.packages.get(catalogue.framework.name, "")
    known = catalogue.build(version, stack.build, platform) if stack.device == "cpu" else None
    return cast("Device", known.device) if known else stack.device


def _settled(
    context: Context, lock: str, artifacts: tuple[Artifact, ...]
) -> tuple[dict[str, Any], ...]:
    """Read a lock, and add what is known beyond it.

    Sizes that were found out where a source doesn't tell them, by the files' hashes; and where a
    file of this machine really lies, which the solver saw through a link.
    """
    sizes = {one.sha256: one.size for one in artifacts if one.sha256 and one.size is not None}

    def known(file: dict[str, Any]) -> dict[str, Any]:
        size = sizes.get(str(file.get("hashes", {}).get("sha256", "")))
        found = file if "size" in file or size is None else {**file, "size": size}
        url = str(found.get("url", ""))
        return {**found, "url": original(context.host, url)} if url.startswith("file:") else found

    return tuple(
        {**one, "wheels": [known(file) for file in one["wheels"]]} if "wheels" in one else one
        for one in tables_of(lock)
    )


def _asked_of(requirement: Requirement, recipe: Recipe) -> Requirement:
    """What a row asks for: the same, of its own build and Python."""
    if recipe.here:
        return requirement
    return replace(
        requirement,
        packages=_instead(requirement.packages, recipe.packages),
        build=recipe.build,
        python=recipe.python or requirement.python,
        cpu=False,
        use_gpus=(),
    )


def _instead(lines: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """Put a row's own requirements in the place of others; companions follow the framework."""
    if not own:
        return lines
    framework = load_catalogue().framework
    gone = {name_of(one) for one in own}
    if framework.name in gone:
        gone |= set(framework.companions)
    return (*own, *(one for one in lines if name_of(one) not in gone))
