"""The real conda lists, activates, changes and removes what torchup made, and the other way round.

It runs where there is a conda: on the search path, or named by ``TORCHUP_TEST_CONDA``. Without
Anaconda's installer it can be put together from its own sources, which are plain Python:
``pip install git+https://github.com/conda/menuinst git+https://github.com/conda/conda`` into a
virtual environment, and a folder ``conda-meta`` in that.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from condachannels import SUBDIR, make_forge
from condamaker import PREFIX, index, make_package

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

CONDA = os.environ.get("TORCHUP_TEST_CONDA") or shutil.which("conda")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CONDA is None, reason="there is no conda here"),
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channels have packages for Linux",
    ),
]
_NOT_ROOT = """\
import os, sys
os.getuid = os.geteuid = lambda: 1000
from conda.cli import main
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
"""
"""conda asks the list of every user's home where it is root, and of its own where it isn't."""


class Conda:
    """conda, in torchup's home and without a network."""

    def __init__(self, torchup: Torchup, channel: Path) -> None:
        self._env = torchup.env | {"CONDA_OFFLINE": "true", "CONDA_NOTIFY_OUTDATED_CONDA": "false"}
        self._env["CONDA_PKGS_DIRS"] = str(torchup.root / "pkgs")
        self._env["CONDA_SOLVER"] = "classic"  # conda's own; libmamba's is a package beside it
        self.channel = ("--override-channels", "-c", channel.as_uri())

    def __call__(self, *arguments: str) -> str:
        return self._run(str(CONDA), *arguments)

    def document(self, *arguments: str) -> Any:  # noqa: ANN401  # conda's own
        return json.loads(self(*arguments, "--json"))

    def environments(self) -> list[str]:
        """What ``conda env list`` names, asked as somebody who isn't root."""
        root = json.loads(self("info", "--json"))["sys.prefix"]
        program = f"{root}/bin/python"
        found: list[str] = json.loads(self._run(program, "-c", _NOT_ROOT, "env", "list", "--json"))[
            "envs"
        ]
        return found

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    make_forge(tmp_path)
    channel = tmp_path / "conda-forge"
    for version in ("1.0", "2.0"):
        files = {"bin/foo": f"#!/bin/sh\necho {version} {PREFIX}\n"}
        make_package(channel, "foo", version, subdir=SUBDIR, files=files)
    make_package(channel, "bar", "1.0", files={"share/bar": "bar"})
    index(channel)
    return channel


@pytest.fixture
def conda(torchup: Torchup, channel: Path) -> Conda:
    return Conda(torchup, channel)


@pytest.fixture
def work(torchup: Torchup, channel: Path) -> Path:
    options = ("--backend", "conda", "--channel", str(channel), "--no-verify")
    done = torchup("create", "work", "torch==2.12.1", "foo==1.0", *options)
    assert done.code == 0, done
    return torchup.home / "envs" / "work"


def test_conda_lists_activates_and_removes_it(conda: Conda, work: Path) -> None:
    assert str(work) in conda.environments()
    listed = {one["name"]: one for one in conda.document("list", "-p", str(work))}
    assert listed["pytorch"]["version"] == "2.12.1"
    assert listed["pytorch"]["build_string"].startswith("cpu_")
    lines = conda("shell.posix", "activate", str(work))
    script = f"{lines}\nfoo; echo $CONDA_PREFIX"
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [f"1.0 {work}", str(work)]
    assert "+pytorch-2.12.1" in conda("list", "--revisions", "-p", str(work))
    conda("env", "remove", "-y", "-p", str(work))
    assert not (work / "conda-meta").exists()
    assert str(work) not in conda.environments()


def test_both_change_it_in_turn(torchup: Torchup, conda: Conda, work: Path) -> None:
    at = ("-y", "-p", str(work), *conda.channel)
    conda("install", *at, "bar")
    assert torchup("add", "-n", "work", "tabulate", "--no-verify").code == 0
    names = {one["name"] for one in conda.document("list", "-p", str(work))}
    assert {"bar", "tabulate", "pytorch"} <= names
    conda("update", *at, "--all")
    listed = {one["name"]: one["version"] for one in conda.document("list", "-p", str(work))}
    assert listed["pytorch"] == "2.12.1", "its build is pinned"
    assert torchup("upgrade", "-n", "work", "torch==2.13.0", "--no-verify").code == 0
    assert torchup("remove", "-n", "work", "tabulate", "--no-verify").code == 0
    conda("remove", *at, "bar")
    said = conda("list", "--revisions", "-p", str(work))
    assert "pytorch  {2.12.1" in said.replace("     pytorch", "pytorch")
    names = {one["name"] for one in conda.document("list", "-p", str(work))}
    assert not {"bar", "tabulate"} & names
    assert torchup("show", "work").code == 0
    assert torchup("verify", "work", "--quick").code == 0


def test_torchup_copies_and_changes_what_conda_made(
    torchup: Torchup, conda: Conda, tmp_path: Path
) -> None:
    made = tmp_path / "theirs"
    wanted = ("python", "pytorch=2.12.1=cpu*", "foo=1.0", "bar")
    conda("create", "-y", "-p", str(made), *conda.channel, *wanted)
    shown = torchup("show", str(made), "--json").document("torchup.environment/v1")
    assert shown["packages"]["torch"] == "2.12.1+cpu"
    assert torchup("clone", str(made), "copy").code == 0
    copy = torchup.home / "envs" / "copy"
    assert (copy / "bin" / "foo").read_text().endswith(f"1.0 {copy}\n")
    done = torchup("add", "-n", "copy", "tabulate", "--no-verify")
    assert done.code == 0, done
    names = {one["name"] for one in conda.document("list", "-p", str(copy))}
    assert {"bar", "foo", "tabulate"} <= names
    assert torchup("repair", "copy", "--dry-run").code == 0
    assert torchup("delete", str(made), "--yes").code == 0
    assert not made.exists()
