"""Changing what is in an environment: choose, solve, show, carry out, verify, record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import __version__, apply
from torchup.api.compiled.agreeing import agree, refused
from torchup.api.compiled.build_settings import with_toolkit
from torchup.api.compiled.building import keep_built
from torchup.api.condas.changing import own_names, told_of, with_channels
from torchup.api.environments.changeable import forget_stale, see_unchanged, whole, with_python
from torchup.api.environments.creation import as_installed, teller
from torchup.api.environments.differences import Difference, check_gone, check_there, differences
from torchup.api.environments.edits import Edit, Edited, edited
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.mirrors.turning import with_other_places
from torchup.api.solve.inputs import hashed_index
from torchup.api.solve.solving import solve
from torchup.api.stacks.choosing import BACKEND, Choice
from torchup.api.stacks.planning import choose
from torchup.api.stacks.served import with_cards
from torchup.api.toolkit import belonging, lay_out
from torchup.api.toolkit.conda import Kit, recorded, solve_for
from torchup.api.verifying import see_that_it_computes, verify_site
from torchup.backends import Build, load_backend
from torchup.backends.installed import interpreter
from torchup.facts.frameworks import first_of, mean
from torchup.model import (
    Artifact,
    Environment,
    Outcome,
    OwnToolkit,
    Plan,
    Stack,
    bare_url,
    without_token,
)
from torchup.model.names import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, EnvRecord, Machine, VerifyReport


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
    apply.prepare_home(context.home)
    asked = replace(wanted.pinned, today=record.requirement.as_of or context.today())
    if not wanted.framework:
        keep_built(context, record, () if wanted.fresh is None else wanted.fresh)
    choice = choose(context, here, asked, live=True)
    change = Change(environment=found, edited=wanted, choice=choice)
    stack = choice.resolution.stack
    if stack is None:
        no_way = refused(choice.fitted, record.stack, here)
        if no_way is not None:
            raise no_way
        return change
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


def planned(change: Change) -> Plan:
    """The answer, for those who read it as a plan: it has no steps where nothing fits."""
    return Plan(resolution=change.choice.addressed())


def carry_out(
    context: Context,
    change: Change,
    stack: Stack,
    *,
    command: str,
    verified: bool = True,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make a prepared change, whole or not at all, and verify the environment.

    Args:
        context: the session.
        change: what :func:`prepare` returned.
        stack: its stack, which is there.
        command: the command's name, for the outcome.
        verified: compute inside it; a change after which that fails is undone.
        on_check: told each check as it ends.

    Raises:
        NoAnswerError: ``change.verify-failed``; everything is as it was.
        OutsideError: the disk, the network or the installer failed; everything is as it was.
    """
    log = apply.StepLog(context.report.step)
    name = change.environment.record.name
    reports: list[VerifyReport] = []

    def work(site: apply.Site) -> EnvRecord:
        see_unchanged(context, change.environment.record)
        apply.check_room(context.host, context.home, change.fetched)
        now = _fill(context, change, stack, site)
        if verified and change.differences:
            reports.append(verify_site(context, site, now, on_check))
            see_that_it_computes(reports[0], name)
        return _record(context, change, now)

    apply.change_environment(context.host, context.home, name, work, log=log, command=command)
    environment = apply.load_environment(context.host, context.home, name, sized=False)
    report = reports[0] if reports else None
    return Outcome(
        command=command, ok=True, steps=log.outcomes, environment=environment, report=report
    )


def _fill(context: Context, change: Change, stack: Stack, site: apply.Site) -> Stack:
    with site.log.step("install"):
        site.pylock.write_text(change.lock, encoding="utf-8")
        load_backend(change.environment.record.backend).update(
            context.host,
            context.home,
            site.path,
            site.pylock,
            change.artifacts,
            teller(context),
            removed=change.removed,
            sources=change.choice.sources,
            offline=context.offline,
            hashed_index=hashed_index(context, change.choice),
            builds=change.builds,
            fetch=LockFetcher(context, change.choice.sources, teller(context)),
        )
        stack = as_installed(context, site.path, stack)
        apply.hold(site.path, stack, context.host.system)
        forget_stale(site, change.differences)
    if change.toolkit or change.environment.record.toolkit:
        with site.log.step("toolkit"):
            lay_out(context, site.path, change.toolkit, change.kit)
    return stack


def _record(context: Context, change: Change, stack: Stack) -> EnvRecord:
    asked, record = change.edited.asked, change.environment.record
    return replace(
        record,
        stack=replace(stack, index_url=bare_url(stack.index_url)),
        requirement=replace(
            asked,
            packages=tuple(map(bare_url, asked.packages)),
            channels=tuple(without_token(bare_url(one)) for one in asked.channels),
        ),
        artifacts=change.artifacts,
        changed=context.host.now().isoformat(timespec="seconds"),
        lock=replace(record.lock, left=True) if record.lock else None,
        torchup=__version__,
        toolkit=recorded(change.toolkit),
    )


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
        return (path / apply.RECORDS / apply.LOCK).read_text(encoding="utf-8")
    except OSError:
        return ""
