"""Saying again what was said before, while nothing has changed of what it was read from.

Looking through a hundred environments takes ten times as long as starting Python, and nearly
always they are as they were; choosing for a machine in a file takes six times as long, and scripts
ask about the same machines again and again; the status screen looks at the machine besides. So the
text is kept with all that was looked at (:mod:`torchup.cli.keeping`), and said again where every
file, folder and variable of it is still the same, and the system answers what its files don't tell
as it did: no rule about environments or machines is known here. Anything unusual is left to the
program itself.

Loaded before everything else, so nothing here imports what takes long to load.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH109, PTH118

from __future__ import annotations

import os
import sys

from torchup import __version__
from torchup.early import EarlyHost, checksum, read_file, unchanged, user
from torchup.state.folders import home_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

LISTS = {("list",): "list.json", ("list", "--json"): "list-as-json.json"}
"""Command lines whose answers are kept, and the names of the files that they are kept in."""
STATUS: tuple[list[str], ...] = ([], ["--offline"])
"""The command lines of the status screen whose answers are kept."""
PLANS, SCREENS = "plans", "screens"
"""The folders of the answers of ``plan`` for machines in files, and of the status screen's."""
FOLDER = os.path.join("cache", "said")
"""Where all lie in the home."""


def kept_as(argv: Sequence[str]) -> str | None:
    """Return where below :data:`FOLDER` an answer is kept; None for one that never is.

    Two questions may share a file, so :func:`asked` of the question stands in it. A status has one
    for each width of a terminal: people have several side by side.
    """
    if argv[:1] == ["plan"] and any(one.partition("=")[0] == "--machine" for one in argv):
        return os.path.join(PLANS, f"{checksum(*asked(argv)):08x}.json")
    if list(argv) in STATUS:
        shown = map(str, speaker(sys.stdout))
        return os.path.join(SCREENS, f"{checksum(*asked(argv), *shown):08x}.json")
    return LISTS.get(tuple(argv))


def asked(argv: Sequence[str]) -> list[str]:
    """Return what was asked, and from which folder: paths in it are relative to that."""
    return [*argv, os.getcwd()]


def say_again(argv: Sequence[str]) -> int | None:
    """Say what was said before to the same question; None where it has to be worked out."""
    out = sys.stdout
    if out is None:
        return None
    try:
        text, code = _kept(EarlyHost(), list(argv), out)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # no home, nothing kept yet, or a file that something else has written
    if not isinstance(text, str) or not isinstance(code, int):
        return None
    try:
        out.reconfigure(errors="replace")  # type: ignore[union-attr]  # asked for in _kept
        out.write(text)
        out.flush()
    except OSError as error:
        from torchup.cli.main import output_failed

        return output_failed(error)
    return code


def speaker(out: TextIO) -> list[object]:
    """Return what an answer depends on besides files and variables.

    The torchup that speaks and its Python, beside which uv lies; who asks; and what the text is
    written to (its colours, letters and width).
    """
    ours = [__version__, __file__, sys.executable]
    return [*ours, user(), out.isatty(), out.encoding, _width(out)]


def _width(out: TextIO) -> list[object]:
    """What the width of a terminal follows from; nothing for anything else."""
    if not out.isatty():
        return []
    try:
        columns = os.get_terminal_size(out.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return [os.environ.get("COLUMNS"), columns]


def _kept(host: EarlyHost, argv: list[str], out: TextIO) -> tuple[object, object]:
    place = kept_as(argv)
    if place is None or not hasattr(out, "reconfigure"):
        return None, None
    data = read_file(os.path.join(home_place(host), FOLDER, place))
    import json

    found = json.loads(data)
    if found["asked"] != asked(argv) or found["speaker"] != speaker(out):
        return None, None
    return (found["text"], found["code"]) if unchanged(host, found) else (None, None)
