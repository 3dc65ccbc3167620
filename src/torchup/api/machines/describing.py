"""A machine in words: cards by the names people write, a driver, a system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.load import load_catalogue, load_gpus
from torchup.facts.names import apple_chip, arch_in
from torchup.facts.soldered import beside_arm
from torchup.model import Driver, Gpu, Machine, Os
from torchup.model.drivers import driver_number
from torchup.model.makers import MAKERS

if TYPE_CHECKING:
    from torchup.api.machines.described import Described
    from torchup.facts.gpus import GpuFact
    from torchup.model import CpuArch, System, Vendor

NONE: Final = "none"
"""What stands for no card, and for no driver."""
_GFX: Final = re.compile(r"^gfx[0-9a-f]{3,4}$")
_PCI: Final = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{4}$")
_SEVERAL: Final = re.compile(
    r"^\s*([1-9]|1[0-6])\s*(?:[x*\N{MULTIPLICATION SIGN}]\s+|\N{MULTIPLICATION SIGN})(\S.*)$",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(r"^(\d{2,4}|\d{1,4}(\.\d{1,4}){1,3})$")
_MAKERS: Final[dict[str, Vendor]] = {one: one for one in MAKERS}
_SYSTEMS: Final[dict[str, System]] = {"linux": "linux", "windows": "windows", "macos": "macos"}
_OTHER_MAKERS: Final[dict[str, Vendor]] = {"intel": "intel", "amd": "amd", "radeon": "amd"}


def describe(said: Described, here: Machine) -> Machine:
    """Make the machine that is described.

    Where no other system or processor is named, it is this machine with other cards: its system,
    C library and Pythons count. A driver that isn't named is unknown, unless the cards are this
    machine's own.

    Args:
        said: the description.
        here: this machine.

    Raises:
        UsageError: a name that isn't known or means several cards, or a driver that is no number.
    """
    named = [one for written in said.gpus for one in _each(written) if one.lower() != NONE]
    gpus = tuple(_gpu(name, index) for index, name in enumerate(named)) if said.gpus else None
    system = said.system
    if system is None and gpus and all(gpu.vendor == "apple" for gpu in gpus):
        system = "macos"
    arch = said.arch
    if arch is None and beside_arm(gpu.name or "" for gpu in gpus or ()):
        arch = "aarch64"
    elsewhere = system is not None or arch is not None
    if gpus is None and not elsewhere:
        gpus = here.gpus
    drivers = None if elsewhere or said.gpus else here.drivers
    if said.driver is not None:
        drivers = _drivers(said.driver, gpus)
    if elsewhere:
        os = _os(system, here)
        return Machine(os=os, arch=_arch(arch, os, here), gpus=gpus, drivers=drivers)
    os = replace(here.os, container=None) if said.gpus else here.os  # it has other cards
    return Machine(os=os, arch=here.arch, gpus=gpus, drivers=drivers, pythons=here.pythons)


def but_for(said: Described, machine: Machine) -> Machine:
    """Make the machine of a file, but for what the user says otherwise of it.

    So a card can be named that the file has only the beginning of, or another driver tried.

    Args:
        said: what is other than in the file, or not in it.
        machine: the machine of the file.

    Raises:
        UsageError: as :func:`describe`.
    """
    other = describe(said, machine)
    named = replace(machine, gpus=other.gpus) if said.gpus else machine
    if said.driver is not None:
        named = replace(named, drivers=_drivers(said.driver, named.gpus))
    same = said.system is None or said.system == ("wsl" if machine.os.wsl else machine.os.system)
    if not same:
        named = replace(named, os=other.os, pythons=None)
    return replace(named, arch=other.arch) if other.arch != machine.arch else named


def _each(written: str) -> list[str]:
    """Read ``2x RTX 3090`` as two cards."""
    several = _SEVERAL.match(written)
    return [several[2]] * int(several[1]) if several else [written]


def _gpu(name: str, index: int) -> Gpu:
    """Find a card by architecture, PCI id or name."""
    lower = " ".join(name.lower().split())
    arch = lower if _GFX.match(lower) else arch_in(lower)
    if arch is not None and _is_known(arch):
        return Gpu(index=index, vendor=_maker(arch), name=arch, arch=arch)
    if _PCI.match(lower):
        known = load_gpus().by_pci(lower)
        return Gpu(index=index, name=known.name if known else None, pci_id=lower)
    chip = apple_chip(lower)
    if chip is not None:
        return Gpu(index=index, vendor="apple", name=chip)
    found = load_gpus().find(name)
    if len(found) == 1:
        (card,) = found
        return Gpu(index=index, vendor=_MAKERS[card.vendor], name=card.name, arch=card.archs[0])
    maker = _OTHER_MAKERS.get(lower.partition(" ")[0])
    if not found and maker is not None:
        return Gpu(index=index, vendor=maker, name=name)
    raise _not_one(name, found)


def _not_one(name: str, found: tuple[GpuFact, ...]) -> UsageError:
    """Say that a name means several cards or none, and what could be written instead."""
    if found:
        choices = "; ".join(f"{one.name} = {one.archs[0]}" for one in found)
        arch = found[0].archs[0]
        return UsageError("describe.ambiguous-gpu", name=name, choices=choices, arch=arch)
    near = load_gpus().near(name)
    if near:
        return UsageError("describe.unknown-gpu-but", name=name, near="; ".join(near))
    return UsageError("describe.unknown-gpu", name=name)


def _is_known(arch: str) -> bool:
    """Tell whether there is such an architecture; AMD's are more than the facts have cards of."""
    return _maker(arch) == "amd" or load_catalogue().arch(arch) is not None


def _maker(arch: str) -> Vendor:
    return "amd" if arch.startswith("gfx") else "nvidia"


def _drivers(said: str, gpus: tuple[Gpu, ...] | None) -> tuple[Driver, ...]:
    if said.lower() == NONE:
        return ()
    number = driver_number(said)
    if not _VERSION.match(number):
        raise UsageError("describe.not-a-driver", driver=said)
    makers = {gpu.vendor for gpu in gpus or () if gpu.vendor is not None}
    if "nvidia" in makers and load_catalogue().runtime(number) is not None:
        raise UsageError("describe.cuda-not-driver", driver=said)
    vendor: Vendor = makers.pop() if len(makers) == 1 else "nvidia"
    version = number if vendor == "nvidia" else said
    return (Driver(vendor=vendor, version=version),)


def _os(system: str | None, here: Machine) -> Os:
    if system is None:
        return here.os
    if system == "wsl":
        return Os(system="linux", wsl=2)
    return Os(system=_SYSTEMS[system])


def _arch(arch: str | None, os: Os, here: Machine) -> CpuArch:
    """The processor's name as its system has it; without a word, what most machines have."""
    if arch is None:
        if os.system == here.os.system:
            return here.arch
        return "arm64" if os.system == "macos" else "x86_64"
    if arch in ("aarch64", "arm64"):
        return "aarch64" if os.system == "linux" else "arm64"
    return "x86_64"
