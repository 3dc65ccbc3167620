"""Files that the user asked for by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_folders(names: Iterable[str]) -> None:
    """Make sure that files can be written by these names, before any work is done for them.

    Raises:
        UsageError: ``file.no-folder``.
    """
    for name in names:
        if not Path(name).parent.is_dir():
            raise UsageError("file.no-folder", folder=Path(name).parent, name=Path(name).name)


def write_file(name: str, data: bytes) -> None:
    """Write a whole file or none.

    Raises:
        OutsideError: ``file.unwritable``.
    """
    from torchup.state.files import write_atomic

    try:
        write_atomic(Path(name), data)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("file.unwritable", path=name, why=why) from error
