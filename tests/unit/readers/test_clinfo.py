from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import clinfo

GOOD = """\
Number of platforms                               2
  Platform Name                                   NVIDIA CUDA
  Platform Vendor                                 NVIDIA Corporation

  Platform Name                                   Portable Computing Language

  Platform Name                                   NVIDIA CUDA
Number of devices                                 1
  Device Name                                     NVIDIA GeForce RTX 3060
  Device Vendor                                   NVIDIA Corporation
  Driver Version                                  535.54.03
  Device Type                                     GPU
  Device Topology (NV)                            PCI-E, 0000:01:00.0
  Compute Capability (NV)                         8.6
  Global memory size                              12622168064 (11.76GiB)
  Unified memory for Host and Device              No

  Platform Name                                   Portable Computing Language
Number of devices                                 1
  Device Name                                     cpu-haswell
  Device Vendor                                   GenuineIntel
  Device Type                                     CPU

NULL platform behavior
    Device Name                                   NVIDIA GeForce RTX 3060
"""
AMD = """\
Number of platforms:\t\t\t\t 1
  Platform Name:\t\t\t\t AMD Accelerated Parallel Processing
  Device Type:\t\t\t\t\t CL_DEVICE_TYPE_GPU
  Board name:\t\t\t\t\t Radeon RX 7900 XTX
  Device Topology:\t\t\t\t PCI[ B#3, D#0, F#0 ]
  Global memory size:\t\t\t\t 25753026560
  Name:\t\t\t\t\t\t gfx1100
  Vendor:\t\t\t\t\t Advanced Micro Devices, Inc.
"""
RAW = """\
[INTEL/*]  CL_PLATFORM_NAME               Intel(R) OpenCL Graphics
[INTEL/0]  CL_DEVICE_NAME                 Intel(R) UHD Graphics 620 [0x5917]
[INTEL/0]  CL_DEVICE_VENDOR               Intel(R) Corporation
[INTEL/0]  CL_DEVICE_TYPE                 CL_DEVICE_TYPE_GPU
[INTEL/0]  CL_DEVICE_GLOBAL_MEM_SIZE      13254078464
[INTEL/0]  CL_DEVICE_HOST_UNIFIED_MEMORY  CL_TRUE
"""
SHORT = "Platform #0: NVIDIA CUDA\n `-- Device #0: NVIDIA GeForce RTX 3060\n"
JSON = """\
{"platforms": [{"CL_PLATFORM_NAME": "NVIDIA CUDA"}], "devices": [{"online": [
 {"CL_DEVICE_NAME": "NVIDIA A10", "CL_DEVICE_VENDOR": "NVIDIA Corporation",
  "CL_DEVICE_TYPE": {"raw": 4, "type": ["CL_DEVICE_TYPE_GPU"]},
  "CL_DEVICE_GLOBAL_MEM_SIZE": 23609475072}]}]}
"""


def test_platforms_devices_and_cards() -> None:
    reading = clinfo.read(GOOD)
    assert reading.facts["platforms"] == ["NVIDIA CUDA", "Portable Computing Language"]
    assert reading.facts["devices"] == [
        {"name": "NVIDIA GeForce RTX 3060", "vendor": "NVIDIA Corporation"},
        {"name": "cpu-haswell", "vendor": "GenuineIntel"},
    ]
    (card,) = reading.gpus or ()
    assert (card.capability, card.bus_id, card.memory_mib) == ("8.6", "0000:01:00.0", 12037)
    assert reading.driver == "535.54.03"


def test_amds_own_program() -> None:
    (card,) = clinfo.read(AMD).gpus or ()
    assert (card.name, card.arch, card.bus_id, card.memory_mib) == (
        "Radeon RX 7900 XTX",
        "gfx1100",
        "03:00.0",
        24560,
    )


def test_raw_values_and_shared_memory() -> None:
    (card,) = clinfo.read(RAW).gpus or ()
    assert (card.vendor, card.pci_id, card.memory_mib) == ("intel", "8086:5917", None)


def test_the_short_list_and_json() -> None:
    assert [gpu.vendor for gpu in clinfo.read(SHORT).gpus or ()] == ["nvidia"]
    (card,) = clinfo.read(JSON).gpus or ()
    assert (card.name, card.memory_mib, card.extra["platform"]) == (
        "NVIDIA A10",
        22515,
        "NVIDIA CUDA",
    )


def test_no_platform() -> None:
    reading = clinfo.read("Number of platforms                               0\n")
    assert (reading.state, reading.gpus) == ("no-platform", None)
    assert clinfo.read("clinfo: command not found").state == "not-installed"


def test_each_form_is_recognised() -> None:
    assert all(clinfo.matches(each) for each in (GOOD, AMD, RAW, SHORT, JSON))


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    clinfo.matches(text)
    assert clinfo.read(text).kind == clinfo.KIND


@given(spoiled(GOOD, AMD, RAW, SHORT, JSON))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    clinfo.matches(text)
    assert clinfo.read(text).kind == clinfo.KIND
