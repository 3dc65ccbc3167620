"""How long work tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torchup.model import Check, Text


class Reporter(Protocol):
    """Somebody who wants to know how a command is getting on."""

    def note(self, label: Text, line: Text) -> None:
        """Say one thing under a heading (``Looking``, ``Choosing``)."""

    def progress(self, label: Text, line: Text, done: int, total: int) -> None:
        """Show how far a step is; ``done`` and ``total`` are bytes, 0 where unknown."""

    def step(self, step: str) -> None:
        """Say which step of a plan begins (``environment``, ``install``, ``verify``)."""

    def check(self, check: Check) -> None:
        """Say how one check of a verification ended."""


class Silent:
    """A reporter that says nothing."""

    def note(self, label: Text, line: Text) -> None:
        """Say nothing."""

    def progress(self, label: Text, line: Text, done: int, total: int) -> None:
        """Say nothing."""

    def step(self, step: str) -> None:
        """Say nothing."""

    def check(self, check: Check) -> None:
        """Say nothing."""
