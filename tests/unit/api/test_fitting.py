"""How a line that names a compiled package is answered by facts alone."""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

import pytest

from torchup.api.compiled.fitted import known_of
from torchup.api.stacks.planning import preview
from torchup.cli.building import allow_builds
from torchup.cli.session import Session
from torchup.model import Cpu, Driver, Gpu, Machine, Os, Requirement
from torchup.words import load_words
from torchup.words.reasons import reason_text
from unit.api.workshop import FLASH, Workshop, context

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.stacks.choosing import Choice

LINUX = Machine(
    os=Os(system="linux", libc="glibc 2.35"),
    arch="x86_64",
    cpu=Cpu(cores=8),
    gpus=(Gpu(name="NVIDIA GeForce RTX 3090", arch="sm_86", vendor="nvidia"),),
    drivers=(Driver(vendor="nvidia", version="550.54.15"),),
)


def chosen(folder: Path, *packages: str, **asked: str) -> Choice:
    requirement = Requirement(packages=packages, today="2026-11-30", **asked)  # type: ignore[arg-type]
    return preview(context(folder, Workshop()), LINUX, requirement, live=False, examine=False)


def release(choice: Choice) -> str:
    stack = choice.resolution.stack
    return f"{stack.packages['torch']}+{stack.build}" if stack else ""


@pytest.mark.parametrize(
    ("packages", "stack"),
    [
        (("flash-attn",), "2.8.0+cu126"),
        (("flash-attn==2.5.8",), "2.3.1+cu121"),
        (("torch-scatter", "mmcv"), "2.4.1+cu121"),
        (("torch-scatter", "mmcv", "torch<2.3"), "2.2.2+cu121"),
        (("mmcv<2",), "2.14.1+cu126"),
    ],
)
def test_the_newest_stack_with_all_the_wheels_is_chosen(
    packages: tuple[str, ...], stack: str, tmp_path: Path
) -> None:
    assert release(chosen(tmp_path, *packages)) == stack


def test_a_constraint_on_a_package_counts_as_its_line_does(tmp_path: Path) -> None:
    requirement = Requirement(
        packages=("flash-attn",), constraints=("flash-attn<2.6", "six<2"), today="2026-11-30"
    )
    session = context(tmp_path, Workshop())
    found = preview(session, LINUX, requirement, live=False, examine=False)
    assert release(found) == "2.3.1+cu121"


def test_a_pinned_torch_is_obeyed_and_the_nearest_one_named(tmp_path: Path) -> None:
    found = chosen(tmp_path, "torch==2.9.1", "flash-attn", python="3.12", build="cu128")
    assert release(found) == "2.9.1+cu128"
    said = [reason_text(one, load_words("en")) for one in found.resolution.reasons]
    assert any("nvcc 12.x" in one and "9 GB, 5-120 min" in one for one in said), said
    assert "flash-attn has wheels for torch 2.8.0+cu128." in said


def test_a_pin_beside_a_torch_that_it_was_not_compiled_for_is_warned_of(tmp_path: Path) -> None:
    found = chosen(tmp_path, "torch==2.8.0", "flash-attn==2.5.8", build="cu128")
    assert release(found) == "2.8.0+cu128"
    said = [reason_text(one, load_words("en")) for one in found.resolution.reasons]
    assert "flash-attn has wheels for torch 2.3.1+cu121 (Python 3.11)." in said, said


def test_a_python_without_a_wheel_is_left_where_nobody_asked_for_it(tmp_path: Path) -> None:
    found = chosen(tmp_path, "torch==2.9.1", "vllm", build="cu128")
    assert found.resolution.stack is not None
    assert found.resolution.stack.python == "3.13"


def test_what_can_be_had_in_no_way_is_a_no_with_the_ways_out(tmp_path: Path) -> None:
    found = chosen(tmp_path, "torch==2.5.1", "pyg-lib", python="3.12")
    assert found.resolution.outcome == "none"
    near = [f"{one.stack.packages['torch']}" for one in found.resolution.near_misses]
    assert near == ["2.2.2", "2.6.0"]


def test_a_line_about_versions_that_are_not_compiled_is_an_ordinary_one() -> None:
    assert not known_of(["mmcv<2"])
    assert not known_of(["mmcv==1.7.1", "numpy"])
    assert set(known_of(["mmcv>=1", "mmcv-full==1.7.0"])) == {"mmcv", "mmcv-full"}


@pytest.mark.parametrize(("typed", "agreed"), [("\n", False), ("n\n", False), ("y\n", True)])
def test_a_person_has_to_say_yes(
    typed: str,
    agreed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    session = Session(Workshop(), load_words("en"), {})
    session._context = context(tmp_path, Workshop())
    allow_builds(Namespace(builds=[], yes=False), session)
    assert session.context.agree(FLASH) == agreed
    assert "Compile flash-attn here? [y/N]" in capsys.readouterr().out


def test_yes_to_everything_is_no_yes_to_hours_of_compiling(tmp_path: Path) -> None:
    session = Session(Workshop(), load_words("en"), {})
    session._context = context(tmp_path, Workshop())
    allow_builds(Namespace(builds=["Flash_Attn"], yes=True), session)
    assert not session.context.agree(FLASH)
    assert session.context.builds == {"flash-attn"}
