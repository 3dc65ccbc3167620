"""The theory of setting up: conda's commands, one by one, on a machine without a card.

Environments are made, entered, listed, filled, searched and removed, beside an Anaconda whose
environments are seen and left alone until they are named.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.anaconda import Anaconda
from cli.fixtures import needs_world
from cli.test_page_commands import GUIDES, table
from walks.steps import everything, names, packages, right

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]


def test_environments_and_packages(bare: Torchup) -> None:
    right(bare, "create", "pytorch", "--python", "3.11", "--cpu", "--yes")
    right(bare, "create", "other", "--cpu", "--yes", "--no-verify")
    assert sorted(names(bare)) == ["other", "pytorch"]
    right(bare, "use", "pytorch")
    assert "pytorch" in right(bare, "use")
    listed = right(bare, "list").splitlines()
    assert [line[:2] for line in listed] == ["  ", "* "], "the current one has its star"
    assert listed[1].startswith("* pytorch ")
    asked = "python -c 'import sys; print(sys.prefix)'\n"
    entered = right(bare, "shell", "--shell", "bash", stdin=asked)
    assert entered.strip() == str(bare.home / "envs" / "pytorch")

    assert "pandas" not in packages(bare, "pytorch")
    right(bare, "add", "pandas", "filelock==3.12.0", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(bare, "pytorch")["filelock"] == "3.12.0"
    assert "pandas" not in packages(bare, "other")
    torch = packages(bare, "pytorch")["torch"]
    right(bare, "upgrade", "filelock==3.16.1", "-n", "pytorch", "--yes", "--no-verify")
    right(bare, "upgrade", "--all", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(bare, "pytorch")["torch"] == torch
    right(bare, "remove", "pandas", "-n", "pytorch", "--yes")
    left = packages(bare, "pytorch")
    assert "pandas" not in left
    assert left["torch"] == torch
    right(bare, "verify", "pytorch", "--quick")
    right(bare, "delete", "pytorch", "--yes")
    assert names(bare) == ["other"]
    assert not (bare.home / "envs" / "pytorch").exists()


def test_what_the_page_tells_to_type_in_bash(bare: Torchup) -> None:
    """The commands that differ by shell, typed as they stand, one session after another."""
    right(bare, "create", "pytorch", "--cpu", "--yes", "--no-verify")
    script = bare.root / "bin" / "torchup"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m torchup "$@"\n')
    script.chmod(0o755)
    (bare.root / "train.py").write_text("import cv2\n")
    env = bare.env | {"PATH": f"{script.parent}:{bare.env['PATH']}"}
    told = [row.typed["bash"] for row in table(GUIDES[0]) if "torchup " in row.typed["bash"]]
    enter, rest = told[0], [one for one in told[1:] if "--wheels" not in one]
    inside = f"{enter} && python -c 'import sys; print(sys.prefix)' && deactivate"
    said = {}
    for command in (inside, *rest):
        typed = command.replace("/data", str(bare.root / "data"))
        done = subprocess.run(
            ["bash", "-c", typed],
            env=env,
            cwd=bare.root,
            input=b"y\n",
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == int(typed.endswith("explain")), (typed, done)
        said[command] = done.stdout.decode()
    assert said[inside].strip() == str(bare.home / "envs" / "pytorch")
    (asked,) = [one for one in rest if one.endswith("torchup explain")]
    assert "opencv-python" in said[asked]
    assert "torchup" in (bare.root / ".bashrc").read_text()
    assert str(bare.root / "data" / "conda-envs") in (bare.root / ".condarc").read_text()


def test_searching(bare: Torchup) -> None:
    exact = right(bare, "search", "numpy")
    assert "1.26.9" in exact
    fuzzy = bare("search", "num")
    assert {"numpy", "numexpr"} <= set(fuzzy.out.replace(",", " ").split()), fuzzy


def test_beside_an_anaconda(bare: Torchup) -> None:
    anaconda = Anaconda(bare.root)
    anaconda.add_conda()
    before = everything(anaconda.base)
    listed = right(bare, "list", "--all")
    for name in ("conda:base", "conda:course", "conda:lab", "conda:plain"):
        assert name in listed
    assert "pandas" in right(bare, "packages", "-n", "conda:lab")
    assert everything(anaconda.base) == before, "looking changes nothing"
    right(bare, "delete", "conda:plain", "--yes")
    assert not anaconda.plain.exists()
    assert "conda:plain" not in right(bare, "list", "--all")
    assert anaconda.course.exists()
    assert right(bare, "--version").startswith("torchup ")
    picture = right(bare, "probe", "--diagram")
    assert "PyTorch" in picture
