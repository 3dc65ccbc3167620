"""The tutorial's commands, run as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from condachannels import make_forge
from condamaker import MINOR, index, make_package, python_files
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "a-students-day.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands() -> list[str]:
    blocks = _BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ") for line in lines]


def walk(torchup: Torchup, lines: list[str]) -> dict[str, str]:
    """Run the commands in one shell's surroundings, and return what each of them said."""
    script = torchup.root / "bin" / "torchup"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m torchup "$@"\n')
    script.chmod(0o755)
    env = torchup.env | {"PATH": f"{script.parent}:{torchup.env['PATH']}"}
    said: dict[str, str] = {}
    for command in lines:
        done = subprocess.run(
            ["sh", "-c", command],
            env=env,
            cwd=torchup.root,
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )
        # compare ends with 1 where two environments differ, as diff does
        fine = (0, 1) if " compare " in command else (0,)
        assert done.returncode in fine, (command, done)
        assert "Traceback" not in done.stdout + done.stderr
        said[command] = done.stdout
    return said


def test_a_students_day(own: IndexServer, tmp_path: Path) -> None:
    make_wheel(own.root / "simple", "tqdm", "4.66.0")
    torchup = Torchup(tmp_path, **sources_of(own))
    said = walk(torchup, commands())
    assert "tqdm" in said["torchup add tqdm --dry-run"]
    assert "torch==" in (tmp_path / "requirements.txt").read_text(encoding="utf-8")
    assert torchup.left() == []


@pytest.mark.skipif(sys.platform != "linux", reason="the local channel has packages for Linux")
def test_the_same_day_with_conda_s_packages(tmp_path: Path) -> None:
    """The first command is another one, and the file to hand in; the channel is ``.condarc``'s."""
    make_forge(tmp_path / "channels")
    forge = tmp_path / "channels" / "conda-forge"
    modules = {"tqdm/__init__.py": "", "tqdm/auto.py": ""}
    files = python_files("tqdm", "4.66.0", modules, minor=MINOR)
    make_package(forge, "tqdm", "4.66.0", files=files, depends=("python >=3.7",))
    index(forge)
    home = tmp_path / "student"
    home.mkdir()
    (home / ".condarc").write_text(f"channel_alias: {(tmp_path / 'channels').as_uri()}\n")
    torchup = Torchup(home)
    first, *rest = commands()
    plain, theirs = "requirements -o requirements.txt", "environment -o environment.yml"
    said = walk(torchup, [f"{first} --backend conda", *(x.replace(plain, theirs) for x in rest)])
    assert "(conda)" in said["torchup add tqdm --dry-run"]
    assert "pytorch=2.13.0=cpu" in (home / "environment.yml").read_text(encoding="utf-8")
    assert torchup.left() == []
