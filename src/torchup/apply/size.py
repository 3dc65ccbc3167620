"""How much disk an environment takes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.early import read_file
from torchup.model import Size
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

SIZE_FILE: Final = "size.json"


def measure(path: Path | str) -> Size:
    """Add up a folder's files, in bytes.

    A file with more than one link is also in the cache or in another environment: it counts as
    ``shared``. Links are not followed; what can't be read is left out.
    """
    own = shared = 0
    waiting = [str(path)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    found = entry.stat(follow_symlinks=False)
                    if found.st_nlink > 1:
                        shared += found.st_size
                    else:
                        own += found.st_size
        except OSError:
            continue
    return Size(own=own, shared=shared)


def remembered_size(folder: Path | str) -> Size | None:
    """Return the size noted in an environment's record folder, None if there is none."""
    try:
        # A path object for each of a hundred environments takes longer than reading.
        data = read_file(os.path.join(folder, SIZE_FILE))  # noqa: PTH118
        return msgspec.json.decode(data, type=Size)
    except (OSError, *NO_DOCUMENT):
        return None


def remember_size(folder: Path | str, size: Size) -> None:
    """Note an environment's size.

    Raises:
        OSError: it can't be written, such as into a folder that is gone.
    """
    path = os.path.join(folder, SIZE_FILE)  # noqa: PTH118 (start-up)
    write_atomic(path, msgspec.json.encode(size), into_new=False)
