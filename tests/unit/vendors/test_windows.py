"""What Windows tells of its hardware in one answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stubs import machines
from stubs.machines import PAYLOAD
from torchup.host.capture import Capture, CaptureHost
from torchup.probe import probe_machine
from torchup.vendors.windows import QUESTION, WindowsAnswer, parse_answer

if TYPE_CHECKING:
    from torchup.model import Machine

RYZEN = "AMD Ryzen 7 5800X 8-Core Processor"
RX_7900 = "card|PCI\\VEN_1002&DEV_744C&SUBSYS_471E1DA2&REV_C8\\6&1&0|31.0.24027.1012"
RTX_5060 = "card|PCI\\VEN_10DE&DEV_2D05&SUBSYS_00001043&REV_A1\\4&1&0|32.0.15.7688"
BASIC = "card|PCI\\VEN_10DE&DEV_2D05&SUBSYS_00001043&REV_A1\\4&1&0|10.0.22621.1"
REST = f"memory|34276003840|16\r\nprocessor|{RYZEN}|"


def windows(*lines: str, **more: object) -> Capture:
    answer = machines.ran(*QUESTION, out="\r\n".join(lines) + "\r\n")
    env = {"SystemRoot": "C:\\Windows", "NUMBER_OF_PROCESSORS": "8"}
    ran = (answer, *more.pop("ran", ()))  # type: ignore[misc]
    return Capture(system="windows", machine="AMD64", env=env, ran=ran, **more)  # type: ignore[arg-type]


def probe(capture: Capture) -> Machine:
    return probe_machine(CaptureHost(capture), None, pythons=False)


def test_memory_processor_and_amds_driver_come_from_one_question() -> None:
    host = CaptureHost(windows(RX_7900, REST))
    machine = probe_machine(host, None, pythons=False)
    assert machine.memory_mib == 32688
    assert machine.cpu is not None
    assert (machine.cpu.model, machine.cpu.cores) == (RYZEN, 16)
    (driver,) = machine.drivers or ()
    assert (driver.vendor, driver.version, driver.source) == ("amd", "31.0.24027.1012", "wmi")
    assert [argv[0] for argv in host.asked].count("powershell") == 1


def test_an_nvidia_driver_is_known_where_neither_library_nor_program_answers() -> None:
    (driver,) = probe(windows(RTX_5060)).drivers or ()
    assert (driver.version, driver.source) == ("576.88", "wmi")


def test_windows_own_driver_is_none_of_nvidias() -> None:
    machine = probe(windows(BASIC))
    assert machine.drivers == ()
    assert [problem.code for problem in machine.problems] == ["nvidia-driver-missing"]


def test_nvml_is_asked_on_windows_too() -> None:
    document = {
        "driver": "576.88",
        "cuda": 12090,
        "failures": [],
        "gpus": [
            {
                "index": 0,
                "name": "NVIDIA GeForce RTX 5060",
                "uuid": machines.UUID.format(1),
                "bus": "00000000:01:00.0",
                "device": 0x2D0510DE,
                "capability": [12, 0],
                "memory": 8151 << 20,
            }
        ],
    }
    host = CaptureHost(windows(RTX_5060, ran=(machines.ran(*PAYLOAD, out=json.dumps(document)),)))
    machine = probe_machine(host, None, pythons=False)
    (gpu,) = machine.gpus or ()
    assert (gpu.arch, gpu.memory_mib, gpu.source) == ("sm_120", 8151, "nvml")
    (driver,) = machine.drivers or ()
    assert (driver.version, driver.max_runtime, driver.source) == ("576.88", "12.9", "nvml")
    assert machine.problems == ()
    assert not [argv for argv in host.asked if argv[0].endswith("nvidia-smi.exe")]


def test_captures_that_answer_the_earlier_question_still_tell_their_cards() -> None:
    found = probe(machines.WINDOWS)
    assert [gpu.pci_id for gpu in found.gpus or ()] == ["10de:2d05", "1002:164e"]
    silent = replace(machines.WINDOWS, ran=(), executables=())
    found = probe(silent)
    assert found.gpus is None
    assert [problem.code for problem in found.problems] == ["windows-cards-unknown"]


@given(st.text())
def test_any_answer_is_read(text: str) -> None:
    assert isinstance(parse_answer(text), WindowsAnswer)


@pytest.mark.parametrize("said", ["memory|many|16", "memory||", "memory|1" + "0" * 30 + "|²"])
def test_a_number_that_is_none_is_unknown(said: str) -> None:
    assert parse_answer(said).memory_bytes is None
