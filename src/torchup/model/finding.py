"""What is wrong somewhere, why that is thought, and what can be done about it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.text import Text

Severity = Literal["error", "warning", "info"]
Safety = Literal["safe", "ask", "manual"]
"""``safe``: done without asking, and can be undone; ``ask``: a person should agree first;
``manual``: a person does it."""


class Remedy(Struct, frozen=True, kw_only=True):
    """One way to mend it.

    ``commands`` are lists of arguments; a single one is a line for the shell as it stands.
    """

    title: Text
    safety: Safety
    commands: tuple[tuple[str, ...], ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong.

    ``because`` are the lines or facts that it rests on, for people; ``facts`` what a repair goes
    by (``environment``, ``path``, …).
    """

    code: str
    severity: Severity
    title: Text
    because: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    confidence: float = 1.0
    facts: dict[str, str] = {}
