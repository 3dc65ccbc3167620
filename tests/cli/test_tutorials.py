"""Five tutorials that beginners follow, walked with torchup; each ends where its author wants to.

The steps are those of ``docs/from-tutorials.md``. Cards are described, for none is here; what is
installed is small, from indexes laid out as PyPI and PyTorch's own are, with real uv.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.fixtures import needs_world
from cli.world import add_torch
from madeenvironments import make_environment

if TYPE_CHECKING:
    from cli.process import Torchup
    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]
CONDARC: Final = """\
channels:
  - defaults
show_channel_urls: true
 default_channels:
  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main
"""
"""The tutorial's own settings with a blank too many, which cost its author an afternoon."""
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
trusted-host = pypi.douban.com
"""
PITFALLS: Final = {
    "conda-clobber": (
        "ClobberError : This transaction has incompatible packages due to a shared path.\n"
    ),
    "conda-env-not-writable": (
        "Multiple Errors Encountered\n"
        "EnvironmentNotWritableError: The current user does not have write permissions to the "
        "target environment.\n  environment location: C:\\ProgramData\\Anaconda3\n"
    ),
    "conda-package-corrupted": (
        "CondaVerificationError: The package for python located at "
        "C:\\Users\\me\\.conda\\pkgs\\python-3.9.20-h8205438_1\nappears to be corrupted. "
        "The path 'tcl/tix8.4.3/pref/TK.cs'\nspecified in the package manifest cannot be found.\n"
    ),
    "pip-launcher-broken": (
        "Fatal error in launcher: Unable to create process using "
        '\'"d:\\bld\\pip\\python.exe" "D:\\Anaconda\\envs\\x\\Scripts\\pip.exe" install torch\'\n'
    ),
    "kernel-or-pip-of-other-python": "ModuleNotFoundError: No module named 'ipykernel'\n",
    "conda-solve-hangs": (
        "Collecting package metadata (current_repodata.json): done\n"
        "Solving environment: failed with initial frozen solve. Retrying with flexible solve.\n"
        "Solving environment: - \n"
    ),
    "driver-too-old-for-cuda-runtime": (
        "RuntimeError: CUDA driver version is insufficient for CUDA runtime version\n"
    ),
    "torch-cpu-build-on-gpu-machine": "AssertionError: Torch not compiled with CUDA enabled\n",
    "gpu-arch-too-new-for-build": (
        "torch/cuda/__init__.py:104: UserWarning: NVIDIA GeForce RTX 3080 Ti with CUDA capability "
        "sm_86 is not compatible with the current PyTorch installation.\nThe current PyTorch "
        "install supports CUDA capabilities sm_37 sm_50 sm_60 sm_61 sm_70 sm_75 compute_37.\n"
    ),
    "nvcc-missing": "'nvcc' 不是内部或外部命令，也不是可运行的程序\n",  # noqa: RUF001
    "wrong-package-name": (
        "ERROR: Could not find a version that satisfies the requirement cudatoolkit==9.0 "
        "(from versions: none)\nERROR: No matching distribution found for cudatoolkit==9.0\n"
    ),
}


def stack(torchup: Torchup, *asked: str) -> dict[str, Any]:
    """The stack that is planned."""
    done = torchup("plan", *asked, "--json")
    found: dict[str, Any] = done.document("torchup.plan/v1")["stack"]
    return found


def names(torchup: Torchup) -> list[str]:
    found = torchup("list", "--json").document("torchup.environments/v1")["environments"]
    return [one["name"] for one in found]


def packages(torchup: Torchup, name: str) -> dict[str, str]:
    found = torchup("packages", "-n", name, "--json").document("torchup.packages/v1")
    return {one["name"]: one["version"] for one in found["packages"]}


def right(torchup: Torchup, *arguments: str, **variables: str) -> str:
    """Run a step of the tutorial, which goes well."""
    done = torchup(*arguments, **variables)
    assert done.code == 0, (arguments, done)
    return done.out


def test_the_theory_of_setting_up(connected: Torchup) -> None:
    """conda's commands: create, enter, list with its star, packages, search, remove."""
    right(connected, "create", "pytorch", "--python", "3.11", "--cpu", "--yes", "--no-verify")
    right(connected, "create", "other", "--cpu", "--yes", "--no-verify")
    assert sorted(names(connected)) == ["other", "pytorch"]
    right(connected, "use", "pytorch")
    assert "pytorch" in right(connected, "use")
    said = right(connected, "run", "pytorch", "--", "python", "-c", "import sys; print(sys.prefix)")
    assert said.strip() == str(connected.home / "envs" / "pytorch")
    assert "six" not in packages(connected, "pytorch")
    right(connected, "add", "six", "filelock==3.12.0", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(connected, "pytorch")["filelock"] == "3.12.0"
    assert "six" not in packages(connected, "other")
    right(connected, "upgrade", "filelock==3.16.1", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(connected, "pytorch")["filelock"] == "3.16.1"
    before = packages(connected, "pytorch")["torch"]
    right(connected, "remove", "six", "-n", "pytorch", "--yes", "--no-verify")
    assert "six" not in packages(connected, "pytorch")
    assert packages(connected, "pytorch")["torch"] == before
    right(connected, "delete", "pytorch", "--yes")
    assert names(connected) == ["other"]
    assert not (connected.home / "envs" / "pytorch").exists()


def test_installing_on_windows(connected: Torchup, own: IndexServer) -> None:
    """A card and CUDA 11.8: the build, wheels by hand, settings with a blank too many, C: full."""
    there = ("--gpu", "RTX 3050", "--driver", "522.06", "--os", "windows")
    found = stack(connected, "torch==2.4.0", *there)
    assert (found["build"], found["packages"]["torchvision"]) == ("cu118", "0.19.0")
    old = connected("why", *there, "--not", "torch==1.7.1 --build cu102")
    assert "cu102" in old.out
    add_torch(own.root, "2.4.0", "cpu")
    by_hand = connected.root / "by hand"
    shutil.copytree(own.root / "whl" / "cpu", by_hand)
    right(
        connected, "create", "KuangStudy_PyTorch_2.4.0", "torch==2.4.0", "--cpu", "--yes",
        "--wheels", str(by_hand),
    )  # fmt: skip
    report = connected("verify", "KuangStudy_PyTorch_2.4.0", "--quick", "--json")
    assert report.document("torchup.verify/v1")["ok"], report
    condarc = Path(connected.env["HOME"]) / ".condarc"
    condarc.write_text(CONDARC)
    assert "condarc-malformed" in connected("config", "conda").out
    right(connected, "config", "conda", "mend", "--yes")
    assert "condarc-malformed" not in connected("config", "conda").out
    right(connected, "config", "conda", "undo")
    assert condarc.read_text() == CONDARC
    disk = connected.root / "D" / "envs"
    right(connected, "config", "set", "home", str(disk), TORCHUP_HOME="")


def test_a_first_handbook(connected: Torchup) -> None:
    """A GTX 1050 Ti before and after its driver's update; old versions beside new ones."""
    card = ("--gpu", "GTX 1050 Ti", "--os", "windows")
    before, after = (
        stack(connected, *card, "--driver", "511.65"),
        stack(connected, *card, "--driver", "560.94"),
    )
    assert (before["build"], after["build"]) == ("cu118", "cu126")
    paper = stack(connected, "torch==1.10.1", *card, "--driver", "511.65")
    assert paper["packages"]["torchvision"] == "0.11.2"
    assert paper["build"] in {"cu102", "cu111", "cu113"}
    for name, version in (("old", "2.12.1"), ("new", "2.13.0")):
        right(connected, "create", name, f"torch=={version}", "--cpu", "--yes")
        assert packages(connected, name)["torch"] == f"{version}+cpu"
        assert connected("verify", name, "--quick").code == 0


def test_what_belongs_to_what(torchup: Torchup) -> None:
    """Two projects with an environment each, PyCharm, and a hint of a requirements file."""
    for name in ("a", "b"):
        make_environment(torchup.home, name)
    project = torchup.root / "projectA"
    project.mkdir()
    (torchup.root / "xdg-config" / "JetBrains" / "PyCharm2025.1" / "options").mkdir(parents=True)
    right(torchup, "ide", "pycharm", "a", "--project", str(project), "--yes")
    assert (project / ".idea" / "misc.xml").is_file()
    checked = torchup("ide", "check", "--project", str(project), "--json")
    assert str(torchup.home / "envs" / "a") in checked.out
    (project / "train.py").write_text("import torch, cv2\n")
    (project / "requirements.txt").write_text("torch==1.7.1+cu101\nnumpy\n")
    planned = torchup(
        "plan", "--project", str(project), "--gpu", "RTX 3090", "--driver", "550", "--os", "linux"
    )
    assert "1.7.1+cu110" in planned.out, planned
    assert "cu101" in planned.out


def test_pytorch_in_depth(torchup: Torchup) -> None:
    """Mirrors of pip and conda as the chapter sets them up, and every error text in it."""
    pip = torchup.root / "pip.conf"
    pip.write_text(DOUBAN)
    mirror = {"PIP_CONFIG_FILE": str(pip)}
    found = torchup("doctor", "--json", **mirror).document("torchup.diagnosis/v1")["findings"]
    assert "mirror-retired" in {one["code"] for one in found}
    right(torchup, "repair", "--finding", "mirror-retired", "--yes", **mirror)
    assert "douban" not in pip.read_text()
    right(torchup, "undo", "--yes", **mirror)
    assert pip.read_text() == DOUBAN
    condarc = Path(torchup.env["HOME"]) / ".condarc"
    condarc.write_text(FREE)
    right(torchup, "config", "conda", "mend", "--yes")
    mended = condarc.read_text()
    assert "free" not in mended
    assert "win-64" not in mended
    assert "http://" not in mended
    assert "ssl_verify: true" in mended


@pytest.mark.parametrize("cause", PITFALLS)
def test_every_pitfall_has_its_cause_first(torchup: Torchup, cause: str) -> None:
    facts = json.dumps({"gpu": "RTX 3080 Ti", "os": "Windows 11"})
    done = torchup("explain", "-", "--facts", facts, "--json", stdin=PITFALLS[cause])
    found = done.document("torchup.diagnosis/v1")["findings"]
    assert found[0]["code"] == cause, [one["code"] for one in found]
    assert found[0]["remedies"]
