"""PyTorch in depth, chapter 1: mirrors, an RTX 3080 Ti with the wrong builds, and error texts.

The wrong builds are installed by real pip, as the chapter has it, into an environment that isn't
torchup's; programs die there with what PyTorch prints, and what is offered is then run.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import needs_world
from stubs.cards import RTX_3080_TI
from walks.steps import TRAIN, ends_well, everything, explained, mend, names, right, runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup
    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]
OLD_DRIVER: Final = (RTX_3080_TI, "470.57.02", "11.4")
NEW_DRIVER: Final = (RTX_3080_TI, "560.28.03", "12.6")
FREE: Final = """\
ssl_verify: true
show_channel_urls: true
channels:
- http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/win-64/
- http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main/win-64/
"""
DOUBAN: Final = """\
[global]
index-url = http://pypi.douban.com/simple
[install]
use-mirrors =true
mirrors =http://pypi.douban.com/simple/
trusted-host =pypi.douban.com
"""
INSUFFICIENT: Final = "CUDA driver version is insufficient for CUDA runtime version\n"
SM_86: Final = """\
torch/cuda/__init__.py:104: UserWarning: NVIDIA GeForce RTX 3080 Ti with CUDA capability sm_86 is \
not compatible with the current PyTorch installation.
The current PyTorch install supports CUDA capabilities sm_37 sm_50 sm_60 sm_61 sm_70 sm_75 \
compute_37.
If you want to use the NVIDIA GeForce RTX 3080 Ti GPU with PyTorch, please check the instructions \
at https://pytorch.org/get-started/locally/
"""
NO_CUDA: Final = "AssertionError: Torch not compiled with CUDA enabled\n"


class Pip:
    """A virtual environment in which pip does what it is told."""

    def __init__(self, torchup: Torchup) -> None:
        self.folder = torchup.root / "theirs"
        venv = [sys.executable, "-m", "venv", "--without-pip", str(self.folder)]
        subprocess.run(venv, check=True)
        self._env = torchup.env

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        python = str(self.folder / "bin" / "python")
        options = ("--python", python, "--disable-pip-version-check")
        return subprocess.run(
            [sys.executable, "-m", "pip", *options, *arguments],
            env=self._env,
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def install(self, *arguments: str) -> None:
        done = self("install", "--no-deps", "--force-reinstall", *arguments)
        assert done.returncode == 0, done


def test_the_wrong_builds_for_a_3080_ti(
    machine: Callable[..., Torchup], shop: IndexServer, shelves: Path
) -> None:
    """Three environments that import and don't compute, each with its text, cause and way out."""
    tower = machine(*OLD_DRIVER)
    pip = Pip(tower)
    (tower.root / "train.py").write_text(TRAIN)
    page = str(shelves / "page")
    cases = (
        (("torch==2.13.0+cu126", "--index-url", shop.index("whl/cu126")), "too old", INSUFFICIENT),
        (("torch==1.10.1+cu102", "--find-links", page, "--no-index"), "sm_86", SM_86),
        (("torch==2.13.0", "--index-url", shop.index()), "not compiled with CUDA", NO_CUDA),
    )
    causes = (
        "driver-too-old-for-cuda-runtime",
        "gpu-arch-too-new-for-build",
        "torch-cpu-build-on-gpu-machine",
    )
    for (wrong, prints, text), cause in zip(cases, causes, strict=True):
        pip.install(*wrong)
        broken = everything(pip.folder)
        died = runs(tower, "./theirs", "train.py")
        assert died.returncode == 1
        assert prints in died.stderr
        assert f"torchup explain --list {cause}" in died.stderr, "torchup run says why by itself"
        first = explained(tower, text, "--here")[0]
        assert first["code"] == cause
        assert explained(tower, died.stderr, "--here")[0]["code"] == cause
        mend(tower, first, "create", "--yes")
        ends_well(tower, "demo", "2.7.1+cu118", cards=1)
        assert runs(tower, "demo", "train.py").stdout == "2.0\n"
        assert everything(pip.folder) == broken, "the old one is left as it is"
        right(tower, "delete", "demo", "--yes")
    assert names(tower) == []
    assert machine(*NEW_DRIVER) is tower, "the other way out: a new driver"
    pip.install(*cases[0][0])
    assert runs(tower, "./theirs", "train.py").stdout == "2.0\n"


def test_packages_that_pypi_has_not(bare: Torchup, shop: IndexServer) -> None:
    """``pip install cudatoolkit=9.0``: what pip says to it, and that nothing is missing."""
    pip = Pip(bare)
    done = pip("install", "cudatoolkit==9.0", "--index-url", shop.index())
    assert done.returncode == 1
    first = explained(bare, done.stderr)[0]
    assert first["code"] == "wrong-package-name"
    assert "conda" in first["title"]
    mend(bare, first, "create", "--yes")
    ends_well(bare, "demo", "2.14.1+cpu", cards=0)


def test_cu102_and_torch_1_11_on_windows(torchup: Torchup) -> None:
    there = ("--gpu", "RTX 2060", "--driver", "560.94", "--os", "windows", "--python", "3.8")
    never = torchup("plan", "torch==1.11.0", "--build", "cu102", *there)
    assert never.code == 1
    assert "1.11.0+cu115" in never.out, "the nearest one that there is"
    assert "1.11.0+cu115" in right(torchup, "plan", "torch==1.11.0", *there)


def test_pip_s_mirrors(bare: Torchup, shop: IndexServer) -> None:
    """Douban's lines go, another mirror comes, real pip installs from it, and all is put back."""
    pip = Pip(bare)
    config = Path(bare.env["HOME"]) / ".pip" / "pip.conf"
    config.parent.mkdir()
    config.write_text(DOUBAN)
    del bare.env["PIP_CONFIG_FILE"]
    found = bare("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    assert "mirror-retired" in {one["code"] for one in found}
    right(bare, "repair", "--finding", "mirror-retired", "--yes")
    assert "douban" not in config.read_text()
    mended = config.read_text()
    right(bare, "mirror", "use", shop.index(), "--kind", "pypi", "--write", "pip", "--yes")
    asked = len(shop.asked("/six"))
    assert pip("download", "six", "-d", str(bare.root / "got")).returncode == 0
    assert len(shop.asked("/six")) > asked
    right(bare, "mirror", "reset", "--yes")
    assert config.read_text() == mended
    right(bare, "undo", "--yes")  # the reset: the mirror counts again
    right(bare, "undo", "--yes")  # the choice of it
    assert config.read_text() == mended
    right(bare, "undo", "--yes")  # the repair
    assert config.read_text() == DOUBAN


def test_conda_s_mirrors(torchup: Torchup) -> None:
    condarc = Path(torchup.env["HOME"]) / ".condarc"
    condarc.write_text(FREE)
    right(torchup, "config", "conda", "mend", "--yes")
    mended = condarc.read_text()
    assert not [part for part in ("free", "win-64", "http://") if part in mended]
    assert "ssl_verify: true" in mended
    right(torchup, "config", "conda", "undo")
    assert condarc.read_text() == FREE


def test_a_card_s_architecture(torchup: Torchup) -> None:
    assert "sm_86" in right(torchup, "facts", "show", "RTX 3080 Ti")
