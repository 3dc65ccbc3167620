"""``torchup du``: what environments and caches take on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.room import not_shared, usage
from torchup.cli.cleaning import clean_up
from torchup.cli.columns import print_columns
from torchup.cli.screen import size_of
from torchup.cli.sharing import say_not_shared
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model.contents import Usage
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add which environments to tell of."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=words.say("cli.option.names"))
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.du-all"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Measure and show."""
    clean_up(session)
    found = usage(session.context, args.names, everything=args.all)
    if session.json:
        from torchup.wire.contents import UsageV1

        session.emit(
            UsageV1(
                home=str(session.context.home.root),
                environments=found.environments,
                cache=found.cache,
                pythons=found.pythons,
                rest=found.rest,
                total=found.total,
                free=found.free,
                shared=not_shared(session.context) is None,
            )
        )
    else:
        _print(found, session)
    return EXIT_DONE


def _print(found: Usage, session: Session) -> None:
    rows = [
        (
            one.name,
            session.say("cli.size", own=size_of(one.own), shared=size_of(one.shared)),
            session.say("du.frees", size=size_of(one.frees)),
            _with_cache(one.frees, one.frees_cleaned, session),
        )
        for one in found.environments
    ]
    print_columns(rows, session)
    cache = session.say("du.cache", size=size_of(found.cache.own + found.cache.shared))
    session.out.row(session.say("cli.label.cache"), cache)
    if found.pythons:
        session.out.row(session.say("cli.label.pythons"), size_of(found.pythons))
    total = session.say("du.total", size=size_of(found.total), path=session.context.home.root)
    session.out.row(session.say("cli.label.total"), total)
    if found.free is not None:
        path = str(session.context.home.root)
        free = session.say("cli.free", size=size_of(found.free), path=path)
        session.out.row(session.say("cli.label.disk"), free)
    say_not_shared(session)


def _with_cache(frees: int, cleaned: int, session: Session) -> str:
    """Say what an environment frees together with the cache, where that is more."""
    return session.say("du.frees-cleaned", size=size_of(cleaned)) if cleaned > frees else ""
