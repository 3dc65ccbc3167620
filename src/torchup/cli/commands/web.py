"""``torchup web``: the page for people who would rather click."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from torchup.errors import EXIT_DONE, OutsideError, UsageError

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.words import Words

_NEEDED: Final = ("starlette", "uvicorn", "jinja2")
_HIGHEST: Final = 65535


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add where it listens, and whether a browser is opened."""
    parser.add_argument(
        "--port", metavar="PORT", default="0", help=words.say("cli.option.web-port")
    )
    parser.add_argument(
        "--no-browser", action="store_true", help=words.say("cli.option.no-browser")
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Serve until Ctrl-C, which is how it is meant to end."""
    port = _port(args.port)
    if not all(find_spec(name) for name in _NEEDED):
        raise OutsideError("web.extra-missing")
    from torchup.cli.cleaning import clean_up
    from torchup.web.serve import serve

    context = session.context
    clean_up(session)

    def ready(url: str, bound: int) -> None:
        _say(url, bound, args, session)

    try:
        serve(
            context.host,
            context.home,
            language=session.words.language,
            offline=context.offline,
            port=port,
            on_ready=ready,
        )
    except KeyboardInterrupt:
        if not session.json:
            session.out.line()
            session.out.line(session.say("web.stopped"))
    return EXIT_DONE


def _say(url: str, port: int, args: argparse.Namespace, session: Session) -> None:
    """Say where the page is, and open it."""
    if session.json:
        from torchup.wire.web import WebV1

        session.emit(WebV1(url=url, port=port), lines=True)
        session.out.flush()
        return
    session.out.row(session.say("web.label.page"), url)
    session.out.row("", session.say("web.once"), "quiet")
    session.out.row(session.say("cli.label.next"), session.say("web.how-to-stop"))
    session.out.flush()
    if not args.no_browser:
        from torchup.host.browser import open_browser

        if not open_browser(url):
            session.out.row("", session.say("web.no-browser"), "quiet")


def _port(said: str) -> int:
    """Read ``--port``.

    Raises:
        UsageError: ``web.bad-port``.
    """
    if said.isascii() and said.isdecimal() and len(said) <= len(str(_HIGHEST)):
        port = int(said)
        if port <= _HIGHEST:
            return port
    raise UsageError("web.bad-port", port=said)
