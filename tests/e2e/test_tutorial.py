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


def test_a_students_day(own: IndexServer, tmp_path: Path) -> None:
    make_wheel(own.root / "simple", "tqdm", "4.66.0")
    torchup = Torchup(tmp_path, **sources_of(own))
    script = tmp_path / "bin" / "torchup"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m torchup "$@"\n')
    script.chmod(0o755)
    env = torchup.env | {"PATH": f"{script.parent}:{torchup.env['PATH']}"}
    said: dict[str, str] = {}
    for command in commands():
        done = subprocess.run(
            ["sh", "-c", command],
            env=env,
            cwd=tmp_path,
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
    assert "tqdm" in said["torchup add tqdm --dry-run"]
    assert "torch==" in (tmp_path / "requirements.txt").read_text(encoding="utf-8")
    assert torchup.left() == []
