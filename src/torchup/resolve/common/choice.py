"""The one stack for many machines: on how many of them each runs, and which is preferred."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from torchup.model import Reason, Text
from torchup.resolve.common.labels import labels_of, members
from torchup.resolve.common.reach import served_by
from torchup.resolve.explain import near_misses
from torchup.resolve.lines import Here, Pythons, line_number
from torchup.resolve.numbers import dotted
from torchup.resolve.verdict import Verdict
from torchup.resolve.ways import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from torchup.facts.catalogue import Build, Catalogue
    from torchup.model import Device, Machine, Requirement, Stack
    from torchup.resolve.cards import GpuTable
    from torchup.resolve.common.labels import Label
    from torchup.resolve.common.reach import Running
    from torchup.resolve.resolver import Resolver
    from torchup.resolve.targets import Target

    _Number: TypeAlias = tuple[int, ...]
    _Key: TypeAlias = tuple[_Number, int, int, _Number, int, _Number]

_DEVICES: Final[tuple[Device, ...]] = (*KINDS, "cpu")
MOST: Final = 4
"""Stacks that are offered at most."""
_TOLD: Final = 3
"""Reasons at most that are kept for a machine on which a stack doesn't run."""
_CERTAINTY: Final = {"measured": 2, "documented": 2, "inferred": 1, "disputed": 1}


class Shared(NamedTuple):
    """A stack that runs on some number of ``machines``, with the Python ``line``."""

    label: Label
    line: str
    machines: int
    number: int

    def runs(self, running: Running) -> bool:
        """Tell whether it runs where this does."""
        bit = 1 << self.number
        return any(line == self.line and bits & bit for line, bits in running.lines)


def shared_stacks(
    running: Iterable[Running],
    catalogue: Catalogue,
    companions: Mapping[tuple[int, str], int],
    today: str,
) -> tuple[Shared, ...]:
    """The stack that runs on most machines, then newer ones that run on fewer.

    Among those that run on equally many the preferred is as for one machine: the newest minor
    release; the build that was made for what most of these machines compute on; facts that are
    better known; the newest patch; the runtime that most of their drivers know by themselves; the
    newest runtime; the Python with the most companions, that has been out for a year, the newest.

    Args:
        running: what runs on each machine.
        catalogue: the facts.
        companions: how many come along, by label and Python.
        today: the day (ISO) by which a Python's age is judged.
    """
    kinds = Counter(running)
    lines: Counter[tuple[str, int]] = Counter()
    fitting: Counter[int] = Counter()
    native: Counter[int] = Counter()
    for kind, times in kinds.items():
        for pair in kind.lines:
            lines[pair] += times
        fitting[kind.fitting] += times
        native[kind.native & kind.fitting] += times
    pythons = Pythons(catalogue, today, None, Here(installed=frozenset()))
    best: dict[int, tuple[int, str]] = {}
    for (number, line), count in _tally(lines).items():
        known = best.get(number)
        if known is None or _line_key(number, line, count, companions, pythons) > _line_key(
            number, known[1], known[0], companions, pythons
        ):
            best[number] = count, line
    fits, knows = _counts(fitting), _counts(native)

    def key(one: Shared) -> _Key:
        number = dotted(one.label.release.version)
        certainty = _CERTAINTY.get(one.label.build.certainty, 0)
        runtime = dotted(one.label.build.runtime)
        return number[:2], fits[one.number], certainty, number, knows[one.number], runtime

    every = labels_of(catalogue).every
    stacks = (Shared(every[number], line, count, number) for number, (count, line) in best.items())
    ranked = sorted(stacks, key=key, reverse=True)
    found: list[Shared] = []
    for one in ranked:
        if not found or one.machines > found[-1].machines:
            found.append(one)
    return tuple(reversed(found[-MOST:]))


class Left(NamedTuple):
    """Why a stack doesn't run on a machine, and the one change that would make it, if any."""

    reasons: tuple[Reason, ...]
    remedy: Text | None


def why_not(
    shared: Shared,
    machine: Machine,
    running: Running,
    requirement: Requirement,
    *,
    resolver: Resolver,
    gpus: GpuTable | None,
) -> Left:
    """Say what stands against a stack on a machine, and the cheapest change that would help.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    wanted = replace(requirement, python=shared.line)
    judge = resolver.judge(machine, wanted)
    chosen = served_by(judge, machine, wanted, gpus)
    if chosen is None:
        answer = resolver.resolve(machine, requirement)
        return Left(answer.reasons[:_TOLD], None)
    devices, groups = chosen
    name = judge.catalogue.framework.name
    needed = groups[running.served] if groups else ()
    cards = judge.on_cards(needed)
    kinds = dict.fromkeys((needed[0].device,) if needed else devices)
    verdicts = [
        Verdict(judge, one, device, cards, cards)
        for device in kinds
        for one in judge.knowledge.candidates(machine.platform, device)
        if (one.release.version, one.build.name)
        == (shared.label.release.version, shared.label.build.name)
    ]
    if not verdicts:
        return Left((_no_build(shared.label, machine.platform, needed),), None)
    near = near_misses(verdicts, judge.asked, name, resolver.shape.of)
    single = [one for one in near if one.remedy.code != "remedy.other-card"]
    return Left(verdicts[0].rejects[:_TOLD], single[0].remedy if single else None)


def _no_build(label: Label, platform: str, needed: tuple[Target, ...]) -> Reason:
    """Say that a build isn't for a machine's cards, or that it was never published for its like."""
    device = next((one.device for one in label.release.builds if _is(one, label, platform)), None)
    if needed and device is not None:
        return Reason(
            code="build-other-device",
            effect="reject",
            subject=label.name,
            needs=device,
            has=needed[0].name,
        )
    return Reason(code="common-no-build", effect="reject", subject=label.name, has=platform)


def _is(build: Build, label: Label, platform: str) -> bool:
    return (build.name, build.platform) == (label.build.name, platform)


def stack_of(
    shared: Shared, machine: Machine, requirement: Requirement, resolver: Resolver
) -> Stack:
    """The shared stack in full, as it is on one of the machines where it runs."""
    judge = resolver.judge(machine, replace(requirement, python=shared.line))
    verdict = next(
        Verdict(judge, one, device, (), ())
        for device in _DEVICES
        for one in judge.knowledge.candidates(machine.platform, device)
        if (one.release.version, one.build.name)
        == (shared.label.release.version, shared.label.build.name)
    )
    return resolver.shape.of(verdict)


def _tally(lines: Mapping[tuple[str, int], int]) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for (line, bits), times in lines.items():
        for number in members(bits):
            found[number, line] += times
    return found


def _counts(sets: Mapping[int, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for bits, times in sets.items():
        for number in members(bits):
            found[number] += times
    return found


def _line_key(
    number: int,
    line: str,
    count: int,
    companions: Mapping[tuple[int, str], int],
    pythons: Pythons,
) -> tuple[int, int, bool, tuple[int, ...]]:
    settled = pythons.settled(line)
    return count, companions.get((number, line), 0), settled, line_number(line)
