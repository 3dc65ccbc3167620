"""What a change does to an environment, package by package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.edits import TOOLS
from torchup.backends.needs import needed_by
from torchup.errors import NoAnswerError
from torchup.model.names import canonical_name, name_of
from torchup.resolve.ask import marker_environment

if TYPE_CHECKING:
    from torchup.api.edits import Edit
    from torchup.host import Host
    from torchup.model import Artifact, Environment, Machine


class Difference(Struct, frozen=True, kw_only=True):
    """One package before and after; an empty version: it isn't there."""

    name: str
    before: str = ""
    after: str = ""


def differences(
    found: Environment, artifacts: tuple[Artifact, ...], edit: Edit
) -> tuple[Difference, ...]:
    """List what changes: what the new lock names, and what only the old one named.

    What others installed there stays, unless it is to be removed by name.
    """
    after = {canonical_name(one.name): one.version for one in artifacts}
    before = found.packages
    locked = {canonical_name(one.name) for one in found.record.artifacts}
    gone = {name for name in locked if name in before and name not in after}
    if edit.kind == "remove":
        gone |= {name_of(one) for one in edit.packages if name_of(one) not in after}
    changed = [
        Difference(name=name, before=before.get(name, ""), after=version)
        for name, version in after.items()
        if before.get(name) != version
    ]
    changed += [Difference(name=name, before=before[name]) for name in gone - TOOLS]
    return tuple(sorted(changed, key=lambda one: one.name))


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
        needed = set(needed_by(path, host, found.packages, name, where)) - names
        if name in after or needed:
            by = ", ".join(sorted(needed)) or "?"
            raise NoAnswerError("change.needed", packages=name, by=by)
