"""Which row of a lock is for this machine: judged as every choice is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.locks.of_conda import asked_of, is_recorded, versions_of
from torchup.api.solve.inputs import interpreter_for
from torchup.api.stacks.planning import choose
from torchup.backends.lock_reading import Lockfile, NotForHere, select
from torchup.backends.uv_lock import tags_of
from torchup.facts.frameworks import first_of, meaning
from torchup.facts.load import load_catalogue
from torchup.model import Reason, Requirement, Resolution, Stack, Text, text
from torchup.model.locked import LockRow
from torchup.model.names import canonical_name
from torchup.resolve.ask import marker_environment
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.api.context import Context
    from torchup.model import Machine

State = Literal["fits", "if-named", "no"]
_CPU: Final = "cpu"
_NEWEST: Final = 99
"""A Python that isn't here would come in its newest patch, whichever that is."""


class Judged(Struct, frozen=True, kw_only=True):
    """One row and this machine.

    Attributes:
        row: the row.
        state: whether it ``fits``, runs but is only taken by name (``if-named``), or doesn't run
            here (``no``).
        why: what is in its way, None where it fits.
        remedy: what would help, where that is known.
        stack: the row's stack as it serves this machine; None where it doesn't run here.
        packages: what would be installed.
        serves: how many cards it serves.
    """

    row: LockRow
    state: State
    why: Text | Reason | None = None
    remedy: Text | None = None
    stack: Stack | None = None
    packages: tuple[dict[str, Any], ...] = ()
    serves: int = 0


def judge(context: Context, machine: Machine, lock: Lockfile, row: LockRow) -> Judged:
    """Judge one row.

    Args:
        context: the session.
        machine: this machine.
        lock: the lock.
        row: one of its rows.
    """
    with meaning(first_of(row.stack.packages)):
        return _judge(context, machine, lock, row)


def _judge(context: Context, machine: Machine, lock: Lockfile, row: LockRow) -> Judged:
    if row.platform != machine.platform:
        here = machine.platform
        why = text("sync.row.other-platform", platform=row.platform, here=here)
        return Judged(row=row, state="no", why=why)
    found = Judged(row=row, state="fits", stack=row.stack)
    framework = load_catalogue().framework.name
    version = row.stack.packages.get(framework, "")
    if load_catalogue().release(version) is not None and is_recorded(row):
        found = _resolved(context, machine, row)
    elif row.stack.device != _CPU:
        why = text("sync.row.unknown", name=framework, version=version)
        found = replace(found, state="if-named", why=why)
    if found.state == "no":
        return found
    try:
        line = row.stack.python
        packages = select(lock, row.name, environment_of(machine, line), tags_of(line))
    except NotForHere as error:
        return Judged(row=row, state="no", why=text("sync.row.no-file", why=str(error)))
    lacking = _lacking(row, packages)
    if lacking:
        return Judged(row=row, state="no", why=text("sync.row.incomplete", names=lacking))
    return replace(found, packages=tuple(map(dict, packages)))


def _lacking(row: LockRow, packages: tuple[Mapping[str, Any], ...]) -> str:
    """Name what a row says that it holds and the lock hasn't: somebody changed one of them."""
    here = {canonical_name(one["name"]): str(one.get("version", "")) for one in packages}
    wanted = row.stack.installed
    if row.conda is not None:  # what conda calls 2.1.0 may call itself 2.1.0.post300
        here |= versions_of(row)
        wanted = row.stack.packages
    missing = [f"{name} {said}" for name, said in wanted.items() if here.get(name) != said]
    return ", ".join(missing)


def environment_of(machine: Machine, line: str) -> dict[str, str]:
    """What the markers of a lock are compared with: the Python that is here or would be fetched.

    Args:
        machine: this machine.
        line: the release line.
    """
    path = interpreter_for(machine, line, None)
    here = next((one.version for one in machine.pythons or () if path and one.path == path), "")
    full = here or f"{line.removesuffix('t')}.{_NEWEST}"
    return {**marker_environment(machine, line), "python_full_version": full}


def best(judged: Iterable[Judged], machine: Machine) -> Judged | None:
    """The row to take: that which serves most cards, then the newest framework, then the CUDA.

    Among runtimes one that the driver knows natively comes first, then the newest; then the order
    of the lock.
    """
    fitting = [one for one in judged if one.state == "fits"]
    native = max((dotted(one.max_runtime or "") for one in machine.drivers or ()), default=())

    def order(one: Judged) -> tuple[object, ...]:
        stack = one.row.stack
        version = stack.packages.get(load_catalogue().framework.name, "")
        runtime = dotted(stack.runtime)
        return one.serves, dotted(version.partition("+")[0]), runtime <= native, runtime

    return max(fitting, key=order, default=None)


def _resolved(context: Context, machine: Machine, row: LockRow) -> Judged:
    """Ask what a choice of exactly this stack would say of this machine."""
    stack = row.stack
    answer = _answer(context, machine, _exactly(row, context.today()))
    if answer.stack is None:
        rejected = next((one for one in answer.reasons if one.effect == "reject"), None)
        why = rejected or next(iter(answer.reasons), None)
        remedy = answer.near_misses[0].remedy if answer.near_misses else None
        return Judged(row=row, state="no", why=why or text("sync.row.does-not-fit"), remedy=remedy)
    chosen = replace(stack, device=answer.stack.device, environment=answer.stack.environment)
    found = Judged(row=row, state="fits", stack=chosen, serves=len(answer.serves))
    if stack.device not in (_CPU, "mps") and not answer.serves:
        return replace(found, state="if-named", why=text("sync.row.no-card", build=stack.build))
    if stack.device == _CPU and _has_better(context, machine):
        return replace(found, state="if-named", why=text("sync.row.by-accident"))
    return found


def _exactly(row: LockRow, today: str) -> Requirement:
    """What asks for a row's frameworks and companions, and for nothing else.

    A framework that is there for the CPU beside one for a card isn't asked to serve the card.
    """
    stack = row.stack
    on_cpu = {
        part
        for name, device in stack.devices.items()
        if device == _CPU and stack.device != _CPU
        for part in (name, *load_catalogue(name).framework.companions)
    }
    kept = {name: version for name, version in stack.packages.items() if name not in on_cpu}
    asked = Requirement(
        packages=tuple(f"{name}=={version}" for name, version in kept.items()),
        python=stack.python,
        build=stack.named_build,
        companions=len(kept) > 1,
        today=today,
    )
    return asked_of(row, asked)


def _has_better(context: Context, machine: Machine) -> bool:
    """Tell whether this machine has something that is made to compute, and could be used."""
    if not machine.gpus:
        return False
    answer = _answer(context, machine, Requirement(today=context.today()))
    return answer.stack is None or answer.stack.device != _CPU


def _answer(context: Context, machine: Machine, requirement: Requirement) -> Resolution:
    return choose(context, machine, requirement, live=False).resolution
