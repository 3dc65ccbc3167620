"""Taking a choice of places back, and what was written for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.mirrors import keeping
from torchup.api.mirrors.taking_back import taking_back
from torchup.cli.mirrors.ending import again, emit
from torchup.errors import EXIT_DONE
from torchup.model import StepOutcome

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.model.mirror import MirrorKind


def reset(args: argparse.Namespace, session: Session, kinds: Sequence[MirrorKind]) -> int:
    """Forget a choice, and give other programs' files back what they were.

    Raises:
        TorchupError: a file was changed since: nothing is forgotten then.
    """
    # All of it or nothing: a file that was changed since is seen before anything is forgotten.
    taken = taking_back(session.context, kinds)
    if taken.failed:
        raise taken.failed[0]
    steps = keeping.forget(session.context, kinds, taken.edits, dry_run=args.dry_run)
    restored = taken.steps(dry_run=args.dry_run)
    if session.json:
        left = [StepOutcome(id="left", status="skipped", detail=one.path) for one in taken.left]
        return emit(session, [*steps, *restored, *left])
    code = "mirror.would-reset" if args.dry_run else "mirror.reset"
    label = session.say("cli.label.done")
    for one in steps:
        session.out.row(label, session.say(code, key=one.id), "good")
        label = ""
    code = "mirror.would-restore" if args.dry_run else "mirror.restored"
    for one in restored:
        session.out.row(label, session.say(code, path=one.detail), "good")
        label = ""
    for path, about in taken.left:
        session.out.row("", session.say("mirror.left", path=path, kinds=about), "costs")
    if not (steps or restored or taken.left):
        session.out.row(label, session.say("mirror.nothing-to-reset"))
    following = "torchup mirror reset" if taken.left else "torchup mirror status"
    if args.dry_run and (steps or restored):
        following = again(args, session)
    session.out.row(session.say("cli.label.next"), following)
    return EXIT_DONE
