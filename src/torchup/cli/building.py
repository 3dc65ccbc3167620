"""Whether something may be compiled: said beforehand, or asked at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from torchup.api.compiled.fitted import Fitted
    from torchup.cli.session import Session
    from torchup.words import Words


def add_build_option(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add ``--build-from-source NAME``."""
    parser.add_argument(
        "--build-from-source",
        action="append",
        default=[],
        dest="builds",
        metavar="NAME",
        help=words.say("cli.option.build-from-source"),
    )


def note_builds(args: argparse.Namespace, session: Session) -> None:
    """Note what may be compiled."""
    if args.builds:
        from torchup.model.names import canonical_name

        session.context.builds |= frozenset(map(canonical_name, args.builds))


def allow_builds(args: argparse.Namespace, session: Session) -> None:
    """Note what may be compiled, and ask a person; ``--yes`` is no yes to hours of compiling."""
    from torchup.cli.asking import may_ask

    note_builds(args, session)
    if may_ask(session, yes=args.yes):
        session.context.agree = lambda one: _ask(one, session)


def _ask(one: Fitted, session: Session) -> bool:
    from torchup.api.compiled.words import amount, named
    from torchup.cli.asking import agreed

    if one.compiles is None:
        return False
    out = session.out
    out.line(session.say("cli.build.needs", name=one.name, amount=amount(one.compiles)))
    if one.near:
        out.line(session.say("cli.build.near", near=", ".join(map(named, one.near))))
    out.flush()
    return agreed(session.say("cli.build.ask", name=one.name), by_default=False)
