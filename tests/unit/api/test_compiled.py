"""Packages with compiled code: the system, the card and the CUDA that their wheels are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api.context import Context
from torchup.api.stacks.planning import choose
from torchup.model import Driver, Gpu, Machine, Os, Requirement, Resolution
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from torchup.model.machine import System

CODES = {"pinned-system", "pinned-system-wsl", "pinned-runtime", "pinned-card"}


def chosen(
    *packages: str,
    arch: str = "sm_89",
    driver: str = "580.65.06",
    system: System = "linux",
    build: str | None = None,
) -> Resolution:
    machine = Machine(
        os=Os(system=system, libc="glibc 2.39" if system == "linux" else None),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia", name=f"card {arch}", arch=arch),),
        drivers=(Driver(vendor="nvidia", version=driver),),
    )
    asked = Requirement(packages=packages, build=build, today="2026-11-21")
    context = Context(FileHost(env={"HOME": "/home/me"}, files={}), Home("/home/me/torchup"))
    return choose(context, machine, asked, live=False).resolution


def told(answer: Resolution) -> list[tuple[str, str]]:
    return [(one.code, one.effect) for one in answer.reasons if one.code in CODES]


@pytest.mark.parametrize(
    ("line", "system", "code"),
    [
        ("vllm==0.6.3", "windows", "pinned-system-wsl"),
        ("xformers==0.0.28", "windows", "pinned-system-wsl"),
    ],
)
def test_a_pin_without_a_wheel_for_the_system(line: str, system: System, code: str) -> None:
    answer = chosen(line, system=system)
    assert answer.outcome == "none"
    assert told(answer) == [(code, "reject")]
    (near,) = answer.near_misses
    assert near.stack.packages["torch"] == chosen(system=system).stack.packages["torch"]  # type: ignore[union-attr]
    assert near.remedy.args["pin"] == line


def test_a_name_without_a_wheel_for_the_system_is_warned_of() -> None:
    answer = chosen("vllm", system="windows")
    assert answer.outcome == "ok"
    assert told(answer)[0] == ("pinned-system-wsl", "warn")


def test_one_with_a_wheel_for_the_system() -> None:
    assert chosen("xformers==0.0.30", system="windows").outcome == "ok"
    assert chosen("xformers==0.0.28", system="linux").outcome == "ok"


@pytest.mark.parametrize(
    ("line", "arch", "warned"),
    [
        ("vllm==0.6.3", "sm_61", True),
        ("vllm==0.6.3", "sm_70", False),
        ("flash-attn==2.8.3", "sm_75", True),
        ("flash-attn==1.0.9", "sm_75", False),
        ("flash-attn==2.8.3", "sm_80", False),
    ],
)
def test_a_card_below_what_the_kernels_run_on(line: str, arch: str, warned: bool) -> None:  # a case
    answer = chosen(line, arch=arch)
    assert answer.outcome == "ok"
    assert (("pinned-card", "warn") in told(answer)) == warned


def test_the_build_follows_the_wheel() -> None:
    """0.0.34 was compiled for CUDA 12; the release's preferred build here is one of CUDA 13."""
    plain = chosen("torch==2.10.0").stack
    answer = chosen("xformers==0.0.34")
    assert plain is not None
    assert answer.stack is not None
    assert plain.runtime.startswith("13.")
    assert (answer.stack.packages["torch"], answer.stack.runtime[:3]) == ("2.10.0", "12.")
    assert told(answer) == [("pinned-runtime", "prefer")]
    assert not [one for one in answer.near_misses if one.stack.runtime.startswith("13.")]


def test_no_build_for_the_wheel_is_started_by_the_driver() -> None:
    answer = chosen("vllm==0.30.0", driver="550.54.15")
    assert answer.outcome == "none"
    assert ("pinned-runtime", "reject") in told(answer)
    assert {"remedy.pin", "remedy.driver"} <= {one.remedy.code for one in answer.near_misses}


def test_a_build_that_was_asked_for_is_obeyed_with_a_warning() -> None:
    answer = chosen("vllm==0.30.0", driver="550.54.15", build="cu126")
    assert answer.stack is not None
    assert answer.stack.build == "cu126"
    assert told(answer) == [("pinned-runtime", "warn")]


def test_two_pins_for_different_runtimes() -> None:
    answer = chosen("torch-tensorrt==2.14.0", "xformers==0.0.34")
    assert answer.outcome == "none"
    without = {one.remedy.args["pin"]: one.stack.runtime for one in answer.near_misses}
    assert without["torch-tensorrt==2.14.0"].startswith("12.")
    assert without["xformers==0.0.34"].startswith("13.")
