"""What can follow each command, read from the parsers and kept until the program changes."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup import __version__
from torchup.cli.commands import COMMANDS
from torchup.integrate.shells.setup import Command
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session

_FILE: Final = "completion.json"
_ENVIRONMENTS: Final = frozenset({"NAME", "ENV", "A", "B"})
"""What a positional argument or an option is called that takes an environment."""
_OTHERS: Final = frozenset({"create", "adopt", "mirror", "facts"})
"""Commands whose NAME is one that isn't there yet, or a mirror's, or a fact's."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    stamp: list[int | str]
    commands: dict[str, Command]


def completion_table(session: Session) -> dict[str, Command]:
    """Return what can follow each command; making it anew takes a fifth of a second."""
    file = session.context.home.cache / _FILE
    stamp = _stamp()
    try:
        kept = msgspec.json.decode(session.host.read(str(file)) or b"", type=_Kept)
    except NO_DOCUMENT:
        kept = None
    if kept is not None and kept.stamp == stamp:
        return kept.commands
    found = {name: _read(name, session) for name in COMMANDS}
    from contextlib import suppress

    from torchup.state.files import write_atomic

    with suppress(OSError):  # a home that can't be written is no reason to complete nothing
        write_atomic(file, msgspec.json.encode(_Kept(stamp=stamp, commands=found)))
    return found


def _stamp() -> list[int | str]:
    """What changes with the program: its version, and the files of its commands."""
    from torchup.cli import commands

    folder = commands.__path__[0]
    with os.scandir(folder) as entries:
        times = sorted(one.stat().st_mtime_ns for one in entries if one.name.endswith(".py"))
    return [__version__, *times]


def _read(name: str, session: Session) -> Command:
    from torchup.cli.parsing import make_parser

    module: Any = import_module(f"torchup.cli.commands.{name.replace('-', '_')}")
    parser = make_parser(name, session.words)
    module.add_arguments(parser, session.words)
    actions: list[argparse.Action] = parser._actions  # noqa: SLF001 - argparse tells it nowhere else
    options = [one for action in actions for one in action.option_strings]
    positional = [action for action in actions if not action.option_strings]
    words = [str(one) for action in positional for one in action.choices or ()]
    takes = any(_takes_environment(action) for action in positional)
    naming = [
        one
        for action in actions
        if action.option_strings and action.metavar == "ENV"
        for one in action.option_strings
    ]
    return Command(
        options=tuple(options),
        words=tuple(words),
        environments=takes and name not in _OTHERS,
        naming=tuple(naming),
    )


def _takes_environment(action: argparse.Action) -> bool:
    return action.metavar in _ENVIRONMENTS
