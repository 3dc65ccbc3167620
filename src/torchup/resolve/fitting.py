"""Which wheels of a package that is compiled against the framework go with a stack. Pure.

Such a wheel goes with one release of the framework, often with one build of it, and with one C++
ABI; its own metadata seldom says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.wheels import Compiled, WheelRow

_PATCH: Final = 3
_CUDA: Final = re.compile(r"cu(\d{2,3})")
_MADE_FOR: Final = re.compile(
    r"(?:torch(?P<plain>\d+\.\d+))|(?:(?:^|\.)pt(?P<packed>\d{2,3})(?!\d))"
)
_ABI: Final = re.compile(r"cxx11abi(true|false)")
_BUILT_FOR: Final = re.compile(r"cu(?P<digits>\d{2,3})(?!\d)")


class Ground(Struct, frozen=True, kw_only=True):
    """What a wheel is to go with; ``runtime`` is the build's CUDA, such as ``12.8``."""

    release: str
    build: str
    runtime: str
    device: str
    python: str
    platform: str

    @property
    def system(self) -> str:
        """The operating system."""
        return self.platform.partition("-")[0]

    @property
    def minor(self) -> str:
        """The framework's release line, such as ``2.8``."""
        return ".".join(self.release.split(".")[:2])


class Fit(Struct, frozen=True, kw_only=True):
    """A row of wheels that go with a stack.

    ``version`` is the newest that the user accepts, empty where the row knows none; ``versions``
    are all of the row's, as a specifier; ``builds`` are the row's that load, the nearest first;
    ``loads`` is false where it can be installed and its kernels won't load; ``first`` and ``last``
    are the ends of its versions, empty where they are open.
    """

    version: str
    versions: str
    builds: tuple[str, ...] = ()
    loads: bool = True
    first: str = ""
    last: str = ""


def fits(known: Compiled, ground: Ground, accepted: str, pinned: str = "") -> tuple[Fit, ...]:
    """Return the rows whose wheels go with a stack, the newest first.

    Rows for any release come after those that name this one; what won't load comes last.

    Args:
        known: the package.
        ground: the stack.
        accepted: the versions that the user accepts, as a specifier.
        pinned: the one version of them, empty where there are more.
    """
    found: list[tuple[bool, bool, Fit]] = []
    for row in reversed(known.table.wheels):
        if not _serves(row, ground) or not _for_release(row, ground.release):
            continue
        builds = _builds(row, ground, exact=_by_build(known))
        if builds is None and known.placed:
            continue
        version = _version(row, accepted, pinned)
        if version is None:
            continue
        fit = Fit(
            version=version,
            versions=_range(row),
            builds=builds or (),
            loads=builds is not None,
            first=row.first,
            last=row.last,
        )
        found.append((not fit.loads, not row.releases, fit))
    found.sort(key=lambda one: one[:2])
    return tuple(fit for *_, fit in found)


def span(found: Sequence[Fit]) -> str:
    """All versions from the oldest to the newest that go with a stack, as a specifier.

    Others may want an older one than the newest: what lies in between is left to the solver.
    """
    from packaging.version import Version

    alike = [one for one in found if one.loads == found[0].loads]
    firsts, lasts = [one.first for one in alike], [one.last for one in alike]
    low = min(firsts, key=Version) if all(firsts) else ""
    high = max(lasts, key=Version) if all(lasts) else ""
    if low and low == high:
        return f"=={low}"
    return ",".join(filter(None, (f">={low}" if low else "", f"<={high}" if high else "")))


def new_abi(known: Compiled, ground: Ground) -> bool:
    """Tell whether the framework's wheel was compiled with the new C++ ABI."""
    for row in known.abi:
        placed = not row.platforms or ground.platform in row.platforms
        built = not row.builds or ground.build in row.builds
        if placed and built and meets(ground.release, row.releases):
            return row.new
    return True


def clash(tag: str, ground: Ground, *, new_abi: bool | None = None) -> str:
    """Say what a wheel's local version names that a stack is not; empty where it names nothing so.

    Args:
        tag: such as ``cu12torch2.8cxx11abitrue`` or ``pt28cu128``.
        ground: the stack.
        new_abi: the stack's C++ ABI, None where it is not known.
    """
    made = _MADE_FOR.search(tag)
    packed = made["packed"] if made else None
    minor = f"{packed[0]}.{packed[1:]}" if packed else made["plain"] if made else ""
    if not minor:
        return ""  # a tag without a release of the framework is somebody else's
    if minor != ground.minor:
        return f"torch {minor}"
    abi = _ABI.search(tag)
    if abi and new_abi is not None and (abi[1] == "true") != new_abi:
        return f"cxx11abi{abi[1].upper()}"
    cuda = _BUILT_FOR.search(tag)
    if cuda and ground.device != "cuda":
        return f"cu{cuda['digits']}"
    if cuda and ground.runtime and cuda["digits"][:2] != ground.runtime.partition(".")[0]:
        return f"cu{cuda['digits']}"
    return ""


def _serves(row: WheelRow, ground: Ground) -> bool:
    if ground.system not in row.systems:
        return False
    first, _, last = row.pythons.partition("-")
    return meets(
        ground.python.removesuffix("t"),
        ",".join(filter(None, (f">={first}" if first else "", f"<={last}" if last else ""))),
    )


def _for_release(row: WheelRow, release: str) -> bool:
    return not row.releases or any(_is(release, one) for one in row.releases)


def _is(release: str, said: str) -> bool:
    if not said[:1].isdigit():
        return meets(release, said)
    return meets(release, f"=={said}" if said.count(".") + 1 >= _PATCH else f"=={said}.*")


def _by_build(known: Compiled) -> bool:
    """Tell whether its wheels lie apart for each build, so that only the very one counts."""
    return any("{build}" in one for one in known.table.pages)


def _builds(row: WheelRow, ground: Ground, *, exact: bool) -> tuple[str, ...] | None:
    """The row's builds that load beside the stack's, nearest first; None for none.

    Libraries of one major version of CUDA stand in for each other.
    Source: https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html
    """
    if not row.builds:
        return ()
    if ground.build in row.builds:
        return (ground.build,)
    major = ground.runtime.partition(".")[0]
    if exact or ground.device != "cuda" or not major:
        return None
    alike = [one for one in row.builds if (match := _CUDA.fullmatch(one)) and match[1][:2] == major]
    return tuple(_nearest_first(alike, ground.build)) or None


def _nearest_first(builds: Iterable[str], build: str) -> list[str]:
    """Those that aren't newer, from the newest down; then the others, from the oldest up."""
    ordered = sorted(builds, key=lambda one: int(one[2:].ljust(_PATCH, "0")))
    ours = int(build.removeprefix("cu").ljust(_PATCH, "0")) if _CUDA.fullmatch(build) else 0
    below = [one for one in ordered if int(one[2:].ljust(_PATCH, "0")) <= ours]
    return [*reversed(below), *(one for one in ordered if one not in below)]


def _range(row: WheelRow) -> str:
    if row.first and row.first == row.last:
        return f"=={row.first}"
    ends = (f">={row.first}" if row.first else "", f"<={row.last}" if row.last else "")
    return ",".join(filter(None, ends))


def _version(row: WheelRow, accepted: str, pinned: str) -> str | None:
    """The newest version of a row that is accepted, empty where the row knows none; or None."""
    if pinned:
        return pinned if meets(pinned, _range(row)) else None
    if not row.first and not row.last:
        return ""
    tried = (row.last, row.first)
    return next((one for one in tried if one and meets(one, accepted)), None)
