"""Reading a :class:`~torchup.model.Requirement`: what is pinned, and what contradicts itself.

Long: one reading, whose contradictions show only when all of it was read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from torchup.errors import UsageError
from torchup.resolve.numbers import BITS, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import Specifier, SpecifierSet

    from torchup.facts.catalogue import Framework
    from torchup.model import Machine, Requirement


_VERSION: Final = r"-?\d+(?:-\d+)*"
"""A version behind a name, as normalised names have it: ``2-4``."""


_BARE: Final = r"\d+(?:-\d+)+"
"""A version in the place of a name."""


class Versions(Protocol):
    """What a version must satisfy; ``packaging``'s SpecifierSet, loaded only when there is one."""

    def contains(self, item: str, *, prereleases: bool | None = None) -> bool:
        """Tell whether a version satisfies it."""

    def __iter__(self) -> Iterator[Specifier]: ...

    def __len__(self) -> int: ...


class Asked(Struct, frozen=True, kw_only=True):
    """A requirement, taken apart.

    ``versions`` maps framework and companion names to what their version must satisfy; ``named``
    are the companions that the user asked for by name; ``others`` are left to the installer, and
    so are ``constraints`` on them. ``python`` is a release line such as ``3.11``; ``as_of`` is
    the day whose newest is wanted, empty for now; ``framework_day`` is the framework's own.
    ``nightly`` lets in nightly builds alone. ``carriers`` are packages named that make a build.
    """

    versions: dict[str, Versions] = {}
    named: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    build: str | None = None
    cpu: bool = False
    python: str | None = None
    companions: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    as_of: str = ""
    framework_day: str = ""
    nightly: bool = False
    carriers: tuple[str, ...] = ()

    def pins(self, name: str) -> bool:
        """Tell whether the user restricted the version of ``name``."""
        return bool(self.versions.get(name))

    def allows(self, name: str, version: str) -> bool:
        """Tell whether ``version`` is one that the user accepts."""
        wanted = self.versions.get(name)
        return not wanted or wanted.contains(version, prereleases=True)

    def wording(self, name: str) -> str:
        """The restriction as the user wrote it."""
        return f"{name}{self.versions.get(name) or ''}"


def read_requirement(asked: Requirement, framework: Framework, machine: Machine) -> Asked:
    """Take a requirement apart.

    Raises:
        UsageError: it can't be read, or contradicts itself.
    """
    named = None
    if asked.build is not None:
        from torchup.model.builds import build_name

        named = build_name(asked.build)
    if asked.cpu and named not in (None, "cpu"):
        raise UsageError("ask.cpu-and-build", build=asked.build)
    python = _python_line(asked.python, machine)
    reading = _Reading(
        framework, named, marker_environment(machine, python or asked.markers_for or None)
    )
    for line in asked.packages:
        reading.take(line)
    for line in asked.constraints:
        reading.constrain(line)
    build = "cpu" if asked.cpu else reading.build
    if asked.cpu and reading.build not in (None, "cpu"):
        raise UsageError("ask.cpu-and-build", build=reading.build)
    if reading.named and not asked.companions:
        raise UsageError("ask.named-and-no-companions", name=reading.named[0])
    wanted = framework.companions if asked.companions else ()
    return Asked(
        versions=reading.versions,
        named=tuple(reading.named),
        others=tuple(reading.others),
        build=build,
        cpu=build == "cpu",
        python=python,
        companions=tuple(wanted),
        constraints=tuple(reading.constraints),
        as_of=asked.as_of,
        framework_day=asked.framework_day or asked.as_of,
        nightly=asked.nightly,
        carriers=tuple(reading.carriers),
    )


class _Reading:
    """The requirements read so far."""

    def __init__(
        self, framework: Framework, build: str | None, environment: dict[str, str]
    ) -> None:
        self._framework = framework
        self._environment = environment
        self.build = build
        self.versions: dict[str, Versions] = {}
        self.named: list[str] = []
        self.others: list[str] = []
        self.constraints: list[str] = []
        self.carriers: list[str] = []

    def take(self, line: str) -> None:
        """Take what is asked for."""
        name = self._take(line, self.others)
        if name not in ("", self._framework.name, *self.named, *self.carriers):
            self.named.append(name)

    def constrain(self, line: str) -> None:
        """Take what counts only where something asks for the package."""
        self._take(line, self.constraints)

    def _take(self, line: str, others: list[str]) -> str:
        """Read a line; the name of the framework or the companion that it restricts, if one."""
        from packaging.requirements import InvalidRequirement
        from packaging.requirements import Requirement as Parsed
        from packaging.specifiers import SpecifierSet
        from packaging.utils import canonicalize_name

        try:
            parsed = Parsed(line)
        except InvalidRequirement as error:
            raise UsageError("ask.not-a-requirement", text=line, why=str(error)) from error
        name: str = canonicalize_name(parsed.name)
        if name in self._framework.misnamed:
            raise UsageError("ask.misnamed", name=name, framework=self._framework.name)
        carrier = self._framework.stands_for.get(name)
        if carrier is not None and others is self.others:
            if parsed.marker is not None and not parsed.marker.evaluate(self._environment):
                return ""
            self._take_build(carrier, line)
            self.carriers.append(name)
        if name in self._framework.packages:  # one of its builds: which one, the machine decides
            name = self._framework.name
        ours = (self._framework.name, *self._framework.companions, *self.carriers)
        if name not in ours:
            self._check_version_in_name(name)
            others.append(line)
            return ""
        if parsed.url:
            raise UsageError("ask.url", name=name, text=line)
        if parsed.marker is not None and not parsed.marker.evaluate(self._environment):
            return ""
        rest = [one for one in sorted(parsed.extras) if not self._take_extra(one, line)]
        if rest and name == self._framework.name:
            others.append(f"{name}[{','.join(rest)}]")
        known = self.versions.get(name)
        found = self._public(name, parsed.specifier)
        self.versions[name] = found if known is None else SpecifierSet(f"{known},{found}")
        return name

    def _take_extra(self, extra: str, line: str) -> bool:
        """Take ``jax[cuda12]`` as the build; tell whether it is one.

        Other extras (``jax[tpu]``) are the installer's.
        """
        build = self._framework.extras.get(extra)
        if build is None:
            return False
        self._take_build(build, line)
        return True

    def _take_build(self, build: str, line: str) -> None:
        if self.build not in (None, build):
            raise UsageError("ask.two-builds", name=line, one=self.build, other=build)
        self.build = build

    def _check_version_in_name(self, name: str) -> None:
        """Refuse ``torch2.4``, which is a package of its own to every installer, and ``2.4``."""
        if re.fullmatch(_BARE, name):
            version, ours = name.replace("-", "."), self._framework.name
            raise UsageError("ask.bare-version", version=version, ours=ours)
        for ours in (self._framework.name, *self._framework.companions):
            rest = name.removeprefix(ours)
            if rest != name and re.fullmatch(_VERSION, rest):
                version = rest.strip("-").replace("-", ".")
                raise UsageError("ask.version-in-name", name=name, ours=ours, version=version)

    def _public(self, name: str, wanted: SpecifierSet) -> SpecifierSet:
        """Drop local parts (``+cu118``) from the specifiers, and take them as the build."""
        from packaging.specifiers import SpecifierSet

        kept: list[str] = []
        for one in wanted:
            version, _, local = one.version.partition("+")
            if local and one.operator == "!=":
                raise UsageError("ask.not-that-build", name=name, text=str(one))
            if local:
                local = local.lower()
                if self.build not in (None, local):
                    raise UsageError("ask.two-builds", name=name, one=self.build, other=local)
                self.build = local
            kept.append(f"{'==' if local else one.operator}{version}")
        return SpecifierSet(",".join(kept))


def is_path(python: str | None) -> bool:
    """Tell whether a Python was asked for by its path."""
    return python is not None and ("/" in python or "\\" in python)


def applying(asked: Requirement, machine: Machine) -> tuple[str, ...]:
    """The packages that are asked for on a machine: those whose marker is true there, or unknown.

    What can't be read is kept; whoever takes the lines apart says why.
    """
    if not any(";" in line for line in asked.packages):
        return asked.packages
    python = _python_line(asked.python, machine) or asked.markers_for
    environment = marker_environment(machine, python or None)
    return tuple(line for line in asked.packages if _applies(line, environment))


def _applies(line: str, environment: dict[str, str]) -> bool:
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    marker = line.partition(";")[2]
    if not marker or ("python" in marker and "python_version" not in environment):
        return True
    try:
        parsed = Parsed(line).marker
    except InvalidRequirement:
        return True
    return parsed is None or parsed.evaluate(environment)


_ON_WINDOWS: Final = {"x86_64": "AMD64", "arm64": "ARM64", "aarch64": "ARM64"}
"""What ``platform.machine()`` says there."""


def marker_environment(machine: Machine, python: str | None) -> dict[str, str]:
    """What markers are compared with: the machine that is asked about, not this process."""
    system = {"linux": "linux", "windows": "win32", "macos": "darwin"}[machine.os.system]
    name = {"linux": "Linux", "windows": "Windows", "macos": "Darwin"}[machine.os.system]
    found = {
        "sys_platform": system,
        "platform_system": name,
        "os_name": "nt" if machine.os.system == "windows" else "posix",
        "platform_machine": _ON_WINDOWS[machine.arch] if system == "win32" else machine.arch,
    }
    if python is not None:
        found["python_version"] = python.removesuffix("t")
        found["python_full_version"] = f"{python.removesuffix('t')}.0"
    return found


def _python_line(wanted: str | None, machine: Machine) -> str | None:
    """Turn ``3.11``, ``3.11.7``, ``python3.11`` or an interpreter's path into ``3.11``."""
    if wanted is None:
        return None
    if is_path(wanted):
        found = next((p for p in machine.pythons or () if p.path == wanted), None)
        if found is None:
            raise UsageError("ask.python-not-found", python=wanted)
        if found.implementation != "CPython":
            raise UsageError("ask.not-cpython", python=wanted, has=found.implementation)
        if found.bits != BITS:
            raise UsageError("ask.not-64-bit", python=wanted)
        return found.minor
    if wanted.lower().startswith(("pypy", "graalpy", "jython")):
        raise UsageError("ask.not-cpython", python=wanted, has=wanted)
    bare = wanted.lower().removeprefix("cpython").removeprefix("python").lstrip("-@")
    threaded = bare.endswith("t")
    parts = bare.removesuffix("t").split(".")
    if len(parts) not in (2, 3) or not all(is_number(part) for part in parts):
        raise UsageError("ask.not-a-python", python=wanted)
    return f"{parts[0]}.{parts[1]}" + ("t" if threaded else "")
