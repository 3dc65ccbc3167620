"""Which installed packages need which: read from their metadata, without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.installed import site_packages
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.host import Host

_SUFFIX = ".dist-info"
_NEEDS = "Requires-Dist:"


def needed_by(
    path: Path, host: Host, packages: Mapping[str, str], name: str, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Name the packages that need one, themselves left out.

    Args:
        path: the environment.
        host: the machine.
        packages: what is installed, normalised name → version.
        name: the normalised name of the one.
        environment: what markers are compared with.
    """
    folder = site_packages(path, host)
    if folder is None:
        return ()
    found = []
    for entry in host.listdir(str(folder)):
        owner, _, _ = entry.removesuffix(_SUFFIX).rpartition("-")
        known = canonical_name(owner)
        if not entry.endswith(_SUFFIX) or known == name or known not in packages:
            continue
        said = host.read(str(folder / entry / "METADATA")) or b""
        if name in _needs(said.decode("utf-8", "replace"), environment):
            found.append(known)
    return tuple(sorted(found))


def _needs(metadata: str, environment: Mapping[str, str]) -> set[str]:
    """The names that a package's metadata asks for on this system, extras left out."""
    from packaging.requirements import InvalidRequirement, Requirement

    found = set()
    for line in metadata.partition("\n\n")[0].splitlines():
        if not line.startswith(_NEEDS):
            continue
        try:
            wanted = Requirement(line.removeprefix(_NEEDS).strip())
        except InvalidRequirement:
            continue
        if wanted.marker is None or wanted.marker.evaluate({**environment, "extra": ""}):
            found.add(canonical_name(wanted.name))
    return found
