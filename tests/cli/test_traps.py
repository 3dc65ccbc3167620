"""Known traps on the way to a lock: what is held back, what is obeyed, what can't be helped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from cli.fakeframework import numpy_files
from cli.fixtures import needs_world, sources_of
from cli.process import CPU, Torchup
from cli.world import FILELOCK, PIP, add_torch
from indexserver import IndexServer
from torchup.errors import EXIT_DONE
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [needs_world, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexServer]:
    root = tmp_path_factory.mktemp("traps")
    add_torch(root, "2.2.2", "cpu", requires=("filelock", "numpy"))
    add_torch(root, "2.13.0", "cpu")
    for version in ("3.7.2", "3.9.0"):
        make_wheel(root / "whl" / "cpu", "triton", version)
    simple = root / "simple"
    for version in ("1.26.9", "2.1.0"):
        make_wheel(simple, "numpy", version, files=numpy_files(version))
    make_wheel(simple, "filelock", FILELOCK)
    make_wheel(simple, "pip", PIP)
    for version in ("2.10.1", "2.21.0"):
        make_wheel(simple, "tensorboard", version, requires=["numpy"])
    make_wheel(simple, "old-tool", "1.0", requires=["tensorboard<2.11"])
    make_wheel(simple, "newest-only", "1.0", requires=["numpy>=2"])
    make_wheel(simple, "opencv-python", "4.9.0.80", requires=["numpy", "newest-only"])
    with IndexServer(root).start() as found:
        yield found


def dry_run(server: IndexServer, root: Path, *packages: str, stack: tuple[str, ...] = CPU) -> Any:  # noqa: ANN401  # a document
    torchup = Torchup(root, **sources_of(server))
    done = torchup("create", "x", *stack, *packages, "--dry-run", "--json")
    assert done.code == EXIT_DONE, done
    return done.document("torchup.plan/v1")


def locked(found: Any) -> dict[str, str]:  # noqa: ANN401  # a document
    return {one["name"]: one["version"] for one in found["artifacts"]}


def traps(found: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401  # a document
    """The code, subject and cause of every reason that speaks of a trap."""
    return [
        (one["code"], one["subject"], one["about"])
        for one in found["reasons"]
        if one["code"].startswith("trap-")
    ]


def command(found: Any) -> list[str]:  # noqa: ANN401  # a document
    """What the step that installs would run."""
    return next(one["command"] for one in found["steps"] if one["id"] == "install")


def test_nothing_is_held_back_without_need(server: IndexServer, tmp_path: Path) -> None:
    found = dry_run(server, tmp_path)
    assert locked(found)["numpy"] == "2.1.0"
    assert "triton" not in locked(found)
    assert traps(found) == []
    assert "numpy" in command(found)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="torch 2.2 has no wheel for this Python")
def test_an_old_framework_gets_the_numpy_it_was_built_for(
    server: IndexServer, tmp_path: Path
) -> None:
    found = dry_run(server, tmp_path, stack=("--cpu", "--quick", "torch==2.2.2"))
    assert locked(found)["numpy"] == "1.26.9"
    assert traps(found) == [("trap-constrains", "numpy<2", "torch 2.2.2")]
    assert "numpy<2" in command(found)


def test_the_compiler_that_belongs_to_the_framework(server: IndexServer, tmp_path: Path) -> None:
    found = dry_run(server, tmp_path, "triton")
    assert locked(found)["triton"] == "3.7.2"
    assert traps(found) == [("trap-pairs", "triton==3.7.*", "torch 2.13.0")]
    reason = next(one for one in found["reasons"] if one["code"] == "trap-pairs")
    assert reason["fact"]["key"] == "traps.triton-2.13"
    assert "triton==3.7.*" in command(found)


def test_what_only_the_first_solve_shows_is_solved_again(
    server: IndexServer, tmp_path: Path
) -> None:
    found = dry_run(server, tmp_path, "old-tool")
    assert locked(found)["tensorboard"] == "2.10.1"
    assert locked(found)["numpy"] == "1.26.9"
    assert ("trap-constrains", "numpy<2", "tensorboard 2.10.1") in traps(found)
    assert "numpy<2" in command(found)
    assert "numpy" not in command(found)


def test_the_users_pin_is_obeyed_with_a_warning(server: IndexServer, tmp_path: Path) -> None:
    found = dry_run(server, tmp_path, "old-tool", "numpy==2.1.0")
    assert locked(found)["numpy"] == "2.1.0"
    warned = [one for one in found["reasons"] if one["code"] == "trap-asked"]
    assert [(one["subject"], one["needs"], one["effect"]) for one in warned] == [
        ("numpy==2.1.0", "numpy<2", "warn")
    ]
    assert "bool8" in warned[0]["text"]
    assert "numpy<2" not in command(found)


def test_a_pin_that_fits_is_kept(server: IndexServer, tmp_path: Path) -> None:
    found = dry_run(server, tmp_path, "old-tool", "numpy>=1.20")
    assert locked(found)["numpy"] == "1.26.9"
    assert [code for code, _, _ in traps(found)] == ["trap-constrains"]


def test_what_cannot_be_met_is_left_with_a_warning(server: IndexServer, tmp_path: Path) -> None:
    found = dry_run(server, tmp_path, "opencv-python==4.9.0.80", "old-tool")
    assert locked(found)["numpy"] == "2.1.0"
    assert set(traps(found)) == {
        ("trap-unmet", "numpy<2", "opencv-python 4.9.0.80"),
        ("trap-unmet", "numpy<2", "tensorboard 2.10.1"),
    }
    assert {one["effect"] for one in found["reasons"] if one["code"] == "trap-unmet"} == {"warn"}
    assert "numpy<2" not in command(found)


def test_the_screen_has_one_line_and_the_details_have_all(
    server: IndexServer, tmp_path: Path
) -> None:
    torchup = Torchup(tmp_path, **sources_of(server))
    asked = ("create", "x", *CPU, "triton", "old-tool", "--dry-run")
    short, long = torchup(*asked), torchup(*asked, "-v")
    assert short.code == long.code == EXIT_DONE
    assert sum(word in short.out for word in ("triton==3.7.*", "numpy<2")) == 1
    assert all(word in long.out for word in ("triton==3.7.*", "numpy<2", "traps.npbool8"))
