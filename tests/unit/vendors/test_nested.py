"""Containers, WSL and Jetsons: what they hand on of a card, and what is said where they don't."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stubs import machines
from torchup.facts.load import load_catalogue, load_gpus
from torchup.host import Completed
from torchup.host.capture import CaptureHost, Ran
from torchup.model import Requirement
from torchup.probe import probe_machine
from torchup.resolve import resolve
from torchup.vendors.windows import QUESTION
from torchup.words import load_words

if TYPE_CHECKING:
    from torchup.host.capture import Capture
    from torchup.model import Machine

CUDA = ("{python}", "-I", "{torchup}/vendors/nvidia/payload_cuda.py")
CARD = machines.card("0000:01:00.0", "10de:2684", driver="nvidia")
NO_NVML = machines.no_nvml(12, "NVML Shared Library Not Found")
WSL = {"/proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n", "/dev/dxg": ""}
LIBRARY = "/usr/lib/wsl/lib/libcuda.so.1"


def cuda(init: int | None, *devices: dict[str, Any], **more: object) -> Ran:
    document = {"init": init, "cuda": 12080, "devices": devices, **more}
    return machines.ran(*CUDA, out=json.dumps(document))


def probe(capture: Capture) -> Machine:
    return probe_machine(CaptureHost(capture), load_gpus(), pythons=False)


def codes(capture: Capture) -> list[str]:
    found = probe(capture).problems
    words = load_words("en")
    for problem in found:
        assert words.say(f"problem.{problem.code}", problem.args)
        assert words.say(f"problem.{problem.code}.hint", problem.args)
    return [problem.code for problem in found]


def contained(files: dict[str, str], *ran: Ran, **env: str) -> Capture:
    return machines.linux(CARD, files=files, env=env, ran=ran)


NVRM = {"/proc/driver/nvidia/version": machines.NVRM.format("580.65.06")}
NO_CUDA = cuda(None, why="libcuda.so.1: cannot open shared object file")
KUBERNETES = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
IN_CONTAINERS = {
    "kubernetes, nothing handed on": (
        contained(NVRM, NO_NVML, NO_CUDA, **KUBERNETES),
        "nvidia-container-no-devices",
    ),
    "lxc, nothing handed on": (
        contained(NVRM, NO_NVML, NO_CUDA, container="lxc"),
        "nvidia-container-no-devices",
    ),
    "docker, devices without libraries": (
        contained({"/.dockerenv": "", **machines.driven("580.65.06")}, NO_NVML, NO_CUDA),
        "nvidia-container-no-libraries",
    ),
    "docker, no driver below": (
        machines.linux(
            machines.card("0000:01:00.0", "10de:2684"),
            files={"/.dockerenv": ""},
            ran=(NO_NVML, NO_CUDA),
        ),
        "nvidia-container-no-driver",
    ),
    "docker, tools without computing": (
        contained(
            {"/.dockerenv": "", **machines.driven("580.65.06")},
            machines.nvml(
                {**machines.RTX_4090, "bus": "00000000:01:00.0"}, driver="580.65.06", cuda=13000
            ),
            NO_CUDA,
        ),
        "nvidia-container-no-compute",
    ),
}


@pytest.mark.parametrize("name", IN_CONTAINERS)
def test_what_a_container_lacks_is_named_and_nothing_is_to_be_installed_in_it(name: str) -> None:
    capture, code = IN_CONTAINERS[name]
    assert codes(capture) == [code]
    assert len(probe(capture).gpus or ()) == 1, "the card is there all the same"


@pytest.mark.parametrize(
    ("more", "ran", "why"),
    [
        ({}, (), "libcuda.so.1"),
        ({"/usr/lib/wsl/lib/libd3d12.so": ""}, (NO_NVML, NO_CUDA), "libcuda.so.1: cannot open"),
        ({LIBRARY: ""}, (NO_NVML, cuda(100)), "CUDA_ERROR_NO_DEVICE"),
    ],
)
def test_wsl_without_windows_driver_does_not_know_its_cards(
    more: dict[str, str], ran: tuple[Ran, ...], why: str
) -> None:
    machine = probe(machines.linux(files={**WSL, **more}, ran=ran))
    assert machine.gpus is None
    (problem,) = machine.problems
    assert (problem.code, problem.args["why"].startswith(why)) == ("nvidia-wsl-libraries", True)
    answer = resolve(machine, Requirement(today="2026-11-21"), load_catalogue(), gpus=load_gpus())
    assert answer.stack is None, "never CPU by accident"


POWERSHELL = "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe"
NVIDIA = "card|PCI\\VEN_10DE&DEV_2684&SUBSYS_16F110DE&REV_A1\\4&1|32.0.15.7688"
INTEL = "card|PCI\\VEN_8086&DEV_3E92&SUBSYS_07A01028&REV_00\\3&1|31.0.101.2115"
RADEON = "card|PCI\\VEN_1002&DEV_744C&SUBSYS_471E1DA2&REV_C8\\6&1|31.0.24027.1012"


@pytest.mark.parametrize(
    ("card", "vendor", "code"),
    [
        (NVIDIA, "nvidia", ["nvidia-wsl-libraries"]),
        (RADEON, "amd", ["amd-wsl-rocm"]),
        (INTEL, "intel", []),
    ],
)
def test_where_wsl_does_not_tell_windows_is_asked(card: str, vendor: str, code: list[str]) -> None:
    capture = machines.linux(
        files=WSL,
        executables=(POWERSHELL,),
        ran=(NO_NVML, NO_CUDA, machines.ran(POWERSHELL, *QUESTION[1:], out=f"{card}\r\n")),
    )
    assert [gpu.vendor for gpu in probe(capture).gpus or ()] == [vendor]
    assert codes(capture) == code


def test_a_library_that_hung_is_no_missing_one() -> None:
    hung = Ran(argv=CUDA, done=Completed(code=-15, timed_out=True))
    capture = machines.linux(files={**WSL, LIBRARY: ""}, ran=(NO_NVML, hung))
    assert codes(capture) == ["nvidia-cuda-hung"]
    assert probe(capture).gpus is None


RTX_4090 = machines.nvml(machines.RTX_4090, driver="581.80", cuda=13000)


@pytest.mark.parametrize(
    ("files", "started", "code"),
    [
        ({}, cuda(0, off_path="/usr/lib/wsl/lib"), "nvidia-wsl-path"),
        ({}, cuda(None, why="libcuda.so.1: cannot open"), "nvidia-wsl-path"),
        (
            {"/usr/lib/x86_64-linux-gnu/libcuda.so.1": ""},
            cuda(100),
            "nvidia-wsl-linux-driver",
        ),
    ],
)
def test_what_hides_windows_library_inside_wsl(
    files: dict[str, str], started: Ran, code: str
) -> None:
    capture = machines.linux(files={**WSL, LIBRARY: "", **files}, ran=(RTX_4090, started))
    assert codes(capture) == [code]
    assert [gpu.arch for gpu in probe(capture).gpus or ()] == ["sm_89"]


def test_a_container_inside_wsl_lacks_what_its_toolkit_hands_on() -> None:
    capture = machines.linux(files={**WSL, "/.dockerenv": ""}, ran=(NO_NVML, NO_CUDA))
    assert codes(capture) == ["nvidia-container-no-libraries"]
    assert probe(capture).gpus is None


def test_wsl_1_reaches_no_card() -> None:
    old = {"/proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n"}
    assert codes(machines.linux(files=old)) == ["nvidia-wsl-1"]


NANO = {
    "/etc/nv_tegra_release": "# R32 (release), REVISION: 7.1, GCID: 29818004\n",
    "/proc/device-tree/model": "NVIDIA Jetson Nano Developer Kit\0",
    "/proc/sys/kernel/osrelease": "4.9.253-tegra\n",
    "/dev/nvhost-gpu": "",
}
NANO_GPU = {"index": 0, "bus": "0000:00:00.0", "capability": [5, 3]}


def test_a_jetson_has_the_gpu_that_cuda_tells_of_and_the_name_of_its_board() -> None:
    capture = machines.linux(machine="aarch64", files=NANO, ran=(NO_NVML, cuda(0, NANO_GPU)))
    machine = probe(capture)
    (gpu,) = machine.gpus or ()
    assert (gpu.name, gpu.arch, gpu.source) == (
        "NVIDIA Jetson Nano Developer Kit",
        "sm_53",
        "libcuda",
    )
    assert (machine.drivers or ())[0].max_runtime == "12.8"
    assert codes(capture) == []
    seen = {(one.key, one.value) for one in machine.evidence}
    assert ("l4t", "32.7.1") in seen
    answer = resolve(machine, Requirement(today="2026-11-21"), load_catalogue(), gpus=load_gpus())
    assert "gpu-embedded" in [reason.code for reason in answer.reasons]


def test_a_jetson_whose_libraries_are_silent_is_one_all_the_same() -> None:
    machine = probe(machines.linux(machine="aarch64", files=NANO))
    assert [gpu.name for gpu in machine.gpus or ()] == ["NVIDIA Jetson Nano Developer Kit"]
    answer = resolve(machine, Requirement(today="2026-11-21"), load_catalogue(), gpus=load_gpus())
    assert answer.stack is None
    assert "gpu-embedded" in [reason.code for reason in answer.reasons]


def test_a_jetson_that_nvml_knows_is_counted_once_beside_its_card() -> None:
    orin = {"name": "Orin (nvgpu)"}
    named = {"/proc/device-tree/model": "NVIDIA Jetson AGX Orin Developer Kit\0"}
    capture = machines.linux(
        CARD,
        machine="aarch64",
        files={**NANO, **named, "/sys/module/nvidia/version": "540.4.0\n"},
        ran=(
            machines.nvml(
                orin,
                {**machines.RTX_4090, "bus": "00000000:01:00.0"},
                driver="540.4.0",
                cuda=12060,
            ),
            cuda(
                0,
                {"index": 0, "bus": "0000:01:00.0", "capability": [8, 9]},
                {"index": 1, "bus": "0000:00:00.0", "capability": [8, 7]},
            ),
        ),
    )
    assert [(gpu.name, gpu.arch, gpu.cuda_index) for gpu in probe(capture).gpus or ()] == [
        ("NVIDIA Jetson AGX Orin Developer Kit", "sm_87", 1),
        ("NVIDIA GeForce RTX 4090", "sm_89", 0),
    ]


def test_a_board_whose_gpu_is_on_a_bus_has_it_once() -> None:
    thor = {"name": "NVIDIA Thor", "capability": [11, 0], "bus": "00000000:01:00.0"}
    named = {"/proc/device-tree/model": "NVIDIA Jetson AGX Thor Developer Kit\0"}
    capture = machines.linux(
        machines.card("0000:01:00.0", "10de:2b00", driver="nvidia"),
        machine="aarch64",
        files={**NANO, **named, "/sys/module/nvidia/version": "580.00\n"},
        ran=(
            machines.nvml(thor, driver="580.00", cuda=13000),
            cuda(0, {"index": 0, "bus": "0000:01:00.0", "capability": [11, 0]}),
        ),
    )
    assert [(gpu.name, gpu.arch) for gpu in probe(capture).gpus or ()] == [
        ("NVIDIA Thor", "sm_110")
    ]
