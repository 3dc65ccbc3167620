"""The commands printed with ways out: each is taken, and leads somewhere."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from torchup.cli.session import Given
from torchup.cli.ways import command_for
from torchup.model import Gpu, Machine, NearMiss, Os, Requirement, text
from unit.resolve.machinery import choose, machine

if TYPE_CHECKING:
    from torchup.model import Resolution

pytestmark = pytest.mark.slow

AMPERE = machine("sm_86", driver="580.65.06")
NO_GPU = machine()
MUSL = machine(os=Os(system="linux", libc="musl 1.2"))
ARC = Machine(
    os=Os(system="linux", libc="glibc 2.35"),
    arch="x86_64",
    gpus=(Gpu(vendor="intel", name="Intel Arc A770 Graphics", arch="dg2"),),
    drivers=(),
)
M1 = Machine(
    os=Os(system="macos", version="14.5"),
    arch="arm64",
    gpus=(Gpu(vendor="apple", name="Apple M1", arch="apple-m1"),),
    drivers=(),
)
FLAGS = {"--cpu": "cpu", "--nightly": "nightly"}
VALUES = {"--python": "python", "--build": "build", "--as-of": "as_of"}


def taken(command: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The packages and the options of a printed command."""
    words = iter(shlex.split(command))
    assert [next(words) for _ in range(3)] == ["torchup", "create", "NAME"]
    packages: list[str] = []
    options: dict[str, Any] = {}
    for word in words:
        if word in FLAGS:
            options[FLAGS[word]] = True
        elif word == "--no-companions":
            options["companions"] = False
        elif word == "--use-gpu":
            options["use_gpus"] = (*options.get("use_gpus", ()), next(words))
        elif word in VALUES:
            options[VALUES[word]] = next(words)
        else:
            assert not word.startswith("--"), command
            packages.append(word)
    return tuple(packages), options


def commands(found: Resolution) -> list[str]:
    """What is printed with the ways out; empty where none is."""
    return [command_for(near, found.requirement) for near in found.near_misses]


@pytest.mark.parametrize(
    ("here", "packages", "asked"),
    [
        (AMPERE, ("torch==2.4.1", "torchvision==0.15.2"), {}),
        (AMPERE, ("torchvision==99",), {}),
        (AMPERE, ("torchaudio>=2.12",), {}),
        (AMPERE, ("torchvision==0.15.0",), {}),
        (AMPERE, ("torch==2.5.1", "torchvision"), {"python": "3.13"}),
        (AMPERE, ("torchvision==0.20.1",), {"python": "3.13"}),
        (AMPERE, ("torchvision==0.20.1", "torchaudio==2.4.1"), {}),
        (AMPERE, ("torchvision==99", "torchaudio==99"), {"use_gpus": ("0",)}),
        (AMPERE, ("torch==2.4.1",), {"build": "cu132", "companions": False}),
        (NO_GPU, ("torch==2.4.1", "torchvision==0.15.2"), {}),
        (NO_GPU, ("torchvision==0.20.1",), {"python": "3.13", "cpu": True}),
        (NO_GPU, (), {"build": "rocm9.9"}),
        (ARC, (), {"python": "3.8"}),
        (M1, ("torch==1.10.0",), {}),
    ],
)
def test_what_is_printed_leads_to_a_stack(
    here: Machine, packages: tuple[str, ...], asked: dict[str, Any]
) -> None:
    found = choose(here, *packages, **asked)
    assert found.outcome == "none"
    printed = [one for one in commands(found) if one]
    assert printed
    for command in printed:
        names, options = taken(command)
        followed = choose(here, *names, **options)
        assert followed.outcome == "ok", command


def test_the_version_that_belongs_is_named() -> None:
    found = choose(AMPERE, "torch==2.4.1", "torchvision==0.15.2")
    assert commands(found) == [
        "torchup create NAME torch==2.0.1 --build cu118",
        "torchup create NAME torch==2.4.1 torchvision==0.19.1 --build cu124",
    ]


def test_the_python_with_everything_is_offered() -> None:
    for packages in (("torch==2.5.1", "torchvision"), ("torchvision==0.20.1",)):
        found = choose(AMPERE, *packages, python="3.13")
        (said,) = found.reasons
        assert (said.code, said.subject) == ("companion-no-python", "torchvision 0.20.1")
        near = next(one for one in found.near_misses if one.remedy.code == "remedy.python")
        assert (near.stack.packages["torch"], near.stack.build) == ("2.5.1", "cu124")
        assert near.stack.packages["torchvision"] == "0.20.1"
        command = f"torchup create NAME {' '.join(packages)} --python 3.12"
        assert command_for(near, found.requirement) == command


def test_a_young_python_is_not_the_one_to_take() -> None:
    found = choose(ARC, python="3.8")
    assert "torchup create NAME --python 3.14" in commands(found)


def test_what_was_asked_besides_is_kept() -> None:
    found = choose(AMPERE, "torchvision==99", use_gpus=("0",), python="3.12")
    (command,) = commands(found)
    assert command.endswith("--python 3.12 --build cu132 --use-gpu 0")
    (near,) = found.near_misses
    asked = Requirement(packages=("rich", "torch==9"), as_of="2025-01-01", companions=False)
    ask = NearMiss(stack=near.stack, reasons=(), remedy=text("remedy.ask", stack="x"))
    assert command_for(ask, asked) == (
        "torchup create NAME torch==2.15.0 rich --build cu132 --no-companions --as-of 2025-01-01"
    )


def test_a_machine_without_gpu_is_offered_the_cpu_first() -> None:
    first = commands(choose(NO_GPU, build="rocm9.9"))[0]
    assert first.endswith(" --cpu")


def test_the_build_for_apples_gpu_is_not_a_cpu_build() -> None:
    found = choose(M1, "torch==1.10.0")
    near = found.near_misses[0]
    assert near.stack.device == "mps"
    assert "--cpu" not in command_for(near, found.requirement)


def test_a_file_is_named_as_it_was() -> None:
    given = Given(files=("req.txt",), in_files=("numpy<2", "requests"), wheels="wheels")
    found = choose(AMPERE, "torch==2.4.1", "torchvision==0.15.2", "numpy<2", "requests")
    near = found.near_misses[0]
    assert command_for(near, found.requirement, given) == (
        "torchup create NAME torch==2.0.1 --build cu118 -r req.txt --wheels wheels"
    )


def test_a_file_that_asks_for_what_must_change_is_written_out() -> None:
    given = Given(files=("req.txt",), in_files=("torch==2.4.1", "torchvision==0.15.2", "rich"))
    found = choose(AMPERE, *given.in_files)
    near = found.near_misses[0]
    assert command_for(near, found.requirement, given) == (
        "torchup create NAME torch==2.0.1 rich --build cu118"
    )
