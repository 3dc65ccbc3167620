"""Several frameworks in one environment: one Python and one major version of CUDA."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_catalogue
from torchup.model import Driver, Gpu, Machine, Os, Requirement
from torchup.resolve.several import Asking, Several, joined, of_major

DAY = "2026-11-30"


def machine(arch: str, driver: str) -> Machine:
    card = Gpu(index=0, vendor="nvidia", name=f"card {arch}", arch=arch)
    return Machine(
        os=Os(system="linux", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(card,),
        drivers=(Driver(vendor="nvidia", version=driver),),
    )


def several(there: Machine, *lines: str, python: str | None = None) -> Several:
    askings = tuple(
        Asking(
            name=line.partition("=")[0],
            catalogue=load_catalogue(line.partition("=")[0]),
            requirement=Requirement(packages=(line,), today=DAY, python=python),
        )
        for line in lines
    )
    return Several(there, askings, None)


@pytest.mark.parametrize(
    ("arch", "driver", "lines", "builds"),
    [
        ("sm_89", "580.65.06", ("torch", "jax"), ("cu132", "cu13")),
        ("sm_89", "550.54.14", ("torch", "jax"), ("cu126", "cu12")),
        ("sm_61", "580.65.06", ("torch", "jax"), ("cu126", "cu12")),
        ("sm_89", "580.65.06", ("torch", "tensorflow"), ("cu126", "cu125")),
        ("sm_89", "580.65.06", ("tensorflow", "jax"), ("cu125", "cu12")),
        ("sm_61", "580.65.06", ("torch", "tensorflow", "jax"), ("cu126", "cu125", "cu12")),
    ],
)
def test_they_share_a_python_and_a_cuda(
    arch: str, driver: str, lines: tuple[str, ...], builds: tuple[str, ...]
) -> None:
    found = several(machine(arch, driver), *lines).best()
    assert found is not None
    assert tuple(one.build for one in found.values()) == builds
    assert len({one.python for one in found.values()}) == 1
    assert len({one.runtime.partition(".")[0] for one in found.values()}) == 1


def test_where_nothing_goes_together_each_is_named() -> None:
    asked = several(machine("sm_86", "580.65.06"), "torch==1.13.1", "jax==0.12.0")
    assert asked.best() is None
    said = asked.not_together()
    assert (said.subject, said.has) == (
        "torch 1.13.1+cu117 (Python 3.10)",
        "jax 0.12.0+cu13 (Python 3.14)",
    )
    near = [
        [f"{name} {one.packages[name]}" for name, one in found.items()] for found in asked.nearest()
    ]
    assert near == [[f"torch {load_catalogue().releases[0].version}", "jax 0.12.0"]]


def test_one_that_has_no_answer_alone_has_none_together() -> None:
    asked = several(machine("sm_86", "470.82.01"), "torch", "jax")
    assert asked.lacking() == ("jax",)


def test_a_python_that_is_asked_for_is_kept() -> None:
    found = several(machine("sm_89", "580.65.06"), "torch", "jax", python="3.11").best()
    assert found is not None
    assert {one.python for one in found.values()} == {"3.11"}
    assert found["jax"].packages["jax"] == "0.10.2"


def test_one_stack_is_made_of_them() -> None:
    stacks = several(machine("sm_89", "550.54.14"), "torch", "jax").best()
    assert stacks is not None
    whole, (said,) = joined(stacks, {"12.6": "525.60.13", "12.9": "525.60.13"})
    assert whole.build == "cu126"
    assert "jax[cuda12]==0.12.0.1" in whole.lines
    assert "torch==2.14.1+cu126" in whole.lines
    assert (said.code, said.needs, said.has) == ("together", "525.60.13", "CUDA 12")


def test_a_major_version_leaves_other_devices_alone() -> None:
    narrowed = of_major(load_catalogue("torch"), "12").release("2.14.1")
    assert narrowed is not None
    assert {one.runtime.partition(".")[0] for one in narrowed.builds if one.device == "cuda"} == {
        "12"
    }
    assert any(one.device == "rocm" for one in narrowed.builds)
