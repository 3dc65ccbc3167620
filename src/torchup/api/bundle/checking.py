"""Whether a bundle is whole, and enough for each of its machines: nothing is installed for that."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Line
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from torchup.api.bundle import of_conda
from torchup.api.bundle.installing import lock_of
from torchup.backends.lock_reading import packages_of
from torchup.model import Machine, Os
from torchup.model.bundles import Complaint
from torchup.model.names import canonical_name
from torchup.resolve.ask import marker_environment
from torchup.sources.metadata import metadata_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torchup.bundles.reading import OpenBundle
    from torchup.model import CpuArch, System

_LATEST: Final = 99
"""The patch of a Python that nobody knows yet."""
_STARRED: Final = re.compile(r"((?:>=|<=|>|<|~=)\s*[\d.]+)\.\*")
"""A star where it says nothing: wheels from before PEP 440 was enforced have it."""
_OF_SYSTEM: Final[dict[System, tuple[str, ...]]] = {
    "linux": ("manylinux", "musllinux", "linux"),
    "windows": ("win",),
    "macos": ("macosx",),
}
_OF_ARCH: Final[dict[str, tuple[str, ...]]] = {
    "x86_64": ("x86_64", "amd64", "universal2", "intel"),
    "aarch64": ("aarch64",),
    "arm64": ("arm64", "universal2"),
}


class Wheel(Struct, frozen=True):
    """What a wheel says of itself, or is known of a package that came by another way.

    Attributes:
        name: normalised.
        version: its version.
        requires: what it asks for.
        python: the Pythons it is for, as a specifier.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    python: str = ""


def check(
    bundle: OpenBundle, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> tuple[Complaint, ...]:
    """Compare every file with its hash, and work out for each target what would be installed.

    A target is sound when its wheels are for its system and Python, and hold everything that they
    ask for themselves, in the versions that they ask for.

    Args:
        bundle: the bundle.
        tell: told how many bytes of how many were read.

    Raises:
        UsageError: a ``lock.*`` code, or ``bundle.damaged``: nothing can be said about it.
    """
    lock = lock_of(bundle)
    found = list(_files(bundle, tell))
    broken = {one.subject for one in found}
    for row in lock.tool.rows if lock.tool else ():
        packages = packages_of(lock, row.name)
        hashes = {wheel["hashes"]["sha256"] for one in packages for wheel in one["wheels"]}
        paths = [one.path for one in bundle.index.files if one.sha256 in hashes]
        found += of_conda.complaints(row)
        there = of_conda.for_python(row.conda)
        found += _set(
            bundle, row.name, row.platform, row.stack.python, set(paths) - broken, there=there
        )
    for target in bundle.index.targets:
        if target.conda and not target.engine:
            found.append(Complaint(code="no-engine", target=target.name))
        elif not target.conda and not target.interpreter:
            found.append(Complaint(code="no-python", target=target.name, has=target.python))
    for tool in bundle.index.tools:
        paths_of_tool = set(tool.wheels) - broken
        found += _set(bundle, tool.platform, tool.platform, tool.python, paths_of_tool)
    if not bundle.index.tools:
        found.append(Complaint(code="no-tool"))
    return tuple(dict.fromkeys(found))


def _files(bundle: OpenBundle, tell: Callable[[int, int], None]) -> Iterator[Complaint]:
    total, done = sum(one.size for one in bundle.index.files), 0
    for one in bundle.index.files:
        if not bundle.sound(one.path):
            yield Complaint(code="hash", subject=one.path)
        done += one.size
        tell(done, total)


def _set(  # noqa: PLR0917  # one machine's
    bundle: OpenBundle,
    target: str,
    platform: str,
    line: str,
    paths: Iterable[str],
    there: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Complaint]:
    """Judge the wheels that are installed together, beside what is there: name → version."""
    system, _, arch = platform.partition("-")
    machine = Machine(os=Os(system=_system(system)), arch=_arch(arch))
    environment = marker_environment(machine, line)
    environment["python_full_version"] = f"{line.rstrip('t')}.{_LATEST}"
    wheels = {name: Wheel(name, said) for name, said in there.items()}
    for path in sorted(paths):
        name = PurePosixPath(path).name
        if not fits(name, machine, line):
            yield Complaint(code="tag", target=target, subject=name, has=platform)
        wheel = read_wheel(bundle, path)
        if wheel is None:
            yield Complaint(code="hash", subject=path)
            continue
        wheels[wheel.name] = wheel
    for one in wheels.values():
        full = environment["python_full_version"]
        try:
            taken = SpecifierSet(_plain(one.python)).contains(full, prereleases=True)
        except InvalidSpecifier:
            yield _unreadable(target, one.name, one.python)
            continue
        if not taken:
            yield Complaint(code="python", target=target, subject=one.name, has=one.python)
    yield from _needs(target, wheels, environment)


def _needs(
    target: str, wheels: dict[str, Wheel], environment: dict[str, str]
) -> Iterator[Complaint]:
    """Name what is asked for and isn't there, extras of what is asked for included."""
    pending = [(name, "") for name in wheels]
    seen = set(pending)
    while pending:
        name, extra = pending.pop()
        for text in wheels[name].requires:
            try:
                line = Line(_plain(text))
            except InvalidRequirement:
                yield _unreadable(target, name, text)
                continue
            if line.marker and not line.marker.evaluate({**environment, "extra": extra}):
                continue
            there = wheels.get(canonical_name(line.name))
            if there is None or not line.specifier.contains(there.version, prereleases=True):
                has = f"{there.name} {there.version}" if there else ""
                yield Complaint(code="needs", target=target, subject=f"{name}: {text}", has=has)
                continue
            for one in line.extras:
                if (there.name, one) not in seen:
                    seen.add((there.name, one))
                    pending.append((there.name, one))


def _plain(said: str) -> str:
    """A specifier or requirement in today's form; ``>=3.6.*`` means ``>=3.6``."""
    return _STARRED.sub(r"\1", said)


def _unreadable(target: str, name: str, said: str) -> Complaint:
    return Complaint(code="unreadable", target=target, subject=name, has=said)


def read_wheel(bundle: OpenBundle, path: str) -> Wheel | None:
    """Read what a wheel says of itself, from inside the bundle; None where it is no wheel."""
    from email.parser import HeaderParser

    with bundle.section(path) as stream:
        text = metadata_of(stream)
    if text is None:
        return None
    fields = HeaderParser().parsestr(text)
    return Wheel(
        name=canonical_name(str(fields.get("Name", ""))),
        version=str(fields.get("Version", "")),
        requires=tuple(map(str, fields.get_all("Requires-Dist") or ())),
        python=str(fields.get("Requires-Python") or ""),
    )


def fits(name: str, machine: Machine, line: str) -> bool:
    """Tell whether a wheel is for a system, a processor and a Python, by its name.

    Which C library or macOS it asks for is the lock's business: the target's is not in the bundle.

    Args:
        name: its file name.
        machine: the machine.
        line: the release line.
    """
    try:
        tags = parse_wheel_filename(name)[3]
    except InvalidWheelFilename:
        return False
    major, minor = (int(part) for part in line.rstrip("t").split("."))
    abi = f"cp{major}{minor}" + ("t" if line.endswith("t") else "")
    return any(
        one in _taken((major, minor), abi, one.platform)
        and (one.platform == "any" or _same(one.platform, machine))
        for one in tags
    )


def _taken(version: tuple[int, int], abi: str, platform: str) -> set[Tag]:
    return {
        *cpython_tags(version, abis=[abi], platforms=[platform]),
        *compatible_tags(version, f"cp{version[0]}{version[1]}", [platform]),
    }


def _same(platform: str, machine: Machine) -> bool:
    return platform.startswith(_OF_SYSTEM[machine.os.system]) and platform.endswith(
        _OF_ARCH[machine.arch]
    )


def _system(name: str) -> System:
    known: Any = name if name in _OF_SYSTEM else "linux"
    return known  # type: ignore[no-any-return]  # one of three


def _arch(name: str) -> CpuArch:
    known: Any = name if name in _OF_ARCH else "x86_64"
    return known  # type: ignore[no-any-return]  # one of three
