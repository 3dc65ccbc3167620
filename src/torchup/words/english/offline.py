"""Messages about working without a network."""

from __future__ import annotations

from typing import Final

_WAY = "{probe}     here\n{make}     on a machine with a network\n{back}     here again"

MESSAGES: Final[dict[str, str]] = {
    "offline.missing": "Without a network {count} files are missing here, {size} in all:\n{files}",
    "offline.missing.hint": _WAY,
    "offline.missing-at-least": "Without a network {count} files are missing here, {size} or more in all:\n{files}",
    "offline.missing-at-least.hint": _WAY,
    "offline.missing-unknown": "Without a network this can't be worked out: nothing that tells about {names} is kept here.",
    "offline.missing-unknown.hint": _WAY,
    "offline.python": "Python {python} is not on this machine, and without a network it can't be fetched.",
    "offline.python.hint": "Install Python {python} by other means, name one that is here (torchup probe shows them), or bring a bundle: it has its Python with it.",
    "offline.way.probe": "{probe}     here",
    "offline.way.make": "{make}     on a machine with a network",
    "offline.way.back": "{back}     here again",
}
