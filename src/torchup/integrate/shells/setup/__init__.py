"""What a shell is told once, as it starts: a function that enters environments, and completion.

Each kind is a module with ``lines(setup)``, pure. Completion is worked out by the shell itself from
tables and from the names of a few folders: no program is started while somebody waits for a word.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells import Kind

ENTERING: Final = ("activate", "deactivate")
"""Commands whose answer the shell evaluates."""
PLAIN: Final = ("-h", "--help", "--json", "--shell")
"""Options with which even these only print."""


class Command(Struct, frozen=True, kw_only=True):
    """What can follow a command: options, words, and whether environments' names.

    ``naming`` are the options that an environment's name follows.
    """

    options: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    environments: bool = False
    naming: tuple[str, ...] = ()


class Setup(Struct, frozen=True, kw_only=True):
    """What the lines are made of.

    ``home`` is where environments are, unless ``TORCHUP_HOME`` says otherwise; ``valued`` are the
    options before a command that a value follows.
    """

    commands: dict[str, Command]
    home: str
    valued: tuple[str, ...] = ("--lang", "--home", "--progress")


class Writer(Protocol):
    """The shape of a shell's module."""

    def lines(self, setup: Setup) -> Sequence[str]:
        """Return the lines that the shell evaluates as it starts."""


def writer_for(kind: Kind) -> Writer:
    """Load the module that writes for a kind of shell."""
    return cast("Writer", import_module(f"{__name__}.{kind}"))
