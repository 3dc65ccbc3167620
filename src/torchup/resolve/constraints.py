"""The rules of a valid stack, each a small function that says accept or reject, and why.

The rules are those of ``docs/design.md`` section 3; the numbers come from the catalogue. A rule
that can't know warns instead of rejecting: unknown is not false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.resolve.numbers import at_least, capability, dotted, reaches

if TYPE_CHECKING:
    from torchup.facts.catalogue import Arch, Build, Catalogue, Release
    from torchup.model import Driver, Effect, Machine
    from torchup.resolve.ask import Asked
    from torchup.resolve.targets import Target

_FAMILIES: Final = frozenset({"glibc", "musl", "macos"})
_NO_DRIVER: Final = frozenset({"driver-missing", "driver-unknown"})


def asked_version(release: Release, asked: Asked, name: str) -> Reason | None:
    """The release is one that the user accepts."""
    if asked.allows(name, release.version):
        return None
    return Reason(
        code="requested-version",
        effect="reject",
        subject=f"{name} {release.version}",
        needs=asked.wording(name),
        has=release.version,
    )


def asked_build(release: Release, build: Build, asked: Asked) -> Reason | None:
    """The build is the one that the user named."""
    if asked.build in (None, build.name):
        return None
    return Reason(
        code="requested-build",
        effect="reject",
        subject=f"{release.version}+{build.name}",
        needs=str(asked.build),
        has=build.name,
    )


def covered(
    build: Build, target: Target, arch: Arch | None, catalogue: Catalogue, about: str
) -> Reason:
    """The card's architecture is among those compiled into the build (design 3.2).

    Machine code of the same major and an equal or lower minor runs; ``a`` variants only exactly;
    embedded (Tegra) parts need their own; PTX of a lower architecture alone is a last resort.
    """
    fact = catalogue.fact(build.fact)
    if build.archs is None:
        return Reason(
            code="arch-unknown",
            effect="warn",
            subject=target.name,
            needs=target.arch,
            about=about,
            fact=fact,
        )
    has = ", ".join(build.archs)
    if any(
        runs_on(code, target.arch, embedded=bool(arch and arch.embedded)) for code in build.archs
    ):
        return Reason(
            code="arch-covered",
            effect="accept",
            subject=target.name,
            needs=target.arch,
            has=has,
            about=about,
            fact=fact,
        )
    jit = any(_compiles_for(ptx, target.arch) for ptx in build.ptx)
    return Reason(
        code="arch-ptx-only" if jit else "arch-missing",
        effect="reject",
        subject=target.name,
        needs=target.arch,
        has=", ".join(build.ptx) if jit else has,
        about=about,
        fact=fact,
    )


def runs_on(code: str, card: str, *, embedded: bool) -> bool:
    """Tell whether machine code for ``code`` runs on a card of architecture ``card``.

    Code for an ``a`` variant runs on exactly that capability (CUDA's compatibility guide).
    """
    if code == card:
        return True
    compiled, present = capability(code), capability(card)
    if compiled is None or present is None or embedded:
        return False
    if compiled[2]:
        return compiled[2] == "a" and compiled[:2] == present[:2]
    return compiled[0] == present[0] and compiled[1] <= present[1]


def _compiles_for(ptx: str, card: str) -> bool:
    intermediate, present = capability(ptx), capability(card)
    if intermediate is None or present is None or intermediate[2]:
        return False
    return intermediate[:2] <= present[:2]


def driver_knows_card(
    target: Target, arch: Arch | None, driver: Driver | None, catalogue: Catalogue
) -> Reason | None:
    """The driver's branch is one that supports the card (design 3.3)."""
    if driver is None or arch is None:
        return None
    branch = branch_of(driver.version, catalogue)
    if branch is None:
        return None
    fact = catalogue.fact(arch.fact)
    if branch < arch.first_branch:
        return Reason(
            code="driver-too-old-for-card",
            effect="reject",
            subject=target.name,
            needs=str(arch.first_branch),
            has=driver.version,
            fact=fact,
        )
    if arch.last_branch is not None and branch > arch.last_branch:
        return Reason(
            code="driver-dropped-card",
            effect="reject",
            subject=target.name,
            needs=str(arch.last_branch),
            has=driver.version,
            fact=fact,
        )
    return None


def branch_of(version: str, catalogue: Catalogue) -> int | None:
    """The branch of a driver: the newest known one that is not above its first number.

    Windows numbers run on inside a branch: 581 and 582 are R580 (NVIDIA's driver table).
    """
    numbers = dotted(version)
    if not numbers:
        return None
    return max((b.number for b in catalogue.branches if b.number <= numbers[0]), default=None)


def driver_runs_runtime(
    build: Build, machine: Machine, target: Target, arch: Arch | None, catalogue: Catalogue
) -> Reason | None:
    """The driver starts the build's runtime: natively, or by minor-version compatibility."""
    runtime = catalogue.runtime(build.runtime)
    if build.device != "cuda" or runtime is None:
        return None
    system = driver_system(machine)
    floor = runtime.floor.get(system) or runtime.native.get(system) or ""
    driver = machine.driver(target.vendor)
    code, effect = _runtime_verdict(build, machine, driver, floor, catalogue)
    if arch is not None and code in _NO_DRIVER and not at_least(floor, str(arch.first_branch)):
        floor = str(arch.first_branch)
    return Reason(
        code=code,
        effect=effect,
        subject=f"CUDA {build.runtime}",
        needs=floor,
        has=driver.version if driver else "",
        fact=catalogue.fact(runtime.fact),
    )


def _runtime_verdict(
    build: Build, machine: Machine, driver: Driver | None, floor: str, catalogue: Catalogue
) -> tuple[str, Effect]:
    if driver is None:
        return (
            ("driver-unknown", "warn") if machine.drivers is None else ("driver-missing", "reject")
        )
    if not dotted(driver.version):
        return "driver-unknown", "warn"
    if floor and not reaches(driver.version, floor):
        return "driver-too-old", "reject"
    if native(build, driver, machine, catalogue):
        return "driver-native", "accept"
    return "driver-compatible", "accept"


def native(build: Build, driver: Driver, machine: Machine, catalogue: Catalogue) -> bool:
    """Tell whether the driver knows the build's runtime itself, without compatibility rules."""
    if driver.max_runtime:
        return at_least(driver.max_runtime, build.runtime)
    runtime = catalogue.runtime(build.runtime)
    own = runtime.native.get(driver_system(machine)) if runtime else None
    return bool(own) and reaches(driver.version, str(own))


def driver_system(machine: Machine) -> str:
    """The system whose driver numbers count: under WSL the driver is the Windows host's."""
    return "windows" if machine.os.wsl else machine.os.system


def libc_reaches(machine: Machine, floor: str, subject: str) -> Reason | None:
    """The C library or the macOS version is at least the wheels' floor (design 3.4)."""
    if not floor:
        return _musl(machine, subject)
    kind, _, needed = floor.partition(" ")
    has = f"macos {machine.os.version}" if kind == "macos" else machine.os.libc
    if not has or (kind == "macos" and not machine.os.version):
        return None
    family, _, number = has.partition(" ")
    if family == kind and (at_least(number, needed) or not dotted(number)):
        return None
    if family not in _FAMILIES:
        return None
    return Reason(code="libc-too-old", effect="reject", subject=subject, needs=floor, has=has)


def _musl(machine: Machine, subject: str) -> Reason | None:
    """Wheels whose tags name no C library (``linux_x86_64``) are made on glibc all the same."""
    has = machine.os.libc or ""
    if machine.os.system != "linux" or not has.startswith("musl"):
        return None
    return Reason(code="libc-too-old", effect="reject", subject=subject, needs="glibc", has=has)
