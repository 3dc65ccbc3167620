from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import xpu_smi_discovery

TABLE = """\
+-----------+-------------------------------------------------------+
| Device ID | Device Information                                    |
+-----------+-------------------------------------------------------+
| 0         | Device Name: Intel(R) Graphics [0x0bd6]               |
|           | Vendor Name: Intel(R) Corporation                     |
|           | PCI BDF Address: 0000:29:00.0                         |
|           | DRM Device: /dev/dri/card1                            |
|           | Function Type: physical                               |
+-----------+-------------------------------------------------------+
| 1         | Device Name: Intel(R) Data Center GPU Flex 170        |
|           | PCI Device ID: 0x56c0                                 |
|           | Driver Version: 16929133                              |
|           | Memory Physical Size: 14248.00 MiB                    |
+-----------+-------------------------------------------------------+
"""
JSON = """\
{"device_list": [{"device_id": 0, "device_name": "Intel(R) Arc(TM) A770 Graphics",
 "pci_bdf_address": "0000:03:00.0", "pci_device_id": "0x56a0", "device_function_type": "physical",
 "memory_physical_size_byte": "17179869184", "vendor_name": "Intel(R) Corporation"}]}
"""
DUMP = 'Device ID,Device Name,Vendor Name\n0,"Intel(R) Arc(TM) B580","Intel(R) Corporation"\n'


def test_a_table_with_two_cards() -> None:
    reading = xpu_smi_discovery.read(TABLE)
    first, second = reading.gpus or ()
    assert reading.state == "ok"
    assert (first.index, first.pci_id, first.bus_id) == (0, "8086:0bd6", "0000:29:00.0")
    assert first.extra == {"function": "physical", "drm": "/dev/dri/card1"}
    assert (second.index, second.pci_id, second.memory_mib) == (1, "8086:56c0", 14248)
    assert (second.vendor, second.driver) == ("intel", "16929133")


def test_json_and_csv() -> None:
    (card,) = xpu_smi_discovery.read(JSON).gpus or ()
    assert (card.index, card.pci_id, card.memory_mib) == (0, "8086:56a0", 16384)
    (card,) = xpu_smi_discovery.read(DUMP).gpus or ()
    assert (card.name, card.vendor) == ("Intel(R) Arc(TM) B580", "intel")


def test_what_is_cut_off() -> None:
    reading = xpu_smi_discovery.read(TABLE[: TABLE.index("Driver Version")])
    assert (reading.state, len(reading.gpus or ())) == ("truncated", 2)
    assert xpu_smi_discovery.read(JSON[:150]).state == "truncated"


def test_no_card() -> None:
    reading = xpu_smi_discovery.read("No device discovered\n")
    assert (reading.state, reading.gpus) == ("no-gpu", ())
    assert xpu_smi_discovery.read("Error: Level Zero Initialization Error").gpus is None
    assert xpu_smi_discovery.read("xpu-smi: command not found").state == "not-installed"


def test_each_form_is_recognised() -> None:
    assert all(xpu_smi_discovery.matches(each) for each in (TABLE, JSON, DUMP))


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    xpu_smi_discovery.matches(text)
    assert xpu_smi_discovery.read(text).kind == xpu_smi_discovery.KIND


@given(spoiled(TABLE, JSON, DUMP))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    xpu_smi_discovery.matches(text)
    assert xpu_smi_discovery.read(text).kind == xpu_smi_discovery.KIND
