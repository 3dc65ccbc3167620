"""What channels hold of a few packages, in the same shape as what an index of wheels holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.backends.conda_rattler import channels, gateway, rattler, run, subdirs
from torchup.errors import OutsideError
from torchup.model import Listing, WheelFile, text
from torchup.model.builds import conda_build
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torchup.backends.conda_rattler import Rattler
    from torchup.host import Host
    from torchup.model import Source, SourceSet
    from torchup.model.source import ListingState
    from torchup.state.home import Home

SUBDIRS: Final = {
    "linux-x86_64": "linux-64",
    "linux-aarch64": "linux-aarch64",
    "windows-x86_64": "win-64",
    "windows-arm64": "win-arm64",
    "macos-x86_64": "osx-64",
    "macos-arm64": "osx-arm64",
}
"""Platforms as conda calls them (CEP 26)."""
PYTHON: Final = "python"
_ABI: Final = re.compile(r"^python_abi\s+\S+\s+\S*_cp(\d)(\d+)(t?)$")
_PYTHON: Final = re.compile(
    r"^python\s+(?P<open>>=)?=*3\.(?P<least>\d+)[^,]*(?:,<3\.(?P<end>\d+))?"
)
_GLIBC: Final = re.compile(r"^__glibc\s+>=(\d+\.\d+)")


def list_channels(
    host: Host,
    home: Home,
    sources: SourceSet,
    projects: Mapping[str, str],
    platform: str,
    *,
    offline: bool = False,
) -> tuple[Listing, ...]:
    """Ask each of ``sources.channels`` for a few packages, and for their Pythons.

    A channel that can't be asked is ``unreachable``, and why is in its listings. Their addresses
    hold no login and no token.

    Args:
        host: the machine.
        home: where answers are kept.
        sources: the channels; the indexes are where rattler itself is taken from.
        projects: conda's name → the name that it is listed under; the framework first.
        platform: such as ``linux-x86_64``.
        offline: use only what is kept.

    Raises:
        OutsideError: ``conda.no-rattler``.
    """
    module = rattler(host, home, sources, offline=offline)
    found: list[Listing] = []
    for channel in sources.channels:
        source = replace(channel, url=kept_url(channel.url))
        try:
            records = _ask(module, home, channel, projects, platform, offline=offline)
        except OutsideError as error:
            why = error.details.get("why") or "@word.offline"
            lost = text("conda.unreachable", why=why.rpartition("\n")[2])  # the root cause
            found += [
                Listing(source=source, project=name, state="unreachable", why=lost)
                for name in projects.values()
            ]
            continue
        for conda, name in projects.items():
            of_framework = conda == next(iter(projects))
            files = tuple(_files(records.get(conda, ()), platform, of_framework=of_framework))
            state: ListingState = "ok" if files else "absent"
            found.append(Listing(source=source, project=name, state=state, files=files))
    return tuple(found)


def _ask(
    module: Rattler,
    home: Home,
    source: Source,
    projects: Iterable[str],
    platform: str,
    *,
    offline: bool,
) -> dict[str, list[Rattler]]:
    asked = gateway(module, home, offline=offline)

    async def ask() -> list[list[Rattler]]:
        answer: list[list[Rattler]] = await asked.query(
            channels(module, (source,)),
            subdirs(module, SUBDIRS[platform]),
            list(projects),
            recursive=False,
            channel_relations="disabled",
        )
        return answer

    found: dict[str, list[Rattler]] = {}
    for one in (record for part in run(ask, offline=offline) for record in part):
        found.setdefault(one.name.normalized, []).append(one)
    return found


def _files(records: Iterable[Rattler], platform: str, *, of_framework: bool) -> Iterator[WheelFile]:
    for one in records:
        named = conda_build(str(one.build))
        if not named and of_framework and platform.startswith("macos"):
            named = "cpu"  # the makers' builds for macOS name none: there was only one
        yield WheelFile(
            filename=one.file_name,
            url=kept_url(one.url),
            version=str(one.version),
            build=named,
            pythons=_pythons(one),
            # A companion that names no build goes with any.
            platforms=(platform,) if named or of_framework else ("any",),
            floor=_floor(one.depends),
            sha256=one.sha256.hex() if one.sha256 else "",
            size=one.size,
            needs=tuple(one.depends),
        )


def _pythons(record: Rattler) -> tuple[str, ...]:
    """Read the release lines that a package is for."""
    if record.name.normalized == PYTHON:
        line = ".".join(str(record.version).split(".")[:2])
        return (line,) if not str(record.build).endswith("t") else (f"{line}t",)
    for one in record.depends:
        abi = _ABI.match(one)
        if abi:
            return (f"{abi[1]}.{abi[2]}{abi[3]}",)
    bounds = next((match for one in record.depends if (match := _PYTHON.match(one))), None)
    if bounds is None:
        return ("any",)
    least, end = int(bounds["least"]), bounds["end"]
    if bounds["open"] and end is None:
        return (f"3.{least}+",)
    return tuple(f"3.{minor}" for minor in range(least, int(end or least + 1)))


def _floor(depends: Iterable[str]) -> str:
    found = next((match for one in depends if (match := _GLIBC.match(one))), None)
    return f"glibc {found[1]}" if found else ""
