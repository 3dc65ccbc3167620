"""A bundle's packages of conda's as channels (CEP 36), for a class with any conda."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from torchup.api.bundle.installing import lock_of
from torchup.api.bundle.of_conda import CONDA, channel_folder, place_of
from torchup.backends.conda_inspect import framework_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.bundles.reading import OpenBundle
    from torchup.model.bundles import BundleTarget
    from torchup.model.conda_locked import Locked

REPODATA: Final = "repodata.json"


class Channels:
    """The channels of a bundle, by the folders that they are in it.

    Args:
        bundle: the bundle.
    """

    def __init__(self, bundle: OpenBundle) -> None:
        self._bundle = bundle
        lock = lock_of(bundle) if any(one.conda for one in bundle.index.targets) else None
        self._rows = {row.name: row for row in (lock.tool.rows if lock and lock.tool else ())}
        self._packages: dict[str, Locked] = {}
        for row in self._rows.values():
            for one in row.conda.packages if row.conda else ():
                self._packages[place_of(one).removeprefix(CONDA)] = one

    def repodata(self, channel: str, subdir: str) -> bytes | None:
        """Write what a channel has for a platform; None where there is no such channel."""
        if not any(one.startswith(f"{channel}/") for one in self._packages):
            return None
        said: dict[str, Any] = {
            "info": {"subdir": subdir},
            "packages": {},
            "packages.conda": {},
            "repodata_version": 1,
        }
        for path, one in sorted(self._packages.items()):
            if path.startswith(f"{channel}/{subdir}/"):
                kind = "packages.conda" if one.fn.endswith(".conda") else "packages"
                said[kind][one.fn] = entry(one)
        return json.dumps(said).encode()

    def file(self, rest: str) -> str | None:
        """Return the path in the bundle of what is asked for below ``conda``; None for nothing."""
        path = CONDA + rest
        return path if path in self._bundle.files and rest in self._packages else None

    def lines(self, target: BundleTarget, base: str) -> Iterator[str]:
        """Yield the lines that people paste to install a target: torchup's, then conda's.

        Args:
            target: one of conda's.
            base: the server's address.
        """
        row = self._rows[target.name]
        packages = row.conda.packages if row.conda else ()
        folders = dict.fromkeys(map(channel_folder, packages))
        channels = [f"{base}/{CONDA}{one}" for one in folders]
        ours = framework_names()
        wanted = [one for one in packages if one.name in ours]
        asked = " ".join(f"{ours[one.name]}=={one.version}" for one in wanted)
        named = " ".join(f"--channel {one}" for one in channels)
        yield f"torchup create lab {asked} --backend conda {named}"
        exact = " ".join(f"{one.name}={one.version}={one.build}" for one in wanted)
        named = " ".join(f"-c {one}" for one in channels)
        yield f"conda create -n lab --override-channels {named} python={target.python} {exact}"


def entry(one: Locked) -> dict[str, Any]:
    """Return what a channel's index says of a package."""
    found: dict[str, Any] = {
        "name": one.name,
        "version": one.version,
        "build": one.build,
        "build_number": one.build_number,
        "subdir": one.subdir,
        "depends": list(one.depends),
        "constrains": list(one.constrains),
        "sha256": one.sha256,
        "size": one.size,
    }
    more: dict[str, Any] = {
        "md5": one.md5,
        "license": one.license,
        "timestamp": one.timestamp,
        "noarch": one.noarch,
        "track_features": " ".join(one.track_features),
        "python_site_packages_path": one.python_site_packages_path,
    }
    return found | {key: value for key, value in more.items() if value}
