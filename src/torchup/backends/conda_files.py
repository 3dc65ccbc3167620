"""The files that conda's packages come in: which are kept, and whether they are the listed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.uv_lock import local_path
from torchup.early import read_file
from torchup.errors import OutsideError
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torchup.backends import Progress
    from torchup.backends.conda_lock import Locked
    from torchup.backends.conda_rattler import Rattler


def check_files(missing: Iterable[Locked], *, offline: bool) -> None:
    """Verify packages that lie on this machine: rattler verifies what it fetches.

    Args:
        missing: what is not in the cache.
        offline: nothing may be fetched.

    Raises:
        OutsideError: ``conda.bad-file``; ``conda.offline-missing``: rattler would fetch one.
        OSError: one can't be read.
    """
    lost: list[str] = []
    for one in missing:
        path = local_path(one.url)
        if not path:
            lost.append(one.name)
        elif one.sha256 and file_digest(path) != one.sha256:
            raise OutsideError("conda.bad-file", subject=one.name, why=f"sha256, {path}")
    if lost and offline:
        raise OutsideError("conda.offline-missing", names=", ".join(lost))


def entry_of(one: Locked) -> str:
    """Return what a package's entry in rattler's cache is called."""
    return f"{one.name}-{one.version}-{one.build}"


def kept(cache: Path, one: Locked) -> bool:
    """Tell whether a package is in rattler's cache, of the hash that is locked.

    The hash stands in the lock file beside the package's folder.
    """
    folder = cache / entry_of(one)
    try:
        said = read_file(cache / f"{folder.name}.lock")
    except OSError:
        return False
    return folder.is_dir() and bool(one.sha256) and bytes.fromhex(one.sha256) in said


def refused(error: OSError, path: Path) -> OutsideError:
    """Return the error that a failed write or read means."""
    why = error.strerror or type(error).__name__
    return OutsideError("conda.unwritable", path=path, why=why)


def teller(module: Rattler, packages: Iterable[Locked], on_progress: Progress) -> Rattler:
    """Return what rattler tells how far it is; all downloads are added up.

    Args:
        module: rattler.
        packages: what it has to fetch.
        on_progress: told a name, the bytes that are here, and the bytes in all.
    """
    sizes = {one.name: one.size for one in packages}

    class Teller(module.InstallerReporter):  # type: ignore[misc]  # it isn't there for mypy
        """Passes downloads on."""

        def __init__(self) -> None:
            self._names: list[str] = []
            self._done: dict[str, int] = {}
            self._total = sum(sizes.values())

        def on_populate_cache_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002  # its protocol
            self._names.append(package_name)
            return len(self._names) - 1

        def on_download_start(self, cache_entry: int) -> int:
            return cache_entry

        def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
            name = self._names[download_idx]
            if name not in sizes:
                return
            if total and not sizes[name]:
                sizes[name] = total
                self._total += total
            self._done[name] = progress
            done = sum(self._done.values())
            on_progress(name, done, max(done, self._total))

    return Teller()
