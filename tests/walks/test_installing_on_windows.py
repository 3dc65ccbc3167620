"""Installing PyTorch, with a card and without: an RTX 3050 with CUDA 11.8, and an AMD laptop.

Its author has Windows. What Windows would get is planned by description; what is installed is
Linux's, on a machine with the card's and the driver's stand-ins, or on a captured one.
"""

from __future__ import annotations

import re
import shutil
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import needs_world
from cli.process import DEAD
from stubs.cards import RTX_3050
from walks.steps import ends_well, names, packages, right, stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]
CUDA_11_8: Final = (RTX_3050, "520.61.05", "11.8")
"""The driver that came with CUDA 11.8: 522.06 on Windows."""
NAME: Final = "KuangStudy_PyTorch_2.4.0"
CONDARC: Final = """\
channels:
  - defaults
show_channel_urls: true
 default_channels:
  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main
"""
"""The tutorial's own settings with a blank too many, which cost its author an afternoon."""


def test_windows_with_a_card(torchup: Torchup, bare: Torchup) -> None:
    there = ("--gpu", "RTX 3050", "--driver", "522.06", "--os", "windows")
    found = stack(torchup, "torch==2.4.0", *there)
    assert (found["build"], found["packages"]["torchvision"]) == ("cu118", "0.19.0")
    assert "cu102" in torchup("why", *there, "--not", "torch==1.7.1 --build cu102").out
    urls = right(bare, "plan", "torch==2.4.0", *there, "--python", "3.9", "--urls")
    for part in ("torch-2.4.0", "torchvision-0.19.0", "torchaudio-2.4.0"):
        assert f"{part}%2Bcu118-cp39-cp39-win_amd64.whl" in urls, "the files that it tells to fetch"
    pasted = right(torchup, "plan", "torch==2.4.0", *there, "--print", "pip")
    assert "/whl/cu118" in pasted


def test_a_card_with_cuda_11_8(machine: Callable[..., Torchup]) -> None:
    """Sections 2.2 to 2.8, with neither Anaconda nor a toolkit."""
    student = machine(*CUDA_11_8)
    assert "CUDA up to 11.8" in right(student, "probe", "--hardware")
    right(student, "create", NAME, "torch==2.4.0", "--yes")
    ends_well(student, NAME, "2.4.0+cu118", cards=1)
    shown = right(student, "show", NAME)
    for one in ("torch 2.4.0", "torchvision 0.19.0", "torchaudio 2.4.0"):
        assert f"{one}+cu118" in shown
    project = student.root / "project"
    project.mkdir()
    settings = student.root / "xdg-config" / "JetBrains" / "PyCharm2025.1" / "options"
    settings.mkdir(parents=True)
    right(student, "ide", "pycharm", NAME, "--project", str(project), "--yes")
    assert (project / ".idea" / "misc.xml").is_file()
    checked = right(student, "ide", "check", "--project", str(project), "--json")
    assert str(student.home / "envs" / NAME) in checked


def test_wheels_by_hand(machine: Callable[..., Torchup]) -> None:
    """The network is bad: the files are fetched one by one, and one of them only half."""
    student = machine(*CUDA_11_8)
    said = right(student, "plan", "torch==2.4.0", "--urls")
    folder = student.root / "whl 轮子"
    folder.mkdir()
    for url in re.findall(r"^http\S+", said, re.MULTILINE):
        with urllib.request.urlopen(url) as answer:
            name = url.rpartition("/")[2].replace("%2B", "+")
            (folder / name).write_bytes(answer.read())
    (torch,) = folder.glob("torch-*.whl")
    assert torch.name.startswith("torch-2.4.0+cu118-")
    whole = torch.read_bytes()
    torch.write_bytes(whole[: len(whole) // 2])
    asked = ("create", NAME, "torch==2.4.0", "--wheels", str(folder), "--yes")
    half = student(*asked)
    assert half.code != 0
    assert "torch==2.4.0+cu118 is damaged" in half.err
    assert names(student) == []
    torch.write_bytes(whole)
    alone = {"TORCHUP_FRAMEWORK_INDEX": f"{DEAD}/whl", "UV_DEFAULT_INDEX": f"{DEAD}/simple"}
    cut_off = student(*asked, **alone)
    assert "--offline" in cut_off.err.splitlines()[-1], (
        "the folder has everything, and that is said"
    )
    right(student, *asked, "--offline", **alone)
    ends_well(student, NAME, "2.4.0+cu118", cards=1)


def test_conda_s_settings_with_a_blank_too_many(torchup: Torchup) -> None:
    condarc = Path(torchup.env["HOME"]) / ".condarc"
    condarc.write_text(CONDARC)
    assert "condarc-malformed" in torchup("config", "conda").out
    right(torchup, "config", "conda", "mend", "--yes")
    assert "condarc-malformed" not in torchup("config", "conda").out
    right(torchup, "config", "conda", "undo")
    assert condarc.read_text() == CONDARC
    disk = str(torchup.root / "D" / "envs")
    right(torchup, "config", "set", "home", disk, TORCHUP_HOME="")
    assert disk in right(torchup, "config", "get", "home", TORCHUP_HOME="")


@pytest.mark.parametrize("card", ["Radeon Vega 8", "Radeon 680M", "Radeon RX 6600M"])
def test_an_amd_laptop_with_windows(torchup: Torchup, card: str) -> None:
    """Section 3: the CPU's build, and the reason."""
    there = ("--gpu", card, "--os", "windows")
    done = torchup("plan", "torch==2.4.0", *there)
    assert done.code == 0, done
    assert "torch 2.4.0+cpu" in done.out
    assert f"No published build supports the AMD {card}" in done.out.replace("\n", " ")
    pasted = right(torchup, "plan", "torch==2.4.0", *there, "--print", "pip")
    assert "cu1" not in pasted


def test_an_amd_laptop_with_linux(captured: Callable[[str], Torchup], shelves: Path) -> None:
    """A Ryzen's own graphics: the CPU's build with the reason, from wheels fetched by hand."""
    laptop = captured("laptop-ryzen-680m")
    folder = laptop.root / "whl"
    folder.mkdir()
    for name in ("torch-2.4.0", "torchvision-0.19.0", "torchaudio-2.4.0"):
        (wheel,) = shelves.joinpath("whl", "cpu").glob(f"{name}+cpu*.whl")
        shutil.copy(wheel, folder)
    assert "AMD Radeon 680M (gfx1035" in right(laptop, "probe", "--hardware")
    planned = right(laptop, "plan", "torch==2.4.0")
    assert "HSA_OVERRIDE_GFX_VERSION" in planned, "the unofficial way is named, and not taken"
    asked = ("torch==2.4.0", "--wheels", str(folder))
    said = right(laptop, "create", NAME, *asked, "--yes")
    assert "No published build supports the AMD Radeon 680M" in said
    ends_well(laptop, NAME, "2.4.0+cpu", cards=0)
    assert "2.4.0+cpu" in right(laptop, "show", NAME)


def test_an_amd_card_that_rocm_supports(captured: Callable[[str], Torchup]) -> None:
    """What the tutorials say can't be: it computes on an AMD card."""
    tower = captured("amd-rx-7900-xtx")
    about = tower.root / "card.txt"
    about.write_text("AMD Radeon RX 7900 XTX\ngfx1100\n")
    tower.env["FAKEHIP"] = str(about)
    right(tower, "create", "pytorch", "--yes")
    ends_well(tower, "pytorch", "2.14.1+rocm7.2", cards=1)
    assert packages(tower, "pytorch")["torch"] == "2.14.1+rocm7.2"


def test_room_on_the_disk_comes_back(bare: Torchup) -> None:
    """Pitfalls 5.1 to 5.3: elsewhere than C:, really gone, and the room is free again."""
    right(bare, "create", "old", "--cpu", "--yes", "--no-verify")
    disk = bare.root / "D" / "envs"
    right(bare, "config", "set", "home", str(disk), TORCHUP_HOME="", HOME=str(bare.root))
    right(bare, "delete", "old", "--yes")
    assert names(bare) == []
    assert not (bare.home / "envs" / "old").exists()
    kept = _size(bare.home)
    right(bare, "clean", "--dry-run")
    assert _size(bare.home) == kept
    right(bare, "clean", "--all", "--yes")
    assert _size(bare.home) < kept


def _size(folder: Path) -> int:
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file())
