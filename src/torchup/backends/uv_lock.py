"""Reading the lock that uv writes (PEP 751): which file of each package will be installed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from torchup.host.pages import file_path
from torchup.host.redact import redact_url
from torchup.model import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.tags import Tag

    from torchup.host import Host

    Table = Mapping[str, Any]


_WHEEL: Final = re.compile(r"-([A-Za-z0-9_.]+)\.whl\b")


def read_lock(
    host: Host, text: str, minor: str, *, elsewhere: bool = False
) -> tuple[Artifact, ...]:
    """Return one file per package, in the lock's order.

    Args:
        host: tells the size of files that lie on this machine.
        text: the lock.
        minor: the interpreter's release line, to choose where a package has several wheels.
        elsewhere: the lock is for another platform than this machine's.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    rank: dict[str, int] = {}
    found = []
    for package in tomllib.loads(text).get("packages", ()):
        wheels = package.get("wheels", ())
        if len(wheels) > 1 and not rank:
            rank = _ranks(minor, _platforms(text) if elsewhere else None)
        found.append(_artifact(host, package, _best(wheels, rank)))
    return tuple(found)


def _artifact(host: Host, package: Table, wheel: Table | None) -> Artifact:
    chosen = wheel or next(
        (package[kind] for kind in ("sdist", "archive", "vcs", "directory") if kind in package), {}
    )
    where = str(chosen.get("url") or chosen.get("path") or "")
    size = chosen.get("size")
    if size is None and where:
        seen = host.modified(local_path(where)) if local_path(where) else None
        size = seen[1] if seen else None
    return Artifact(
        name=package["name"],
        version=str(package.get("version", "")),
        url=redact_url(where),
        sha256=str(chosen.get("hashes", {}).get("sha256", "")),
        size=size,
    )


def local_path(where: str) -> str:
    """Return the path of a file on this machine, empty for one elsewhere."""
    if "://" not in where:
        return where
    return file_path(where) if urlsplit(where).scheme == "file" else ""


def filename(wheel: Table) -> str:
    """Return a wheel's file name; the key is optional in PEP 751."""
    where = str(wheel.get("url") or wheel.get("path") or "").partition("#")[0].partition("?")[0]
    return str(wheel.get("name") or unquote(where.replace("\\", "/").rpartition("/")[2]))


def _best(wheels: Sequence[Table], rank: Mapping[str, int]) -> Table | None:
    """Choose as an installer does: the most specific tag, then the highest build number."""
    if len(wheels) < 2:  # noqa: PLR2004  # one needs no choice
        return wheels[0] if wheels else None
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    def order(wheel: Table) -> tuple[int, tuple[int, str]]:
        try:
            _, _, build, tags = parse_wheel_filename(filename(wheel))
        except InvalidWheelFilename:
            return -len(rank) - 1, (0, "")
        best = min((rank.get(str(tag), len(rank)) for tag in tags), default=len(rank))
        return -best, build or (0, "")

    return max(wheels, key=order)


def _platforms(text: str) -> list[str]:
    """The platform tags of the wheels that a lock names: its solver took only fitting ones."""
    return sorted({tag for found in _WHEEL.finditer(text) for tag in found[1].split(".")})


def _ranks(minor: str, platforms: list[str] | None) -> dict[str, int]:
    """Rank the tags that an interpreter takes, of this machine or of a platform; best first."""
    return {str(tag): position for position, tag in enumerate(tags_of(minor, platforms))}


def tags_of(minor: str, platforms: list[str] | None = None) -> list[Tag]:
    """Return the tags of the wheels that an interpreter takes, the best first.

    Args:
        minor: its release line.
        platforms: the platform tags of another machine; None for this one.
    """
    from packaging.tags import compatible_tags, cpython_tags

    major, line = (int(part) for part in minor.rstrip("t").split("."))
    abi = f"cp{major}{line}" + ("t" if minor.endswith("t") else "")
    return [
        *cpython_tags((major, line), abis=[abi], platforms=platforms),
        *compatible_tags((major, line), f"cp{major}{line}", platforms),
    ]
