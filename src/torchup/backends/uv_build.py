"""Installing in two steps, where something is compiled: first all that it is compiled against."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from torchup.early import read_text
from torchup.errors import OutsideError
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from torchup.backends.inputs import Build

#: The name of the first step's lock; a lock's name has to look like this (PEP 751).
FIRST: Final = "pylock.first.toml"
_NEXT: Final = "\n[[packages]]\n"


def without_packages(lock: str, names: Collection[str]) -> str:
    """Return a lock without some packages, given by their normalised names."""
    head, *blocks = lock.split(_NEXT)
    return _NEXT.join([head, *(block for block in blocks if _name(block) not in names)])


@contextmanager
def first_step(pylock: Path, builds: Sequence[Build]) -> Iterator[Path]:
    """Lay out the lock without what is compiled, beside the one that is kept.

    Raises:
        OutsideError: ``uv.unwritable``.
    """
    copy = pylock.with_name(FIRST)
    try:
        lock = read_text(pylock)
        copy.write_text(without_packages(lock, {one.name for one in builds}), encoding="utf-8")
    except OSError as error:
        raise OutsideError("uv.unwritable", path=copy, why=error.strerror) from error
    try:
        yield copy
    finally:
        with suppress(OSError):
            copy.unlink()


def speed_of(builds: Sequence[Build]) -> dict[str, str | None]:
    """The variables that hold a build to the memory that there is."""
    found: dict[str, str | None] = {}
    for build in builds:
        found |= build.speed
    return found


def _name(block: str) -> str:
    line = next((one for one in block.split("\n") if one.startswith("name = ")), "")
    return canonical_name(line.partition(" = ")[2].strip('"'))
