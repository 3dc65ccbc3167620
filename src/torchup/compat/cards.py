"""Cards as people name them: a product, an architecture, a PCI id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import UsageError
from torchup.facts.names import apple_chip, arch_in
from torchup.model import Device, FactRef
from torchup.resolve.cards import DEVICES
from torchup.resolve.numbers import capability, gfx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import GpuFact, Gpus

_PCI: Final = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}(/[0-9a-f]{4}:[0-9a-f]{4})?")
_ARCH: Final = re.compile(r"(sm_?|gfx)[0-9a-f]+")


class Card(Struct, frozen=True, kw_only=True):
    """Cards of one architecture, as one answer.

    Attributes:
        asked: the words they were asked for with.
        names: the products; empty where an architecture was asked for.
        arch: such as ``sm_61``, ``gfx906`` or ``bmg``; ``mps`` for Apple's chips.
        vendor: ``nvidia``, ``amd``, ``intel`` or ``apple``.
        device: what its builds compute on: ``cuda``, ``rocm``, ``xpu`` or ``mps``.
        facts: the rows that say so.
    """

    asked: str
    names: tuple[str, ...]
    arch: str
    vendor: str
    device: Device
    facts: tuple[FactRef, ...] = ()


def find_cards(asked: str, gpus: Gpus, catalogue: Catalogue) -> tuple[Card, ...]:
    """Find what is meant by a product's name, an architecture or a PCI id.

    Returns:
        One card for each architecture that the words cover: some names were given to several
        chips.

    Raises:
        UsageError: nothing like that is known.
    """
    plain = " ".join(asked.lower().split())
    chip = apple_chip(asked)
    if chip is not None:
        return (Card(asked=asked, names=(chip,), arch="mps", vendor="apple", device="mps"),)
    plain = arch_in(plain) or plain
    if plain in {one.arch for one in catalogue.supports}:
        return (Card(asked=asked, names=(), arch=plain, vendor="intel", device="xpu"),)
    if _ARCH.fullmatch(plain):
        return (_of_arch(asked, plain, gpus, catalogue),)
    found = _by_id(plain, gpus) if _PCI.fullmatch(plain) else gpus.find(asked)
    if not found:
        # An id that is unknown is like no other; a name may be misspelt.
        near = () if _PCI.fullmatch(plain) or not plain else gpus.near(asked)
        code = "compat.unknown-card-but" if near else "compat.unknown-card"
        raise UsageError(code, card=asked, near=", ".join(near), first=next(iter(near), ""))
    groups: dict[tuple[str, str], list[GpuFact]] = {}
    for one in found:
        for arch in one.archs:
            groups.setdefault((one.vendor, arch), []).append(one)
    return tuple(_card(asked, arch, group, gpus) for (_, arch), group in groups.items())


def vendor_of_arch(arch: str) -> str:
    """The maker of an architecture's chips, by how it is named."""
    if capability(arch):
        return "nvidia"
    if arch == "mps":
        return "apple"
    return "amd" if gfx(arch) else "intel"


def card_of(fact: GpuFact, gpus: Gpus) -> Card:
    """Return one row of the table of GPUs as a card."""
    return _card(fact.name, fact.archs[0], [fact], gpus)


def _card(asked: str, arch: str, group: list[GpuFact], gpus: Gpus) -> Card:
    vendor = group[0].vendor
    return Card(
        asked=asked,
        names=tuple(dict.fromkeys(one.name for one in group)),
        arch=arch,
        vendor=vendor,
        device=DEVICES[vendor],
        facts=tuple(dict.fromkeys(gpus.fact(one.fact) for one in group)),
    )


def _by_id(plain: str, gpus: Gpus) -> tuple[GpuFact, ...]:
    """By a whole id, else every board that has the device id."""
    device, _, board = plain.partition("/")
    exact = gpus.by_pci(device, board or None)
    if exact is not None:
        return (exact,)
    return tuple(
        one for one in gpus.cards if any(held.partition("/")[0] == device for held in one.pci_ids)
    )


def _of_arch(asked: str, plain: str, gpus: Gpus, catalogue: Catalogue) -> Card:
    arch = plain if plain.startswith(("sm_", "gfx")) else f"sm_{plain.removeprefix('sm')}"
    known = catalogue.arch(arch)
    if capability(arch) and known is not None:
        facts = (catalogue.fact(known.fact),)
        return Card(asked=asked, names=(), arch=arch, vendor="nvidia", device="cuda", facts=facts)
    if gfx(arch) and arch in set(_gfx_names(gpus, catalogue)):
        return Card(asked=asked, names=(), arch=arch, vendor="amd", device="rocm")
    every = [one.name for one in catalogue.archs] + sorted(set(_gfx_names(gpus, catalogue)))
    family = [one for one in every if one[:2] == arch[:2]]
    raise UsageError("compat.unknown-arch", arch=asked, choices=", ".join(family))


def _gfx_names(gpus: Gpus, catalogue: Catalogue) -> Iterable[str]:
    for card in gpus.cards:
        yield from (arch for arch in card.archs if gfx(arch))
    for release in catalogue.releases:
        for build in release.builds:
            yield from build.archs or () if build.device == "rocm" else ()
