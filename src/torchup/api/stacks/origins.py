"""Where the lines of requirements stand, for those that contradict each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.model.names import canonical_name, name_of

if TYPE_CHECKING:
    from torchup.api.context import Context

_CONFLICTS: Final = frozenset({"pins-unsolvable", "pin-conflict"})
_WORD: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"


def placed(context: Context, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Say where the lines stand that contradict each other.

    Args:
        context: the session; it knows the origin of each line.
        reasons: what was said of the choice.
    """
    said = "\n".join(f"{one.subject}\n{one.has}" for one in reasons if one.code in _CONFLICTS)
    names = {canonical_name(word) for word in re.findall(_WORD, said)} if said else set()
    return tuple(
        Reason(code="asked-at", effect="accept", subject=line, about=origin)
        for line, origin in context.origins.items()
        if name_of(line) in names
    )
