"""What a person is told of a change of packages before it is made, beside the packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.model import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.environments.changing import Change
    from torchup.model import Reason, Text

_TOLD: Final = frozenset(
    {
        "built-from-source",
        "fit-compiled",
        "fit-compiled-cpu",
        "fit-moved",
        "fit-near",
        "fit-tag",
        "fit-unloaded",
    }
)
"""What a person who adds a package has to know of it."""


def reasons(change: Change) -> Iterator[Reason]:
    """Return the reasons that matter to whoever agrees to a change."""
    return (one for one in change.choice.resolution.reasons if one.code in _TOLD)


def toolkit(change: Change) -> Text | None:
    """Word what becomes of the environment's toolkit; None where it stays.

    The code is ``toolkit.comes``, ``toolkit.goes`` or ``toolkit.moves``.
    """
    record = change.environment.record
    was, now = record.toolkit, change.toolkit
    if was == now:
        return None
    one = now or was
    kind = "goes" if now is None else "comes" if was is None else "moves"
    return text(
        f"toolkit.{kind}",
        home=str(Path(record.path) / one.home) if one else "",
        runtime=now.runtime if now else "",
        was=was.runtime if was else "",
    )
