"""A bundle with the real framework, a Python, uv and torchup, on a machine that has nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.process import Torchup
from launchers import bare_environment, bare_path, cut_off, pack_python, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = next((one for one in os.environ.get("PIP_FIND_LINKS", "").split() if "://" not in one), "")
WHEELS = sorted(Path(FOLDER).glob("torch-*.whl")) if FOLDER else []
CUT_OFF = cut_off() if sys.platform == "linux" else []
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
_CP = MINOR.replace(".", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not any(f"-cp{_CP}-" in one.name for one in WHEELS),
        reason="no real wheel in PIP_FIND_LINKS",
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="packs a Python of Linux"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bundle for machines like this one; torchup's own needs come from the index that is set."""
    root = tmp_path_factory.mktemp("maker")
    made = Torchup(root)
    made.timeout = 240
    for name in ("UV_DEFAULT_INDEX", "UV_PYTHON_INSTALL_MIRROR"):
        del made.env[name]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            made.env[name] = os.environ[name]
    listing = pack_python(root / "pythons")
    words = ("torch", "--no-companions", "--cpu", "--python", MINOR, "--wheels", FOLDER)
    done = made(
        *("bundle", "create", *words, "-o", "lab.torchup", "--progress", "none"),
        UV_PYTHON_DOWNLOADS_JSON_URL=str(listing),
    )
    assert done.code == 0, done
    sound = made("bundle", "verify", "lab.torchup", "--progress", "none")
    assert sound.code == 0, sound
    yield root / "lab.torchup"
    shutil.rmtree(root)


def test_a_machine_that_has_nothing(bundle: Path, tmp_path: Path) -> None:
    """No network, no Python, no uv: sh lab.torchup, and the framework computes."""
    path = bare_path(tmp_path / "bin")
    home = tmp_path / "new user"
    home.mkdir()
    environment = bare_environment(path, home)
    done = run([*CUT_OFF, str(path / "sh"), str(bundle), "--yes", "demo"], environment, tmp_path)
    assert done.returncode == 0, done
    assert re.search(r"✓ Matrix product", done.stdout), done
    assert done.stdout.splitlines()[-1].endswith("torchup run demo -- python train.py")
    torchup = home / ".local" / "bin" / "torchup"
    inside = "import torch, sys; print(torch.ones(2).sum().item(), sys.base_prefix)"
    ran = run([str(torchup), "run", "demo", "--", "python", "-c", inside], environment, tmp_path)
    value, _, prefix = ran.stdout.strip().partition(" ")
    assert value == "2.0", ran
    assert Path(prefix).is_relative_to(home), "it is the Python that came along"
    shutil.rmtree(home)


def test_a_damaged_one_installs_nothing(bundle: Path, tmp_path: Path) -> None:
    """Its Python was changed: the script says so, and nothing is left behind."""
    row = re.search(rb"^# linux-\S+ (\d+) (\d+) ", bundle.read_bytes()[:65536], re.MULTILINE)
    assert row is not None
    size = int(row[1]) + int(row[2])
    damaged = tmp_path / "damaged.torchup"
    with bundle.open("rb") as whole, damaged.open("wb") as part:
        part.write(whole.read(size))
    with damaged.open("r+b") as changed:
        changed.seek(int(row[1]) + 1000)
        changed.write(b"!")
    home = tmp_path / "home"
    home.mkdir()
    path = bare_path(tmp_path / "bin")
    environment = bare_environment(path, home, TMPDIR=str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    done = run([str(path / "sh"), str(damaged), "--yes"], environment, tmp_path)
    assert done.returncode == 2, done
    assert "is damaged" in done.stderr
    assert not list(home.iterdir())
    assert not list((tmp_path / "tmp").iterdir())


def test_python_runs_it_too(bundle: Path, tmp_path: Path) -> None:
    """``python3 lab.torchup``, by a Python that a machine has, and a name in Chinese."""
    home = tmp_path / "用户"
    home.mkdir()
    environment = bare_environment(bare_path(tmp_path / "bin"), home, LANG="zh_CN.UTF-8")
    done = run([*CUT_OFF, sys.executable, str(bundle), "demo"], environment, tmp_path)
    assert done.returncode == 0, done
    assert "正在安装 torchup" in done.stdout
    assert done.stdout.splitlines()[-1].endswith(f"torchup create demo --from {bundle}")
    shutil.rmtree(home)


def test_the_machine_is_another_one(bundle: Path, tmp_path: Path) -> None:
    """A shell on a processor that the bundle is not for."""
    path = bare_path(tmp_path / "bin")
    uname = path / "uname"
    uname.unlink()
    uname.write_text('#!/bin/sh\n[ "$1" = -m ] && echo riscv64 || echo Linux\n')
    uname.chmod(0o755)
    done = run([str(path / "sh"), str(bundle)], bare_environment(path, tmp_path), tmp_path)
    assert done.returncode == 1, done
    assert "linux-riscv64" in done.stderr


def test_a_student_s_machine(bundle: Path, tmp_path: Path) -> None:
    """The line on the board: curl, a shell, and everything comes from the teacher's laptop."""
    teacher = Torchup(tmp_path / "teacher")
    teacher.root.mkdir()
    child = teacher.start("bundle", "serve", str(bundle), "--port", "0", "--host", "127.0.0.1")
    assert child.stdout is not None
    try:
        line = ""
        while "curl -fsSL" not in line:
            line = child.stdout.readline().decode()
            assert line, "it ended"
        home = tmp_path / "student"
        home.mkdir()
        path = bare_path(tmp_path / "bin", "curl")
        done = run([str(path / "sh"), "-c", line], bare_environment(path, home), tmp_path)
    finally:
        child.terminate()
        child.communicate(timeout=10)
    assert done.returncode == 0, done
    assert "Fetching uv from http://127.0.0.1:" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("torchup create work")
    assert "torch 2.13.0+cpu" in done.stdout, "what fits is what the teacher has"
    shutil.rmtree(home)
