"""Whether this machine can compile a package, and who agreed to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api.compiled.agreeing import agree
from torchup.api.compiled.build_settings import BUILT_FOR, builds_again, jobs
from torchup.api.compiled.building import is_sdist
from torchup.api.stacks.choosing import Choice
from torchup.errors import NoAnswerError
from torchup.facts.wheels import load_wheels
from torchup.model import (
    Artifact,
    Cpu,
    EnvRecord,
    Machine,
    Os,
    Requirement,
    Resolution,
)
from unit.api.workshop import FLASH, MACHINE, NEEDS, STACK, Workshop, context

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.compiled.fitted import Fitted
    from torchup.host.real import RealHost


def choice(*fitted: Fitted) -> Choice:
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK)
    return Choice(resolution=answer, places=None, fitted=fitted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "code"),
    [
        (Workshop(compiler=False, cuda="12.8"), "build.no-compiler"),
        (Workshop(), "build.no-nvcc"),
        (Workshop(cuda="11.8.0"), "build.wrong-nvcc"),
        (Workshop(cuda="12.6.3"), "build.not-agreed"),
    ],
)
def test_the_first_thing_that_is_missing_is_named(
    host: RealHost, code: str, tmp_path: Path
) -> None:
    with pytest.raises(NoAnswerError) as caught:
        agree(context(tmp_path, host), choice(FLASH), MACHINE)
    assert caught.value.code == code


def test_too_little_memory_is_named_before_anything_is_compiled(tmp_path: Path) -> None:
    small = Machine(os=Os(system="linux"), arch="x86_64", memory_mib=4000)
    with pytest.raises(NoAnswerError, match=r"build\.no-memory.*9 GB.*4 GB"):
        agree(context(tmp_path, Workshop(cuda="12.8")), choice(FLASH), small)


def test_agreeing_beforehand_does_not_make_a_toolkit(tmp_path: Path) -> None:
    session = context(tmp_path, Workshop())
    session.builds = frozenset({"flash-attn"})
    with pytest.raises(NoAnswerError, match=r"build\.no-nvcc"):
        agree(session, choice(FLASH), MACHINE)


def test_a_yes_is_noted_and_asked_for_once(tmp_path: Path) -> None:
    asked: list[str] = []
    session = context(tmp_path, Workshop(cuda="12.8"))
    session.agree = lambda one: not asked.append(one.name)  # type: ignore[func-returns-value]
    agree(session, choice(FLASH), MACHINE)
    agree(session, choice(FLASH), MACHINE)
    assert asked == ["flash-attn"]


def test_nobody_is_asked_where_nothing_will_be_done(tmp_path: Path) -> None:
    agree(context(tmp_path, Workshop(compiler=False)), choice(FLASH), MACHINE, dry_run=True)


@pytest.mark.parametrize(("free_gib", "cores", "count"), [(40, 64, 4), (100, 2, 2), (4, 8, 1)])
def test_as_many_compilers_run_as_the_memory_holds(
    free_gib: int, cores: int, count: int, tmp_path: Path
) -> None:
    machine = Machine(os=Os(system="linux"), arch="x86_64", cpu=Cpu(cores=cores))
    assert jobs(context(tmp_path, Workshop(free_gib=free_gib)), NEEDS, machine) == count


def test_a_build_is_told_the_cards_and_kept_apart_by_the_stack(tmp_path: Path) -> None:
    record = EnvRecord(
        name="demo",
        path=str(tmp_path),
        backend="uv",
        created="2026-01-01",
        stack=STACK,
        requirement=Requirement(),
        artifacts=(
            Artifact(name="torch-scatter", version="2.1.2", url="https://x/torch_scatter.tar.gz"),
            Artifact(name="einops", version="0.8.1", url="https://x/einops-0.8.1.whl"),
        ),
    )
    (found,) = builds_again(context(tmp_path, Workshop()), record, MACHINE)
    assert found.variables == {
        BUILT_FOR: "torch 2.9.1+cu128",
        "FORCE_CUDA": "1",
        "TORCH_CUDA_ARCH_LIST": "8.6;9.0",
    }
    assert load_wheels(["torch-scatter"], "torch")["torch-scatter"].table.compiles is not None


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("https://files.example.org/ab/cd/kernels-1.0.tar.bz2", True),
        ("https://files.example.org/ab/cd/kernels-1.0.tar.gz#sha256=0", True),
        ("https://conda.example.org/forge/noarch/kernels-1.0-py_0.tar.bz2", False),
        ("file:///channels/forge/linux-64/kernels-1.0-py311_0.tar.bz2", False),
        ("https://files.example.org/kernels-1.0-py3-none-any.whl", False),
    ],
)
def test_an_older_package_of_condas_is_no_source_distribution(url: str, *, sources: bool) -> None:
    assert is_sdist(Artifact(name="kernels", version="1.0", url=url)) is sources
