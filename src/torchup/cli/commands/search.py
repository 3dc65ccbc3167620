"""``torchup search``: the versions of a package, and the names near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.environments.current import DEFAULT_KEY, current
from torchup.api.stacks.searching import Search, search
from torchup.cli.cleaning import clean_up
from torchup.cli.naming import add_name_option
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, UsageError
from torchup.model import shown_url

if TYPE_CHECKING:
    import argparse

    from torchup.api.stacks.searching import Version
    from torchup.cli.session import Session
    from torchup.model import Environment
    from torchup.words import Words

_NEWEST: Final = 12
"""How many versions are shown where not all are asked for."""


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the package and the environment."""
    parser.add_argument("package", metavar="PACKAGE", help=words.say("cli.option.package"))
    add_name_option(parser, words)
    parser.add_argument("--all", action="store_true", help=words.say("cli.option.all-versions"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Search; status 1 where no place has the package, 3 where none could be asked."""
    clean_up(session)
    environment = _environment(session, args.name)
    found = search(session.context, args.package, environment)
    if session.json:
        _emit(found, environment, session)
    else:
        _print(found, environment, session, everything=args.all)
    if found.is_there:
        return EXIT_DONE
    lost = any(one.state == "unreachable" for one in found.listings)
    return EXIT_OUTSIDE if lost else EXIT_NO


def _environment(session: Session, named: str | None) -> Environment | None:
    """The environment that is meant; without one any Python is as good as another.

    Raises:
        NoAnswerError: there is no environment of that name.
    """
    try:
        name = current(session.context, named, session.config.get(DEFAULT_KEY)).name
    except UsageError:
        return None
    context = session.context
    return apply.load_environment(context.host, context.home, name, sized=False)


def _print(
    found: Search, environment: Environment | None, session: Session, *, everything: bool
) -> None:
    out = session.out
    fitting = [one for one in found.versions if one.fits is not False and not one.yanked]
    shown = fitting if everything else fitting[:_NEWEST]
    label = found.asked
    for one in shown:
        out.row(label, _line(one))
        label = ""
    if len(shown) < len(fitting):
        out.row("", session.say("search.more", count=len(fitting) - len(shown)), "quiet")
    if found.is_there and not fitting:
        code = "search.none-fits" if found.versions else "search.no-wheels"
        out.row(label, session.say(code, name=found.asked), "costs")
    if not found.is_there:
        lost = any(one.state == "unreachable" for one in found.listings)
        code = "search.not-asked" if lost else "search.nowhere"
        out.line(out.paint(session.say(code, name=found.asked), "stops"))
    if environment is not None and found.versions:
        said = session.say(
            "search.for-python",
            python=environment.record.stack.python,
            name=environment.record.name,
        )
        out.row("", said, "quiet")
    _print_near(found, session)
    _print_sources(found, session)


def _line(one: Version) -> str:
    return f"{one.version}  {' '.join(one.builds)}".rstrip()


def _print_near(found: Search, session: Session) -> None:
    if found.names_from is None:
        return
    where = found.names_from or "@search.known-names"
    if found.near:
        session.out.row(session.say("cli.label.near"), ", ".join(found.near))
        session.out.row("", session.say("search.near-from", where=where), "quiet")
    else:
        said = session.say("search.nothing-near", where=where)
        session.out.row(session.say("cli.label.near"), said, "quiet")


def _print_sources(found: Search, session: Session) -> None:
    label = session.say("cli.label.from")
    for one in found.listings:
        if one.state == "ok":
            session.out.row(label, shown_url(one.source.url), "quiet")
        elif one.state == "unreachable" and one.why is not None:
            session.out.row(label, session.words.text(one.why), "costs")
        else:
            continue
        label = ""


def _emit(found: Search, environment: Environment | None, session: Session) -> None:
    from torchup.wire.contents import SearchedV1, SearchV1, VersionV1

    document = SearchV1(
        asked=found.asked,
        environment=environment.record.name if environment else None,
        python=environment.record.stack.python if environment else None,
        versions=tuple(
            VersionV1(version=one.version, fits=one.fits, yanked=one.yanked, builds=one.builds)
            for one in found.versions
        ),
        near=found.near,
        names_from=found.names_from,
        sources=tuple(
            SearchedV1(
                url=shown_url(one.source.url),
                ok=one.state == "ok",
                why=session.words.text(one.why) if one.why else None,
            )
            for one in found.listings
        ),
    )
    session.emit(document)
