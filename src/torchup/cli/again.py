"""Saying again what was said before, while nothing has changed of what it was read from.

Looking through a hundred environments takes ten times as long as starting Python, and nearly
always they are as they were. So the text is kept with all that was looked at
(:mod:`torchup.cli.keeping`), and said again where every file, folder and variable of it is still
the same: no rule about environments is known here. Anything unusual is left to the program itself.

Loaded before everything else, so nothing here imports what takes long to load.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH118, PTH123

from __future__ import annotations

import os
import sys

from torchup import __version__
from torchup.early import EarlyHost, stamps, user
from torchup.state.folders import home_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TextIO

KEPT = {("list",): "list.json", ("list", "--json"): "list-as-json.json"}
"""The command lines whose answers are kept, and the names of the files that they are kept in."""
FOLDER = os.path.join("cache", "said")
"""Where they lie in the home."""


def say_again(argv: Sequence[str]) -> int | None:
    """Say what was said before to the same question; None where it has to be worked out."""
    out = sys.stdout
    if out is None:
        return None
    try:
        text = _kept(EarlyHost(), tuple(argv), out)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # no home, nothing kept yet, or a file that something else has written
    if not isinstance(text, str):
        return None
    try:
        out.reconfigure(errors="replace")  # type: ignore[union-attr]  # asked for in _kept
        out.write(text)
        out.flush()
    except OSError as error:
        from torchup.cli.main import output_failed

        return output_failed(error)
    return 0


def speaker(out: TextIO) -> list[object]:
    """Return what an answer depends on besides files and variables.

    The torchup that speaks, who asks, and what the text is written to (its colours and letters).
    """
    return [__version__, user(), out.isatty(), out.encoding]


def _kept(host: EarlyHost, argv: tuple[str, ...], out: TextIO) -> object:
    if argv not in KEPT or not hasattr(out, "reconfigure"):
        return None
    with open(os.path.join(home_place(host), FOLDER, KEPT[argv]), "rb") as stream:
        data = stream.read()
    import json

    found = json.loads(data)
    same = found["speaker"] == speaker(out) and _unchanged(host, found)
    return found["text"] if same else None


def _unchanged(host: EarlyHost, found: Mapping[str, Any]) -> bool:
    """Tell whether everything that was looked at is as it was."""
    return (
        all(host.env(name) == was for name, was in found["variables"].items())
        and stamps(found["files"]) == found["stamps"]
        and not any(map(os.path.exists, found["missing"]))
        and all(list(host.listdir(path)) == was for path, was in found["folders"].items())
    )
