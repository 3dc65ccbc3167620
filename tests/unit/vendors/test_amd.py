"""AMD's cards on Linux: what they are, and what keeps programs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from stubs import machines
from torchup.host.capture import CaptureHost
from torchup.vendors import detect_all
from torchup.words import load_words

if TYPE_CHECKING:
    from torchup.host.capture import Capture

NODE = "/sys/class/kfd/kfd/topology/nodes/1/properties"
CARD = "0000:03:00.0"
RX_6800 = machines.linux(
    machines.card(CARD, "1002:73bf", driver="amdgpu"),
    files={
        NODE: "simd_count 120\ngfx_target_version 100300\nvendor_id 4098\nlocation_id 768\n",
        f"{machines.PCI}/{CARD}/mem_info_vram_total": "17163091968\n",
        "/dev/kfd": "",
    },
    writable=("/dev/kfd",),
)


def codes(capture: Capture) -> list[str]:
    return [problem.code for problem in detect_all(CaptureHost(capture)).problems]


def without(capture: Capture, *gone: str) -> Capture:
    return replace(
        capture, files={at: text for at, text in capture.files.items() if at not in gone}
    )


def test_a_card_that_is_set_up_has_its_architecture_and_memory_and_no_problem() -> None:
    (gpu,) = detect_all(CaptureHost(RX_6800)).gpus or ()
    assert (gpu.arch, gpu.memory_mib, gpu.source) == ("gfx1030", 16368, "kfd")
    assert codes(RX_6800) == []


@pytest.mark.parametrize("said", ["", "²", "-1", "9" * 30, "many\n"])
def test_a_memory_that_is_no_number_is_unknown(said: str) -> None:
    at = f"{machines.PCI}/{CARD}/mem_info_vram_total"
    capture = replace(RX_6800, files={**RX_6800.files, at: said})
    (gpu,) = detect_all(CaptureHost(capture)).gpus or ()
    assert gpu.memory_mib is None


def test_a_card_that_is_no_display_device_is_found() -> None:
    card = machines.card("0000:05:00.0", "1002:74a1", driver="amdgpu", kind="0x120000")
    (gpu,) = detect_all(CaptureHost(machines.linux(card))).gpus or ()
    assert (gpu.vendor, gpu.pci_id) == ("amd", "1002:74a1")


def test_a_neural_unit_of_a_processor_is_no_card() -> None:
    unit = machines.card("0000:00:0b.0", "8086:7d1d", driver="intel_vpu", kind="0x120000")
    assert detect_all(CaptureHost(machines.linux(unit))).gpus == ()


NOT_SET_UP = {
    "amd-driver-missing": machines.linux(machines.card(CARD, "1002:73bf")),
    "amd-card-held": machines.linux(machines.card(CARD, "1002:73bf", driver="vfio-pci")),
    "amd-no-kfd": without(RX_6800, "/dev/kfd"),
    "amd-container-no-devices": without(
        replace(RX_6800, files={**RX_6800.files, "/.dockerenv": ""}), "/dev/kfd"
    ),
    "amd-kfd-refused": replace(RX_6800, writable=()),
    "amd-hidden": replace(RX_6800, env={**RX_6800.env, "HIP_VISIBLE_DEVICES": "-1"}),
}


@pytest.mark.parametrize("code", NOT_SET_UP)
def test_what_keeps_programs_from_a_card_is_named(code: str) -> None:
    (problem,) = detect_all(CaptureHost(NOT_SET_UP[code])).problems
    assert problem.code == code
    for language in ("en", "zh_CN"):
        words = load_words(language)
        assert words.say(f"problem.{code}", problem.args)
        assert words.say(f"problem.{code}.hint", problem.args)


ROCMINFO = """WSL environment detected.
=====================
HSA System Attributes
=====================
Runtime Version:         1.18
==========
HSA Agents
==========
*******
Agent 1
*******
  Name:                    AMD Ryzen 7 5800X 8-Core Processor
  Vendor Name:             CPU
  Device Type:             CPU
*******
Agent 2
*******
  Name:                    gfx1100
  Marketing Name:          AMD Radeon RX 7900 XTX
  Vendor Name:             AMD
  Device Type:             GPU
  Chip ID:                 29772(0x744c)
  BDFID:                   0
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: COARSE GRAINED
      Size:                    25149440(0x17fc000) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx1100
*** Done ***
"""


@pytest.mark.parametrize(
    "files",
    [
        {"/dev/dxg": "", "/proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2\n"},
        None,
    ],
    ids=["wsl", "sandbox"],
)
def test_where_the_bus_shows_nothing_amds_program_is_asked(files: dict[str, str] | None) -> None:
    program = "/opt/rocm/bin/rocminfo"
    ran = (machines.ran(program, out=ROCMINFO),)
    base = machines.linux(files=files) if files else machines.GVISOR
    found = detect_all(CaptureHost(replace(base, executables=(program,), ran=ran)))
    assert [(gpu.name, gpu.arch, gpu.memory_mib) for gpu in found.gpus or ()] == [
        ("AMD Radeon RX 7900 XTX", "gfx1100", 24560)
    ]
    assert found.problems == ()


def test_where_the_bus_tells_nobody_is_asked() -> None:
    program = "/opt/rocm/bin/rocminfo"
    host = CaptureHost(replace(RX_6800, executables=(program,)))
    detect_all(host)
    assert host.asked == []


def test_beside_an_nvidia_card_nothing_is_said_of_a_display() -> None:
    assert codes(machines.MIXED) == []
