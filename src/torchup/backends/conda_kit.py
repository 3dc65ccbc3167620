"""A folder of conda's packages inside an environment that isn't conda's: its own lock beside it.

Nobody activates it, and conda is not told of it: programs of it are used by their paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from torchup.backends.conda_lock import read_lock
from torchup.backends.conda_prefix import META, begin
from torchup.early import read_file, read_text
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.backends import Fetcher, Progress
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet
    from torchup.state.home import Home


class _Record(Struct, frozen=True):
    """What is read of a package's record."""

    name: str
    files: tuple[str, ...] = ()


def solve_kit(  # noqa: PLR0917  # the question
    host: Host,
    home: Home,
    sources: SourceSet,
    platform: str,
    specs: tuple[str, ...],
    virtual: tuple[str, ...],
    *,
    offline: bool,
) -> tuple[str, tuple[Artifact, ...]]:
    """Solve for packages alone, and return the lock's text and the files it names.

    Args:
        host: the machine.
        home: where answers are kept.
        sources: the channels; the indexes are where rattler itself is taken from.
        platform: such as ``linux-x86_64``.
        specs: match specifications.
        virtual: what the machine is, as conda's virtual packages.
        offline: use only what is kept.

    Raises:
        NoAnswerError: ``conda.no-solution``.
        OutsideError: another ``conda.*`` code.
    """
    from torchup.backends.conda_solve import solve
    from torchup.backends.inputs import Conda, Inputs

    conda = Conda(platform=platform, specs=specs, names={}, builds={}, virtual=virtual)
    inputs = Inputs(
        python="", minor="", requirements=(), sources=sources, offline=offline, conda=conda
    )
    return solve(host, home, inputs, home.conda_cache)


def install_kit(
    host: Host,
    home: Home,
    folder: Path,
    lock: Path,
    on_progress: Progress,
    *,
    sources: SourceSet,
    offline: bool,
    fetch: Fetcher | None = None,
) -> None:
    """Install at an empty place what a lock names, every hash verified.

    Raises:
        OutsideError: a ``conda.*`` or a ``download.*`` code.
        OSError: the folder can't be made.
    """
    from torchup.backends.conda_install import CondaInstalling

    begin(folder)
    installing = CondaInstalling(host, home, folder, lock, sources=sources, offline=offline)
    installing.conda(on_progress, fetch=fetch)


def kit_is_whole(folder: Path, lock: Path) -> bool:
    """Tell whether every package of the lock is there with all its files."""
    try:
        wanted = read_lock(read_text(lock))
        records = [
            msgspec.json.decode(read_file(file), type=_Record)
            for file in (folder / META).glob("*.json")
        ]
    except (OSError, *NO_DOCUMENT):
        return False
    if wanted is None or {one.name for one in wanted.packages} - {one.name for one in records}:
        return False
    return all(_is_there(folder / name) for one in records for name in one.files)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()
