"""Everything that is known of one release, CUDA version, driver or card, with where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup.model import FactRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.facts.catalogue import Arch, Branch, Catalogue, Release, Runtime
    from torchup.facts.gpus import GpuFact, Gpus


Kind = Literal["release", "runtime", "driver", "architecture", "card"]


class Known(Struct, frozen=True, kw_only=True):
    """One thing that is known.

    ``label`` is its name's code in :mod:`torchup.words`; ``certainty`` is empty where the row
    behind it has none of its own.
    """

    label: str
    value: str
    fact: FactRef
    certainty: str = ""


class Subject(Struct, frozen=True, kw_only=True):
    """Something that was asked about, and everything that is known of it."""

    kind: Kind
    name: str
    known: tuple[Known, ...]


def of_release(release: Release, catalogue: Catalogue) -> Subject:
    """Say what is known of a release."""
    fact = catalogue.fact(release.fact)
    name = f"{catalogue.framework.name} {release.version}"
    known = [Known(label="facts.key.released", value=release.date, fact=fact)]
    for platform, pythons in release.pythons.items():
        value = f"{platform}: {', '.join(pythons)}"
        known.append(Known(label="facts.key.pythons", value=value, fact=fact))
    for platform, floor in release.floors.items():
        known.append(Known(label="facts.key.floor", value=f"{platform}: {floor}", fact=fact))
    known += _builds(release, catalogue)
    known += [
        Known(
            label="facts.key.companion",
            value=f"{one.name} {one.version}",
            fact=catalogue.fact(one.fact),
            certainty=one.certainty,
        )
        for one in release.companions
    ]
    if release.note:
        known.append(Known(label="facts.key.note", value=release.note, fact=fact))
    return Subject(kind="release", name=name, known=tuple(known))


def of_runtime(runtime: Runtime, catalogue: Catalogue) -> Subject:
    """Say what is known of a CUDA version: its drivers, and the releases built with it."""
    fact = catalogue.fact(runtime.fact)
    known = [
        Known(label="facts.key.native", value=f"{system}: {driver}", fact=fact)
        for system, driver in runtime.native.items()
    ]
    known += [
        Known(label="facts.key.driver-floor", value=f"{system}: {driver}", fact=fact)
        for system, driver in runtime.floor.items()
    ]
    for release in catalogue.releases:
        names = {
            build.name: build
            for build in release.builds
            if build.device == "cuda" and build.runtime == runtime.name
        }
        known += [
            Known(
                label="facts.key.built-with",
                value=f"{release.version}+{name}",
                fact=catalogue.fact(build.fact),
                certainty=build.certainty,
            )
            for name, build in names.items()
        ]
    return Subject(kind="runtime", name=f"CUDA {runtime.name}", known=tuple(known))


def of_driver(version: str, branch: Branch, catalogue: Catalogue) -> Subject:
    """Say what is known of an NVIDIA driver: its branch, its CUDA, the cards it serves.

    Embedded (Tegra) parts have drivers of their own.
    """
    fact = catalogue.fact(branch.fact)
    known = [
        Known(label="facts.key.branch", value=f"R{branch.number}", fact=fact),
        Known(label="facts.key.max-runtime", value=branch.max_runtime, fact=fact),
    ]
    known += [
        Known(
            label="facts.key.serves",
            value=f"{arch.family} ({arch.name})",
            fact=catalogue.fact(arch.fact),
        )
        for arch in catalogue.archs
        if not arch.embedded
        and arch.first_branch <= branch.number
        and (arch.last_branch is None or branch.number <= arch.last_branch)
    ]
    return Subject(kind="driver", name=f"NVIDIA {version}", known=tuple(known))


def of_arch(arch: Arch, catalogue: Catalogue) -> Subject:
    """Say what is known of an architecture: its family and the drivers that know it."""
    return Subject(kind="architecture", name=arch.name, known=tuple(_arch(arch, catalogue)))


def _arch(arch: Arch, catalogue: Catalogue) -> Iterator[Known]:
    where = catalogue.fact(arch.fact)
    yield Known(label="facts.key.family", value=arch.family, fact=where)
    yield Known(label="facts.key.first-driver", value=f"R{arch.first_branch}", fact=where)
    if arch.last_branch is not None:
        yield Known(label="facts.key.last-driver", value=f"R{arch.last_branch}", fact=where)


def of_card(card: GpuFact, catalogue: Catalogue, gpus: Gpus) -> Subject:
    """Say what is known of a card: its architecture and the drivers it works with."""
    return Subject(kind="card", name=card.name, known=tuple(_card(card, catalogue, gpus)))


def _card(card: GpuFact, catalogue: Catalogue, gpus: Gpus) -> Iterator[Known]:
    fact = gpus.fact(card.fact)
    yield Known(label="facts.key.architecture", value=", ".join(card.archs), fact=fact)
    if card.chip:
        yield Known(label="facts.key.chip", value=card.chip, fact=fact)
    if card.pci_ids:
        yield Known(label="facts.key.pci", value=", ".join(card.pci_ids), fact=fact)
    for name in card.archs:
        arch = catalogue.arch(name)
        if arch is not None:
            yield from _arch(arch, catalogue)
    if card.note:
        yield Known(label="facts.key.note", value=card.note, fact=fact)


def _builds(release: Release, catalogue: Catalogue) -> Iterator[Known]:
    for build in release.builds:
        value = f"{build.name} · {build.platform}"
        if build.archs is None:
            value = f"{value} · ?"
        elif build.archs:
            value = f"{value} · {' '.join(build.archs)}"
        where = catalogue.fact(build.fact)
        yield Known(label="facts.key.build", value=value, fact=where, certainty=build.certainty)
        if build.libraries:
            needs = f"{build.name} · {build.platform}: {' '.join(build.libraries)}"
            yield Known(label="facts.key.libraries", value=needs, fact=where)
