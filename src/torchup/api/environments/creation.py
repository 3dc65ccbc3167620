"""Making an environment: choose, solve, show, install, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.compiled.agreeing import agree
from torchup.api.condas.bare import is_bare, is_base
from torchup.api.environments.filling import fill
from torchup.api.long_paths import long_paths
from torchup.api.mirrors.turning import with_other_places
from torchup.api.solve.inputs import interpreter_for
from torchup.api.solve.solving import solve
from torchup.api.stacks.choosing import CONDA, Choice
from torchup.api.stacks.offline import python_for, told
from torchup.api.stacks.planning import choose, plan
from torchup.api.verifying import verify
from torchup.backends import Build
from torchup.errors import OutsideError
from torchup.model import Machine, Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.api.stacks.sizes import Sizing
    from torchup.model import Check, Requirement, Stack


class Creation(Struct, frozen=True, kw_only=True):
    """An environment that is ready to be made: what was chosen, solved and found."""

    name: str
    machine: Machine
    choice: Choice
    plan: Plan
    python: str = ""
    lock: str = ""
    builds: tuple[Build, ...] = ()

    @property
    def stack(self) -> Stack | None:
        """What will be installed, None where nothing fits."""
        return self.choice.resolution.stack


def prepare(
    context: Context,
    name: str,
    requirement: Requirement,
    machine: Machine,
    *,
    dry_run: bool = False,
) -> Creation:
    """Choose a stack and solve for its files; changes nothing but caches.

    A Python that has to be downloaded first is downloaded, unless this is a dry run: then the
    plan names no files.

    Args:
        context: the session.
        name: the new environment's name.
        requirement: what is asked for.
        machine: this machine.
        dry_run: fetch no Python.

    Raises:
        UsageError: the name or the requirement can't be taken.
        NoAnswerError: the requirements can't be met together.
        OutsideError: a source, the network or the disk failed.
    """
    apply.check_name(name)
    apply.prepare_home(context.home)
    there = str(context.home.environment(name))
    context.notes = (*context.notes, *long_paths(context.host, there))
    if is_bare(requirement):
        from torchup.api.condas import base

        return base.prepare(context, name, requirement, machine)
    return with_other_places(
        context, lambda: _prepared(context, name, requirement, machine, dry_run=dry_run)
    )


def _prepared(
    context: Context, name: str, requirement: Requirement, machine: Machine, *, dry_run: bool
) -> Creation:
    choice = choose(context, machine, requirement, live=True)
    planned = plan(choice, name=name)
    found = Creation(name=name, machine=machine, choice=choice, plan=planned)
    stack = choice.resolution.stack
    if stack is None:
        return found
    choice = agree(context, choice, machine, dry_run=dry_run)
    if context.warming is not None and not dry_run:
        context.warming.look(choice)
    python = ""  # conda's comes with the environment
    if requirement.backend != CONDA:
        python = interpreter_for(machine, stack.python, requirement.python)
        if not python and dry_run:
            return found
        python = python or python_for(context, requirement.backend, stack.python)
    try:
        solved = solve(context, choice, stack, python, machine)
    except OutsideError as error:
        raise told(context, error, requirement=requirement, name=name) from error
    planned = plan(solved.choice, name=name)
    return Creation(
        name=name,
        machine=machine,
        choice=solved.choice,
        plan=replace(planned, artifacts=solved.artifacts),
        python=python,
        lock=solved.lock,
        builds=solved.builds,
    )


def create(
    context: Context,
    creation: Creation,
    *,
    verified: bool = True,
    sized: bool = True,
    sizing: Sizing | None = None,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make a prepared environment, whole or not at all, and verify it.

    Args:
        context: the session.
        creation: what :func:`prepare` returned.
        verified: compute inside it afterwards.
        sized: count the bytes of the environment that is returned.
        sizing: knows the files' sizes, for the record.
        on_check: told each check as it ends.

    Raises:
        UsageError: the name is in use.
        OutsideError: the disk, the network or the installer failed; nothing is left behind.
    """
    log = apply.StepLog(context.report.step)
    record = apply.create_environment(
        context.host,
        context.home,
        creation.name,
        lambda site: fill(context, creation, site, sizing),
        artifacts=creation.plan.artifacts,
        log=log,
    )
    report = None
    if verified and not is_base(record.stack):
        with log.step("verify"):
            report = verify(context, name=record.name, level="quick", on_check=on_check)
    else:
        log.skip("verify")
    environment = apply.load_environment(context.host, context.home, record.name, sized=sized)
    ok = report is None or report.ok
    return Outcome(
        command="create", ok=ok, steps=log.outcomes, environment=environment, report=report
    )
