"""Undoing a choice of mirrors after other settings of torchup's were changed.

The settings are one file, and a choice of mirrors is a few lines of it: where only other lines
were changed since, those stay, and the choice's own go back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from torchup.api.mirrors.keeping import COMMAND, RESET, seal_of
from torchup.errors import TorchupError
from torchup.state import undo
from torchup.state.config import read_config, read_settings

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.state.undo import Change

_COMMANDS: Final = frozenset({COMMAND, RESET})


class Apart(NamedTuple):
    """A change without its settings, which are put back line by line.

    Attributes:
        files: the change with the parts that are other programs' files; perhaps none.
        path: the file of settings.
        values: what each setting was before, None where it wasn't set.
    """

    files: Change
    path: str
    values: dict[str, str | None]


def apart(context: Context, found: Change) -> Apart | None:
    """Take the settings out of a change of mirrors, where others were changed in their file since.

    None where the change is no such one, nothing was changed since, or somebody chose other
    mirrors since: then it is a change like any other.
    """
    path = found.what.args.get("settings", "")
    if found.command not in _COMMANDS or not found.parts or found.parts[-1].path != path:
        return None
    part = found.parts[-1]
    keys = [f"mirror.{kind}" for kind in found.what.args.get("chosen", "").split(", ")]
    try:
        if not undo.is_odd(part):
            return None
        now = read_config(path, mending=True)
        was = read_settings(undo.before(context.home, found, part) or b"", path, mending=True)
        chosen = seal_of({key: now.get(key) for key in keys}) == found.what.args.get("seal")
        # Who was stopped after the lines were put back has them right already.
        if not chosen and any(now.get(key) != was.get(key) for key in keys):
            return None
    except (OSError, TorchupError):
        return None
    files = replace(found, parts=found.parts[:-1])
    return Apart(files=files, path=path, values={key: was.get(key) for key in keys})
