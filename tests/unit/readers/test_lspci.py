from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import lspci

PLAIN = """\
00:00.0 Host bridge: Intel Corporation Device 4660 (rev 02)
00:02.0 VGA compatible controller: Intel Corporation AlderLake-S GT1 (rev 0c)
01:00.0 VGA compatible controller: NVIDIA Corporation AD104 [GeForce RTX 4070] (rev a1)
01:00.1 Audio device: NVIDIA Corporation Device 22bc (rev a1)
02:00.0 3D controller: NVIDIA Corporation Device 2684 (rev a1)
03:00.0 VGA compatible controller: ASPEED Technology, Inc. ASPEED Graphics Family (rev 52)
"""
NUMBERED = """\
$ lspci -nnk
65:00.0 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] \
Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M] [1002:744c] (rev c8) (prog-if 00 [VGA controller])
\tSubsystem: Sapphire Technology Limited Device [1da2:e471]
\tKernel driver in use: amdgpu
\tKernel modules: amdgpu, radeon
66:00.0 Processing accelerators [1200]: Advanced Micro Devices, Inc. [AMD/ATI] \
Aqua Vanjaram [Instinct MI300X] [1002:74a1]
67:00.0 Processing accelerators [1200]: Intel Corporation Meteor Lake NPU [8086:7d1d] (rev 04)
68:00.0 VGA compatible controller [0300]: Moore Threads Technology Co.,Ltd MTT S80 [1ed5:0222]
"""
QUOTED = """\
01:00.0 "VGA compatible controller [0300]" "NVIDIA Corporation [10de]" \
"GA106 [GeForce RTX 3060] [2503]" -ra1 -p00 "ASUSTeK Computer Inc. [1043]" "Device [8814]"
"""
TAGGED = """\
Slot:\t0000:0a:00.0
Class:\t3D controller
Vendor:\tNVIDIA Corporation
Device:\tGV100GL [Tesla V100 PCIe 16GB]
Rev:\ta1
Driver:\tnvidia
Module:\tnouveau
"""
NUMBERS = "01:00.0 0300: 10de:1b80 (rev a1)\n\tSubsystem: 1458:3702\n03:00.0 0300: 1a03:2000\n"


def test_names_are_taken_out_of_their_brackets() -> None:
    reading = lspci.read(PLAIN)
    assert reading.state == "ok"
    assert [(gpu.name, gpu.vendor, gpu.bus_id) for gpu in reading.gpus or ()] == [
        ("AlderLake-S GT1", "intel", "00:02.0"),
        ("GeForce RTX 4070", "nvidia", "01:00.0"),
        (None, "nvidia", "02:00.0"),
    ]
    assert [gpu.extra["class"] for gpu in reading.gpus or ()] == [
        "VGA compatible controller",
        "VGA compatible controller",
        "3D controller",
    ]


def test_an_unnamed_device_has_its_number() -> None:
    assert [gpu.pci_id for gpu in lspci.read(PLAIN).gpus or ()] == [None, None, "10de:2684"]


def test_a_servers_own_chip_is_no_card() -> None:
    assert lspci.read(PLAIN).facts["not_compute_gpus"] == [
        {"slot": "03:00.0", "text": "ASPEED Technology, Inc. ASPEED Graphics Family (rev 52)"}
    ]


def test_numbers_and_drivers_are_read() -> None:
    reading = lspci.read(NUMBERED)
    card, accelerator, other = reading.gpus or ()
    assert (card.name, card.pci_id) == ("Radeon RX 7900 XT/7900 XTX/7900M", "1002:744c")
    assert card.subsystem == "1da2:e471"
    assert card.extra["kernel_driver"] == "amdgpu"
    assert card.extra["kernel_modules"] == ["amdgpu", "radeon"]
    assert (accelerator.name, accelerator.vendor) == ("Instinct MI300X", "amd")
    assert (other.name, other.vendor) == ("MTT S80", "Moore Threads Technology Co.,Ltd")
    assert [each["slot"] for each in reading.facts["accelerators"]] == ["67:00.0"]


def test_machine_readable_lines() -> None:
    (card,) = lspci.read(QUOTED).gpus or ()
    assert (card.name, card.pci_id, card.subsystem) == (
        "GeForce RTX 3060",
        "10de:2503",
        "1043:8814",
    )


def test_machine_readable_blocks() -> None:
    (card,) = lspci.read(TAGGED.replace("\n", "\r\n")).gpus or ()
    assert (card.name, card.bus_id) == ("Tesla V100 PCIe 16GB", "0000:0a:00.0")
    assert card.extra["kernel_driver"] == "nvidia"


def test_numbers_alone() -> None:
    reading = lspci.read(NUMBERS)
    (card,) = reading.gpus or ()
    assert (card.pci_id, card.name, card.subsystem) == ("10de:1b80", None, "1458:3702")
    assert card.extra["class"] == "VGA compatible controller"
    assert len(reading.facts["not_compute_gpus"]) == 1


def test_a_name_that_is_cut_off_says_so() -> None:
    reading = lspci.read("01:00.0 VGA compatible controller: NVIDIA Corporation AD104 [GeForce RT")
    assert reading.state == "truncated"
    assert [(gpu.name, gpu.truncated) for gpu in reading.gpus or ()] == [("GeForce RT", True)]


def test_without_display_chips_there_is_no_gpu() -> None:
    reading = lspci.read("00:11.0 PCI bridge: VMware PCI bridge (rev 02)\n")
    assert (reading.state, reading.gpus) == ("no-gpu", ())


def test_without_the_program_nothing_is_known() -> None:
    reading = lspci.read("bash: lspci: command not found")
    assert (reading.state, reading.gpus) == ("not-installed", None)
    assert not lspci.matches("bash: lspci: command not found")


def test_each_form_is_recognised() -> None:
    assert all(lspci.matches(each) for each in (PLAIN, NUMBERED, QUOTED, TAGGED, NUMBERS))


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    lspci.matches(text)
    assert lspci.read(text).kind == lspci.KIND


@given(spoiled(PLAIN, NUMBERED, QUOTED, TAGGED, NUMBERS))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    lspci.matches(text)
    assert lspci.read(text).kind == lspci.KIND
