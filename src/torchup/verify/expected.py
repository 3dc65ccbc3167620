"""What a verification is held against."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from torchup.verify.payload.codes import COMPILE, all_codes

__all__ = ["COMPILE", "NEEDED", "Expected", "Level"]

Level = Literal["quick", "standard", "full"]
NEEDED: Final = frozenset({"import", "version", "matmul"})
"""Without these having passed, nothing is verified."""


class Expected(Struct, frozen=True, kw_only=True):
    """The plan that an environment is compared with.

    ``version`` reads like ``2.13.0+cpu``; a version without a local part accepts any build, and
    an empty one accepts what is there. ``companions`` map project names to versions of the same
    form. ``device`` is one of :data:`torchup.model.Device`, or such a name with the number of a
    device (``cuda:1``), or ``auto``: the best that is there. ``environment`` are variables that
    the stack needs where it runs. ``untouched``: nothing may be written into it, not even bytecode.
    ``cards`` are the architectures of the cards that it is meant for, empty where that is unknown.
    """

    framework: str
    version: str = ""
    companions: dict[str, str] = {}
    device: str = "cpu"
    environment: dict[str, str] = {}
    untouched: bool = False
    cards: tuple[str, ...] = ()

    def codes(self, level: Level) -> tuple[str, ...]:
        """Name the checks of a level, as they run on one device."""
        return all_codes(level, tuple(self.companions), self.framework)
