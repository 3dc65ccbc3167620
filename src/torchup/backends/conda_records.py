"""Locked packages in rattler's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
