"""Whether an environment may be changed, and what of it counts no longer once it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import apply
from torchup.api.condas.bare import is_base
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.model import Interpreter

if TYPE_CHECKING:
    from collections.abc import Sized

    from torchup.api.context import Context
    from torchup.model import Environment, EnvRecord, Machine


def whole(found: Environment) -> EnvRecord:
    """The record of an environment that can be changed.

    Raises:
        UsageError: ``apply.foreign``: torchup did not make it.
        NoAnswerError: ``change.broken``: it has to be repaired first; ``change.base``: conda
            itself changes its base.
    """
    if found.state == "foreign" or found.record.backend not in (BACKEND, CONDA):
        raise UsageError("apply.foreign", name=found.record.name)
    if found.state != "ok" or not found.record.stack.packages:
        raise NoAnswerError("change.broken", name=found.record.name)
    if is_base(found.record.stack):
        raise NoAnswerError("change.base", name=found.record.name)
    return found.record


def with_python(machine: Machine, record: EnvRecord, python: str) -> Machine:
    """The machine with the environment's own interpreter: its line needs no download.

    Args:
        machine: this machine.
        record: the environment.
        python: the path of its interpreter.
    """
    line = record.stack.python
    own = Interpreter(
        path=python,
        version=f"{line.rstrip('t')}.0",
        implementation="CPython",
        freethreaded=line.endswith("t"),
        origin="environment",
    )
    return replace(machine, pythons=(own, *(machine.pythons or ())))


def see_unchanged(context: Context, record: EnvRecord) -> None:
    """See that nobody changed an environment between the preparation and the lock.

    Raises:
        OutsideError: ``change.changed-meanwhile``.
    """
    now = apply.load_environment(context.host, context.home, record.name, sized=False).record
    if now != record:
        raise OutsideError("change.changed-meanwhile", name=record.name)


def forget_stale(site: apply.Site, changed: Sized) -> None:
    """Drop what was counted and, where packages changed, what was verified before."""
    (site.records / apply.SIZE_FILE).unlink(missing_ok=True)
    if changed:
        (site.records / apply.RECEIPT).unlink(missing_ok=True)
