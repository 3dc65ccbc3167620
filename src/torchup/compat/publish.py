"""Writing the pages of a site into a folder of its own.

Every page is replaced in one step, so that a reader never sees half of one, and pages that
an earlier run wrote and this one did not are removed. A marker file lists what is ours; a folder
that holds anything and has no marker is somebody else's and is left alone.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.early import read_file
from torchup.errors import OutsideError, UsageError
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable

MARKER: Final = ".torchup-site.json"
FRONT: Final = "index.html"
"""Written last: it leads to everything else."""


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier run wrote: paths relative to the folder, with ``/``."""

    site: str = "torchup compat"
    files: tuple[str, ...] = ()


def publish(folder: Path, pages: Iterable[tuple[str, str]]) -> int:
    """Write a site and return how many files it has.

    Args:
        folder: made if missing.
        pages: paths relative to the folder, with ``/``, and their contents.

    Raises:
        UsageError: the folder holds files that are not a site of ours.
        OutsideError: it can't be written.
    """
    before = _before(folder)
    try:
        return _write(folder, dict(pages), before)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("file.unwritable", path=error.filename or folder, why=why) from error


def _before(folder: Path) -> tuple[str, ...]:
    """What an earlier run left; nothing in a new folder.

    Raises:
        UsageError: the folder is somebody else's.
    """
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return ()
        if not folder.is_dir():
            raise UsageError("compat.site-not-folder", path=folder)
        return msgspec.json.decode(read_file(folder / MARKER), type=Marker).files
    except (FileNotFoundError, *NO_DOCUMENT) as error:
        raise UsageError("compat.site-foreign", path=folder) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("file.unwritable", path=folder, why=why) from error


def _write(folder: Path, pages: dict[str, str], before: tuple[str, ...]) -> int:
    # Old and new names, before the first page: a run that is cut short leaves a site of ours.
    _mark(folder, (*before, *(name for name in pages if name not in before)))
    front = pages.pop(FRONT, None)
    for name, text in pages.items():
        write_atomic(folder / name, text.encode())
    if front is not None:
        write_atomic(folder / FRONT, front.encode())
        pages[FRONT] = front
    for name in before:
        if name not in pages and _inside(name):
            (folder / name).unlink(missing_ok=True)
    _mark(folder, tuple(pages))
    return len(pages)


def _mark(folder: Path, names: tuple[str, ...]) -> None:
    write_atomic(folder / MARKER, msgspec.json.encode(Marker(files=names)))


def _inside(name: str) -> bool:
    """Tell whether a name from a marker stays in the folder, whoever wrote the marker."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts
    return plain and "\\" not in name and ":" not in name and path.name != MARKER
