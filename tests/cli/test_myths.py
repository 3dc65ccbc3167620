"""Each entry of ``docs/myths.md``: what the page says is so, by the facts or by trying it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.fixtures import needs_world
from torchup.api.explain.causes import explain_log
from torchup.api.machines.given import machine_given
from torchup.diagnose.conda_settings import judge_conda
from torchup.facts.conda import load_conda
from torchup.facts.conda_settings import load_conda_facts
from torchup.facts.load import load_catalogue, load_gpus
from torchup.facts.mirrors import load_mirrors
from torchup.model import Requirement, Resolution
from torchup.model.conda import CondaFile
from torchup.resolve import resolve
from torchup.wire.read import machines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup
    from torchup.facts.catalogue import Arch
    from torchup.facts.release import Release

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "docs" / "myths.md", ROOT / "docs" / "zh" / "myths.md")
CHAINS: Final = tuple(
    ROOT / "docs" / "explanation" / name for name in ("the-chain.md", "the-chain.zh.md")
)
GUIDES: Final = (ROOT / "docs" / "from-tutorials.md", ROOT / "docs" / "zh" / "from-tutorials.md")
TODAY: Final = "2026-11-30"
ABOUT_PAGES: Final = {
    *("myths-have-tests", "commands-of-myths-are-understood"),
    *("both-guides-have-the-same-steps", "pages-link-to-what-is-there"),
}
SMI: Final = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 560.94                 Driver Version: 560.94         CUDA Version: 12.6     |
|-----------------------------------------+------------------------+----------------------+
| GPU  Name                  Driver-Model | Bus-Id          Disp.A | Volatile Uncorr. ECC |
|=========================================+========================+======================|
|   0  NVIDIA GeForce GTX 1050 Ti   WDDM  |   00000000:01:00.0  On |                  N/A |
| N/A   48C    P8             N/A /  N/A  |     312MiB /   4096MiB |      0%      Default |
+-----------------------------------------+------------------------+----------------------+
"""
NO_KERNELS: Final = b"""\
torch/cuda/__init__.py:104: UserWarning:
NVIDIA GeForce RTX 3080 Ti with CUDA capability sm_86 is not compatible with the current PyTorch \
installation.
The current PyTorch install supports CUDA capabilities sm_37 sm_50 sm_60 sm_61 sm_70 sm_75 \
compute_37.
"""


def choose(
    name: str | None = None,
    *packages: str,
    driver: str | None = None,
    system: str = "linux",
    vendor: str = "nvidia",
    requirement: dict[str, Any] | None = None,
    **more: Any,  # noqa: ANN401  # whatever a machine document has
) -> Resolution:
    """What fits a machine with one card."""
    document: dict[str, Any] = {
        "schema": "torchup.machine/v1",
        "os": {"system": system},
        "arch": "x86_64",
        "gpus": [{"index": 0, "vendor": vendor, "name": name}] if name else [],
        "drivers": [{"vendor": vendor, "version": driver}] if driver else [],
        **more,
    }
    (machine,) = machines(json.dumps(document).encode(), "myth")
    asked = Requirement(packages=packages, today=TODAY, **(requirement or {}))
    return resolve(machine, asked, load_catalogue(), gpus=load_gpus())


def build_of(found: Resolution) -> str:
    assert found.stack is not None, found
    return found.stack.build


def device_of(found: Resolution) -> str:
    assert found.stack is not None, found
    return found.stack.device


def release(version: str) -> Release:
    found = load_catalogue().release(version)
    assert found is not None, version
    return found


def arch(name: str) -> Arch:
    return next(one for one in load_catalogue().archs if one.name == name)


def causes(log: bytes, **facts: str) -> list[str]:
    return [one.code for one in explain_log([log], facts=facts).findings]


def entries(page: Path) -> list[str]:
    return re.findall(r'<a id="([a-z0-9-]+)"></a>\n### ', page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_myths_have_tests(page: Path) -> None:
    tested = {name[5:].replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(entries(page)) == tested - ABOUT_PAGES
    assert len(entries(page)) == len(set(entries(page)))
    assert entries(page) == entries(PAGES[0])


def commands() -> Iterator[str]:
    for page in (*PAGES, *GUIDES, *CHAINS):
        yield from re.findall(r"`(torchup [^`]*)`", page.read_text(encoding="utf-8"))


def test_commands_of_myths_are_understood(torchup: Torchup) -> None:
    """A page that names a command or an option that is not there misleads."""
    known: dict[str, str] = {}
    for said in sorted(set(commands())):
        words = said.split()
        name = words[1]
        if name == "--version":
            continue
        if name not in known:
            known[name] = torchup(name, "--help").out
            assert known[name], said
        for option in (one for one in words if one.startswith("-")):
            assert option in known[name], said


def test_both_guides_have_the_same_steps() -> None:
    """The same number of steps in each table, and the same commands in each step."""
    told = [[re.findall(r"`(torchup [^`]*)`", line) for line in _rows(page)] for page in GUIDES]
    assert len(told[0]) == len(told[1]) > 70
    for english, chinese in zip(*told, strict=True):
        assert sorted(one.split()[:2] for one in english) == sorted(
            one.split()[:2] for one in chinese
        )


def test_pages_link_to_what_is_there() -> None:
    for page in (*PAGES, *GUIDES, *CHAINS):
        for target in re.findall(r"\]\(([^)#:]*)(?:#([a-z0-9-]+))?\)", page.read_text("utf-8")):
            place, anchor = (page.parent / target[0]) if target[0] else page, target[1]
            assert place.is_file(), (page, target)
            assert not anchor or f'<a id="{anchor}"></a>' in place.read_text("utf-8"), target


def _rows(page: Path) -> list[str]:
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| ---")]


def test_driver_cuda_is_installed() -> None:
    machine = machine_given(SMI.encode(), "nvidia-smi.txt")
    assert machine is not None
    assert [one.max_runtime for one in machine.drivers or ()] == ["12.6"]
    assert machine.toolkits is None  # nothing is said of them


def test_newest_driver_for_every_card() -> None:
    ends = {"sm_21": 390, "sm_35": 470, "sm_52": 580, "sm_61": 580, "sm_70": 580, "sm_75": None}
    assert {name: arch(name).last_branch for name in ends} == ends
    assert choose("NVIDIA GeForce GTX 1050 Ti", driver="590.44.01").outcome == "none"
    assert choose("NVIDIA GeForce GTX 1050 Ti", driver="580.95.05").outcome == "ok"


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_new_driver_means_new_torch(system: str) -> None:
    found = choose("NVIDIA GeForce GTX 1050 Ti", driver="580.95.05", system=system)
    assert build_of(found) == "cu126"
    for one in load_catalogue().releases:
        for build in one.builds:
            if build.runtime.startswith("13.") or (build.name, build.platform) == (
                "cu128",
                "linux-x86_64",
            ):
                assert not {"sm_60", "sm_61"} & set(build.archs or ()), (one.version, build)


def test_minor_versions() -> None:
    assert build_of(choose("NVIDIA GeForce RTX 3060", driver="510.39.01")) == "cu118"
    found = choose("NVIDIA GeForce RTX 3060", driver="535.54.03")
    assert build_of(found).startswith("cu12")
    pinned = {"build": "cu130"}
    assert choose("NVIDIA GeForce RTX 3060", driver="575.51.03", requirement=pinned).stack is None


def test_amd_cannot() -> None:
    found = choose("AMD Radeon RX 7900 XTX", vendor="amd")
    assert device_of(found) == "rocm"


def test_intel_cannot() -> None:
    assert device_of(choose("Intel Arc A770 Graphics", vendor="intel")) == "xpu"
    first = next(
        one.version
        for one in reversed(load_catalogue().releases)
        if any(build.device == "xpu" for build in one.builds)
    )
    assert first == "2.6.0"
    mac = {"system": "macos", "version": "15.1"}
    assert device_of(choose("Apple M3", vendor="apple", os=mac, arch="arm64")) == "mps"


def test_thirty_series_needs_cu110() -> None:
    for one in load_catalogue().releases:
        for build in one.builds:
            if build.device == "cuda" and build.archs and build.platform.endswith("x86_64"):
                runs = bool({"sm_80", "sm_86"} & set(build.archs))
                assert runs == (int(build.runtime.partition(".")[0]) >= 11), (one.version, build)


def test_install_the_toolkit() -> None:
    found = choose("NVIDIA GeForce RTX 3060", driver="560.28.03", toolkits=[])
    assert device_of(found) == "cuda"
    assert not [one for one in found.reasons if "toolkit" in one.code]


def test_toolkit_at_least_wheel() -> None:
    old = [{"path": "/usr/local/cuda-11.8", "version": "11.8", "kind": "cuda"}]
    with_old = choose("NVIDIA GeForce RTX 3060", driver="560.28.03", toolkits=old)
    assert build_of(with_old) == "cu126"
    without = choose("NVIDIA GeForce RTX 3060", driver="560.28.03")
    assert with_old.stack == without.stack
    assert with_old.reasons == without.reasons


def test_three_cuda_numbers() -> None:
    """The driver's 12.2, a toolkit's 11.8 and the wheel's own CUDA: three numbers, and it runs."""
    old = [{"path": "/usr/local/cuda-11.8", "version": "11.8", "kind": "cuda"}]
    found = choose("NVIDIA GeForce RTX 3060", driver="535.54.03", toolkits=old)
    assert found.stack is not None
    assert found.stack.runtime is not None
    assert found.stack.runtime not in {"12.2", "11.8"}
    assert found.stack.runtime.startswith("12.")


def test_install_cudnn() -> None:
    log = (
        b"RuntimeError: cuDNN version incompatibility: PyTorch was compiled against (9, 1, 0) but "
        b"found runtime version (8, 9, 2). PyTorch already comes bundled with cuDNN. One option to "
        b"resolving this error is to ensure PyTorch can find the bundled cuDNN. Looks like your "
        b"LD_LIBRARY_PATH contains incompatible version of cudnn.\n"
    )
    assert causes(log)[0] == "cudnn-version-mismatch"


def test_is_available_means_fine() -> None:
    assert causes(NO_KERNELS)[0] == "gpu-arch-too-new-for-build"


def test_false_means_mismatch() -> None:
    log = b"AssertionError: Torch not compiled with CUDA enabled\n"
    seen = causes(log, gpu="RTX 3060", driver="560.94", torch="2.4.0+cpu")
    assert seen[0] == "torch-cpu-build-on-gpu-machine"
    old = b"RuntimeError: The NVIDIA driver on your system is too old (found version 11060).\n"
    assert causes(old)[0] == "driver-too-old-for-cuda-runtime"
    assert causes(b"RuntimeError: No CUDA GPUs are available\n", gpu="RTX 3060")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cudatoolkit", "cudnn"])
def test_pip_install_cudatoolkit(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(tmp_path), name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"No matching distribution found for {name}" in done.stderr


def test_one_python() -> None:
    pythons = [
        {"path": f"/usr/bin/python{minor}", "version": f"{minor}.4"}
        for minor in ("3.8", "3.11", "3.13")
    ]
    several = choose("NVIDIA GeForce RTX 3060", driver="560.28.03", pythons=pythons)
    assert several.outcome == "ok"
    old = choose(None, "torch==2.4.0", requirement={"python": "3.8", "cpu": True}, pythons=pythons)
    assert old.stack is not None
    assert old.stack.python == "3.8"


def test_python_table() -> None:
    for platform in ("linux-x86_64", "windows-x86_64"):
        assert "3.12" in release("2.2.0").pythons[platform]
        assert {"3.9", "3.10", "3.11", "3.12"} <= set(release("2.5.0").pythons[platform])
    assert "3.13" in release("2.5.0").pythons["linux-x86_64"]
    assert "3.13" not in release("2.5.0").pythons["windows-x86_64"]


def test_companions() -> None:
    audio = {}
    for one in load_catalogue().releases:
        paired = {found.name: found.version for found in one.companions}
        assert len(paired) == len(one.companions) == 2
        audio[one.version] = paired["torchaudio"]
    assert audio["2.10.0"] == "2.10.0"
    newer = list(audio)[: list(audio).index("2.10.0")]
    assert {audio[one] for one in newer} == {"2.11.0"}
    derived = choose(None, "torchvision==0.19.0", requirement={"cpu": True})
    assert derived.stack is not None
    assert derived.stack.packages["torch"].startswith("2.4.0")


def test_cu102_that_never_was() -> None:
    for one in load_catalogue().releases:
        windows = {build.name for build in one.builds if build.platform == "windows-x86_64"}
        if one.date >= release("1.11.0").date:
            assert "cu102" not in windows
    assert "cu102" in {
        build.name for build in release("1.10.0").builds if build.platform == "windows-x86_64"
    }
    found = choose(
        "NVIDIA GeForce RTX 2060",
        "torch==1.11.0",
        driver="560.94",
        system="windows",
        requirement={"build": "cu102"},
    )
    assert found.outcome == "none"


def test_conda_install_pytorch() -> None:
    facts = load_conda("torch")
    retired, current = facts.channel("pytorch"), facts.channel("conda-forge")
    assert retired is not None
    assert retired.last == "2.5.1"
    assert current is not None
    assert not current.last


def test_requirements_literally() -> None:
    pinned = {"build": "cu101"}
    card = "NVIDIA GeForce RTX 3090"
    assert choose(card, "torch==1.7.1", driver="550.54.14", requirement=pinned).stack is None
    assert build_of(choose(card, "torch==1.7.1", driver="550.54.14")) == "cu110"


def test_douban(torchup: Torchup) -> None:
    known = load_mirrors().at("http://pypi.douban.com/simple")
    assert known is not None
    assert known.state == "retired"
    config = torchup.root / "pip.conf"
    config.write_text(
        "[global]\nindex-url = http://pypi.douban.com/simple\n"
        "[install]\ntrusted-host = pypi.douban.com\n"
    )
    done = torchup("doctor", "--json", PIP_CONFIG_FILE=str(config))
    found = done.document("torchup.diagnosis/v1")["findings"]
    assert "mirror-retired" in {one["code"] for one in found}, found


def _condarc(**settings: object) -> set[str]:
    file = CondaFile(path="/home/me/.condarc", settings=settings)
    return {one.finding.code for one in judge_conda([file], load_conda_facts())}


def test_pkgs_free() -> None:
    old = "http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/win-64/"
    assert _condarc(channels=[old]) == {"conda-channel-gone"}
    good = old.replace("pkgs/free", "cloud/conda-forge")
    assert _condarc(channels=[good]) == {"conda-channel-platform", "conda-channel-insecure"}
    assert not _condarc(channels=["conda-forge"])


def test_turn_off_verification() -> None:
    assert _condarc(ssl_verify=False)
    assert not _condarc(ssl_verify=True)


def test_later_channel_wins(torchup: Torchup) -> None:
    rc = Path(torchup.env["HOME"]) / ".condarc"
    rc.write_text("channels:\n  - first\n  - second\n")
    said = torchup("config", "conda", "get", "channels")
    assert said.out.index("first") < said.out.index("second"), said
    done = torchup("config", "conda", "add", "channels", "newest", "--first", "--yes")
    assert done.code == 0, done
    assert rc.read_text().split() == ["channels:", "-", "newest", "-", "first", "-", "second"]


@needs_world
def test_no_chinese_in_paths(connected: Torchup) -> None:
    home = connected.root / "我的 环境"
    made = connected("create", "实验", "--cpu", "--yes", "--no-verify", TORCHUP_HOME=str(home))
    assert made.code == 0, made
    said = connected(
        "run", "实验", "--", "python", "-c", "import torch; print(torch.__version__)",
        TORCHUP_HOME=str(home),
    )  # fmt: skip
    assert (said.code, said.out.strip()[:2]) == (0, "2."), said


def test_pip_list_has_no_environment(tmp_path: Path) -> None:
    """pip lists the packages of its own Python: an empty environment shows none of these here."""
    place = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    ask = ["-m", "pip", "--disable-pip-version-check"]
    inside = [sys.executable, *ask, "--python", str(python), "list", "--format", "json"]
    outside = [sys.executable, *ask, "list", "--format", "json"]
    names = [
        {
            one["name"]
            for one in json.loads(subprocess.run(c, capture_output=True, check=True).stdout)
        }
        for c in (inside, outside)
    ]
    assert "pytest" not in names[0]
    assert "pytest" in names[1]
