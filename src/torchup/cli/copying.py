"""What ``clone`` and ``rename`` have in common: two names, and a look at what would be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import cloning, known
from torchup.model import Outcome, StepOutcome

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words


def add_names(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add both names, and ``--dry-run``."""
    parser.add_argument("name", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument("target", metavar="NEW", help=words.say("cli.option.new-name"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def would(args: argparse.Namespace, session: Session, command: str) -> Outcome:
    """See that it could be done, and return the outcome that says what would be.

    Raises:
        TorchupError: as the command itself would end.
    """
    cloning.check(session.context, args.name, args.target)
    found, _ = known.show(session.context, args.name)
    step = StepOutcome(id="copy", status="skipped", detail=found.record.path)
    return Outcome(command=command, ok=True, steps=(step,), environment=found)
