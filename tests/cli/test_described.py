"""Machines in words, commands to paste, files to fetch by hand."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import DEAD, one_error
from cli.world import MINOR
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup


PASTED = """\
| NVIDIA-SMI 580.126.09             Driver Version: 580.126.09     CUDA Version: 13.0     |
|   0  NVIDIA GeForce GTX 1080 Ti     Off |   00000000:04:00.0 Off |                  N/A |
| 23%   26C    P8              8W /  250W |       4MiB /  11264MiB |      0%      Default |
|                                         |                        |                  N/A |
"""


def test_pasted_output_is_a_machine_too(torchup: Torchup, tmp_path: Path) -> None:
    file = tmp_path / "card.txt"
    file.write_text(PASTED, encoding="utf-16")
    done = torchup("plan", "--json", "--machine", str(file))
    assert done.code == EXIT_DONE, done
    plan = done.document("torchup.plan/v1")
    assert plan["stack"]["build"] == "cu126"
    seen = torchup("probe", "--json", "--capture", str(file))
    machine = seen.document("torchup.machine/v1")
    assert machine["gpus"][0]["name"] == "NVIDIA GeForce GTX 1080 Ti"
    shown = torchup("probe", "--capture", str(file))
    assert f"torchup plan --machine {file}" in shown.out
    file.write_text("It does not work.", encoding="utf-8")
    said = one_error(torchup("plan", "--machine", str(file)), EXIT_USAGE)
    assert "nvidia-smi" in said


CUT = """\
| NVIDIA-SMI 525.147.05   Driver Version: 525.147.05   CUDA Version: 12.0     |
|   0  NVIDIA GeForce ...  Off  | 00000000:01:00.0  On |                  N/A |
| N/A   55C    P8    21W /  N/A |    393MiB / 16116MiB |      3%      Default |
"""


def test_a_name_that_was_cut_off_is_named_beside_the_file(torchup: Torchup, tmp_path: Path) -> None:
    file = tmp_path / "card.txt"
    file.write_text(CUT, encoding="utf-8")
    alone = torchup("plan", "--machine", str(file))
    assert alone.code == EXIT_NO
    assert "nvidia-smi -L" in alone.out
    assert "--gpu NAME" in alone.out
    named = torchup("plan", "--machine", str(file), "--gpu", "3080 laptop", "--json")
    assert named.code == EXIT_DONE, named
    plan = named.document("torchup.plan/v1")
    assert plan["stack"]["build"] == "cu126"  # the driver is the file's: no CUDA 13
    assert any(one["has"] == "525.147.05" for one in plan["reasons"])


def test_cards_a_driver_and_a_system(torchup: Torchup) -> None:
    done = torchup(
        "plan", "--gpu", "RTX 3060 Laptop", "--gpu", "v100", "--driver", "535", "--os", "windows",
        "--python", "3.10", "--json",
    )  # fmt: skip
    assert done.code == EXIT_DONE, done
    found = done.document("torchup.plan/v1")
    assert found["stack"]["build"] == "cu126"
    assert (found["stack"]["python"], found["serves"]) == ("3.10", [0, 1])


def test_no_build_for_a_new_card(torchup: Torchup) -> None:
    done = torchup("plan", "torch==2.6.0", "--gpu", "RTX 5090", "--driver", "580", "--os", "linux")
    assert done.code == EXIT_NO
    assert "sm_120" in done.out
    assert "2.7.1+cu128" in done.out
    assert "torchup create NAME torch==2.7.1 --build cu128" in done.out
    assert "torchup create NAME torch==2.6.0 --cpu" in done.out


def test_a_name_of_three_chips(torchup: Torchup) -> None:
    done = torchup("plan", "--gpu", "gt 730", "--os", "linux")
    said = one_error(done, EXIT_USAGE)
    assert all(arch in said for arch in ("sm_21", "sm_30", "sm_35"))


@pytest.mark.parametrize(
    "words",
    [
        ("--gpu", "RTX 3070M"),
        ("--gpu", ""),
        ("--driver", "newest"),
        ("--os", "beos"),
        ("--machine", "-", "--gpu", "3060"),  # nothing on standard input
        ("--print", "poetry"),
    ],
)
def test_words_that_say_nothing(torchup: Torchup, words: tuple[str, ...]) -> None:
    one_error(torchup("plan", *words), EXIT_USAGE)


def test_commands_for_other_tools(torchup: Torchup) -> None:
    words = ("--gpu", "3060", "--driver", "535", "--os", "linux")
    pip = torchup("plan", "--print", "pip", *words)
    assert pip.code == EXIT_DONE
    make, install, *_rest = pip.out.splitlines()
    assert make.endswith("-m venv NAME")
    assert "torch==" in install
    assert "+cu126" in install
    assert "/whl/cu126" in install
    docker = torchup("plan", "--print", "dockerfile", *words)
    assert docker.out.startswith("FROM python:3.")


@pytest.mark.parametrize(
    ("words", "build", "said"),
    [
        (("--gpu", "4070", "--driver", "581.57", "--os", "windows"), "--gpus all", "WSL 2"),
        (("--gpu", "RX 7800 XT", "--os", "windows"), "/whl/cpu", "RX 7800 XT"),
        (("--gpu", "Apple M4"), "/whl/cpu", "Apple M4"),
    ],
)
def test_an_image_is_for_what_its_container_sees(
    torchup: Torchup, words: tuple[str, ...], build: str, said: str
) -> None:
    done = torchup("plan", "--print", "dockerfile", *words)
    assert done.code == EXIT_DONE, done
    first = done.out.splitlines()[0]
    assert first.startswith("# ")
    assert said in first
    assert build in done.out
    assert "win" not in done.out.partition("FROM")[2]


def test_no_image_for_a_windows_without_containers(torchup: Torchup) -> None:
    file = torchup.root / "old.json"
    system = '"os": {"system": "windows", "version": "7"}, "arch": "x86_64"'
    file.write_text(f'{{"schema": "torchup.machine/v1", {system}}}')
    done = torchup("plan", "--print", "dockerfile", "--machine", str(file))
    assert "WSL 2" in one_error(done, EXIT_USAGE)


@needs_world
def test_an_image_takes_nothing_from_this_machine(connected: Torchup, wheels: Path) -> None:
    folder = wheels / "whl" / "cpu"
    words = ("plan", "--print", "dockerfile", "--cpu")
    done = connected(*words, PIP_FIND_LINKS=str(folder))
    assert done.code == EXIT_DONE, done
    assert "find-links" not in done.out
    assert str(folder) in one_error(connected(*words, "--wheels", str(folder)), EXIT_USAGE)


def test_nothing_to_paste_where_nothing_fits(torchup: Torchup) -> None:
    done = torchup("plan", "--print", "pip", "torch==2.6.0", "--gpu", "5090", "--os", "linux")
    assert done.code == EXIT_NO
    assert "pip install" not in done.out


@needs_world
def test_the_files_by_address(connected: Torchup) -> None:
    done = connected("plan", "--urls", "--cpu", "--python", MINOR)
    assert done.code == EXIT_DONE, done
    stack, *lines = done.out.splitlines()
    assert stack.startswith("# torch 2.14.1+cpu · ")
    assert stack.endswith(f" · Python {MINOR}")
    urls = lines[lines.index(next(one for one in lines if one.startswith("http"))) :: 2]
    comments = [line for line in lines if line not in urls]
    assert all(line.startswith("# ") for line in comments)
    assert all(line.startswith("http://") and line.endswith(".whl") for line in urls)
    torch = next(line for line in comments if line.startswith("# torch "))
    assert "2.14.1+cpu" in torch


@needs_world
def test_files_that_are_not_the_planned_ones(connected: Torchup) -> None:
    words = ("--cpu", "--python", MINOR, "--os", "linux")
    planned = connected("plan", *words, "--json").document("torchup.plan/v1")["stack"]
    assert planned["packages"]["torch"] != "2.14.1", "the world has the newest: nothing to show"
    done = connected("plan", "--urls", *words)
    assert done.code == EXIT_DONE, done
    stack, said, *_ = done.out.splitlines()
    assert stack.startswith("# torch 2.14.1+cpu · ")
    assert f"{planned['packages']['torch']}+cpu" in said


@needs_world
def test_files_where_a_place_is_lost(connected: Torchup, wheels: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fetched"
    shutil.copytree(wheels / "whl" / "cpu", folder)
    lost = {"TORCHUP_FRAMEWORK_INDEX": f"{DEAD}/whl", "PIP_FIND_LINKS": str(folder)}
    done = connected("plan", "--urls", "--cpu", "--python", MINOR, **lost)
    assert done.code == EXIT_DONE, done
    stack, said, *_ = done.out.splitlines()
    assert "torch 2.14.1+cpu" in stack
    assert f"{DEAD}/whl/cpu" in said


@needs_world
def test_a_folder_of_wheels_for_another_machine(torchup: Torchup, wheels: Path) -> None:
    words = ("--wheels", str(wheels / "whl" / "cpu"), "--cpu", "--os", "linux")
    for offline in ((), ("--offline",)):
        found = torchup("plan", *words, *offline, "--json").document("torchup.plan/v1")
        assert found["stack"]["packages"]["torch"] == "2.14.1"
    other = torchup("plan", *words[:3], "--os", "windows")
    assert other.code == EXIT_NO


@needs_world
def test_a_folder_of_wheels_is_taken(connected: Torchup, wheels: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fetched"
    folder.mkdir()
    (older,) = (wheels / "whl" / "cpu").rglob("torch-2.13.0*cpu*.whl")
    shutil.copy(older, folder)
    done = connected("create", "w", "--wheels", str(folder), "--no-verify", "--json")
    assert done.code == EXIT_DONE, done
    made = done.document("torchup.outcome/v1")["environment"]
    assert made["packages"]["torch"] == "2.13.0+cpu"
    asked = connected("plan", "torch==2.14.1", "--wheels", str(folder))
    assert asked.code == EXIT_NO


def test_a_folder_without_wheels(torchup: Torchup) -> None:
    assert "no wheels" in one_error(torchup("plan", "--wheels", str(torchup.root)), EXIT_USAGE)


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ('torch==2.6.0; python_version >= "3.10"', "2.6.0"),
        ('torch==2.6.0; python_version < "3"', ""),
    ],
)
def test_markers_are_about_the_python_that_is_chosen(
    torchup: Torchup, line: str, version: str
) -> None:
    done = torchup("plan", line, "--gpu", "3090", "--driver", "580", "--os", "linux", "--json")
    chosen = done.document("torchup.plan/v1")["stack"]["packages"]["torch"]
    assert (chosen == "2.6.0") is bool(version)


@pytest.mark.parametrize("command", [("why",), ("plan", "--urls")])
def test_what_is_answered_for_one_machine_at_a_time(
    torchup: Torchup, command: tuple[str, ...]
) -> None:
    one = '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64"}\n'
    file = torchup.root / "two.jsonl"
    file.write_text(one * 2)
    assert "2" in one_error(torchup(*command, "--machine", str(file)), EXIT_USAGE)
