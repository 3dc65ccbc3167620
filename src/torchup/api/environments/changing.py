"""Changing what is in an environment: choose, solve, and say what would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.compiled.agreeing import agree, refused
from torchup.api.compiled.build_settings import with_toolkit
from torchup.api.compiled.building import keep_built
from torchup.api.condas.changing import own_names, told_of, with_channels
from torchup.api.environments.changeable import whole, with_python
from torchup.api.environments.differences import Difference, check_gone, check_there, differences
from torchup.api.environments.edits import Edit, Edited, edited
from torchup.api.mirrors.turning import with_other_places
from torchup.api.solve.solving import solve
from torchup.api.stacks.choosing import BACKEND, Choice
from torchup.api.stacks.planning import choose
from torchup.api.stacks.served import with_cards
from torchup.api.toolkit import belonging
from torchup.api.toolkit.conda import Kit, solve_for
from torchup.backends import Build
from torchup.backends.installed import interpreter
from torchup.early import read_text
from torchup.facts.frameworks import first_of, mean
from torchup.model import (
    Artifact,
    Environment,
    OwnToolkit,
    Plan,
    Stack,
)
from torchup.model.names import name_of

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import EnvRecord, Machine


class Change(Struct, frozen=True, kw_only=True):
    """A change that is ready to be made: what was chosen and solved.

    ``stack`` is None where nothing fits; ``choice`` says why then.
    """

    environment: Environment
    edited: Edited
    choice: Choice
    stack: Stack | None = None
    lock: str = ""
    artifacts: tuple[Artifact, ...] = ()
    differences: tuple[Difference, ...] = ()
    toolkit: OwnToolkit | None = None
    kit: Kit | None = None
    builds: tuple[Build, ...] = ()

    @property
    def new_requirement(self) -> bool:
        """Whether something else goes on record than is there."""
        record = self.environment.record
        return self.edited.asked != record.requirement or self.toolkit != record.toolkit

    @property
    def removed(self) -> tuple[str, ...]:
        """The packages that go."""
        return tuple(one.name for one in self.differences if not one.after)

    @property
    def fetched(self) -> tuple[Artifact, ...]:
        """The files of the packages that come or change."""
        come = {name_of(one.name) for one in self.differences if one.after}
        ours = tuple(one for one in self.artifacts if name_of(one.name) in come)
        return (*ours, *(self.kit.artifacts if self.kit else ()))


def prepare(
    context: Context, name: str, edit: Edit, machine: Machine, *, dry_run: bool = False
) -> Change:
    """Choose and solve for a change; changes nothing but caches.

    Args:
        context: the session.
        name: the environment.
        edit: what to do.
        machine: this machine.
        dry_run: nothing will be changed, so nobody is asked whether something may be compiled.

    Raises:
        UsageError: a requirement can't be taken.
        NoAnswerError: there is no such environment, it is broken, or the requirements can't be
            met together.
        OutsideError: a source, the network or the disk failed.
    """
    return with_other_places(
        context, lambda: _prepared(context, name, edit, machine, dry_run=dry_run)
    )


def _prepared(
    context: Context, name: str, edit: Edit, machine: Machine, *, dry_run: bool
) -> Change:
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = whole(found)
    mean(first_of(record.stack.packages))
    edit = own_names(record, edit)
    path = Path(record.path)
    lock = _lock_of(path)
    channelled = with_channels(context, record, lock, record.requirement)
    wanted = edited(replace(record, requirement=channelled), edit)
    check_there(found, edit)
    python, here = "", machine  # conda's Python is one of its packages
    if record.backend == BACKEND:
        python = str(interpreter(path, context.host))
        here = with_python(machine, record, python)
    choice = _chosen(context, here, record, wanted)
    stack = choice.resolution.stack
    if stack is None:
        no_way = refused(choice.fitted, record.stack, here)
        if no_way is not None:
            raise no_way
        return Change(environment=found, edited=wanted, choice=choice)
    choice = agree(context, choice, here, dry_run=dry_run, own=record.toolkit)
    stack = with_cards(_narrowed(stack, wanted), choice.resolution, here)
    toolkit = belonging(context, here, found, wanted.toolkit, stack)
    solved = solve(
        context,
        choice,
        stack,
        python,
        here,
        keep="" if wanted.fresh is None else lock,
        fresh=wanted.fresh or (),
        also=toolkit.packages if toolkit else (),
        changing=told_of(record, lock, edit, wanted),
    )
    check_gone(context.host, here, found, solved.artifacts, edit)
    return Change(
        environment=found,
        edited=wanted,
        choice=solved.choice,
        stack=_narrowed(solved.choice.resolution.stack or stack, wanted),
        lock=solved.lock,
        artifacts=solved.artifacts,
        differences=differences(found, solved.artifacts, edit, solved.lock),
        toolkit=toolkit,
        kit=solve_for(context, here, stack, toolkit, record.toolkit),
        builds=with_toolkit(solved.builds, path, record.toolkit),
    )


def _chosen(context: Context, machine: Machine, record: EnvRecord, wanted: Edited) -> Choice:
    """Choose for what is wanted, on the day that the environment counts from."""
    apply.prepare_home(context.home)
    asked = replace(wanted.pinned, today=record.requirement.as_of or context.today())
    if not wanted.framework:
        keep_built(context, record, () if wanted.fresh is None else wanted.fresh)
    return choose(context, machine, asked, live=True)


def planned(change: Change) -> Plan:
    """The answer, for those who read it as a plan: it has no steps where nothing fits."""
    return Plan(resolution=change.choice.addressed())


def _narrowed(stack: Stack, wanted: Edited) -> Stack:
    """Leave out companions that the environment had not and nobody asked for now."""
    if wanted.framework:
        return stack
    kept = set(map(name_of, wanted.pinned.packages))
    return replace(
        stack,
        packages={name: v for name, v in stack.packages.items() if name in kept},
        pins={name: v for name, v in stack.pins.items() if name in kept},
    )


def _lock_of(path: Path) -> str:
    try:
        return read_text(path / apply.RECORDS / apply.LOCK)
    except OSError:
        return ""
