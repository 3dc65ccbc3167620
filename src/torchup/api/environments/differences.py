"""What a change does to an environment, package by package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.condas.changing import brought_by, build_in, needing, there_by_conda
from torchup.api.environments.edits import TOOLS
from torchup.backends.contents import CONDA
from torchup.backends.needs import needed_by
from torchup.errors import NoAnswerError
from torchup.model.names import canonical_name, name_of
from torchup.resolve.ask import marker_environment

if TYPE_CHECKING:
    from torchup.api.environments.edits import Edit
    from torchup.host import Host
    from torchup.model import Artifact, Environment, Machine


class Difference(Struct, frozen=True, kw_only=True):
    """One package before and after; an empty version: it isn't there.

    ``by`` says who brings it in an environment of conda's: ``conda`` or ``pip``.
    """

    name: str
    before: str = ""
    after: str = ""
    by: str = ""


def differences(
    found: Environment, artifacts: tuple[Artifact, ...], edit: Edit, lock: str = ""
) -> tuple[Difference, ...]:
    """List what changes: what the new lock names, and what only the old one named.

    What others installed there stays, unless it is to be removed by name. In an environment of
    conda's what others asked for is part of the lock, and what nobody needs any more goes.

    Args:
        found: the environment.
        artifacts: the files of the new lock.
        edit: what is to be done.
        lock: the new lock, to tell who brings what.
    """
    after = {canonical_name(one.name): one.version for one in artifacts}
    before = found.packages
    locked = {canonical_name(one.name) for one in found.record.artifacts}
    by: dict[str, str] = {}
    if found.record.backend == CONDA:
        locked |= there_by_conda(Path(found.record.path))
        by = brought_by(lock, artifacts)
    gone = {name for name in locked if name in before and name not in after}
    if edit.kind == "remove":
        gone |= {name_of(one) for one in edit.packages if name_of(one) not in after}
    changed = [
        Difference(name=name, before=before.get(name, ""), after=version, by=by.get(name, ""))
        for name, version in after.items()
        if before.get(name) != version
    ]
    if by:
        changed += _rebuilt(found, artifacts, {one.name for one in changed}, by)
    changed += [Difference(name=name, before=before[name]) for name in gone - TOOLS]
    return tuple(sorted(changed, key=lambda one: one.name))


def _rebuilt(
    found: Environment, artifacts: tuple[Artifact, ...], known: set[str], by: dict[str, str]
) -> list[Difference]:
    """List the packages of conda's that get another build of the version that is there."""
    was = {canonical_name(one.name): build_in(one.url) for one in found.record.artifacts}
    return [
        Difference(
            name=name, before=f"{one.version} {was[name]}", after=f"{one.version} {now}", by=CONDA
        )
        for one in artifacts
        if (name := canonical_name(one.name)) not in known
        and by.get(name) == CONDA
        and name in was
        and was[name] != (now := build_in(one.url))
    ]


def check_there(found: Environment, edit: Edit) -> None:
    """See that what is to be removed or upgraded is there.

    Raises:
        NoAnswerError: ``change.not-there``.
    """
    if edit.kind == "add":
        return
    missing = [one for one in edit.packages if name_of(one) not in found.packages]
    if missing:
        raise NoAnswerError("change.not-there", name=found.record.name, packages=", ".join(missing))


def check_gone(
    host: Host,
    machine: Machine,
    found: Environment,
    artifacts: tuple[Artifact, ...],
    edit: Edit,
) -> None:
    """See that nothing that stays needs what is to be removed.

    Raises:
        NoAnswerError: ``change.needed``, with what needs it.
    """
    if edit.kind != "remove":
        return
    after = {canonical_name(one.name) for one in artifacts}
    names = {name_of(one) for one in edit.packages}
    where = marker_environment(machine, found.record.stack.python)
    path = Path(found.record.path)
    for name in sorted(names):
        needed = set(needed_by(path, host, found.packages, name, where))
        if found.record.backend == CONDA:
            needed |= needing(path, name)
        needed -= names
        if name in after or needed:
            by = ", ".join(sorted(needed)) or "?"
            raise NoAnswerError("change.needed", packages=name, by=by)
