"""``torchup bundle create`` and ``update``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup import apply
from torchup.api.bundle import creating, drafting, targets
from torchup.api.locks.base import Base, base_of
from torchup.api.machines.described import Described
from torchup.bundles.reading import OpenBundle, open_bundle
from torchup.cli.bundles.machines import FileMachines, MachinesAgain
from torchup.cli.bundles.showing import emit, next_steps, print_contents
from torchup.cli.cleaning import clean_up
from torchup.cli.files import check_folders
from torchup.cli.render import stack_line
from torchup.cli.request import requirement_of, take_wheels, this_machine
from torchup.cli.rows import refused
from torchup.cli.screen import size_of
from torchup.errors import EXIT_DONE, UsageError
from torchup.model import Requirement
from torchup.plan.quoting import command_line
from torchup.wire.bundles import BundleReportV1

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from torchup.api.locks.locking import RowSolved
    from torchup.api.locks.rows import Recipe
    from torchup.cli.bundles.showing import Action
    from torchup.cli.session import Session
    from torchup.model import Machine

_SUFFIX = ".torchup"


def create(args: argparse.Namespace, session: Session) -> int:
    """Solve for each machine, fetch, and write.

    Raises:
        UsageError: what is asked for can't be read; the file is there already.
    """
    said = Described(gpus=tuple(args.gpu), driver=args.driver, system=args.os, arch=args.arch)
    if (args.machine is not None and not said.nothing) or (
        args.rows and (args.machine is not None or not said.nothing)
    ):
        raise UsageError("bundle.rows-and-machine")
    file = _file(args)
    clean_up(session)
    base, machine, requirement = _base(args, session)
    described = FileMachines(args.machine)
    wanted: tuple[targets.Target, ...] = ()
    for name in described.names or (said.system or _own_name(said),):
        words = targets.words_of(said, requirement, args.machine or "")
        wanted += targets.targets(base, args.rows, words, name)
        if args.rows:
            break
    extras = drafting.Wanted(
        environment=base.environment,
        pythons=not args.no_python,
        tool=not args.no_torchup,
        dry_run=args.dry_run,
    )
    return _make(args, session, _Task("create", file, wanted, machine, described, extras))


def update(args: argparse.Namespace, session: Session) -> int:
    """Solve anew what a bundle was made of, and fetch the difference.

    Raises:
        UsageError: it is no bundle; what it was made of is gone.
    """
    file = Path(args.words[0])
    if args.wheels is not None:
        take_wheels(args.wheels, session)
    clean_up(session)
    with open_bundle(file) as old:
        machine = this_machine(Requirement(), session)
        wanted = targets.targets_again(session.context, old, machine)
        index = old.index
        extras = drafting.Wanted(
            environment=index.environment,
            pythons=bool(index.pythons),
            tool=bool(index.tools),
            dry_run=args.dry_run,
        )
        task = _Task("update", file, wanted, machine, MachinesAgain(file), extras, old)
        return _make(args, session, task)


class _Task:
    """One bundle that is to be written."""

    def __init__(  # noqa: PLR0917  # what a bundle is made of
        self,
        action: Action,
        file: Path,
        wanted: tuple[targets.Target, ...],
        machine: Machine,
        described: Callable[[Recipe], Machine],
        extras: drafting.Wanted,
        old: OpenBundle | None = None,
    ) -> None:
        self.action = action
        self.file = file
        self.wanted = wanted
        self.machine = machine
        self.described = described
        self.extras = extras
        self.old = old


def _make(args: argparse.Namespace, session: Session, task: _Task) -> int:
    context, extras = session.context, task.extras
    rows: list[RowSolved] = []
    for one in targets.solve(
        context, task.wanted, task.machine, task.described, pythons=extras.pythons
    ):
        if one.written is None:
            return refused(one, "bundle.target-none", session)
        rows.append(one)
        if not session.json:
            row = one.written.row
            line = f"{row.name}  {stack_line(row.stack)} · {row.platform}"
            session.out.row(session.say("cli.label.for"), line, "good")
            session.out.flush()
    with creating.draft(context, rows, extras, task.old) as found:
        session.close()
        if args.dry_run:
            return _would(found, task, session)
        if not session.json:
            code = "bundle.fetching-again" if task.old else "bundle.fetching"
            said = session.say(code, size=size_of(found.size), count=len(found.index.files))
            session.out.row(session.say("cli.label.fetching"), said)
            session.out.flush()
        done = creating.write(context, found, task.file, task.old)
    session.close()
    if session.json:
        with open_bundle(task.file) as made:
            emit(made, task.action, session, fetched=done.fetched, reused=done.reused)
        return EXIT_DONE
    _print_end(task, done.fetched, done.reused, session)
    return EXIT_DONE


def _print_end(task: _Task, fetched: int, reused: int, session: Session) -> None:
    size = size_of(task.file.stat().st_size)
    given = {"file": task.file, "size": size, "fetched": size_of(fetched)}
    if task.old is None:
        said = session.say("bundle.written", **given)
    else:
        said = session.say("bundle.updated", reused=size_of(reused), **given)
    session.out.row(session.say("cli.label.done"), said, "good")
    next_steps(task.file, session)


def _would(found: drafting.Draft, task: _Task, session: Session) -> int:
    if session.json:
        session.emit(
            BundleReportV1(
                action=task.action,
                ok=True,
                path=None,
                size=found.size,
                digest="",
                bundle=found.index,
            )
        )
    else:
        print_contents(found.index, session)
        said = session.say("bundle.would-write", file=task.file)
        session.out.row(session.say("cli.label.done"), said, "good")
    return EXIT_DONE


def _file(args: argparse.Namespace) -> Path:
    """The file to write, which isn't there yet.

    Raises:
        UsageError: ``bundle.exists``, ``bundle.suffix`` or ``file.no-folder``.
    """
    first = args.words[0] if args.words else "lab"
    stem = "".join(one for one in first if one.isalnum() or one in "._-").strip(".") or "lab"
    name = args.output or f"{stem}{_SUFFIX}"
    if not name.endswith(_SUFFIX):
        raise UsageError("bundle.suffix", name=name, near=f"{name.rstrip('.')}{_SUFFIX}")
    check_folders((name,))
    file = Path(name)
    if file.exists():
        quoted = command_line("torchup", "bundle", "update", name)
        raise UsageError("bundle.exists", file=name, command=quoted)
    return file


def _base(args: argparse.Namespace, session: Session) -> tuple[Base, Machine, Requirement]:
    """What the bundle is made of: an environment, or requirements.

    Raises:
        UsageError: ``bundle.nothing-named``, ``bundle.environment-and-more`` or
            ``bundle.environment-backend``.
    """
    if not args.words and not args.files:
        raise UsageError("bundle.nothing-named")
    context = session.context
    environment = next((one for one in args.words if one in apply.names(context.home)), None)
    args.requirements = [] if environment else args.words
    requirement = requirement_of(args, session)
    machine = this_machine(requirement, session)
    if environment is None:
        return Base(requirement=requirement, asked=requirement), machine, requirement
    if len(args.words) > 1 or args.files or args.wheels or args.as_of or args.channel:
        raise UsageError("bundle.environment-and-more", name=environment)
    base = base_of(context, environment, machine)
    own = base.record.backend if base.record else args.backend
    if args.backend_named and own != args.backend:
        raise UsageError("bundle.environment-backend", name=environment, backend=own)
    return base, machine, requirement


def _own_name(said: Described) -> str:
    return "here" if said.nothing else "other"
