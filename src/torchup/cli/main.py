"""Parse, call a use case, render, return the exit status."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from torchup.cli.commands import COMMANDS
from torchup.cli.parsing import make_parser, option_value, split_command
from torchup.cli.session import Session, open_session
from torchup.errors import EXIT_INTERRUPTED, EXIT_OUTSIDE, OutsideError, TorchupError
from torchup.host.real import RealHost
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _stop)
    host = RealHost()
    session: Session | None = None
    try:
        lang = option_value(argv, "--lang")
        session = open_session(host, lang)
        return _dispatch(session, argv)
    except TorchupError as error:
        return _failed(session or Session(host, load_words("en"), {}), error, "--json" in argv)
    except KeyboardInterrupt:
        _say_error(session, "cli.interrupted")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_OUTSIDE
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, the file the rest
        mistake = _unexpected(error)
        return _failed(session or Session(host, load_words("en"), {}), mistake, "--json" in argv)
    finally:
        if session is not None:
            session.close()


def _stop(_number: int, _frame: object) -> None:
    """Take a polite kill like Ctrl-C, so that what is half-done is taken back at once."""
    raise KeyboardInterrupt


def _unexpected(error: Exception) -> TorchupError:
    """Turn a mistake of torchup's own into an error, and keep its traceback in a file."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="torchup-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    return OutsideError("cli.bug", why=f"{type(error).__name__}: {error}", path=log.name)


def _dispatch(session: Session, argv: Sequence[str]) -> int:
    name, rest = split_command(argv)
    if not name and {"-h", "--help"} & set(rest):
        return _overview(session)
    module: Any = import_module(f"torchup.cli.commands.{name or 'status'}")
    parser = make_parser(name or "status", session.words)
    module.add_arguments(parser, session.words)
    args = parser.parse_args(rest)
    session.open(args)
    code: int = module.run(args, session)
    return code


def _overview(session: Session) -> int:
    out = session.out
    out.line(session.say("cli.overview"))
    group = ""
    for name, shown_under in COMMANDS.items():
        if shown_under != group:
            group = shown_under
            out.line()
            out.line(session.say(f"cli.group.{group}"))
        out.row(f"  {name}", session.say(f"cli.{name}.summary"))
    out.line()
    out.line(session.say("cli.overview.end"))
    return 0


def _failed(session: Session, error: TorchupError, as_json: bool) -> int:
    from torchup.wire import write

    session.close()
    worded = write.error(error, session.words)
    if session.json or as_json:
        session.emit(worded)
    else:
        _print_error(session, worded.message, worded.hint)
    return error.exit_code


def _say_error(session: Session | None, code: str) -> None:
    words = session.words if session else load_words("en")
    sys.stderr.write(words.say(code) + "\n")


def _print_error(session: Session, message: str, hint: str) -> None:
    from torchup.cli.screen import Screen

    screen = Screen(sys.stderr, session.host)
    screen.line(screen.paint(message, "stops"))
    for line in hint.splitlines():
        screen.row(session.say("cli.label.next"), line)
