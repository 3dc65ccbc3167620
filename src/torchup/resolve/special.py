"""Rules for cards and systems that have some of their own: Intel's, AMD's sister chips, WSL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import Reason
from torchup.resolve.numbers import at_least, dotted

if TYPE_CHECKING:
    from torchup.facts.catalogue import Build, Catalogue, Override, Release, Support
    from torchup.model import Device, Driver, Machine, Os
    from torchup.resolve.knowledge import Knowledge
    from torchup.resolve.targets import Targets


def supported(
    release: Release, build: Build, row: Support | None, place: str, catalogue: Catalogue
) -> Reason:
    """The release is at or after the first that names an Intel architecture as supported.

    An architecture that no row has is left to the user's word. The reason names no card.

    Args:
        release: the release.
        build: one of its builds.
        row: what is known of the architecture; None where nothing is.
        place: the system, see :func:`where`.
        catalogue: the facts.
    """
    about = f"{release.version}+{build.name}"
    if row is None:
        return Reason(code="card-not-named", effect="warn", subject="", about=about)
    since = row.since.get(place, "")
    fits = bool(since) and at_least(release.version, since)
    return Reason(
        code="release-names-card" if fits else "release-before-card",
        effect="accept" if fits else "reject",
        subject="",
        needs=since,
        has=row.family,
        about=about,
        fact=catalogue.fact(row.fact),
    )


def overridden(build: Build, override: Override, catalogue: Catalogue, about: str) -> Reason | None:
    """The build has code for a sister chip and none for the card; None where it isn't so."""
    archs = build.archs or ()
    if override.card in archs or override.runs_as not in archs:
        return None
    return Reason(
        code="gfx-override",
        effect="warn",
        subject="",
        needs=override.card,
        has=f"{override.variable}={override.value}",
        about=about,
        fact=catalogue.fact(override.fact),
    )


def has_newer_libcuda(name: str, driver: Driver, catalogue: Catalogue) -> bool:
    """Tell whether a forward-compatibility package (cuda-compat) was found that runs a runtime.

    It shows in the driver reporting a CUDA above what its branch knows; NVIDIA's table says for
    which branches there is one.
    """
    reported = driver.max_runtime or ""
    branch = catalogue.branch(driver.version)
    if not reported or branch is None or at_least(branch.max_runtime, reported):
        return False
    row = next((one for one in catalogue.forward if one.branch == branch.number), None)
    return row is not None and reported in row.runtimes and at_least(reported, name)


def where(os: Os) -> str:
    """The system as tables of cards name it: ``linux``, ``windows``, ``macos``, or ``wsl``."""
    return "wsl" if os.wsl else os.system


def counting_drivers(machine: Machine, catalogue: Catalogue) -> dict[str, Driver]:
    """The driver of each maker that counts: where several are reported, the lowest.

    One of which only the CUDA is known is of the newest branch that knows no newer CUDA.
    """
    found = {
        vendor: min(those, key=lambda one: dotted(one.version))
        for vendor, those in _drivers(machine)
    }
    ours = found.get("nvidia")
    if ours is not None and ours.max_runtime and not dotted(ours.version):
        knows = dotted(ours.max_runtime)
        branches = [one.number for one in catalogue.branches if dotted(one.max_runtime) <= knows]
        if branches:
            found["nvidia"] = replace(ours, version=str(max(branches)))
    return found


def drivers_differ(machine: Machine, vendor: str) -> tuple[Reason, ...]:
    """Say that several drivers are reported for one maker's cards, and which one counts."""
    for maker, those in _drivers(machine):
        versions = sorted({one.version for one in those}, key=dotted)
        if maker == vendor and len(versions) > 1:
            return (
                Reason(
                    code="drivers-differ",
                    effect="warn",
                    subject=vendor,
                    needs=versions[0],
                    has=", ".join(versions),
                ),
            )
    return ()


def _drivers(machine: Machine) -> list[tuple[str, list[Driver]]]:
    """The drivers that could count, by maker: of several those whose version can be read.

    Under WSL Windows' counts, and NVIDIA numbers Windows' drivers with two numbers and Linux'
    ones mostly with three.
    """
    found: dict[str, list[Driver]] = {}
    for driver in machine.drivers or ():
        found.setdefault(driver.vendor, []).append(driver)
    for vendor, those in found.items():
        kept = [one for one in those if dotted(one.version)] or those[:1]
        windows = [one for one in kept if one.version.count(".") == 1]
        found[vendor] = windows if machine.os.wsl and windows else kept
    return list(found.items())


def as_sisters(targets: Targets, knowledge: Knowledge, place: str) -> Targets | None:
    """Make the cards run sister chips' code; None where one can't, or their settings differ."""
    found = [knowledge.override_of(one.arch, place) for one in targets.wanted]
    known = [one for one in found if one is not None]
    done = any(one.override is not None for one in targets.wanted)
    if done or len(known) < len(found) or len({one.value for one in known}) != 1:
        return None
    pairs = zip(targets.wanted, known)  # noqa: B905 - as long as each other
    return replace(targets, wanted=tuple(replace(one, override=how) for one, how in pairs))


def without_gpus(machine: Machine) -> tuple[Reason, ...]:
    """Say why no card may be seen: WSL 1, or a container that sees the host's driver alone."""
    if machine.os.wsl == 1 and not machine.gpus:
        return (wsl_one(machine.os, machine.platform),)
    driver = machine.driver("nvidia")
    container = machine.os.container
    if not container or machine.gpus != () or driver is None:
        return ()
    return (
        Reason(code="container-without-gpus", effect="warn", subject=container, has=driver.version),
    )


def barred(os: Os, device: Device, name: str, catalogue: Catalogue) -> Reason | None:
    """Say what a system lacks for any card of a kind; None where it lacks nothing."""
    if device == "mps":
        from torchup.resolve.apple import without_metal

        return without_metal(os, name, catalogue)
    return wsl_one(os, name) if os.wsl == 1 else None


def wsl_one(os: Os, subject: str) -> Reason:
    """Say that WSL 1 has no way to a GPU, and which command makes a WSL 2 of it.

    Microsoft: "GPU compute support" is among what only WSL 2 has
    (https://learn.microsoft.com/windows/wsl/compare-versions).
    """
    return Reason(
        code="wsl-1-no-gpu",
        effect="warn",
        subject=subject,
        has=os.distro.capitalize() if os.distro else "NAME",
    )


def platform_ended(knowledge: Knowledge, platform: str, release: Release) -> tuple[Reason, ...]:
    """Say that a release is the last one that has builds for a platform."""
    newest = knowledge.catalogue.latest()
    last = knowledge.last_release(platform)
    if last is None or last.version != release.version or last.version == newest.version:
        return ()
    return (
        Reason(
            code="platform-ended",
            effect="prefer",
            subject=platform,
            needs=newest.version,
            has=last.version,
            fact=knowledge.catalogue.fact(newest.fact),
        ),
    )
