"""One link of the chain from the card to the notebook."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from torchup.model import Reason, Text

State = Literal["good", "costs", "stops", "quiet"]
What = Literal[
    "card", "driver", "runtime", "build", "python", "environment", "elsewhere", "notebook", "editor"
]

NOTHING: Final = "-"
"""What stands for a link that isn't there."""


class Link(Struct, frozen=True, kw_only=True):
    """One link: ``good`` holds, ``costs`` holds with a loss, ``stops`` doesn't, ``quiet`` is none.

    ``why`` is one line about it; a reason stands in for it where one says it better.
    """

    what: What
    shown: str
    state: State
    why: Text
    reason: Reason | None = None
