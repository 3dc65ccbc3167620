"""Parse, call a use case, render, return the exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from torchup import __version__
from torchup.cli.again import kept_as
from torchup.cli.commands import COMMANDS
from torchup.cli.options import option_value, own_words, split_command
from torchup.cli.plainly import read_plainly
from torchup.cli.session import Session, open_session
from torchup.early import module
from torchup.errors import (
    EXIT_DONE,
    EXIT_OUTSIDE,
    InterruptedByUserError,
    OutsideError,
    TorchupError,
)
from torchup.host.real import RealHost
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.cli.keeping import Keeping

_REFUSALS = frozenset({
    errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG, errno.EIO,
    errno.EDQUOT, errno.ELOOP, errno.ENOTDIR,
})  # fmt: skip
"""What the system refuses for reasons of its own, wherever that is noticed."""


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit status."""
    # Whoever starts a program with closed streams wants nothing said.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _stop)
    keeping = _keeping(argv)
    host = keeping.host if keeping else RealHost()
    try:
        code = _answer(host, argv, keeping)
        sys.stdout.flush()
    except OSError as error:
        return output_failed(error)
    finally:
        if keeping:
            keeping.end()
    with suppress(OSError):
        sys.stderr.flush()
    return code


def _keeping(argv: Sequence[str]) -> Keeping | None:
    """Listen to what is said, where it may be said again; see :mod:`torchup.cli.again`."""
    with suppress(OSError):  # the current folder was deleted: every command has its own answer
        place = kept_as(list(argv))
        if place is not None:
            from torchup.cli.keeping import Keeping

            return Keeping(argv, place)
    return None


def _answer(host: RealHost, argv: Sequence[str], keeping: Keeping | None) -> int:
    """Do what was asked; whatever goes wrong becomes an error in words.

    Raises:
        OSError: standard output takes no more.
    """
    session: Session | None = None
    own = own_words(argv)
    as_json = "--json" in own
    try:
        mending = "config" in own
        session = open_session(host, option_value(argv, "--lang"), mending=mending)
        session.keeping = keeping
        return _dispatch(session, argv)
    except SystemExit:
        return EXIT_DONE  # argparse has shown a help
    except TorchupError as error:
        return _failed(session or _plain(host), error, as_json)
    except KeyboardInterrupt:
        stopped = InterruptedByUserError("cli.interrupted")
        return _failed(session or _plain(host), stopped, as_json)
    except Exception as error:
        if isinstance(error, OSError) and (_of_output(error) or _stuck()):
            raise
        return _failed(session or _plain(host), _unexpected(error, session), as_json)
    finally:
        if session is not None:
            session.close()


def _plain(host: RealHost) -> Session:
    """A session for errors that come before the settings and the language are known."""
    return Session(host, load_words("en"), {})


def _of_output(error: OSError) -> bool:
    """Tell whether writing to standard output failed; the disk's own errors name a file."""
    return isinstance(error, BrokenPipeError) or (
        error.errno == errno.ENOSPC and error.filename is None
    )


def _stuck() -> bool:
    """Tell whether standard output takes nothing more: what it did not take is tried again."""
    try:
        sys.stdout.flush()
    except OSError:
        return True
    return False


def output_failed(error: OSError) -> int:
    """Say why standard output takes no more; nothing where its reader has simply gone."""
    # Python flushes once more at its end and would complain about the same again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return EXIT_OUTSIDE
    failed = OutsideError("cli.output-failed", why=error.strerror or type(error).__name__)
    return _failed(_plain(RealHost()), failed, as_json=False)


def _stop(_number: int, _frame: object) -> None:
    """Take a polite kill like Ctrl-C, so that what is half-done is taken back at once."""
    raise KeyboardInterrupt


def _unexpected(error: Exception, session: Session | None) -> TorchupError:
    """Turn a mistake of torchup's own into an error, and keep its traceback in a file."""
    if isinstance(error, OSError) and error.errno in _REFUSALS and error.filename is not None:
        path, why = str(error.filename), error.strerror or ""
        return OutsideError("cli.refused", path=path, why=why)
    from torchup.state.logs import keep_log

    home = None
    with suppress(Exception):  # whatever is wrong with the home, the error is told
        home = session.context.home if session is not None else None
    path = keep_log(home, error)
    return OutsideError("cli.bug", why=f"{type(error).__name__}: {error}", path=path)


def _dispatch(session: Session, argv: Sequence[str]) -> int:
    name, rest = split_command(argv)
    if not name and {"-h", "--help"} & set(rest):
        return _overview(session)
    if not name and {"-V", "--version"} & set(rest):
        session.out.line(f"torchup {__version__}")
        return EXIT_DONE
    command: Any = module(f"torchup.cli.commands.{(name or 'status').replace('-', '_')}")
    args: Any = read_plainly(command.add_arguments, rest)
    if args is None:
        from torchup.cli.parsing import make_parser

        parser = make_parser(name or "status", session.words)
        command.add_arguments(parser, session.words)
        args = parser.read(rest)
    session.open(args)
    code: int = command.run(args, session)
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


def _print_error(session: Session, message: str, hint: str) -> None:
    from torchup.cli.screen import Screen

    screen = Screen(sys.stderr, session.host)
    screen.line(screen.paint(message, "stops"))
    for line in hint.splitlines():
        screen.row(session.say("cli.label.next"), line)
