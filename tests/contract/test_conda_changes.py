"""What is conda's alone: an environment that is changed from one lock to another."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from contract.worlds import of_conda
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the local channel has packages for Linux"
)


def quiet(_name: str, _done: int, _total: int) -> None:
    pass


def test_a_change_is_written_into_the_history(tmp_path: Path) -> None:
    world = of_conda(tmp_path / "world")
    home, path = Home(tmp_path / "home"), tmp_path / "home" / "envs" / "work"
    first = replace(world.inputs, requirements=("numpy", "tabulate"))
    conda = world.inputs.conda
    assert conda is not None
    older = (conda.specs[0], "pytorch ==2.12.1 cpu*", "torchvision ==0.27.1", "pip")
    second = replace(
        world.inputs, conda=replace(conda, specs=older, pinned=older[1:2]), requirements=("numpy",)
    )
    pylock = tmp_path / "pylock.toml"
    world.backend.make(HOST, home, "", path)
    for asked in (first, second):
        lock, artifacts = world.backend.resolve(HOST, home, asked, tmp_path / "plan")
        pylock.write_text(lock)
        world.backend.update(HOST, home, path, pylock, artifacts, quiet, sources=asked.sources)
    there = world.backend.inspect(path, HOST)
    assert there["torch"] == "2.12.1+cpu"
    assert "tabulate" not in there
    assert not (path / "bin" / "tabulate").exists()
    told = (path / "conda-meta" / "history").read_text().split("==> ")[2].splitlines()
    gone = {line.rpartition("::")[2] for line in told if line.startswith("-")}
    come = {line.rpartition("::")[2] for line in told if line.startswith("+")}
    assert {one.rpartition("-")[0] for one in gone} == {
        "pytorch-2.13.0",
        "torchvision-0.28.0",
        "tabulate-0.9.0",
    }
    assert {one.rpartition("-")[0] for one in come} == {"pytorch-2.12.1", "torchvision-0.27.1"}
    assert (path / "conda-meta" / "pinned").read_text() == "pytorch ==2.12.1 cpu*\n"
    (record,) = (path / "conda-meta").glob("pytorch-*.json")
    assert json.loads(record.read_text())["requested_spec"] == "pytorch ==2.12.1 cpu*"


def test_a_file_of_somebody_s_own_stays(tmp_path: Path) -> None:
    world = of_conda(tmp_path / "world")
    home, path = Home(tmp_path / "home"), tmp_path / "home" / "envs" / "work"
    lock, artifacts = world.backend.resolve(HOST, home, world.inputs, tmp_path / "plan")
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(lock)
    world.backend.make(HOST, home, "", path)
    (path / "notes.txt").write_text("mine")
    for _ in range(2):
        world.backend.install(HOST, home, path, pylock, artifacts, quiet)
    assert (path / "notes.txt").read_text() == "mine"
    history = (path / "conda-meta" / "history").read_text()
    assert history.count("::numpy-") == 1, "the second time nothing came"
