"""The one stack for many machines, against asking each machine for each stack by name."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from msgspec.structs import replace

from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Gpu, Machine, Requirement
from torchup.resolve.common.choice import shared_stacks, stack_of, why_not
from torchup.resolve.common.labels import labels_of, members
from torchup.resolve.common.reach import Reach, Running
from torchup.resolve.resolver import Resolver
from torchup.words import load_words
from torchup.words.reasons import reason_text
from unit.resolve.brute.draw import draw_box
from unit.resolve.brute.translate import machine_of
from unit.resolve.machinery import TODAY, WINDOWS, machine

if TYPE_CHECKING:
    from torchup.model import Resolution

CATALOGUE: Final = load_catalogue()
LINES: Final = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
NEWEST: Final = Requirement(today=TODAY)
BY_A_HAIR: Final = frozenset({"arch-ptx-only", "overridden"})


class World(NamedTuple):
    """Machines and what runs on each."""

    machines: tuple[Machine, ...]
    resolver: Resolver
    reach: Reach
    running: tuple[Running, ...]


def world(machines: tuple[Machine, ...], asked: Requirement = NEWEST) -> World:
    # Only these Pythons can be had, so that naming one doesn't bring others along.
    resolver = Resolver(CATALOGUE, gpus=load_gpus(), obtainable=LINES)
    reach = Reach(resolver, CATALOGUE, load_gpus())
    return World(machines, resolver, reach, tuple(reach.of(one, asked) for one in machines))


@cache
def drawn(count: int, seed: int = 5) -> World:
    chance = random.Random(seed)
    return world(tuple(machine_of(draw_box(chance)) for _ in range(count)))


def by_name(there: World, at: int, version: str, build: str, line: str) -> bool:
    """Ask a machine for exactly that stack, as ``plan torch==… --build … --python …`` does."""
    found = there.machines[at]
    own = there.resolver.resolve(found, NEWEST)
    if own.stack is None:
        return False
    # Naming the build for the processor means the processor, on a Mac too.
    named = None if own.stack.device == "mps" and build == "cpu" else build
    pinned = replace(NEWEST, packages=(f"torch=={version}",), build=named, python=line)
    answer = there.resolver.resolve(found, pinned)
    return answer.stack is not None and as_well(own, answer)


def as_well(own: Resolution, answer: Resolution) -> bool:
    """What its own answer serves is served, by a build for it, and not by the user's word alone."""
    assert own.stack is not None
    assert answer.stack is not None
    if own.serves:
        forced = any(one.code in BY_A_HAIR and one.effect == "warn" for one in answer.reasons)
        return set(own.serves) <= set(answer.serves) and not forced
    return not answer.serves


def test_what_runs_is_what_the_machine_says_when_it_is_asked_for_it() -> None:
    there = drawn(40)
    chance, labels = random.Random(1), labels_of(CATALOGUE).every
    yes = no = 0
    for at, running in enumerate(there.running):
        offered = [(n, line) for line, bits in running.lines for n in members(bits)]
        tried = chance.sample(offered, min(3, len(offered)))
        tried += [(chance.randrange(len(labels)), chance.choice(LINES)) for _ in range(4)]
        for number, line in tried:
            label = labels[number]
            runs = (number, line) in offered
            said = by_name(there, at, label.release.version, label.build.name, line)
            assert runs == said, (there.machines[at], label.name, line)
            yes, no = yes + runs, no + (not runs)
    assert yes > 40, "so that agreement means something"
    assert no > 40


def test_a_machine_runs_its_own_answer_and_nothing_where_there_is_none() -> None:
    there = drawn(80)
    kinds = set()
    for found, running in zip(there.machines, there.running, strict=True):
        own = there.resolver.resolve(found, NEWEST)
        if own.stack is None:
            assert not running.lines, found
            continue
        kinds.add(own.stack.device)
        bit = labels_of(CATALOGUE).bit(own.stack.packages["torch"], own.stack.build)
        assert bit
        assert any(line == own.stack.python and bits & bit for line, bits in running.lines), found
    assert kinds >= {"cuda", "cpu", "rocm", "mps"}


@pytest.mark.parametrize("seed", range(4))
def test_the_first_runs_on_as_many_as_any_and_newer_ones_follow(seed: int) -> None:
    machines = random.Random(seed).sample(drawn(80).machines, 12)
    there = world(tuple(machines))
    counts: dict[tuple[int, str], int] = {}
    for running in there.running:
        for line, bits in running.lines:
            for number in members(bits):
                counts[number, line] = counts.get((number, line), 0) + 1
    found = shared_stacks(there.running, CATALOGUE, there.reach.companions, TODAY)
    assert found[0].machines == max(counts.values())
    assert [one.machines for one in found] == sorted((o.machines for o in found), reverse=True)
    for one in found:
        assert one.machines == sum(map(one.runs, there.running)) == counts[one.number, one.line]
    orders = [one.label.order for one in found]
    assert orders == sorted(orders, reverse=True), "what runs on fewer has to be newer for it"
    newer = [n for n, _ in counts if labels_of(CATALOGUE).every[n].order < found[0].label.order]
    assert all(
        count < found[0].machines for (number, _), count in counts.items() if number in newer
    ), "nothing newer of the same minor or later runs on as many"


def test_a_build_for_other_cards_is_not_said_to_be_missing() -> None:
    catalogue = load_catalogue("onnxruntime")
    resolver = Resolver(catalogue, gpus=load_gpus(), obtainable=LINES)
    reach = Reach(resolver, catalogue, load_gpus())
    polaris = Gpu(index=0, vendor="amd", name="AMD Radeon RX 580", arch="gfx803")
    amd = replace(machine(os=WINDOWS), gpus=(polaris,), drivers=())
    nvidia = machine("sm_89", driver="581.57", os=WINDOWS)
    running = [reach.of(one, NEWEST) for one in (amd, nvidia)]
    found = shared_stacks(running, catalogue, reach.companions, TODAY)
    assert [one.runs(running[0]) for one in found] == [False]
    left = why_not(found[0], amd, running[0], NEWEST, resolver=resolver, gpus=load_gpus())
    (said,) = left.reasons
    assert (said.code, said.needs, said.has) == ("build-other-device", "cuda", polaris.name)
    assert "NVIDIA's GPUs" in reason_text(said, load_words("en"))
    assert "NVIDIA 显卡" in reason_text(said, load_words("zh_CN"))


def test_a_lab() -> None:
    new = machine("sm_90", driver="580.65.06")
    volta = machine("sm_70", driver="570.124.04")
    old = machine("sm_86", driver="390.157")
    none = replace(machine(), gpus=(), drivers=())
    there = world((new, new, volta, old, none))
    first, *newer = shared_stacks(there.running, CATALOGUE, there.reach.companions, TODAY)
    runs = [first.runs(one) for one in there.running]
    assert runs == [True, True, True, False, True]
    assert first.label.build.name == "cu126", "the last one that holds code for Volta"
    assert newer
    assert newer[-1].label.build.name.startswith("cu13")
    left = why_not(first, old, there.running[3], NEWEST, resolver=there.resolver, gpus=load_gpus())
    assert "driver-too-old" in {one.code for one in left.reasons}
    assert left.remedy is not None
    assert left.remedy.code == "remedy.driver"
    stack = stack_of(first, volta, NEWEST, there.resolver)
    assert (stack.build, stack.device) == ("cu126", "cuda")
    assert stack.packages["torch"] == first.label.release.version


def test_machines_without_a_card_share_the_cpu_build() -> None:
    none = replace(machine(), gpus=(), drivers=())
    there = world((none, none))
    first, *newer = shared_stacks(there.running, CATALOGUE, there.reach.companions, TODAY)
    assert (first.label.build.name, newer) == ("cpu", [])


def test_pins_hold() -> None:
    asked = replace(NEWEST, packages=("torch<2.7",), python="3.11")
    there = world((machine("sm_86", driver="580.65.06"),), asked)
    (first,) = shared_stacks(there.running, CATALOGUE, there.reach.companions, TODAY)
    assert first.label.release.version.startswith("2.6.")
    assert first.line == "3.11"


def test_a_card_that_no_shared_build_holds_code_for() -> None:
    there = world((machine("sm_120", driver="580.65.06"), machine("sm_37", driver="470.223.02")))
    found = shared_stacks(there.running, CATALOGUE, there.reach.companions, TODAY)
    assert found[0].machines == 1
    left = why_not(
        found[0],
        there.machines[1],
        there.running[1],
        NEWEST,
        resolver=there.resolver,
        gpus=load_gpus(),
    )
    assert left.reasons
