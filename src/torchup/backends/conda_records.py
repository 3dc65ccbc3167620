"""Packages in rattler's form: locked ones, and those that an environment records."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from torchup.backends.conda_files import entry_of
from torchup.early import read_file
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torchup.backends.conda_lock import Locked
    from torchup.backends.conda_rattler import Rattler

_NO_FILE: Final = frozenset({errno.EINVAL, errno.EISDIR, errno.ELOOP})
"""What a pipe, a device, a folder and a link to itself are refused with."""
_OF_SYSTEM: Final = "os error"
"""In what rattler says where the system refused it, and not what the file holds."""


def record_of(module: Rattler, one: Locked, url: str, place: Path | None = None) -> Rattler:
    """Return a package as rattler is told to install it.

    Args:
        module: rattler.
        one: the package.
        url: its address in its channel.
        place: where its archive lies on this machine, None where it is fetched.
    """
    record = module.PackageRecord(
        one.name,
        one.version,
        module.BuildString(one.build),
        one.build_number,
        one.subdir,
        noarch=one.noarch or None,
        depends=list(one.depends),
        constrains=list(one.constrains),
        sha256=bytes.fromhex(one.sha256) if one.sha256 else None,
        md5=bytes.fromhex(one.md5) if one.md5 else None,
        size=one.size or None,
        license=one.license or None,
        python_site_packages_path=one.python_site_packages_path or None,
    )
    record.track_features = list(one.track_features)
    if one.timestamp:
        from datetime import datetime, timezone

        record.timestamp = datetime.fromtimestamp(one.timestamp / 1000, timezone.utc)
    where = place.as_uri() if place else url
    return module.RepoDataRecord(record, one.fn, where, url.removesuffix(f"/{one.fn}"))


def record_at(module: Rattler, file: Path) -> Rattler | None:
    """Return a package as an environment records it; None where that is certainly damaged.

    Raises:
        OSError: it can't be read now, which says nothing of what it holds.
    """
    from rattler.exceptions import IoError

    try:
        read_file(file)  # rattler would wait for a pipe for ever
        return module.PrefixRecord.from_path(str(file))
    except IoError as error:
        if _OF_SYSTEM in str(error):
            raise OSError(str(error)) from error
        return None
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise


def drop_damaged_records(
    module: Rattler, folder: Path, packages: Iterable[Locked], name: str
) -> None:
    """Remove damaged records of packages that are there as they are locked.

    Rattler stops at each damaged record; what these were of is linked anew, to the same places.
    Where that isn't certain (another version, a package that somebody else brought) the record is
    left, since without it nobody would know which files are whose.

    Args:
        module: rattler.
        folder: where the records are.
        packages: those that are locked.
        name: the environment's.

    Raises:
        OutsideError: ``conda.bad-record``: one is damaged and left.
        OSError: one can't be read, or can't be removed.
    """
    ours = {f"{entry_of(one)}.json" for one in packages}
    for file in sorted(folder.glob("*.json")):
        if record_at(module, file) is not None:
            continue
        if file.name not in ours:
            raise OutsideError("conda.bad-record", path=file, name=name)
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        else:
            file.unlink(missing_ok=True)
