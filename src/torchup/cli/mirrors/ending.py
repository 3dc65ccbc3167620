"""How a change of mirrors ends: as a document, or with the command that comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import EXIT_DONE
from torchup.model import StepOutcome, shown_url
from torchup.wire import v1

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session


def again(args: argparse.Namespace, session: Session) -> str:
    """The command that does what was only tried."""
    options = {"--kind": args.kind, "--write": args.write, "--for": args.planned}
    given = [word for name, values in options.items() for one in values for word in (name, one)]
    return shown_url(session.pasteable("torchup", "mirror", args.action, *args.names, *given))


def emit(session: Session, steps: Sequence[StepOutcome]) -> int:
    """Print the outcome as a document."""
    session.emit(v1.OutcomeV1(command="mirror", ok=True, steps=tuple(steps), environment=None))
    return EXIT_DONE
