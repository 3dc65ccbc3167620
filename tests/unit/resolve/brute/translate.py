"""From the judge's plain values to the documents that the resolver takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Cpu, Driver, Gpu, Interpreter, Machine, Os, Requirement
from torchup.resolve import resolve

if TYPE_CHECKING:
    from torchup.model import Resolution
    from unit.resolve.brute.scene import Box, Card, Wish

INDEX: Final = "https://pypi.test/simple"


def machine_of(box: Box) -> Machine:
    """The machine's document."""
    system: dict[str, Any] = {"system": box.system, "libc": box.libc, "version": box.version}
    return Machine(
        os=Os(**system, wsl=box.wsl),
        arch=cast("Any", box.arch),
        cpu=Cpu(features=box.flags),
        gpus=None if box.cards is None else tuple(map(_gpu, range(len(box.cards)), box.cards)),
        drivers=None
        if box.drivers is None
        else tuple(
            Driver(
                vendor=cast("Any", one.vendor), version=one.version, max_runtime=one.knows or None
            )
            for one in box.drivers
        ),
        pythons=None
        if box.pythons is None
        else tuple(
            Interpreter(
                path=f"/opt/{number}/bin/python",
                version=f"{one.line.rstrip('t')}.1",
                implementation=one.implementation,
                freethreaded=one.line.endswith("t"),
                bits=one.bits,
            )
            for number, one in enumerate(box.pythons)
        ),
    )


def _gpu(at: int, card: Card) -> Gpu:
    told: dict[str, Any] = {"index": at, "memory_mib": card.memory, "uuid": card.uuid or None}
    if "arch" in card.told:
        told |= {"arch": card.arch, "vendor": card.vendor, "name": card.name}
    if "vendor" in card.told:
        told |= {"vendor": card.vendor, "name": card.name}
    if "name" in card.told:
        told["name"] = card.name
    if "pci" in card.told:
        told["pci_id"] = card.pci_id
    return Gpu(**told)


def choose(box: Box, wish: Wish) -> Resolution:
    """What the resolver says."""
    return resolve(
        machine_of(box),
        Requirement(
            packages=wish.packages,
            python=wish.python,
            build=wish.build,
            cpu=wish.cpu,
            companions=wish.companions,
            use_gpus=wish.use_gpus,
            today=wish.today,
        ),
        load_catalogue(),
        gpus=load_gpus(),
        obtainable=wish.obtainable,
        primary_url=INDEX,
    )
