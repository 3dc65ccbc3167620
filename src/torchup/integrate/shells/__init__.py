"""Shells: which one is used here, and lines for each of them.

Each kind is a module with the same two functions, pure: ``activate(entering, windows=…)`` and
``deactivate(leaving, windows=…)`` return lines for that shell to evaluate. To add one, write such
a module and name it in :data:`SHELLS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast, get_args

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["bash", "zsh", "fish", "powershell", "cmd"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The shells that lines are written for."""

SHELLS: Final[dict[Kind, str]] = {
    "bash": "torchup.integrate.shells.posix",
    "zsh": "torchup.integrate.shells.posix",
    "fish": "torchup.integrate.shells.fish",
    "powershell": "torchup.integrate.shells.powershell",
    "cmd": "torchup.integrate.shells.cmd",
}

OLD: Final = "_TORCHUP_OLD_"
"""What the names of variables begin with that keep a value for the way back."""
QUIET_PROMPT: Final = "VIRTUAL_ENV_DISABLE_PROMPT"
"""Whoever sets it wants no name in the prompt: as in the scripts of Python's own ``venv``."""


class Entering(Struct, frozen=True, kw_only=True):
    """What a shell has to take on to be inside an environment.

    ``programs`` are folders that go to the head of the search path. ``replaced`` variables get the
    value whatever they hold; ``wanted`` ones only where the user has set nothing; ``cleared`` are
    unset. ``now`` is what the shell exports at present, for shells without conditions of their own.
    """

    name: str
    programs: tuple[str, ...]
    replaced: dict[str, str] = {}
    wanted: dict[str, str] = {}
    cleared: tuple[str, ...] = ("PYTHONHOME",)
    now: dict[str, str] = {}

    @property
    def touched(self) -> tuple[str, ...]:
        """Every variable that is given a value, but for the search path."""
        return (*self.replaced, *self.wanted)


class Leaving(Struct, frozen=True, kw_only=True):
    """What is known of an environment that a shell is in.

    It serves where the shell that went in is not the one that goes out, and has kept nothing:
    ``path`` is the search path without the environment's programs, ``touched`` variables are
    unset, and ``restored`` ones get the value that is the user's own.
    """

    path: str
    touched: tuple[str, ...] = ()
    restored: dict[str, str] = {}
    now: dict[str, str] = {}


class Shell(Protocol):
    """The shape of a shell's module."""

    def activate(self, entering: Entering, *, windows: bool) -> Sequence[str]:
        """Return the lines that take a shell into an environment."""

    def deactivate(self, leaving: Leaving, *, windows: bool) -> Sequence[str]:
        """Return the lines that take it out again."""


def shell_of(kind: Kind) -> Shell:
    """Load the module that writes for a kind of shell."""
    return cast("Shell", import_module(SHELLS[kind]))
