"""Packages in rattler's form: locked ones, and those that an environment records."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from torchup.early import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torchup.backends.conda_lock import Locked
    from torchup.backends.conda_rattler import Rattler


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
    """Return a package as an environment records it; None where it is damaged, or no file.

    Raises:
        PermissionError: it may not be read.
    """
    from rattler.exceptions import IoError

    try:
        read_file(file)  # rattler would wait for a pipe for ever
        return module.PrefixRecord.from_path(str(file))
    except PermissionError:
        raise
    except (OSError, IoError):
        return None


def drop_damaged_records(module: Rattler, files: Iterable[Path]) -> None:
    """Remove an environment's records that can't be read: rattler stops at each of them.

    What they were of is not there then, and is linked anew.

    Raises:
        OSError: one may not be read, or can't be removed.
    """
    for file in files:
        if record_at(module, file) is None:
            if file.is_dir() and not file.is_symlink():
                shutil.rmtree(file)
            else:
                file.unlink()
