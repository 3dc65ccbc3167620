"""AMD's cards on Linux: what they are, and what keeps programs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from stubs import machines
from torchup.host import Completed
from torchup.host.capture import CaptureHost, Ran
from torchup.vendors import Accelerators, detect_all
from torchup.vendors.amd.smi import QUESTION
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


AMD_SMI = """[
    {
        "gpu": 0,
        "asic": {
            "market_name": "AMD Radeon RX 6800",
            "vendor_id": "0x1002",
            "device_id": "0x73bf",
            "rev_id": "0xc3",
            "asic_serial": "0x0000000000000000",
            "num_compute_units": 60,
            "target_graphics_version": "gfx1030"
        },
        "bus": {"bdf": "0000:03:00.0", "max_pcie_width": 16},
        "driver": {"name": "amdgpu", "version": "6.12.12"},
        "vram": {"type": "GDDR6", "size": {"value": 16368, "unit": "MB"}}
    }
]
"""
SMI = "/opt/rocm/bin/amd-smi"
RUNTIME = "/opt/rocm/bin/rocminfo"
BARE = without(RX_6800, f"{machines.PCI}/{CARD}/mem_info_vram_total")
"""As an older kernel shows the card: without its memory, and like all of them without a name."""


def answering(*ran: Ran, programs: tuple[str, ...] = (SMI,)) -> Accelerators:
    return detect_all(CaptureHost(replace(BARE, executables=programs, ran=ran)))


def test_amd_smi_names_the_card_its_memory_and_its_driver() -> None:
    found = answering(machines.ran(SMI, *QUESTION, out=AMD_SMI))
    (gpu,) = found.gpus or ()
    assert (gpu.name, gpu.memory_mib, gpu.arch) == ("AMD Radeon RX 6800", 16368, "gfx1030")
    assert [(one.version, one.source) for one in found.drivers] == [("6.12.12", "amd-smi")]
    assert found.problems == ()


def test_the_kernels_word_counts_before_the_programs() -> None:
    """Cards are matched by their slots: what another slot has is not taken over."""
    elsewhere = AMD_SMI.replace("0000:03:00.0", "0000:43:00.0")
    (gpu,) = answering(machines.ran(SMI, *QUESTION, out=elsewhere)).gpus or ()
    assert (gpu.name, gpu.memory_mib, gpu.arch) == (None, None, "gfx1030")


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (Completed(code=-9, out="", err="", timed_out=True), "> 10 s"),
        (Completed(code=1, out="", err="Traceback\nImportError: no amdsmi\n"), "no amdsmi"),
        (Completed(code=0, out="[]", err=""), "[]"),
        (Completed(code=3, out="", err=""), "3"),
    ],
)
def test_a_program_that_gives_no_answer_is_a_problem_and_no_more(done: Completed, why: str) -> None:
    found = answering(Ran(argv=(SMI, *QUESTION), done=done))
    (problem,) = found.problems
    assert (problem.code, problem.args["program"]) == ("amd-program-failed", "amd-smi")
    assert why in problem.args["why"]
    assert [gpu.arch for gpu in found.gpus or ()] == ["gfx1030"]


def test_without_amd_smi_the_runtime_names_the_card() -> None:
    said = (
        ROCMINFO.replace("gfx1100", "gfx1030")
        .replace("7900 XTX", "6800")
        .replace("BDFID:                   0", "BDFID:                   768")
    )
    found = answering(machines.ran(RUNTIME, out=said), programs=(RUNTIME,))
    assert [gpu.name for gpu in found.gpus or ()] == ["AMD Radeon RX 6800"]


def test_a_card_that_no_compute_driver_has_starts_no_program() -> None:
    host = CaptureHost(replace(without(BARE, NODE), executables=(SMI, RUNTIME)))
    detect_all(host)
    assert host.asked == []


def test_beside_an_nvidia_card_nothing_is_said_of_a_display() -> None:
    assert codes(machines.MIXED) == []
