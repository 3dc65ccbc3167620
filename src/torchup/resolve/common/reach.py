"""Which stacks run on a machine: all of them, not the best alone.

A stack counts where it serves the cards that the machine's own answer serves; on a machine whose
own answer is the CPU, builds for cards count too: they compute on its processor.

What follows from one fact (a card's architecture, a driver, a C library) is the same set of builds
for every machine that has it. A machine's set is the intersection of these, so that thousands of
unlike machines cost little more than reading them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.resolve.common.labels import labels_of
from torchup.resolve.embedded import embedded_parts
from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.sorting import find_targets
from torchup.resolve.ways import TITLES, kinds_at

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Device, Machine, Reason, Requirement
    from torchup.resolve.cards import GpuTable
    from torchup.resolve.judge import Judge
    from torchup.resolve.knowledge import Candidate
    from torchup.resolve.places import Places
    from torchup.resolve.resolver import Resolver
    from torchup.resolve.targets import Target

CPU: tuple[Device, ...] = ("cpu",)


class Running(Struct, frozen=True):
    """What runs on a machine.

    ``lines`` pairs each Python with the set of labels that run with it (bits, as
    :mod:`torchup.resolve.common.labels` numbers them). ``fitting`` are labels made for what the
    machine computes on, ``native`` those whose runtime its driver knows by itself. ``served`` is
    which of the groups of :func:`served_by` runs them.
    """

    lines: tuple[tuple[str, int], ...] = ()
    fitting: int = 0
    native: int = 0
    served: int = 0


class Reach:
    """Finds what runs on machines.

    Args:
        resolver: prepares to judge; by the catalogue alone.
        catalogue: the facts.
        gpus: finds cards by PCI id or name.
    """

    def __init__(self, resolver: Resolver, catalogue: Catalogue, gpus: GpuTable | None) -> None:
        self._resolver = resolver
        self._knowledge = knowledge_of(catalogue)
        self._labels = labels_of(catalogue)
        self._gpus = gpus
        self._sets: dict[Hashable, int] = {}
        self._lines: dict[Hashable, tuple[Places, dict[str, int]]] = {}
        self.companions: dict[tuple[int, str], int] = {}

    def of(self, machine: Machine, requirement: Requirement) -> Running:
        """Find what runs on a machine.

        Args:
            machine: the machine.
            requirement: what is asked for; its pins hold.

        Raises:
            UsageError: the requirement can't be read or contradicts itself.
        """
        judge = self._resolver.judge(machine, requirement)
        chosen = served_by(judge, machine, requirement, self._gpus)
        if chosen is None:
            return Running()
        devices, groups = chosen
        if not groups:
            return self._without_cards(judge, devices)
        for served, group in enumerate(groups):
            found = self._lines_of(judge, group[0].device, self._on_cards(judge, group))
            if found:
                return Running(found, _union(found), self._native(judge, group), served)
        return Running()

    def _without_cards(self, judge: Judge, devices: tuple[Device, ...]) -> Running:
        lines: dict[str, int] = {}
        for device in devices:
            for line, bits in self._lines_of(judge, device, -1):
                lines[line] = lines.get(line, 0) | bits
        found = tuple(sorted(lines.items()))
        plain = self._set(judge, "cpu", lambda one: one.build.device == "cpu", "plain")
        return Running(found, plain, plain)

    def _on_cards(self, judge: Judge, group: tuple[Target, ...]) -> int:
        """The labels that serve every card of a group, whatever else is in their way."""
        device = group[0].device
        if device == "mps":
            key = judge.machine.os
            return self._set(judge, device, lambda one: not any(judge.on_metal(one)), key)
        bits = -1
        for target in group:
            known = None if device in TITLES else judge.knows(target)
            if known is not None and known.effect == "reject":
                return 0
            bits &= self._covering(judge, device, target)
            if device == "cuda":
                bits &= self._starting(judge, target)
        return bits

    def _starting(self, judge: Judge, target: Target) -> int:
        return self._of_runtimes(judge, lambda runtime: _lets(judge.starts(runtime, target)))

    def _covering(self, judge: Judge, device: Device, target: Target) -> int:
        key = (target.arch, target.override, judge.where)
        return self._set(
            judge, device, lambda one: judge.covers(one, target).effect != "reject", key
        )

    def _native(self, judge: Judge, group: tuple[Target, ...]) -> int:
        if group[0].device != "cuda":
            return -1
        return self._of_runtimes(judge, lambda runtime: judge.native(runtime, group[0]))

    def _of_runtimes(self, judge: Judge, holds: Callable[[str], bool]) -> int:
        """The labels for CUDA whose runtime something holds of."""
        every = self._candidates(judge, "cuda")
        bits = 0
        for runtime in dict.fromkeys(one.build.runtime for one in every):
            if holds(runtime):
                bits |= self._set(judge, "cuda", partial(_is_of, runtime), runtime)
        return bits

    def _lines_of(self, judge: Judge, device: Device, bits: int) -> tuple[tuple[str, int], ...]:
        """Narrow a set by the processor, and pair it with the Pythons that it can be had with."""
        if bits and judge.floors:
            bits &= self._set(
                judge,
                device,
                lambda one: all(r.effect != "reject" for r in judge.on_processor(one)),
                judge.floors,
            )
        if not bits:
            return ()
        lines = self._had_with(judge, device)
        return tuple((line, had & bits) for line, had in lines.items() if had & bits)

    def _had_with(self, judge: Judge, device: Device) -> dict[str, int]:
        """Each Python, and the labels that can be had with it and are as the user asked."""
        key = (id(judge.places), judge.machine.platform, device)
        known = self._lines.get(key)
        if known is not None:
            return known[1]
        lines: dict[str, int] = {}
        for one in self._candidates(judge, device):
            if any(r.effect == "reject" for r in judge.places.as_asked(one)):
                continue
            bit = self._labels.bit(one.release.version, one.build.name)
            for line, companions in judge.places.lines(one).items():
                lines[line] = lines.get(line, 0) | bit
                at = (bit.bit_length() - 1, line)
                self.companions[at] = max(companions, self.companions.get(at, 0))
        lines = dict(sorted(lines.items()))
        self._lines[key] = judge.places, lines  # held, so that its id stays its own
        return lines

    def _set(
        self, judge: Judge, device: Device, holds: Callable[[Candidate], bool], key: Hashable
    ) -> int:
        """The labels of a platform and device of which something holds, remembered by a key."""
        whole = (judge.machine.platform, device, key)
        found = self._sets.get(whole)
        if found is None:
            found = 0
            for one in self._candidates(judge, device):
                if holds(one):
                    found |= self._labels.bit(one.release.version, one.build.name)
            self._sets[whole] = found
        return found

    def _candidates(self, judge: Judge, device: Device) -> Iterable[Candidate]:
        found = self._knowledge.candidates(judge.machine.platform, device)
        return [one for one in found if not one.build.asked or one.build.name == judge.asked.build]


def served_by(
    judge: Judge, machine: Machine, requirement: Requirement, gpus: GpuTable | None
) -> tuple[tuple[Device, ...], tuple[tuple[Target, ...], ...]] | None:
    """What a machine can compute on: kinds of builds, and groups of cards, the preferred first.

    Without groups no card has to be served. None where nothing could ever do.

    Raises:
        UsageError: a selected GPU is not there.
    """
    asked = judge.asked
    if asked.cpu:
        return CPU, ()
    if machine.gpus is None and asked.build is None:
        return None
    targets = find_targets(machine, asked, requirement.use_gpus, judge.knowledge, gpus)
    if targets.wanted:
        if targets.asked_device not in (None, targets.wanted[0].device):
            return None
        groups: dict[tuple[Target, ...], None] = {}
        for maker in targets.by_maker():
            groups |= dict.fromkeys((maker.wanted, *maker.groups))
        return (), tuple(groups)
    if targets.unknown or embedded_parts(machine, targets, judge.knowledge):
        return None
    if asked.build is not None:
        return kinds_at(judge.where), ()
    if any(reason.effect == "reject" for _, reason in targets.unsupported):
        return None
    return (*CPU, *kinds_at(judge.where)), ()


def _union(lines: Iterable[tuple[str, int]]) -> int:
    found = 0
    for _, bits in lines:
        found |= bits
    return found


def _is_of(runtime: str, candidate: Candidate) -> bool:
    return candidate.build.runtime == runtime


def _lets(reason: Reason | None) -> bool:
    return reason is None or reason.effect != "reject"
