"""Sorting the machine's GPUs, rule by rule, into those that can be served and the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import Device, Reason
from torchup.model.makers import MAKERS
from torchup.resolve.cards import (
    DEVICES,
    GpuTable,
    arch_of,
    never_supported,
    newer_card,
    only_shows,
    unknown_card,
    vendor_of,
)
from torchup.resolve.selected import numbers, selected
from torchup.resolve.special import barred, where
from torchup.resolve.targets import Target, Targets, best_first
from torchup.resolve.ways import KINDS, TITLES, Ways

if TYPE_CHECKING:
    from torchup.model import FactRef, Gpu, Machine
    from torchup.resolve.ask import Asked
    from torchup.resolve.knowledge import Knowledge


def find_targets(
    machine: Machine,
    asked: Asked,
    use_gpus: tuple[str, ...],
    knowledge: Knowledge,
    gpus: GpuTable | None,
) -> Targets:
    """Choose the GPUs that count: selected, of a known architecture, served by any build at all.

    Raises:
        UsageError: a selected GPU is not there.
    """
    preferred = knowledge.device_of(asked.build, machine.platform) if asked.build else None
    sorting = _Sorting(machine, preferred, knowledge, gpus)
    for position, gpu in selected(machine.gpus or (), use_gpus):
        sorting.take(position, gpu)
    return sorting.targets()


class _Sorting:
    """Puts each card where it belongs."""

    def __init__(
        self,
        machine: Machine,
        preferred: str | None,
        knowledge: Knowledge,
        gpus: GpuTable | None,
    ) -> None:
        self._platform = machine.platform
        self._os = machine.os
        self._where = where(machine.os)
        self._preferred = preferred
        self._knowledge = knowledge
        self._ways = Ways(machine.platform, self._where, preferred, knowledge)
        self._gpus = gpus
        self._numbers = numbers(machine.gpus or ())
        self._wanted: list[Target] = []
        self._unsupported: list[tuple[int, Reason]] = []
        self._unknown: list[tuple[int, Reason]] = []
        self._spare: list[Target] = []
        self._notes: list[Reason] = []

    def take(self, position: int, gpu: Gpu) -> None:
        """Decide about one card."""
        gpus, knowledge = self._gpus, self._knowledge
        vendor = gpu.vendor or vendor_of(gpu, gpus)
        if vendor not in DEVICES:
            known_maker = vendor in MAKERS  # one that no framework computes on
            if not known_maker and not gpu.pci_id and not only_shows(gpu, gpus):
                self._unknown.append((position, unknown_card(gpu)))
            return
        known = gpus.by_pci(gpu.pci_id.lower(), gpu.subsystem) if gpus and gpu.pci_id else None
        if known is not None and not gpu.name:
            gpu = replace(gpu, name=known.name)
        arch, reason = arch_of(gpu, vendor, known, gpus)
        device = self._ways.to(vendor, arch)
        if device in TITLES:
            reason = None  # which card it is makes no difference
        target = self._target(position, device, gpu, arch, vendor)
        if not self._ways.allows(device) or self._never_any(device, reason):
            chips = reason.has if reason is not None else ""
            self._refuse_for_now(target, never_supported(gpu, gpu.arch or arch or chips, device))
        elif (no := barred(self._os, device, target.name, knowledge.catalogue)) is not None:
            held = device != "rocm" and self._served(device, arch)
            self._unsupported.append((position, replace(no, effect="reject") if held else no))
        elif reason is not None:
            self._unknown.append((position, reason))
        elif device == "rocm" and self._where == "wsl":
            self._in_wsl(target)
        elif self._served(device, arch):
            self._wanted.append(target)
        else:
            self._pass_over(target, gpu)

    def _pass_over(self, target: Target, gpu: Gpu) -> None:
        """Say why a card is not served, and keep it where the user's word could make it run."""
        knowledge, arch, device = self._knowledge, target.arch, target.device
        if device == "cuda" and knowledge.catalogue.arch(arch) is None:
            self._unknown.append((target.position, newer_card(gpu, arch)))
            return
        override = knowledge.override_of(arch, self._where)
        if override is not None and knowledge.ever_served(
            self._platform, device, override.runs_as, self._where
        ):
            self._spare.append(replace(target, override=override))
        self._refuse_for_now(target, never_supported(gpu, arch, device))

    def _refuse_for_now(self, target: Target, reason: Reason) -> None:
        """Say that nothing serves a card unasked, and keep it where the user's word changes that.

        Where a build is named, that word was another one.
        """
        way = self._ways.left_to_the_user(target.vendor, target.arch)
        open_here = way is not None and not barred(
            self._os, way, target.name, self._knowledge.catalogue
        )
        if way is not None and open_here and self._preferred is None and not self._spared(target):
            self._spare.append(replace(target, device=way))
            reason = replace(reason, code="gpu-on-request", needs=self._ways.asked_as(way))
        self._refuse(target, reason)

    def _spared(self, target: Target) -> bool:
        return any(one.position == target.position for one in self._spare)

    def targets(self) -> Targets:
        """What came of all of them."""
        if self._preferred is not None:
            self._use_spare()
        chosen = _one_device(self._wanted, self._preferred)
        return Targets(
            wanted=chosen,
            unsupported=tuple(self._unsupported),
            unknown=tuple(self._unknown),
            others=tuple(one for one in self._wanted if one not in chosen),
            asked_device=self._preferred,
            spare=tuple(sorted(self._spare, key=lambda one: one.rank, reverse=True)),
            notes=tuple(self._notes),
        )

    def _served(self, device: Device, arch: str) -> bool:
        """Tell whether a card counts; the user who names a build for its kind says that it does."""
        if device == "xpu" and not arch:
            return self._preferred == device
        if device in TITLES and not arch:
            return True
        return self._knowledge.ever_served(self._platform, device, arch, self._where)

    def _never_any(self, device: Device, reason: Reason | None) -> bool:
        """Tell whether a name covers several of Intel's chips, and none of them is supported."""
        if device != "xpu" or reason is None:
            return False
        return not any(self._served(device, arch) for arch in reason.has.split(", "))

    def _refuse(self, target: Target, reason: Reason) -> None:
        if reason.fact is None:
            reason = replace(reason, fact=self._fact(target))
        self._unsupported.append((target.position, reason))
        for place in self._knowledge.elsewhere(target.vendor, self._where, target.arch):
            if reason.code == "gpu-on-request" and place.name.startswith("--build "):
                continue  # it is what that reason names
            self._notes.append(
                Reason(
                    code="maker-has-builds",
                    effect="warn",
                    subject=target.name,
                    needs=place.url,
                    has=place.name,
                    fact=self._knowledge.catalogue.fact(place.fact),
                )
            )

    def _fact(self, target: Target) -> FactRef | None:
        """The row that says what the card is: of its architecture, else of the product."""
        catalogue = self._knowledge.catalogue
        rows = [one.fact for one in catalogue.archs if one.name == target.arch]
        rows += [one.fact for one in catalogue.supports if one.arch == target.arch]
        if rows:
            return catalogue.fact(rows[0])
        cards = self._gpus.find(target.name) if self._gpus else ()
        return self._gpus.fact(cards[0].fact) if self._gpus and cards else None

    def _in_wsl(self, target: Target) -> None:
        """Builds for AMD's cards need parts of AMD's under WSL that a wheel doesn't bring."""
        said = Reason(code="rocm-in-wsl", effect="warn", subject=target.name, has=target.arch)
        if not self._served(target.device, target.arch):
            said = replace(said, code="gpu-never-supported", needs=target.device)
        else:
            self._spare.append(target)
        self._refuse(target, said)

    def _use_spare(self) -> None:
        """Take cards that run the named build by the user's word, where no other card does.

        An override holds for every card of the kind, so all that are taken need the same one.
        """
        mine = [one for one in self._spare if one.device == self._preferred]
        if not mine or any(one.device == self._preferred for one in self._wanted):
            return
        first = max(mine, key=lambda one: one.rank)
        setting = first.override and first.override.value
        taken = [one for one in mine if (one.override and one.override.value) == setting]
        places = {one.position for one in taken}
        self._wanted += taken
        refused = [one for one in self._unsupported if one[0] in places]
        self._unsupported = [one for one in self._unsupported if one[0] not in places]
        self._spare = [one for one in self._spare if one.position not in places]
        self._notes += [said for _, said in refused if said.code != "gpu-never-supported"]

    def _target(self, position: int, device: Device, gpu: Gpu, arch: str, vendor: str) -> Target:
        return Target(
            position=position,
            device=device,
            arch=arch,
            name=gpu.name or arch or gpu.pci_id or "?",
            memory_mib=gpu.memory_mib or 0,
            vendor=vendor,
            number=self._numbers[position],
            forward=self._knowledge.allows_forward(gpu.name or ""),
        )


def _one_device(wanted: list[Target], preferred: str | None) -> tuple[Target, ...]:
    """Keep the cards of one kind of build: no build serves two vendors."""
    for device in (preferred, *KINDS):
        same = [one for one in wanted if one.device == device]
        if same:
            return best_first(same)
    return ()
