"""Environments that lie outside their home: a small file in it says where each one is.

Whether something is there is told by its marker, as for every environment. The file is what keeps
it in the list while its disk is away.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from torchup.apply.marker import RECORDS
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.state.home import Home


def placed_names(home: Home) -> tuple[str, ...]:
    """Return the names of the environments that lie elsewhere, in order."""
    try:
        found = os.listdir(home.below("places"))  # noqa: PTH208 (start-up)
    except OSError:
        return ()
    return tuple(sorted(one for one in found if not one.startswith(".") and home.elsewhere(one)))


def write_place(home: Home, name: str, path: Path) -> None:
    """Note that an environment lies at ``path`` from now on, at once.

    Raises:
        OSError: the home can't be written.
    """
    if path == home.environments / name:
        drop_place(home, name)
    else:
        write_atomic(home.places / name, os.fsencode(f"{path}\n"))


def drop_place(home: Home, name: str) -> None:
    """Forget where an environment lies: it is inside the home, or gone.

    Raises:
        OSError: the home can't be written.
    """
    (home.places / name).unlink(missing_ok=True)


def is_ours(path: Path) -> bool:
    """Tell whether a folder outside the home is one that torchup began to fill.

    Someone else's of the same name may have come there since.
    """
    try:
        return (path / RECORDS).is_dir() or not any(path.iterdir())
    except OSError:
        return False
