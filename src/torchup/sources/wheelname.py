"""Wheel file names, read without ``packaging``: an index page has thousands of them.

The rule is the binary distribution format's: ``name-version(-build)?-python-abi-platform.whl``.
https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from torchup.model.names import canonical_name

_WHEEL: Final = re.compile(
    r"(?P<name>[^\s/-]+)-(?P<version>[^\s/-]+)(?:-\d[^\s/-]*)?"
    r"-(?P<python>[\w.]+)-(?P<abi>[\w.]+)-(?P<platform>[\w.]+)\.whl",
    re.ASCII,
)
_PLAIN_VERSION: Final = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?", re.ASCII)
_PYTHON: Final = re.compile(r"(?P<kind>[a-z]+)(?P<major>\d)(?P<minor>\d*)", re.ASCII)
_LINUX: Final = re.compile(
    r"(?P<libc>manylinux|musllinux)(?:_(?P<major>\d+)_(?P<minor>\d+)|(?P<year>1|2010|2014))"
    r"_(?P<arch>\w+)",
    re.ASCII,
)
_MACOS: Final = re.compile(r"macosx_(?P<major>\d+)_(?P<minor>\d+)_(?P<arch>\w+)", re.ASCII)
# PEP 513, PEP 571 and PEP 599: the C library behind each of manylinux's first names.
_LEGACY: Final = {"1": (2, 5), "2010": (2, 12), "2014": (2, 17)}
_WINDOWS: Final = {"win_amd64": "x86_64", "win_arm64": "arm64", "win32": "x86"}
# "Platform compatibility tags": macOS's names for files that hold several architectures.
_MACOS_ARCHS: Final = {
    "universal2": ("x86_64", "arm64"),
    "universal": ("x86_64",),
    "intel": ("x86_64",),
    "fat64": ("x86_64",),
}


class WheelName(Struct, frozen=True, kw_only=True):
    """What a wheel's file name says; the fields are those of :class:`torchup.model.WheelFile`."""

    project: str
    version: str
    build: str
    pythons: tuple[str, ...]
    platforms: tuple[str, ...]
    floor: str


def parse_wheel_name(filename: str) -> WheelName | None:
    """Read a wheel's file name (decoded: ``+``, not ``%2B``); None if it isn't one."""
    match = _WHEEL.fullmatch(filename)
    if match is None:
        return None
    public, _, local = match["version"].partition("+")
    version = public if _PLAIN_VERSION.fullmatch(public) else _normal_version(public)
    if version is None:
        return None
    platforms, floor = _platforms(match["platform"])
    return WheelName(
        project=canonical_name(match["name"]),
        version=version,
        build=local.replace("_", ".").lower(),
        pythons=_pythons(match["python"], match["abi"]),
        platforms=platforms,
        floor=floor,
    )


@lru_cache(maxsize=4096)
def _normal_version(public: str) -> str | None:
    from packaging.version import InvalidVersion, Version

    try:
        return str(Version(public.replace("_", "-")))
    except InvalidVersion:
        return None


@lru_cache(maxsize=1024)
def _pythons(pythons: str, abis: str) -> tuple[str, ...]:
    """The release lines that a pair of tag sets admits."""
    found: dict[str, None] = {}
    for python in pythons.split("."):
        for abi in abis.split("."):
            line = _python(python.lower(), abi.lower())
            if line:
                found[line] = None
    return ("any",) if "any" in found else tuple(found)


def _python(python: str, abi: str) -> str | None:
    match = _PYTHON.fullmatch(python)
    if match is None:
        return None
    kind, major, minor = match["kind"], match["major"], match["minor"]
    if kind == "py":
        if abi != "none" or major != "3":
            return None
        return f"3.{minor}+" if minor else "any"
    if not minor or kind not in {"cp", "pp"}:
        return None
    line = f"{major}.{minor}"
    if kind == "pp":
        return f"pypy{line}"
    if abi == "abi3":
        return f"{line}+"
    threads = abi.removeprefix(f"cp{major}{minor}").startswith("t") or abi == "abi3t"
    return f"{line}t" if threads else line


@lru_cache(maxsize=1024)
def _platforms(tags: str) -> tuple[tuple[str, ...], str]:
    """The platforms of a tag set, and the least system that any of its tags asks for."""
    names: dict[str, None] = {}
    floors: list[tuple[str, int, int]] = []
    for tag in tags.split("."):
        platforms, floor = _platform(tag)
        names |= dict.fromkeys(platforms)
        if floor is not None:
            floors.append(floor)
    # By name first: glibc before musl, the more common one, where a file serves both.
    least = min(floors, default=None)
    return tuple(names), "" if least is None else f"{least[0]} {least[1]}.{least[2]}"


def _platform(tag: str) -> tuple[tuple[str, ...], tuple[str, int, int] | None]:
    if tag == "any":
        return ("any",), None
    if tag in _WINDOWS:
        return (f"windows-{_WINDOWS[tag]}",), None
    linux = _LINUX.fullmatch(tag)
    if linux is not None:
        libc = "glibc" if linux["libc"] == "manylinux" else "musl"
        year = linux["year"]
        version = _LEGACY[year] if year else (int(linux["major"]), int(linux["minor"]))
        return (f"linux-{linux['arch']}",), (libc, *version)
    macos = _MACOS.fullmatch(tag)
    if macos is not None:
        archs = _MACOS_ARCHS.get(macos["arch"], (macos["arch"],))
        floor = ("macos", int(macos["major"]), int(macos["minor"]))
        return tuple(f"macos-{arch}" for arch in archs), floor
    if tag.startswith("linux_"):
        return (f"linux-{tag.removeprefix('linux_')}",), None
    return (tag,), None
