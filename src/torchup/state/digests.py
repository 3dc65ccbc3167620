"""What a file's content is told apart by."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from os import PathLike

_BLOCK: Final = 1 << 20


def file_digest(path: str | PathLike[str]) -> str:
    """Return the sha256 of a whole file, in hexadecimal.

    Raises:
        OSError: it can't be read.
    """
    found = hashlib.sha256()
    with open(path, "rb") as stream:  # noqa: PTH123  # tens of thousands, mostly strings
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
