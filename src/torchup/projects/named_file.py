"""A file that the user names: its content tells which reader reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.projects.kinds import kind_of
from torchup.projects.merging import without_repeats
from torchup.projects.reading import read_as
from torchup.projects.texts import text_of

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.projects.declared import Declared


def read_named_file(host: Host, path: str) -> Declared | None:
    """Read an environment file, a project file or a lock; None for a list for pip.

    Args:
        host: whose file it is.
        path: the file.

    Raises:
        UsageError: a ``projects.*`` code: it is malformed, or contradicts itself.
    """
    data = host.read(path)
    kind = kind_of(text_of(data)) if data is not None else "requirements"
    if kind == "requirements":
        return None
    found = read_as(host, path, kind, path)
    return without_repeats(found) if found is not None else None
