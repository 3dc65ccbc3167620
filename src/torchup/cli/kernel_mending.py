"""Taking Jupyter's kernels away and mending them, and telling of those that were left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.asking import agreed, may_ask
from torchup.cli.kernels import also_in, next_of
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, StepOutcome
from torchup.wire import write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.model.kernels import Kernel


def delete(args: argparse.Namespace, session: Session, cleaned: tuple[str, ...]) -> int:
    """Take kernels away; a person agrees first where torchup didn't write them."""
    from torchup.api.kernels.listing import kernels_named
    from torchup.api.kernels.mending import remove

    found = kernels_named(session.context, args.name, also_in(args, session))
    theirs = [one for one in found if not one.own]
    paths = ", ".join(one.path for one in found)
    if args.dry_run:
        steps = tuple(_skipped("kernel-removed", one) for one in found)
        said = session.say("kernel.would-delete", what=paths)
        return _ended("kernel delete", steps, said, session, cleaned)
    if theirs and not args.yes:
        named = ", ".join(one.path for one in theirs)
        if not may_ask(session, yes=False):
            from torchup.errors import NoAnswerError

            raise NoAnswerError(
                "kernel.not-own", path=named, name=next_of(args, session, args.name)
            )
        if not agreed(session.say("kernel.delete-ask", path=named), by_default=False):
            return EXIT_NO
    steps = remove(session.context, found)
    said = session.say("kernel.deleted", what=paths)
    return _ended("kernel delete", steps, said, session, cleaned)


def repair(args: argparse.Namespace, session: Session, cleaned: tuple[str, ...]) -> int:
    """Put in order what can be; what torchup didn't write, where a person agrees."""
    from torchup.api.kernels.listing import kernels_named, list_kernels
    from torchup.api.kernels.mending import mend, mends

    context = session.context
    also = also_in(args, session)
    found = kernels_named(context, args.name, also) if args.name else list_kernels(context, also)
    wanted = mends(found)
    asks = [] if args.yes else [one for one in wanted if one.asks]
    if not session.json:
        for one in wanted:
            session.out.row(session.say("cli.label.changes"), session.words.text(one.what))
    if asks and not args.dry_run and may_ask(session, yes=False):
        question = session.say("kernel.repair-ask", count=len(asks))
        asks = [] if agreed(question, by_default=False) else asks
    chosen = [one for one in wanted if one not in asks]
    if args.dry_run:
        steps = tuple(_skipped("kernel-mended", one.kernel) for one in wanted)
        code = "kernel.would-repair" if wanted else "kernel.nothing-to-repair"
    else:
        steps = (*mend(context, chosen), *(_skipped("kernel-kept", one.kernel) for one in asks))
        code = "kernel.repaired" if chosen else "kernel.nothing-to-repair"
    said = session.say(code, what=len(chosen))
    status = _ended("kernel repair", steps, said, session, cleaned)
    if asks and not args.dry_run:
        if not session.json:
            session.out.row("", session.say("kernel.kept-others", count=len(asks)), "costs")
            following = next_of(args, session, "torchup kernel repair --yes")
            session.out.row(session.say("cli.label.next"), following)
        return EXIT_NO
    return status


def _skipped(step: str, kernel: Kernel) -> StepOutcome:
    return StepOutcome(id=step, status="skipped", detail=kernel.path)


def _ended(
    command: str,
    steps: Sequence[StepOutcome],
    said: str,
    session: Session,
    cleaned: tuple[str, ...],
) -> int:
    if session.json:
        outcome = Outcome(command=command, ok=True, steps=tuple(steps))
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned))
        return EXIT_DONE
    session.out.row(session.say("cli.label.done"), said, "good")
    if any(one.status == "done" for one in steps):
        session.out.row(session.say("cli.label.next"), "torchup undo")
    return EXIT_DONE


def say_left_kernels(session: Session, was: str) -> None:
    """Print the kernels that started an environment which was deleted, and how to remove them.

    Args:
        session: the session.
        was: where it was.
    """
    from torchup.api.machines.software import kernels_in

    for kernel in kernels_in(session.host, was):
        said = session.say("delete.kernel", title=kernel.title, kernel=kernel.name)
        session.out.row(session.say("cli.label.notebooks"), said, "costs")


def say_lost_kernels(session: Session, name: str, was: str) -> None:
    """Print the kernels that start a Python in a folder that is gone, and how to make them anew.

    Those inside the environment went along and start the right one.

    Args:
        session: the session.
        name: what the environment is called now.
        was: where it was.
    """
    from torchup.api.machines.software import kernels_in

    for kernel in kernels_in(session.host, was):
        said = session.say(
            "move.kernel", title=kernel.title, path=kernel.path, kernel=kernel.name, name=name
        )
        session.out.row(session.say("cli.label.notebooks"), said, "costs")
