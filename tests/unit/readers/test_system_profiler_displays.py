from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import system_profiler_displays

INTEL_MAC = """\
Hardware:

    Hardware Overview:

      Total Number of Cores: 6

Software:

    System Software Overview:

      System Version: macOS 13.4 (22F66)

Graphics/Displays:

    Intel UHD Graphics 630:

      Chipset Model: Intel UHD Graphics 630
      Type: GPU
      Bus: Built-In
      VRAM (Dynamic, Max): 1536 MB
      Vendor: Intel
      Device ID: 0x3e9b
      Revision ID: 0x0002
      Metal Support: Metal 3

    Radeon Pro 5300M:

      Chipset Model: AMD Radeon Pro 5300M
      Type: GPU
      Bus: PCIe
      VRAM (Total): 4 GB
      Vendor: AMD (0x1002)
      Device ID: 0x7340
      Revision ID: 0x0043
      Metal Support: Metal 3
      Displays:
        Color LCD:
          Resolution: 3072 x 1920 Retina
"""
CHINESE = """\
图形卡/显示器:

    Apple M1:

      芯片组型号: Apple M1
      类型: GPU
      核总数: 8
      供应商: Apple (0x106b)
      Metal支持: Metal 3
""".replace(": ", "\N{FULLWIDTH COLON}").replace(":\n", "\N{FULLWIDTH COLON}\n")
GERMAN = """\
Grafikkarte/Monitore:

    NVIDIA GeForce GT 750M:

      Chipsatz-Modell: NVIDIA GeForce GT 750M
      Typ: GPU
      VRAM (gesamt): 1,5 GB
      Hersteller: NVIDIA (0x10de)
      Geräte-ID: 0x0fe9
      Versions-ID: 0x00a2
"""
JSON = """\
{"SPDisplaysDataType": [{"_name": "kHW_AppleM2Item", "sppci_model": "Apple M2", "sppci_cores": "10",
 "spdisplays_mtlgpufamilysupport": "spdisplays_metal3", "spdisplays_vendor": "sppci_vendor_Apple",
 "spdisplays_ndrvs": [{"_name": "Color LCD"}]}]}
"""
XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><array><dict><key>_items</key><array><dict>
<key>_name</key><string>display</string>
<key>spdisplays_device-id</key><string>0x67df</string>
<key>spdisplays_ndrvs</key><array><dict><key>_name</key><string>LCD</string></dict></array>
<key>spdisplays_vendor</key><string>AMD (0x1002)</string>
<key>spdisplays_vram</key><string>8 GB</string>
<key>sppci_model</key><string>Radeon RX 580</string>
</dict></array></dict></array></plist>
"""


def test_all_cards_of_a_full_report() -> None:
    reading = system_profiler_displays.read(INTEL_MAC)
    intel, amd = reading.gpus or ()
    assert (intel.name, intel.pci_id, intel.memory_mib) == (
        "Intel UHD Graphics 630",
        "8086:3e9b",
        1536,
    )
    assert (amd.name, amd.pci_id, amd.memory_mib) == ("AMD Radeon Pro 5300M", "1002:7340", 4096)
    assert reading.os == "macos"
    assert reading.facts == {"mps_possible": True, "os_version": "macOS 13.4 (22F66)"}


def test_other_languages_are_told_by_their_form() -> None:
    (apple,) = system_profiler_displays.read(CHINESE).gpus or ()
    assert (apple.name, apple.vendor, apple.pci_id) == ("Apple M1", "apple", None)
    assert apple.extra["cores"] == 8
    reading = system_profiler_displays.read(GERMAN)
    (nvidia,) = reading.gpus or ()
    assert (nvidia.vendor, nvidia.pci_id, nvidia.memory_mib) == ("nvidia", "10de:0fe9", 1536)
    assert reading.facts["mps_possible"] is False


def test_json_and_xml() -> None:
    (apple,) = system_profiler_displays.read(JSON).gpus or ()
    assert (apple.name, apple.extra["cores"], apple.extra["metal"]) == ("Apple M2", 10, "metal3")
    (amd,) = system_profiler_displays.read(XML).gpus or ()
    assert (amd.name, amd.pci_id, amd.memory_mib) == ("Radeon RX 580", "1002:67df", 8192)


def test_an_old_card_without_metal_computes_nothing() -> None:
    text = "Chipset Model: ATI Radeon HD 4670\nVRAM (Total): 256 MB\nVendor: ATI (0x1002)\n"
    reading = system_profiler_displays.read(text)
    assert reading.facts["mps_possible"] is False
    assert [gpu.memory_mib for gpu in reading.gpus or ()] == [256]


def test_a_virtual_machine_has_no_card() -> None:
    text = "Graphics/Displays:\n\n    Display:\n\n      Type: GPU\n      VRAM (Total): 128 MB\n"
    reading = system_profiler_displays.read(text + "      Vendor: 0x15ad\n")
    assert (reading.state, reading.gpus) == ("no-gpu", ())


def test_other_texts_are_not_read() -> None:
    assert system_profiler_displays.read("hello").state == "unreadable"
    assert system_profiler_displays.read("Graphics/Displays:\n").state == "truncated"


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    system_profiler_displays.matches(text)
    assert system_profiler_displays.read(text).kind == system_profiler_displays.KIND


@given(spoiled(INTEL_MAC, CHINESE, GERMAN, JSON, XML))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    system_profiler_displays.matches(text)
    assert system_profiler_displays.read(text).kind == system_profiler_displays.KIND
