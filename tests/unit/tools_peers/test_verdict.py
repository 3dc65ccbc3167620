from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tools.peers.answers import Answer
from tools.peers.kernels import compiles, has_code
from tools.peers.verdict import judge

from unit.tools_peers.facts import CATALOGUE, subject

if TYPE_CHECKING:
    from tools.peers.machines import Subject


def took(label: str, poses_as: str = "") -> Answer:
    version, _, name = label.partition("+")
    return Answer(kind="build", version=version, build=name, poses_as=poses_as)


MAC = subject("mps", system="macos", arch="arm64")

CASES = [
    ("sm-61-by-sm-60", subject("sm_61", driver="580.95"), took("2.0.0+cu126"), "runs", True),
    ("no-code", subject("sm_61", driver="580.95"), took("2.0.0+cu130"), "no-kernels", False),
    ("ptx-alone", subject("sm_86", driver="550.1"), took("1.0.0+cu118"), "runs-by-ptx", False),
    ("floor", subject("sm_86", driver="580.65.06"), took("2.0.0+cu130"), "runs", True),
    ("floor-1", subject("sm_86", driver="580.65.05"), took("2.0.0+cu130"), "driver-too-old", False),
    (
        "card-newer-than-driver",
        subject("sm_120", driver="550.1"),
        took("2.0.0+cu130"),
        "driver-too-old-for-card",
        False,
    ),
    (
        "card-older-than-driver",
        subject("sm_61", driver="590.1"),
        took("2.0.0+cu126"),
        "driver-dropped-card",
        False,
    ),
    ("no-driver", subject("sm_86"), took("2.0.0+cu130"), "driver-missing", False),
    ("embedded", subject("sm_87", driver="580.95"), took("2.0.0+cu130"), "no-kernels", False),
    (
        "embedded-refused",
        subject("sm_87", driver="580.95"),
        Answer(kind="refusal"),
        "says-why",
        True,
    ),
    ("wsl", subject("sm_86", driver="580.1", wsl=2), took("2.0.0+cu130"), "runs", True),
    ("cpu", subject("sm_86", driver="580.95"), took("2.0.0+cpu"), "cpu-on-gpu-machine", False),
    ("cpu-gpuless", subject(), took("2.0.0+cpu"), "cpu-as-it-must", True),
    ("cuda-gpuless", subject(), took("2.0.0+cu130"), "gpu-build-without-gpu", False),
    ("cpu-unknown-amd", subject("gfx1031"), took("2.0.0+cpu"), "cpu-as-it-must", True),
    ("posing", subject("gfx1031"), took("2.0.0+rocm7", "gfx1030"), "runs-posing", True),
    ("rocm", subject("gfx1031"), took("2.0.0+rocm7"), "no-kernels", False),
    ("rocm-wrong-pose", subject("gfx1031"), took("2.0.0+rocm7", "gfx906"), "no-kernels", False),
    ("mps", MAC, took("2.0.0+cpu"), "runs", True),
    ("xpu", subject("intel", xpu=True), took("2.0.0+xpu"), "runs", True),
    ("xpu-igpu", subject("intel"), took("2.0.0+xpu"), "not-listed", False),
    ("cpu-igpu", subject("intel"), took("2.0.0+cpu"), "cpu-as-it-must", True),
    ("cpu-xpu", subject("intel", xpu=True), took("2.0.0+cpu"), "cpu-on-gpu-machine", False),
    (
        "refused",
        subject("sm_86", driver="580.95"),
        Answer(kind="refusal"),
        "says-no-needlessly",
        False,
    ),
    (
        "refused-rightly",
        subject("sm_120", driver="550.1"),
        Answer(kind="refusal"),
        "says-why",
        True,
    ),
    ("failed", subject("sm_86", driver="580.95"), Answer(kind="failure"), "fails", False),
    ("plug-in", subject("gfx1030"), Answer(kind="outside"), "not-judged", False),
    ("unknown", subject("sm_86", driver="580.95"), took("9.9+cu130"), "not-judged", False),
]


@pytest.mark.parametrize(
    ("machine", "answer", "code", "good"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_verdict(machine: Subject, answer: Answer, code: str, *, good: bool) -> None:
    found = judge(machine, answer, CATALOGUE)
    assert (found.code, found.good) == (code, good)


def test_two_ages_that_no_build_serves_together() -> None:
    found = judge(subject("sm_120", "sm_61", driver="580.95"), took("2.0.0+cu130"), CATALOGUE)
    assert (found.code, found.served, found.cards, found.most) == ("runs-on-some", 1, 2, 1)
    assert found.good
    assert found.card == "card sm_61"


def test_a_card_is_left_out_although_a_build_serves_both() -> None:
    machine = subject("sm_86", "sm_61", driver="580.95")
    found = judge(machine, took("2.0.0+cu130"), CATALOGUE)
    assert (found.code, found.served, found.most, found.good) == ("runs-on-some", 1, 2, False)
    both = judge(machine, took("2.0.0+cu126"), CATALOGUE)
    assert (both.code, both.served, both.good) == ("runs", 2, True)


def test_a_graphics_unit_that_nothing_serves_does_not_count() -> None:
    machine = subject("intel", "sm_86", driver="580.95")
    found = judge(machine, took("2.0.0+cu130"), CATALOGUE)
    assert (found.code, found.cards) == ("runs", 1)


def test_uncertain_facts_are_marked() -> None:
    machine = subject("sm_61", driver="580.95")
    assert not judge(machine, took("2.0.0+cu126"), CATALOGUE).certain
    assert judge(machine, took("1.0.0+cu118"), CATALOGUE).certain


@pytest.mark.parametrize(
    ("code", "card", "embedded", "runs"),
    [
        ("sm_80", "sm_89", False, True),
        ("sm_86", "sm_80", False, False),
        ("sm_80", "sm_90", False, False),
        ("sm_90a", "sm_90", False, True),
        ("sm_90a", "sm_91", False, False),
        ("sm_100", "sm_120", False, False),
        ("sm_120", "sm_121", False, True),
        ("sm_80", "sm_87", True, False),
        ("sm_87", "sm_87", True, True),
        ("gfx1030", "gfx1030", False, True),
        ("gfx1030", "gfx1031", False, False),
    ],
)
def test_machine_code(code: str, card: str, *, embedded: bool, runs: bool) -> None:
    assert has_code(code, card, embedded=embedded) is runs


def test_ptx() -> None:
    assert compiles("sm_90", "sm_120")
    assert not compiles("sm_120", "sm_90")
    assert not compiles("sm_90a", "sm_120")
    assert not compiles("gfx1030", "gfx1030")
