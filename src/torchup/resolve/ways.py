"""Ways to a card beside its maker's own: an interface that is of the system, or another maker's.

DirectML computes on every maker's cards that DirectX 12 knows, on Windows and inside WSL; OpenVINO
on Intel's. A build for one of them is taken by itself only where the maker's own way leads nowhere
and the facts don't leave it to the user's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.resolve.cards import DEVICES
from torchup.resolve.numbers import capability, dotted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Build, Catalogue
    from torchup.model import Device
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Knowledge

TITLES: Final[dict[str, str]] = {"directml": "DirectML", "openvino": "OpenVINO"}
"""What they are called; the driver that they go through is the card's usual one."""
_OTHERS: Final[dict[str, tuple[Device, ...]]] = {
    "nvidia": ("directml",),
    "amd": ("directml",),
    "intel": ("directml", "openvino"),
}
_PLACES: Final[dict[str, frozenset[str]]] = {
    "directml": frozenset({"windows", "wsl"}),
    "openvino": frozenset({"windows", "wsl", "linux"}),
}
KINDS: Final[tuple[Device, ...]] = (*DEVICES.values(), "directml", "openvino")
"""Every kind of device, the preferred first."""


def kinds_at(where: str) -> tuple[Device, ...]:
    """The kinds of device that can be computed on on a system, as tables of cards name it."""
    return tuple(one for one in KINDS if where in _PLACES.get(one, (where,)))


def other_ways(vendor: str, where: str) -> tuple[Device, ...]:
    """The ways to a maker's cards beside its own builds, on a system as tables of cards name it."""
    return tuple(one for one in _OTHERS.get(vendor, ()) if where in _PLACES[one])


class Ways:
    """The ways to the cards of one machine.

    Args:
        platform: such as ``windows-x86_64``.
        where: the system as tables of cards name it.
        preferred: what the build computes on that the user named; None where none is named.
        knowledge: the facts.
    """

    def __init__(
        self, platform: str, where: str, preferred: str | None, knowledge: Knowledge
    ) -> None:
        self._platform = platform
        self._where = where
        self._preferred = preferred
        self._knowledge = knowledge

    def to(self, vendor: str, arch: str) -> Device:
        """The way to take: the one that is named, the maker's own, else another that leads there.

        Args:
            vendor: the card's maker.
            arch: its architecture, empty where that is unknown.
        """
        own = DEVICES[vendor]
        others = self._others(vendor)
        if self._preferred in others:
            return next(one for one in others if one == self._preferred)
        if self._by_itself(own, arch):
            return own
        return next((one for one in others if self._by_itself(one, arch)), own)

    def left_to_the_user(self, vendor: str, arch: str) -> Device | None:
        """The way that only somebody's word opens; None where there is none."""
        ways = (DEVICES[vendor], *self._others(vendor))
        return next((one for one in ways if self._on_request(one) and self._leads(one, arch)), None)

    def asked_as(self, device: Device) -> str:
        """How a build for a kind of device is asked for: its package's name, else the option."""
        builds = [one.build for one in self._knowledge.candidates(self._platform, device)]
        name = next((one.name for one in builds if one.asked), device)
        packages = self._knowledge.catalogue.framework.stands_for
        return next((one for one, build in packages.items() if build == name), f"--build {name}")

    def allows(self, device: Device) -> bool:
        """Tell whether builds for a kind of device are taken unasked, or one is asked for."""
        return self._preferred == device or self._knowledge.by_itself(self._platform, device)

    def _others(self, vendor: str) -> tuple[Device, ...]:
        return other_ways(vendor, self._where)

    def _by_itself(self, device: Device, arch: str) -> bool:
        return self._knowledge.by_itself(self._platform, device) and self._leads(device, arch)

    def _on_request(self, device: Device) -> bool:
        return not self._knowledge.by_itself(self._platform, device)

    def _leads(self, device: Device, arch: str) -> bool:
        """Tell whether any build leads to a card; an unknown one may be what it is made for."""
        if not self._knowledge.candidates(self._platform, device):
            return False
        return not arch or self._knowledge.ever_served(self._platform, device, arch, self._where)


def through(build: Build, card: str, catalogue: Catalogue, about: str) -> Reason:
    """Whether a build reaches a card through an interface; without the card's name.

    Args:
        build: the build; its architectures are the least that the interface serves of a maker.
        card: the architecture, empty where it is unknown.
        catalogue: the facts.
        about: the candidate.
    """
    from torchup.resolve.constraints import runs_on

    least = [one for one in build.archs or () if capability(one.rstrip("+"))]
    if least and capability(card) and not any(runs_on(one, card, embedded=False) for one in least):
        return Reason(
            code="arch-missing",
            effect="reject",
            subject="",
            needs=card,
            has=", ".join(least),
            about=about,
            fact=catalogue.fact(build.fact),
        )
    return Reason(
        code="computes-through",
        effect="accept",
        subject="",
        needs=TITLES[build.device],
        about=about,
        fact=catalogue.fact(build.fact),
    )


def versions_of(plugin: str, builds: Iterable[Build]) -> list[str]:
    """The versions of a package that makes builds, the oldest first."""
    every = (one.split("==") for build in builds for one in build.plugins)
    return sorted({version for name, version in every if name == plugin}, key=dotted)


def carried(build: Build, asked: Asked) -> Reason | None:
    """The packages that make the build are in versions that the user accepts."""
    for name, version in (one.split("==") for one in build.plugins):
        if not asked.allows(name, version):
            return Reason(
                code="requested-version",
                effect="reject",
                subject=f"{name} {version}",
                needs=asked.wording(name),
                has=version,
            )
    return None
