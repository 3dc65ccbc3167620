"""``torchup lock``: an environment as it is, and what other machines get of the same."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.environments.contents import load
from torchup.api.locks import base as lock_base
from torchup.api.locks import locking
from torchup.api.locks.rows import merged
from torchup.cli.cleaning import clean_up
from torchup.cli.files import check_folders, write_file
from torchup.cli.options import add_files, add_rows
from torchup.cli.render import stack_line
from torchup.cli.request import machines_of, requirement_of, this_machine
from torchup.cli.rows import refused
from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, UsageError
from torchup.model import Requirement
from torchup.wire.locks import LockedRowV1, LockV1

if TYPE_CHECKING:
    import argparse

    from torchup.api.locks.rows import Recipe
    from torchup.backends.lock_writing import Written
    from torchup.cli.session import Session
    from torchup.model import Machine
    from torchup.words import Words

_STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the environment, or files that say what is wanted; the rows; the file."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.lock-name"))
    add_rows(parser, words, "cli.option.lock-row")
    parser.add_argument(
        "-o",
        "--output",
        default=lock_base.DEFAULT,
        metavar="FILE",
        help=words.say("cli.option.lock-output"),
    )
    add_files(parser, words)
    parser.add_argument("--project", metavar="DIR", help=words.say("cli.option.project"))
    parser.add_argument("--python", metavar="X.Y", help=words.say("cli.option.python"))
    parser.add_argument("--as-of", metavar="DAY", help=words.say("cli.option.as-of"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))
    parser.set_defaults(
        requirements=[],
        builds=[],
        backend="uv",
        channel=[],
        build=None,
        cpu=False,
        use_gpu=[],
        no_companions=False,
        wheels=None,
        nightly=False,
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Solve the rows and write them, all or nothing."""
    printed = args.output == _STDOUT
    file = None if printed else Path(args.output).absolute()
    if printed:
        if session.json:
            raise UsageError("cli.print-and-json")
        session.out = Screen(sys.stderr, session.host)
    if file is not None:
        check_folders((args.output,))
        lock_base.check_name(file)
    merged((), args.rows)  # mistakes first
    clean_up(session)
    before = lock_base.earlier(file) if file else None
    base, machine = _base(args, session)
    recipes = lock_base.recipes(base, before, args.rows)
    solved: list[locking.RowSolved] = []
    for one in locking.solve_rows(session.context, base, recipes, machine, _described):
        solved.append(one)
        if one.written is None:
            return refused(one, "lock.row-none", session)
        if not session.json:
            _print_row(one.written, session)
    text = locking.written(base, solved, args.output)
    if file is None:
        sys.stdout.write(text)
        return EXIT_DONE
    if not args.dry_run:
        write_file(str(file), text.encode())
    if session.json:
        path = None if args.dry_run else str(file)
        session.emit(_document(text, path, base.environment, solved))
    else:
        _print_end(args, solved, session)
    return EXIT_DONE


def _base(args: argparse.Namespace, session: Session) -> tuple[lock_base.Base, Machine]:
    """What is locked, an environment or what files ask for; and this machine.

    Raises:
        UsageError: ``lock.nothing-named`` or ``lock.environment-and-files``.
    """
    from_files = bool(args.files) or args.project is not None
    if args.name is None and not from_files:
        raise UsageError("lock.nothing-named")
    if args.name is None:
        args.without = _within(args)
        asked = requirement_of(args, session)
        return lock_base.Base(requirement=asked, asked=asked), this_machine(asked, session)
    if from_files or args.python is not None or args.as_of is not None:
        raise UsageError("lock.environment-and-files", name=args.name)
    load(session.context, args.name)
    machine = this_machine(Requirement(), session)
    return lock_base.base_of(session.context, args.name, machine), machine


def _within(args: argparse.Namespace) -> str:
    """The name of the lock where it lies in the project's folder: it is no source of itself."""
    output = Path(args.output).absolute()
    inside = args.project is not None and output.parent == Path(args.project).absolute()
    return output.name if inside else ""


def _described(recipe: Recipe) -> Machine:
    """Read the machine that a row names.

    Raises:
        UsageError: it can't be read, or describes several.
    """
    from torchup.api.machines.evident import with_evident

    found = machines_of(recipe.file)
    if len(found) != 1:
        raise UsageError("describe.one-machine", count=len(found))
    return with_evident(found[0])


def _print_row(written: Written, session: Session) -> None:
    row = written.row
    said = f"{row.name}  {stack_line(row.stack)} · {row.platform}"
    session.out.row(session.say("cli.label.row"), said, "good")
    session.out.flush()


def _document(
    text: str, path: str | None, environment: str, solved: list[locking.RowSolved]
) -> LockV1:
    return LockV1(
        path=path,
        environment=environment,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        rows=tuple(_row(one.written) for one in solved if one.written),
        local_only=locking.local_files(solved),
    )


def _print_end(args: argparse.Namespace, solved: list[locking.RowSolved], session: Session) -> None:
    out = session.out
    local = locking.local_files(solved)
    if local:
        said = session.say("lock.local-files", names=", ".join(local))
        out.line(out.paint(said, "costs"), folds=True)
    code = "lock.would-write" if args.dry_run else "lock.written"
    out.row(session.say("cli.label.done"), session.say(code, file=args.output), "good")
    out.row(session.say("cli.label.next"), session.pasteable("torchup", "sync", args.output))


def _row(written: Written) -> LockedRowV1:
    row = written.row
    return LockedRowV1(
        name=row.name,
        words=row.words,
        platform=row.platform,
        python=row.stack.python,
        build=row.stack.build,
        device=row.stack.device,
        packages=row.stack.packages,
        files=len(written.packages),
    )
