"""A wheel that brings no CUDA, and conda's CUDA and cuDNN beside it in one environment."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from condachannels import SUBDIR
from condamaker import MINOR, index, make_package, make_python, python_files
from indexserver import IndexServer
from stubs.nvml import NO_COMPILER, library
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the wheels of old with CUDA are for Linux on x86_64",
)

OLD_CARD = ("--gpu", "GTX 1080", "--driver", "450.80.02", "--os", "linux")


@pytest.fixture
def card(tmp_path: Path) -> dict[str, str]:
    """The variables that give this machine a GTX 1080 with a driver for CUDA 11.8."""
    folder = library()
    if folder is None:
        pytest.skip(NO_COMPILER)
    answers = tmp_path / "nvml.cfg"
    answers.write_text(
        "driver=520.61.05\ncuda=11080\n"
        "gpu0.name=NVIDIA GeForce GTX 1080\ngpu0.cc=6.1\ngpu0.mem=8589934592\n"
    )
    return {"LD_LIBRARY_PATH": str(folder), "FAKENVML": str(answers)}


def make_channel(
    root: Path, minor: str, cuda: str, cudnn: str, program: Path | None, *, own: str
) -> str:
    """Write a channel that has a Python and what the wheel lacks, with a TensorFlow for the CPU."""
    forge = root / "conda-forge"
    make_python(forge, SUBDIR, minor, program=program)
    pip = python_files("pip", "99.0", {"pip/__init__.py": ""}, minor=minor)
    make_package(forge, "pip", "99.0", "pyh1_0", files=pip, depends=(f"python {minor}.*",))
    line = ".".join(cuda.split(".")[:2])
    libraries = {"cudatoolkit": "libcudart.so.test", "cudnn": "libcudnn.so.test"}
    for name, version in (("cudatoolkit", cuda), ("cudatoolkit", "9.2.148"), ("cudnn", cudnn)):
        needs = (f"cudatoolkit {line}.*",) if name == "cudnn" else ()
        files = {f"lib/{libraries[name]}": version}
        make_package(forge, name, version, "h2_10", subdir=SUBDIR, depends=needs, files=files)
    make_package(
        forge, "tensorflow", own, "cpu_h0_0", subdir=SUBDIR, depends=(f"python {minor}.*",)
    )
    return index(forge)


@pytest.fixture
def places(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """The options and the index for one release: its CUDA, its cuDNN and its Python."""
    version, minor, cuda, cudnn = request.param
    program = None
    if minor != MINOR:
        found = shutil.which(f"python{minor}", path=f"{Path.home()}/.pyenv/versions/{minor}.18/bin")
        if found is None:
            pytest.skip(f"there is no Python {minor}")
        program = Path(found)
    # Of 2.4.0 conda-forge has a build for the CPU; of the others none.
    own = version if version == "2.4.0" else "2.0.0"
    channel = make_channel(tmp_path, minor, cuda, cudnn, program, own=own)
    tag = f"cp{minor.replace('.', '')}"
    files = {
        "tensorflow/__init__.py": f"import os\n__version__ = {version!r}\n"
        "where = os.environ.get('LD_LIBRARY_PATH', '')\n"
    }
    make_wheel(
        tmp_path / "wheels",
        "tensorflow",
        version,
        tag=f"{tag}-{tag}-manylinux2010_x86_64",
        files=files,
    )
    make_wheel(tmp_path / "wheels", "tensorboard", version)
    make_wheel(tmp_path / "wheels", "onlypip", "1.0")
    with IndexServer(tmp_path).start() as server:
        yield channel, server.index("wheels"), version, minor


def records(torchup: Torchup, name: str) -> dict[str, dict[str, Any]]:
    folder = torchup.home / "envs" / name / "conda-meta"
    found = [json.loads(file.read_text()) for file in folder.glob("*.json")]
    return {one["name"]: one for one in found}


@pytest.mark.slow
@pytest.mark.parametrize(
    "places",
    [
        pytest.param(
            ("2.12.0", MINOR, "11.8.0", "8.8.0.121"),
            marks=pytest.mark.skipif(sys.version_info > (3, 12), reason="it has no wheel for it"),
            id="2.12",
        ),
        pytest.param(("2.3.0", "3.8", "10.1.243", "7.6.5.32"), id="2.3"),
        pytest.param(("2.4.0", "3.8", "11.0.221", "8.0.5.39"), id="2.4"),
    ],
    indirect=True,
)
def test_the_wheel_of_old_gets_its_cuda_and_cudnn(
    torchup: Torchup, places: tuple[str, ...], card: dict[str, str]
) -> None:
    channel, wheels, version, minor = places
    options = ("--backend", "conda", "--channel", channel, "--no-verify", "--json")
    asked = {**card, "UV_DEFAULT_INDEX": wheels}
    done = torchup("create", "old", f"tensorflow=={version}", *options, **asked)
    assert done.code == 0, done
    told = done.document("torchup.outcome/v1")
    assert "libraries-by-conda" in {one["code"] for one in told["plan"]["reasons"]}
    made = told["environment"]
    assert (made["packages"]["tensorflow"], made["python"]) == (version, minor)
    there = records(torchup, "old")
    assert {"cudatoolkit", "cudnn", "python"} <= set(there)
    assert "tensorflow" not in there, "conda's own would be the CPU's"
    assert there["cudatoolkit"]["version"] != "9.2.148"

    # The loader's path is the environment's alone, before what the user has set.
    lib = str(torchup.home / "envs" / "old" / "lib")
    code = "import tensorflow; print(tensorflow.where)"
    said = torchup("run", "old", "--", "python", "-c", code, **card)
    assert said.out.strip() == f"{lib}:{card['LD_LIBRARY_PATH']}", said
    assert torchup("run", "old", "--", "python", "-c", code).out.strip() == lib
    lines = torchup("activate", "old", "--shell", "bash").out
    assert f"LD_LIBRARY_PATH='{lib}'" in lines or f"LD_LIBRARY_PATH={lib}" in lines
    inside = {"CONDA_PREFIX": str(torchup.home / "envs" / "old")}
    left = torchup("deactivate", "--shell", "bash", LD_LIBRARY_PATH=f"{lib}:/mine", **inside).out
    assert "/mine" in left
    assert lib not in left.partition("LD_LIBRARY_PATH")[2].splitlines()[0]

    # It is whole, and stays so through a change, a copy and a lock.
    shown = torchup("show", "old", "--json").document("torchup.environment/v1")
    assert (shown["state"], shown["build"]) == ("ok", told["plan"]["stack"]["build"])
    again = {"UV_DEFAULT_INDEX": wheels}
    done = torchup("add", "-n", "old", "onlypip", "--no-verify", **again)
    assert done.code == 0, done
    assert records(torchup, "old").keys() == there.keys()
    shown = torchup("show", "old", "--json").document("torchup.environment/v1")
    assert (shown["packages"]["onlypip"], shown["packages"]["tensorflow"]) == ("1.0", version)
    assert torchup("clone", "old", "copy").code == 0
    copied = torchup("run", "copy", "--", "python", "-c", code)
    assert copied.out.strip() == lib.replace("/old/", "/copy/")
    lock = str(torchup.root / "pylock.toml")
    assert torchup("lock", "old", "-o", lock, **asked).code == 0
    synced = torchup("sync", lock, "-n", "synced", "--no-verify", **asked)
    assert synced.code == 0, synced
    assert records(torchup, "synced").keys() == there.keys()
    assert torchup("run", "synced", "--", "python", "-c", code).out.strip().endswith("/synced/lib")
    exported = torchup("export", "old", "--format", "environment")
    assert exported.code == 0, exported
    assert {"tensorflow", "cudatoolkit"} <= {
        line.strip(" -").partition("=")[0] for line in exported.out.splitlines()
    }


def test_the_way_is_the_same_for_a_described_machine(torchup: Torchup) -> None:
    plain = torchup("plan", "tensorflow==2.3", *OLD_CARD)
    assert "--backend conda brings them" in plain.out
    asked = ("plan", "tensorflow==2.3", *OLD_CARD, "--backend", "conda")
    plan = torchup(*asked, "--json").document("torchup.plan/v1")
    stack = plan["stack"]
    assert (stack["python"], stack["build"], stack["runtime"]) == ("3.8", "cu101", "10.1")
    assert (stack["packages"], stack["origin"]) == ({"tensorflow": "2.3.0"}, "conda")
    made, installed = (one["command"] for one in plan["steps"][:2])
    assert {"python=3.8.*", "cudatoolkit=10.1.*", "cudnn>=7.6.5,<8"} <= set(made)
    assert "tensorflow==2.3.0" in installed
    assert not [one for one in made if one.startswith("tensorflow")]
    printed = torchup(*asked, "--print", "conda").out
    assert '"cudatoolkit 10.1.*" "cudnn >=7.6.5,<8"' in printed
    assert "pip install tensorflow==2.3.0" in printed
    assert 'export LD_LIBRARY_PATH="$CONDA_PREFIX/lib"' in printed
    assert "conda 会一并装上" in torchup(*asked, "--lang", "zh_CN").out


def test_the_way_is_there_beside_a_build_of_conda_s_for_the_cpu(torchup: Torchup) -> None:
    assert "--backend conda brings them" in torchup("plan", "tensorflow==2.4", *OLD_CARD).out
    asked = ("plan", "tensorflow==2.4", *OLD_CARD, "--backend", "conda", "--json")
    stack = torchup(*asked).document("torchup.plan/v1")["stack"]
    assert (stack["build"], stack["device"], stack["origin"]) == ("cu110", "cuda", "conda")


def test_what_is_uncertain_of_its_wheel_is_not_said_of_a_recipe(torchup: Torchup) -> None:
    asked = ("plan", "tensorflow==2.1", *OLD_CARD, "--backend", "conda", "--json")
    found = torchup(*asked).document("torchup.plan/v1")["reasons"]
    codes = {one["code"] for one in found}
    assert codes >= {"libraries-by-conda", "facts-uncertain"}
    assert "conda-uncertain" not in codes


def test_it_is_not_named_for_several_frameworks(torchup: Torchup) -> None:
    card = ("--os", "windows", "--gpu", "RTX 4090", "--driver", "580")
    done = torchup("plan", "torch", "tensorflow", *card)
    assert "cudnn=8.1" in done.out
    assert "--backend conda" not in done.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("tensorflow==2.3", "--gpu", "GTX 1080", "--driver", "410"), "418.39"),
        (("tensorflow==2.3", "--gpu", "GTX 1080", "--driver", "450", "--python", "3.9"), "3.9"),
        (("tensorflow==2.1", "--gpu", "H100", "--driver", "550"), "H100"),
    ],
)
def test_where_there_is_no_such_set_the_nearest_is_named(
    torchup: Torchup, asked: tuple[str, ...], said: str
) -> None:
    done = torchup("plan", *asked, "--os", "linux", "--backend", "conda")
    assert done.code == 1 or "PTX" in done.out, done
    assert said in done.out
