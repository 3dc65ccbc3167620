"""What belongs beside the framework although its wheels don't ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model.names import name_of
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Framework


def beside(
    framework: Framework, version: str, system: str, asked: Sequence[str]
) -> tuple[str, ...]:
    """Return the requirements to add, such as ``numpy<2`` for an old release.

    What the user asked for by name is left to the user.

    Args:
        framework: the rows.
        version: the framework's release.
        system: the operating system.
        asked: the user's other requirements.
    """
    taken = {name_of(line) for line in asked}
    found: dict[str, str] = {}
    for row in framework.beside:
        name = name_of(row.requirement)
        early = not row.before or dotted(version) < dotted(row.before)
        here = not row.systems or system in row.systems
        if early and here and name not in taken:
            found.setdefault(name, row.requirement)
    return tuple(found.values())
