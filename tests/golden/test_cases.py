"""Machines and the stacks that they get; the expectations were read off the public tables.

``cases`` holds small machines that show one rule each, ``machines`` whole documents of real kinds;
``frameworks`` are cases of other frameworks than the usual one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace

from torchup.facts.frameworks import first_of
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Plan, Requirement, Resolution
from torchup.resolve import resolve
from torchup.wire.read import machines
from torchup.wire.write import plan as write_plan
from torchup.words import Words

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("cases/*.json"))
MACHINES = sorted(HERE.glob("machines/*.json"))
FRAMEWORKS = sorted(HERE.glob("frameworks/*.json"))
ALL = CASES + MACHINES + FRAMEWORKS


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One machine, what is asked for, and what must come of it."""

    shows: str
    machine: dict[str, Any]
    requirement: dict[str, Any]
    today: str
    expect: Expect


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``near`` holds beginnings or ends of ``2.7.1+cu128``; ``reason_codes`` is a subset.

    ``version`` is the framework's, where that is another one than ``torch``.
    """

    outcome: str
    reason_codes: tuple[str, ...]
    near: tuple[str, ...]
    torch: str | None = None
    version: str | None = None
    build: str | None = None
    device: str | None = None
    python: str | None = None
    serves: tuple[int, ...] = ()
    leaves_out: tuple[int, ...] = ()
    packages: dict[str, str] = {}
    left_out: tuple[str, ...] | None = None


def answer(case: Case) -> Resolution:
    (machine,) = machines(msgspec.json.encode(case.machine), "case")
    fields = case.requirement | {"today": case.today}
    requirement = msgspec.convert(fields, Requirement)
    catalogue = released_by(case.today, framework_of(case))
    return resolve(machine, requirement, catalogue, gpus=load_gpus())


@cache
def released_by(day: str, framework: str) -> Catalogue:
    """What was out on a case's day, so that a newer release leaves its answer alone."""
    whole = load_catalogue(framework)
    return replace(whole, releases=tuple(one for one in whole.releases if one.date <= day))


def framework_of(case: Case) -> str:
    return first_of(case.requirement.get("packages", ()))


def labels(found: Resolution) -> list[str]:
    stacks = [one.stack for one in found.near_misses]
    return [f"{next(iter(one.packages.values()))}+{one.build}" for one in stacks]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    expect = case.expect
    found = answer(case)
    stack = found.stack
    got = {
        "outcome": found.outcome,
        "torch": stack.packages.get("torch") if stack else None,
        "version": stack.packages.get(framework_of(case)) if stack else None,
        "build": stack.build if stack else None,
        "device": stack.device if stack else None,
        "python": stack.python if stack else None,
        "serves": found.serves,
        "leaves_out": found.leaves_out,
    }
    wanted = {name: getattr(expect, name) for name in got}
    wanted["version"] = expect.version or expect.torch
    assert got == wanted, case.shows
    codes = {reason.code for reason in found.reasons}
    assert set(expect.reason_codes) <= codes, case.shows
    near = labels(found)
    assert all(any(wanted in one for one in near) for wanted in expect.near), (case.shows, near)
    if stack is not None:
        assert expect.packages.items() <= stack.packages.items()
        assert not [reason for reason in found.reasons if reason.effect == "reject"]
    if expect.left_out is not None:
        assert tuple(one.subject for one in found.companions_left_out) == expect.left_out


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_word_of_the_answer_can_be_said(path: Path) -> None:
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    document = write_plan(Plan(resolution=answer(case)), Words())
    said = [one.text for one in document.reasons] + [one.remedy for one in document.near_misses]
    assert said
    assert all(sentence and "{" not in sentence for sentence in said)


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_a_machine_is_whole(path: Path) -> None:
    """Everything that a probe finds is there."""
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    (machine,) = machines(msgspec.json.encode(case.machine), "case")
    assert case.shows
    assert machine.cpu is not None
    assert machine.cpu.cores
    assert machine.memory_mib
    assert machine.pythons
    assert machine.disks
    assert machine.gpus is not None
    assert [gpu.index for gpu in machine.gpus] == list(range(len(machine.gpus)))
    assert machine.os.version
    assert machine.os.kernel
    assert (machine.os.libc is None) == (machine.os.system != "linux")


def test_there_are_many() -> None:
    assert len(CASES) >= 40
    assert len(MACHINES) >= 60
    assert len(FRAMEWORKS) >= 25
    assert len({path.stem for path in ALL}) == len(ALL)
