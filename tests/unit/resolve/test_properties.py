"""What must hold for every machine, whatever the tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from torchup.model import Driver, Gpu, Interpreter, Os, Resolution
from unit.resolve.machinery import CATALOGUE, UBUNTU, WINDOWS, choose, machine
from unit.resolve.test_brute_force import DRIVERS, numbers

if TYPE_CHECKING:
    import random

FEW = settings(max_examples=60, deadline=None)
ARCHS = [arch.name for arch in CATALOGUE.archs]
DESKTOP = [arch.name for arch in CATALOGUE.archs if not arch.embedded]
NEVER = ("sm_20", "sm_21", "sm_30", "sm_35")
"""Architectures that no pip build for Linux x86_64 ever had code for."""

CENTOS = Os(system="linux", distro="centos", version="7", libc="glibc 2.17")
systems = st.sampled_from((UBUNTU, WINDOWS, CENTOS))
drivers = st.sampled_from(DRIVERS)
cards = st.lists(st.sampled_from(DESKTOP), min_size=1, max_size=3)
pins = st.sampled_from(
    ((), ("torch==2.4.1",), ("torch>=2.8",), ("torchvision",), ("torch<2", "torchaudio"))
)
extras = st.sampled_from(({}, {"build": "cu118"}, {"build": "cu126"}, {"python": "3.9"}))
gpus = st.builds(
    Gpu,
    index=st.none() | st.integers(0, 7),
    vendor=st.sampled_from((None, "nvidia", "amd", "intel")),
    name=st.sampled_from((None, "GeForce GT 730", "NVIDIA GeForce GTX 1080", "Orin", "?")),
    arch=st.none() | st.sampled_from((*ARCHS, "gfx1030", "gfx90a", "gfx1010", "sm_", "8.6")),
    pci_id=st.sampled_from((None, "10de:1b80", "1002:73bf", "8086:3e92", "1a03:2000")),
    memory_mib=st.none() | st.integers(0, 200_000),
)


def newest(found: Resolution) -> tuple[int, ...]:
    return numbers(found.stack.packages["torch"]) if found.stack else ()


@FEW
@given(systems, drivers, cards, pins, extras)
def test_a_chosen_stack_has_nothing_against_it(
    os: Os, driver: str, archs: list[str], packages: tuple[str, ...], asked: dict[str, Any]
) -> None:
    found = choose(machine(*archs, driver=driver, os=os), *packages, **asked)
    rejects = [reason for reason in found.reasons if reason.effect == "reject"]
    assert (found.outcome == "ok") == (found.stack is not None)
    assert bool(rejects) == (found.outcome == "none")
    assert not set(found.serves) & set(found.leaves_out)
    if found.stack is not None and found.stack.device == "cuda" and found.serves:
        assert set(found.serves) | set(found.leaves_out) == set(range(len(archs)))


@FEW
@given(st.lists(gpus, max_size=3), st.none() | drivers, systems, extras)
def test_any_list_of_gpus_has_an_answer(
    found: list[Gpu], driver: str | None, os: Os, asked: dict[str, Any]
) -> None:
    known = None if driver is None else (Driver(vendor="nvidia", version=driver),)
    answer = choose(replace(machine(os=os), gpus=tuple(found), drivers=known), **asked)
    assert answer.outcome == "none" or answer.stack is not None
    assert set(answer.serves) | set(answer.leaves_out) <= set(range(len(found)))
    assert answer.reasons


@FEW
@given(drivers, cards, pins, st.randoms(use_true_random=False))
def test_the_order_of_the_tables_does_not_matter(
    driver: str, archs: list[str], packages: tuple[str, ...], chance: random.Random
) -> None:
    mixed = [
        replace(release, builds=tuple(chance.sample(release.builds, len(release.builds))))
        for release in CATALOGUE.releases
    ]
    shuffled = replace(CATALOGUE, releases=tuple(chance.sample(mixed, len(mixed))))
    here = machine(*archs, driver=driver)
    plain, other = choose(here, *packages), choose(here, *packages, catalogue=shuffled)
    assert (plain.outcome, plain.stack, plain.serves) == (other.outcome, other.stack, other.serves)


@FEW
@given(systems, drivers, drivers, st.sampled_from(DESKTOP))
def test_a_newer_driver_never_takes_away(os: Os, one: str, other: str, arch: str) -> None:
    old, new = sorted((one, other), key=numbers)
    before = choose(machine(arch, driver=old, os=os))
    after = choose(machine(arch, driver=new, os=os))
    if any(reason.code == "driver-dropped-card" for reason in after.reasons):
        return
    assert newest(after) >= newest(before)


@FEW
@given(drivers, cards, st.sampled_from(NEVER), st.integers(0, 3))
def test_a_card_without_support_changes_nothing(
    driver: str, archs: list[str], extra: str, place: int
) -> None:
    archs = [arch for arch in archs if arch not in NEVER] or ["sm_80"]
    place = min(place, len(archs))
    plain = choose(machine(*archs, driver=driver))
    more = choose(machine(*archs[:place], extra, *archs[place:], driver=driver))
    assert (plain.outcome, plain.stack) == (more.outcome, more.stack)
    if more.outcome == "ok":
        assert place in more.leaves_out
        assert len(more.serves) == len(plain.serves)


@FEW
@given(systems, drivers, cards, pins, extras)
def test_every_rejection_rests_on_something(
    os: Os, driver: str, archs: list[str], packages: tuple[str, ...], asked: dict[str, Any]
) -> None:
    found = choose(machine(*archs, driver=driver, os=os), *packages, **asked)
    near = [reason for one in found.near_misses for reason in one.reasons]
    for reason in (*found.reasons, *near):
        if reason.effect == "reject":
            assert reason.subject
            assert reason.fact or reason.needs or reason.has, reason


@FEW
@given(systems, drivers, st.sampled_from(DESKTOP), pins)
def test_never_cpu_by_accident(os: Os, driver: str, arch: str, packages: tuple[str, ...]) -> None:
    found = choose(machine(arch, driver=driver, os=os), *packages)
    supported = any(
        code == arch or (code[3:-1] == arch[3:-1] and code[-1] <= arch[-1])
        for release in CATALOGUE.releases
        for build in release.builds
        if build.device == "cuda" and build.platform == f"{os.system}-x86_64"
        for code in build.archs or ()
        if code[-1] != "a"
    )
    if found.stack is not None:
        assert (found.stack.device == "cuda") == supported
    if not supported:
        assert "gpu-never-supported" in {reason.code for reason in found.reasons}


@FEW
@given(
    st.lists(st.sampled_from(("3.8", "3.9", "3.11", "3.13", "3.14")), max_size=3),
    st.sampled_from((32, 64)),
)
def test_only_pythons_that_are_there(lines: list[str], bits: int) -> None:
    pythons = tuple(
        Interpreter(path=f"/opt/{line}/bin/python", version=f"{line}.1", bits=bits)
        for line in lines
    )
    found = choose(replace(machine(), pythons=pythons), obtainable=())
    if not lines or bits == 32:
        assert found.outcome == "none"
        return
    assert found.stack is not None
    assert found.stack.python in lines
