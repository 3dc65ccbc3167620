"""Machines out of pasted output."""

from __future__ import annotations

import codecs

import pytest

from torchup.api.machines.given import machine_given, text_of
from torchup.api.pasted.catalogue import only_of_windows
from torchup.api.pasted.machine import machine_in
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement
from torchup.resolve import resolve

HEAD = "| NVIDIA-SMI {own}   Driver Version: {driver}   CUDA Version: {cuda}     |\n"
ROWS = (
    "|   0  {name}  {mode}  |   00000000:01:00.0 Off |                  N/A |\n"
    "| N/A   38C    P8    1W /   35W |      15MiB /   8188MiB |      0%      Default |\n"
    "|                               |                        |                  N/A |\n"
)


def table(
    name: str = "NVIDIA GeForce RTX 4090",
    *,
    own: str = "580.95.05",
    driver: str = "",
    cuda: str = "13.0",
    mode: str = "Off",
) -> str:
    head = HEAD.format(own=own, driver=driver or own, cuda=cuda)
    return head + ROWS.format(name=name, mode=mode)


def test_a_table_is_a_machine_to_plan_for() -> None:
    found = machine_in(table())
    assert found is not None
    (gpu,) = found.gpus or ()
    assert (gpu.name, gpu.memory_mib, gpu.source) == ("NVIDIA GeForce RTX 4090", 8188, "nvidia-smi")
    (driver,) = found.drivers or ()
    assert (driver.version, driver.max_runtime) == ("580.95.05", "13.0")
    assert (found.os.system, found.arch) == ("linux", "x86_64")
    answer = resolve(found, Requirement(today="2026-11-21"), load_catalogue(), gpus=load_gpus())
    assert answer.stack is not None
    assert answer.stack.device == "cuda"


@pytest.mark.parametrize(
    ("name", "arch"),
    [
        ("NVIDIA RTX 2000 Ada Gene...", "sm_89"),
        ("Tesla P100-SXM2...", "sm_60"),
        ("NVIDIA GeForce ...", None),
        ("NVIDIA GeForce RTX 2080 ...", "sm_75"),
    ],
)
def test_a_name_that_is_cut_off(name: str, arch: str | None) -> None:
    found = machine_in(table(name))
    assert found is not None
    assert (found.gpus or ())[0].arch == arch


def test_the_system_by_what_is_printed() -> None:
    windows = machine_in(table(mode="WDDM"))
    wsl = machine_in(table(own="580.105.07", driver="581.80"))
    spark = machine_in(table("NVIDIA GB10"))
    assert windows is not None
    assert wsl is not None
    assert spark is not None
    assert windows.os.system == "windows"
    assert (wsl.os.system, wsl.os.wsl) == ("linux", 2)
    assert (wsl.drivers or ())[0].version == "581.80"
    assert spark.arch == "aarch64"


def test_several_outputs_in_one_text() -> None:
    text = table() + "nvcc: NVIDIA (R) Cuda compiler driver\nrelease 12.4, V12.4.131\n"
    found = machine_in(text)
    assert found is not None
    assert [one.version for one in found.toolkits or ()] == ["12.4.131"]
    assert [one.key for one in found.evidence] == ["nvcc-version", "nvidia-smi"]


@pytest.mark.parametrize(
    ("said", "problem", "drivers"),
    [
        ("NVML: Driver/library version mismatch", "nvidia-driver-mismatch", None),
        (
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            "nvidia-driver-not-loaded",
            (),
        ),
        ("Failed to initialize NVML: Unknown Error", "nvidia-nvml-failed", None),
        ("No devices were found", "nvidia-smi-failed", None),
        ("Failed to initialize NVML: Insufficient Permissions", "nvidia-smi-failed", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_problem(said: str, problem: str, drivers: tuple[()] | None) -> None:
    found = machine_in(said)
    assert found is not None
    assert [one.code for one in found.problems] == [problem]
    assert found.drivers == drivers
    assert found.gpus == (() if said == "No devices were found" else None)


def test_windows_own_driver_is_not_the_cards() -> None:
    found = machine_in(
        "Name          : Microsoft Basic Display Adapter\nDriverVersion : 10.0.26100.1\n"
        "PNPDeviceID   : PCI\\VEN_10DE&DEV_1B80&SUBSYS_33621462&REV_A1\\4&0\n"
    )
    assert found is not None
    assert [gpu.name for gpu in found.gpus or ()] == ["NVIDIA GeForce GTX 1080"]
    assert found.drivers == ()
    assert [(one.code, one.args) for one in found.problems] == [
        ("nvidia-basic-display", {"card": "NVIDIA GeForce GTX 1080"})
    ]


def test_a_maker_that_the_catalogue_knows() -> None:
    found = machine_in(
        "H/W path    Device  Class    Description\n"
        "/0/100/1/0          display  AD102GL [RTX 6000 Ada Generation]\n"
        "/0/100/2            display  UHD Graphics 630 (Desktop)\n"
    )
    assert found is not None
    assert [(gpu.vendor, gpu.name) for gpu in found.gpus or ()] == [
        ("nvidia", "RTX 6000 Ada Generation"),
        ("intel", "UHD Graphics 630 (Desktop)"),
    ]


def test_what_no_reader_knows() -> None:
    assert machine_in("") is None
    assert machine_in("Dear all,\nit does not work: file not found.\n") is None
    assert machine_given(b'{"schema": "torchup.machine/v1"', "here") is None


@pytest.mark.parametrize(
    "data",
    [
        table().encode(),
        codecs.BOM_UTF8 + table().encode(),
        table().replace("\n", "\r\n").encode("utf-16"),
        ("显卡信息\n" + table()).encode("gbk"),
    ],
    ids=["utf-8", "with a mark", "PowerShell's", "gbk"],
)
def test_any_encoding(data: bytes) -> None:
    assert "NVIDIA-SMI" in text_of(data)
    found = machine_given(data, "here")
    assert found is not None
    assert [gpu.name for gpu in found.gpus or ()] == ["NVIDIA GeForce RTX 4090"]


def test_a_jetsons_own_driver_is_none_of_windows() -> None:
    assert only_of_windows("536.25")
    assert not only_of_windows("540.4.0"), "JetPack 6"
