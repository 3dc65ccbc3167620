"""A bundle with packages of conda's, the real rattler, a Python and uv, where there is nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import Torchup
from condachannels import make_forge
from launchers import bare_environment, bare_path, cut_off, pack_python, run

if TYPE_CHECKING:
    from pathlib import Path

CUT_OFF = cut_off() if sys.platform == "linux" else []
INDEXES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channel has packages for Linux",
    ),
    pytest.mark.skipif("PIP_FIND_LINKS" not in os.environ, reason="no place of real wheels is set"),
]


def test_a_machine_that_has_nothing(tmp_path: Path) -> None:
    """No network, no Python, no conda: ``sh lab.torchup``, and an environment of conda's."""
    forge = make_forge(tmp_path / "channels")
    made = Torchup(tmp_path / "maker")
    made.root.mkdir()
    made.timeout = 240
    for name in ("UV_DEFAULT_INDEX", "UV_PYTHON_INSTALL_MIRROR"):
        del made.env[name]
    made.env |= {name: os.environ[name] for name in INDEXES if name in os.environ}
    words = ("torch==2.13.0", "--no-companions", "--backend", "conda", "--channel", forge)
    done = made(
        *("bundle", "create", *words, "-o", "lab.torchup", "--progress", "none"),
        UV_PYTHON_DOWNLOADS_JSON_URL=str(pack_python(made.root / "pythons")),
    )
    assert done.code == 0, done
    bundle = made.root / "lab.torchup"
    sound = made("bundle", "verify", str(bundle), "--progress", "none")
    assert sound.code == 0, sound
    assert "rattler" not in sound.out, "it came along"
    shutil.rmtree(tmp_path / "channels")

    path = bare_path(tmp_path / "bin", "bash")
    home = tmp_path / "new user"
    home.mkdir()
    environment = bare_environment(path, home)
    bare = run([*CUT_OFF, str(path / "sh"), str(bundle), "--yes", "demo"], environment, tmp_path)
    assert bare.returncode == 0, bare
    torchup = home / ".local" / "bin" / "torchup"
    inside = "import torch; print(torch.__version__)"
    ran = run([str(torchup), "run", "demo", "--", "python", "-c", inside], environment, tmp_path)
    assert ran.stdout.strip() == "2.13.0", ran
    data = home / ".local" / "share" / "torchup"
    assert [one.name for one in (data / "tools").iterdir()] == ["py-rattler-0.28"]
    assert (data / "envs" / "demo" / "conda-meta" / "history").is_file()
    assert str(data / "envs" / "demo") in (home / ".conda" / "environments.txt").read_text()
    shutil.rmtree(home)
