from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from tools.peers.ask_ltt import platforms
from tools.peers.ask_torchruntime import described, posed
from tools.peers.ask_uv import build_on, last_line, platform_for_uv, read_pin
from tools.peers.machines import Subject, load_subjects
from tools.peers.scratch import Scratch
from tools.peers.stage import Stage, pci_of

from torchup.facts.load import load_catalogue, load_gpus
from unit.tools_peers.facts import subject

SUBJECTS = {one.id: one for one in load_subjects()}
BASE = load_catalogue().framework.index_base


def test_there_are_machines_of_every_kind() -> None:
    platforms_there = {one.machine.platform for one in SUBJECTS.values()}
    assert platforms_there >= {"linux-x86_64", "linux-aarch64", "windows-x86_64", "macos-arm64"}
    vendors = {gpu.vendor for one in SUBJECTS.values() for gpu in one.machine.gpus or ()}
    assert vendors == {"nvidia", "amd", "intel", "apple"}
    assert len(SUBJECTS) == len(load_subjects()) >= 20


@pytest.mark.parametrize("one", SUBJECTS.values(), ids=list(SUBJECTS))
def test_the_peers_see_the_same_cards_as_torchup(one: Subject) -> None:
    lines = "\n".join(one.lspci)
    shown = {":".join(pci_of(line)[2:]) for line in one.lspci}
    for gpu in one.machine.gpus or ():
        known = load_gpus().by_pci(gpu.pci_id) if gpu.pci_id else None
        assert known is None or gpu.arch in {None, *known.archs}
        if gpu.pci_id and not one.machine.os.wsl:
            assert gpu.pci_id in shown, lines


def made(one: Subject, tmp_path: Path) -> Stage:
    return Stage(one, Scratch(tmp_path), "http://127.0.0.1:1")


@pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")
def test_the_made_programs_answer_as_the_real_ones(tmp_path: Path) -> None:
    folder = Path(made(SUBJECTS["k80-r470"], tmp_path).environment["PATH"])
    ask = [str(folder / "nvidia-smi"), "--query-gpu=driver_version"]

    def told(*arguments: str) -> list[str]:
        done = subprocess.run([*ask, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert told("--format=csv") == ["driver_version", "470.256.02", "470.256.02"]
    assert told("--format=csv,noheader") == ["470.256.02", "470.256.02"]
    assert not (folder / "rocm_agent_enumerator").exists()
    listed = subprocess.run([str(folder / "lspci")], capture_output=True, text=True, check=True)
    assert tuple(listed.stdout.splitlines()) == SUBJECTS["k80-r470"].lspci


def test_the_made_devices_are_what_the_kernel_would_show(tmp_path: Path) -> None:
    stage = made(SUBJECTS["arc-a770"], tmp_path)
    device = stage.file("pci") / "03:00.0"
    assert (device / "class").read_text() == "0x030000\n"
    assert (device / "vendor").read_text() == "0x8086\n"
    assert not (Path(stage.environment["PATH"]) / "nvidia-smi").exists()


def test_nothing_of_this_machine_reaches_a_peer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_TORCH_BACKEND", "cpu")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example")
    environment = made(SUBJECTS["no-gpu"], tmp_path).environment
    assert not {"UV_TORCH_BACKEND", "PIP_INDEX_URL"} & set(environment)


@pytest.mark.parametrize(
    ("id_", "triple"),
    [
        ("gtx1080-r580", "x86_64-manylinux_2_39"),
        ("gh200-r550", "aarch64-manylinux_2_35"),
        ("gtx970-windows", "x86_64-pc-windows-msvc"),
        ("apple-m2", "aarch64-apple-darwin"),
    ],
)
def test_platforms_in_the_words_of_uv(id_: str, triple: str) -> None:
    assert platform_for_uv(SUBJECTS[id_]) == triple


def test_a_newer_c_library_than_uv_has_a_word_for() -> None:
    one = subject()
    newest = replace(
        one, machine=replace(one.machine, os=replace(one.machine.os, libc="glibc 2.43"))
    )
    assert platform_for_uv(newest) == "x86_64-manylinux_2_40"


def test_platforms_in_the_words_of_pip() -> None:
    linux = list(platforms(SUBJECTS["gtx1080-r580"]))
    assert linux[0] == "manylinux_2_39_x86_64"
    assert "manylinux_2_28_x86_64" in linux
    assert linux[-1] == "linux_x86_64"
    assert list(platforms(SUBJECTS["gtx970-windows"])) == ["win_amd64"]
    assert "macosx_14_0_arm64" in platforms(SUBJECTS["apple-m2"])


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        (f"torch==2.10.0+cu128\n    # from {BASE}/cu128\n", "2.10.0+cu128"),
        (f"torch==2.14.0\n    # from {BASE}/cpu\n", "2.14.0+cpu"),
        ("torch==2.9.1\n    # from https://pypi.org/simple\n", "2.9.1+cu128"),
    ],
)
def test_what_uv_prints(printed: str, label: str) -> None:
    found = read_pin(SUBJECTS["gtx1080-r580"], "torch", printed)
    assert f"{found.version}+{found.build}" == label


def test_what_uv_prints_where_it_gives_up() -> None:
    assert read_pin(SUBJECTS["no-gpu"], "torch", "").kind == "failure"
    assert last_line("one\n  two \n\n") == "two"
    assert last_line("") == ""


def test_pypi_serves_another_build_on_another_platform() -> None:
    assert build_on(SUBJECTS["gtx970-windows"], "2.9.1", "https://pypi.org/simple") == "cpu"


@pytest.mark.parametrize(
    ("version", "arch"), [("10.3.0", "gfx1030"), ("11.0.1", "gfx1101"), ("9.0.12", "gfx90c")]
)
def test_the_card_that_another_poses_as(version: str, arch: str) -> None:
    assert posed({"HSA_OVERRIDE_GFX_VERSION": version}) == arch
    assert posed({}) == ""


def test_what_torchruntime_is_told() -> None:
    linux = described(SUBJECTS["gtx1080-r580"])
    assert linux["listing"] == SUBJECTS["gtx1080-r580"].lspci[0]
    windows = described(SUBJECTS["gtx970-windows"])
    assert windows == {"system": "Windows", "cpu": "amd64", "listing": "PCI\\VEN_10DE&DEV_13C2"}
    assert described(SUBJECTS["apple-m2"])["cpu"] == "arm64"


def test_a_line_that_names_no_device() -> None:
    with pytest.raises(ValueError, match=re.escape("nothing here")):
        pci_of("nothing here")
