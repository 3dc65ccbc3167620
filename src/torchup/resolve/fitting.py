"""Which wheels of a package that is compiled against the framework go with a stack. Pure.

Such a wheel goes with one release of the framework, often with one build of it, and with one C++
ABI; its own metadata seldom says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.resolve.lines import line_number
from torchup.resolve.numbers import dotted
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.facts.release import Release
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


def with_wheels(
    packages: Sequence[tuple[Compiled, str, str]],
    ground: Ground,
    catalogue: Catalogue,
    *,
    pythons: Sequence[str],
) -> Iterator[Ground]:
    """Go through the stacks, its own release and older ones, that have wheels of several packages.

    Args:
        packages: each with the versions that the user accepts, and the one that he pins.
        ground: the stack that lacks some of them.
        catalogue: every release.
        pythons: the Pythons to try, the preferred one first.
    """
    here = dotted(ground.release)
    for release in catalogue.releases:
        if dotted(release.version) > here:
            continue
        for python in pythons:
            moved = replace(ground, python=python)
            for other in _builds_of(release, moved):
                if all(_has(known, other, wanted, pin) for known, wanted, pin in packages):
                    yield other
                    break


def nearest(
    known: Compiled, ground: Ground, accepted: str, catalogue: Catalogue, pinned: str = ""
) -> tuple[Ground, ...]:
    """Return the stacks nearest to one that have a wheel: another build, an older, a newer release.

    Only where none has one for its Python, that of another Python counts.

    Args:
        known: the package.
        ground: the stack that has none.
        accepted: the versions that the user accepts.
        catalogue: every release.
        pinned: the one version of them, empty where there are more.
    """
    if not any(ground.system in row.systems for row in known.table.wheels):
        return ()
    lines = sorted((one.minor for one in catalogue.pythons), key=line_number, reverse=True)
    here = line_number(ground.python.removesuffix("t"))
    older = [one for one in lines if line_number(one) < here]
    newer = [one for one in reversed(lines) if line_number(one) > here]
    for python in (ground.python, *older, *newer):
        found = _nearest(known, replace(ground, python=python), accepted, catalogue, pinned)
        if found:
            return found
    return ()


def _nearest(
    known: Compiled, ground: Ground, accepted: str, catalogue: Catalogue, pinned: str
) -> tuple[Ground, ...]:
    here = dotted(ground.release)
    older: Ground | None = None
    newer: Ground | None = None
    for release in catalogue.releases:
        place = dotted(release.version)
        if place < here and older is not None:
            break
        others = _builds_of(release, ground)
        found = next((one for one in others if _has(known, one, accepted, pinned)), None)
        if found is None:
            continue
        if place == here:
            return (found,)
        if place > here:
            newer = found  # newest first: the last release is the nearest
        else:
            older = found
    return tuple(one for one in (older, newer) if one is not None)


def beyond(known: Compiled, ground: Ground) -> bool:
    """Tell whether a stack's release is newer than every one that the package's rows name."""
    named = [
        dotted(one.strip("<>=~!"))
        for row in known.table.wheels
        for one in row.releases
        if "," not in one
    ]
    return bool(named) and dotted(ground.minor) > max(one[:2] for one in named)


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


def _has(known: Compiled, ground: Ground, accepted: str, pinned: str) -> bool:
    return any(one.loads for one in fits(known, ground, accepted, pinned))


def _builds_of(release: Release, ground: Ground) -> Iterator[Ground]:
    if ground.python not in release.pythons.get(ground.platform, ()):
        return
    builds = [
        one
        for one in release.builds
        if one.platform == ground.platform and one.device == ground.device
    ]
    builds.sort(key=lambda one: (one.name != ground.build, [-n for n in dotted(one.runtime)]))
    for one in builds:
        yield replace(ground, release=release.version, build=one.name, runtime=one.runtime)


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
