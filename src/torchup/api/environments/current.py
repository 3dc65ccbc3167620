"""Which environment a command is about where none is named."""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH118, PTH120, PTH121

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup import apply
from torchup.errors import NoAnswerError, UsageError

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.host import Host

FOLDER_FILE: Final = ".torchup-env"
"""The file in a project's folder that names its environment, in one line."""
DEFAULT_KEY: Final = "default"
"""The setting that names the environment for everywhere else."""
_ENTERED: Final = ("VIRTUAL_ENV", "CONDA_PREFIX")
"""The variables that name an environment which a shell is in."""
_LONGEST: Final = 1_000


class Current(Struct, frozen=True, kw_only=True):
    """An environment's name, and what says so: ``where`` is a variable, a file or a setting."""

    name: str
    by: Literal["named", "active", "folder", "default"]
    where: str = ""


def current(
    context: Context, named: str | None, default: str | None, *, entering: bool = False
) -> Current:
    """Find the environment that is meant: named, active, the folder's, the default.

    Whether there is such an environment is for the caller to find out.

    Args:
        context: the session.
        named: what the user wrote, None for nothing.
        default: what the settings say.
        entering: another environment is to be entered: the active one doesn't count.

    Raises:
        UsageError: ``environment.none-named``: nothing says which.
    """
    if named is not None:
        return Current(name=named, by="named")
    found = (None if entering else active(context)) or _of_folder(context)
    if found is None and default:
        found = Current(name=default, by="default", where=DEFAULT_KEY)
    if found is None:
        raise UsageError("environment.none-named")
    return found


def active(context: Context) -> Current | None:
    """The environment that the shell has activated, of this home or adopted; None for no such."""
    path = context.host.env("VIRTUAL_ENV") or ""
    name = os.path.basename(path.rstrip("/\\"))  # noqa: PTH119 - may be another system's
    own = bool(name) and apply.has_marker(context.home.environment(name))
    if own and _same(context.host, path, str(context.home.environment(name))):
        return Current(name=name, by="active", where="VIRTUAL_ENV")
    return _adopted(context)


def _adopted(context: Context) -> Current | None:
    """The active environment that torchup did not make; conda has a variable of its own."""
    entered = {name: context.host.env(name) for name in _ENTERED}
    for name in apply.adopted_names(context.home) if any(entered.values()) else ():
        try:
            place = apply.read_adopted(context.home, name).path
        except NoAnswerError:  # its record is damaged
            continue
        for variable, path in entered.items():
            if path and _same(context.host, path, str(place)):
                return Current(name=name, by="active", where=variable)
    return None


def _same(host: Host, path: str, place: str) -> bool:
    try:
        # The host is asked first, and notes where both lead.
        return all(map(host.is_dir, (path, place))) and os.path.samefile(path, place)
    except OSError:
        return False


def _of_folder(context: Context) -> Current | None:
    """What the nearest folder's file says, from here up."""
    try:
        folder, below = context.host.real_path("."), ""
    except OSError:  # the folder was deleted
        return None
    while folder != below:
        file = os.path.join(folder, FOLDER_FILE)
        said = context.host.read(file)
        name = "" if said is None else name_in(said)
        if name:
            return Current(name=name, by="folder", where=file)
        folder, below = os.path.dirname(folder), folder
    return None


def name_in(said: bytes) -> str:
    """Return the name in a folder's file, empty where it has none: the first line that says one.

    PowerShell's ``>`` writes UTF-16, and some editors put a mark before UTF-8.
    """
    wide = said[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = said[:_LONGEST].decode("utf-16" if wide else "utf-8-sig", "replace")
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")
