"""Lines that a shell evaluates: printed as they stand, and said how where a person reads them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, Literal

from torchup.cli.screen import Screen
from torchup.errors import EXIT_DONE, NoAnswerError
from torchup.integrate.shells import KINDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.integrate.shells import Kind
    from torchup.words import Words

_WAYS: Final[dict[Kind, str]] = {
    "bash": 'eval "$({command})"',
    "zsh": 'eval "$({command})"',
    "fish": "{command} | source",
    "powershell": "{command} | Out-String | Invoke-Expression",
    "cmd": "FOR /F \"delims=\" %i IN ('{command}') DO @%i",
}
"""How each shell is told to evaluate what a command prints."""


def add_shell_option(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add ``--shell``."""
    parser.add_argument("--shell", choices=KINDS, help=words.say("cli.option.shell"))


def give_lines(
    session: Session,
    command: Literal["activate", "deactivate"],
    name: str | None,
    kind: Kind,
    lines: Sequence[str],
) -> int:
    """Print lines for a shell.

    Raises:
        NoAnswerError: as :func:`speak_as_the_console`.
    """
    if session.json:
        from torchup.wire.places import ShellV1

        session.emit(
            ShellV1(command=command, environment=name, shell=kind, lines=tuple(lines)),
        )
        return EXIT_DONE
    if sys.stdout.isatty():
        said = Screen(sys.stderr, session.host)
        typed = " ".join(filter(None, ("torchup", command, name)))
        said.line(session.say("shell.not-evaluated"), folds=True)
        said.row(session.say("cli.label.next"), _WAYS[kind].format(command=typed))
    speak_as_the_console(lines)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return EXIT_DONE


def speak_as_the_console(lines: Sequence[str]) -> None:
    """Write as Windows' shells read what a program prints: in the console's own encoding.

    Python writes to a pipe in another one there. Standard error still is the console.

    Raises:
        NoAnswerError: ``shell.console``: a name has letters that the console's encoding lacks.
    """
    encoding = os.device_encoding(2) if sys.platform == "win32" else None
    if not encoding or not hasattr(sys.stdout, "reconfigure"):
        return
    try:
        "\n".join(lines).encode(encoding)
    except UnicodeEncodeError as error:
        letters = error.object[error.start : error.end]
        raise NoAnswerError("shell.console", letters=letters, encoding=encoding) from error
    sys.stdout.reconfigure(encoding=encoding)
