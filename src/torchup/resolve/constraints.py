"""The rules of a valid stack, each a small function that says accept or reject, and why.

The rules are those of ``docs/design.md`` section 3; the numbers come from the catalogue. A rule
that can't know warns instead of rejecting: unknown is not false.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.resolve.numbers import at_least, capability, dotted, reaches
from torchup.resolve.special import has_newer_libcuda

if TYPE_CHECKING:
    from torchup.facts.catalogue import Arch, Build, Catalogue, Release
    from torchup.model import Driver, Effect, Machine, Os, System
    from torchup.resolve.ask import Asked

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


def carried(release: Release, build: Build, asked: Asked) -> Reason | None:
    """The build is that of every package that the user named, in a version that they accept."""
    plugins = dict(one.split("==") for one in build.plugins)
    for name in asked.carriers:
        if name not in plugins and name != build.package:
            return Reason(
                code="requested-build",
                effect="reject",
                subject=f"{release.version}+{build.name}",
                needs=name,
                has=build.package or ", ".join(plugins) or build.name,
            )
    for name, version in plugins.items():
        if not asked.allows(name, version):
            return Reason(
                code="requested-version",
                effect="reject",
                subject=f"{name} {version}",
                needs=asked.wording(name),
                has=version,
            )
    return None


def covered(build: Build, card: str, arch: Arch | None, catalogue: Catalogue, about: str) -> Reason:
    """The card's architecture is among those compiled into the build (design 3.2).

    Machine code of the same major and an equal or lower minor runs; ``a`` variants only exactly;
    embedded (Tegra) parts need their own; PTX of a lower architecture alone is a last resort.
    The reason names no card: it is the same for all of that architecture.
    """
    has = ", ".join(build.archs or ())
    effect: Effect = "reject"
    if build.archs is None:
        code, effect = "arch-unknown", "warn"
    elif any(runs_on(one, card, embedded=bool(arch and arch.embedded)) for one in build.archs):
        code, effect = "arch-covered", "accept"
    elif any(compiles_for(ptx, card) for ptx in build.ptx):
        code, has = "arch-ptx-only", ", ".join(build.ptx)
    else:
        code = "arch-missing"
    return Reason(
        code=code,
        effect=effect,
        subject="",
        needs=card,
        has=has,
        about=about,
        fact=catalogue.fact(build.fact),
    )


def runs_on(code: str, card: str, *, embedded: bool) -> bool:
    """Tell whether machine code for ``code`` runs on a card of architecture ``card``.

    Code for an ``a`` variant runs on exactly that capability (CUDA's compatibility guide).
    ``sm_52+`` is made on the spot, for that capability and all above.

    >>> runs_on("sm_80", "sm_86", embedded=False)
    True
    >>> runs_on("sm_90a", "sm_90", embedded=False)
    True
    """
    if code == card:
        return True
    if code.endswith("+"):
        return not embedded and compiles_for(code[:-1], card)
    compiled, present = capability(code), capability(card)
    if compiled is None or present is None or embedded:
        return False
    if compiled[2]:
        return compiled[2] == "a" and compiled[:2] == present[:2]
    return compiled[0] == present[0] and compiled[1] <= present[1]


def compiles_for(ptx: str, card: str) -> bool:
    """Tell whether a driver can compile PTX for ``ptx`` for a card: one as new or newer."""
    intermediate, present = capability(ptx), capability(card)
    if intermediate is None or present is None or intermediate[2]:
        return False
    return intermediate[:2] <= present[:2]


def driver_knows_card(arch: Arch | None, driver: str, catalogue: Catalogue) -> Reason | None:
    """The driver's branch is one that supports the architecture (design 3.3); names no card."""
    branch = branch_of(driver, catalogue)
    if arch is None or branch is None:
        return None
    if branch < arch.first_branch:
        code, needs = "driver-too-old-for-card", arch.first_branch
    elif arch.last_branch is not None and branch > arch.last_branch:
        code, needs = "driver-dropped-card", arch.last_branch
    else:
        return None
    return Reason(
        code=code,
        effect="reject",
        subject="",
        needs=str(needs),
        has=driver,
        fact=catalogue.fact(arch.fact),
    )


def branch_of(version: str, catalogue: Catalogue) -> int | None:
    """The branch of a driver: the newest known one that is not above its first number.

    One that is older than all known ones is a branch of its own. Windows numbers run on inside a
    branch: 581 and 582 are R580 (NVIDIA's driver table).
    """
    numbers = dotted(version)
    if not numbers:
        return None
    known = catalogue.branch(version)
    return numbers[0] if known is None else known.number


def driver_runs_runtime(
    name: str,
    driver: Driver | None,
    system: System,
    arch: Arch | None,
    catalogue: Catalogue,
    *,
    missing: bool,
    forward: bool = False,
) -> Reason | None:
    """The driver starts a runtime: natively, or by one of NVIDIA's compatibility rules.

    What it says of itself counts before its number: in a container, or behind ``LD_LIBRARY_PATH``,
    an older ``libcuda`` may stand before the driver's own.

    Args:
        name: the runtime, such as ``12.6``.
        driver: the driver, None where there is none or it is unknown.
        system: the system whose driver numbers count.
        arch: the card's architecture, for the driver that it needs at least.
        catalogue: the facts.
        missing: without a driver: there is none, rather than an unknown one.
        forward: the card allows the forward-compatibility package.
    """
    runtime = catalogue.runtime(name)
    if runtime is None:
        return None
    floor = runtime.floor.get(system) or runtime.native.get(system) or ""
    effect: Effect = "accept"
    if driver is None and missing:
        code, effect = "driver-missing", "reject"
    elif driver is None or not dotted(driver.version):
        code, effect = "driver-unknown", "warn"
    elif forward and has_newer_libcuda(name, driver, catalogue):
        code = "driver-forward"
    elif floor and not reaches(_counting(driver.version, arch), floor):
        code, effect = "driver-too-old", "reject"
    elif driver.max_runtime and dotted(driver.max_runtime)[:1] < dotted(name)[:1]:
        return Reason(
            code="libcuda-too-old",
            effect="reject",
            subject=f"CUDA {name}",
            needs=f"CUDA {name.partition('.')[0]}",
            has=f"CUDA {driver.max_runtime}",
            fact=catalogue.fact(runtime.fact),
        )
    else:
        known = native(name, driver, system, catalogue)
        code = "driver-native" if known else "driver-compatible"
    if arch is not None and arch.embedded:
        floor = floor.partition(".")[0]
    if arch is not None and code in _NO_DRIVER and not at_least(floor, str(arch.first_branch)):
        floor = str(arch.first_branch)
    return Reason(
        code=code,
        effect=effect,
        subject=f"CUDA {name}",
        needs=floor,
        has=driver.version if driver else "",
        fact=catalogue.fact(runtime.fact),
    )


def _counting(version: str, arch: Arch | None) -> str:
    """Return what of a driver's number counts.

    An embedded part's driver (580.00 of JetPack 7) has the branch in common with others, and no
    more.
    """
    return version.partition(".")[0] if arch is not None and arch.embedded else version


def native(name: str, driver: Driver, system: System, catalogue: Catalogue) -> bool:
    """Tell whether the driver knows a runtime itself, without compatibility rules."""
    if driver.max_runtime:
        return at_least(driver.max_runtime, name)
    runtime = catalogue.runtime(name)
    own = runtime.native.get(system) if runtime else None
    return bool(own) and reaches(driver.version, str(own))


def driver_system(machine: Machine) -> System:
    """The system whose driver numbers count: under WSL the driver is the Windows host's."""
    return "windows" if machine.os.wsl else machine.os.system


def libc_reaches(os: Os, floor: str, subject: str) -> Reason | None:
    """The C library or the macOS version is at least the wheels' floor (design 3.4)."""
    if not floor:
        return _musl(os, subject)
    kind, _, needed = floor.partition(" ")
    has = f"macos {os.version}" if kind == "macos" else os.libc
    if not has or (kind == "macos" and not os.version):
        return None
    family, _, number = has.partition(" ")
    if family == kind and (at_least(number, needed) or not dotted(number)):
        return None
    if family not in _FAMILIES:
        return None
    return Reason(code="libc-too-old", effect="reject", subject=subject, needs=floor, has=has)


def _musl(os: Os, subject: str) -> Reason | None:
    """Wheels whose tags name no C library (``linux_x86_64``) are made on glibc all the same."""
    has = os.libc or ""
    if os.system != "linux" or not has.startswith("musl"):
        return None
    return Reason(code="libc-too-old", effect="reject", subject=subject, needs="glibc", has=has)
