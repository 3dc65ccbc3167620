from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import wmic_videocontroller

LISTED = (
    "\r\r\nAdapterCompatibility=NVIDIA\r\r\nAdapterRAM=4293918720\r\r\n"
    "DriverVersion=31.0.15.3623\r\r\nName=NVIDIA GeForce RTX 3060\r\r\n"
    "PNPDeviceID=PCI\\VEN_10DE&amp;DEV_2503&amp;SUBSYS_88141043&amp;REV_A1\\4&amp;0\r\r\n"
    "\r\r\n\r\r\nAdapterCompatibility=Microsoft\r\r\nAdapterRAM=\r\r\n"
    "DriverVersion=10.0.19041.1\r\r\nName=Microsoft Remote Display Adapter\r\r\n"
    "PNPDeviceID=SWD\\REMOTEDISPLAYENUM\\0\r\r\n"
)
TABLE = """\
AdapterRAM  DriverVersion   Name
2147483648  27.21.14.5671   NVIDIA GeForce GTX 1050
1073741824  27.20.100.9664  Intel(R) UHD Graphics 630
"""
COMMAS = (
    "Node,AdapterCompatibility,AdapterRAM,DriverVersion,Name\n"
    "PC,Advanced Micro Devices, Inc.,-1048576,30.0.21023.1015,AMD Radeon RX 6600 XT\n"
)
POWERSHELL = """\
Name          : NVIDIA GeForce RTX 4070 Laptop GPU
AdapterRAM    : 4293918720
DriverVersion : 32.0.15.6094
PNPDeviceID   : PCI\\VEN_10DE&DEV_2820&SUBSYS_3B
                D917AA&REV_A1\\4&2283F625&0&0008

Name          : Intel(R) UHD Graphics
AdapterRAM    : 2147479552
DriverVersion : 31.0.101.2111
PNPDeviceID   : PCI\\VEN_8086&DEV_A788&SUBSYS_3BD917AA&REV_04\\3&11583659&0&10
"""
COLUMNS = """\
Name                          AdapterRAM DriverVersion
----                          ---------- -------------
NVIDIA GeForce RTX 3080       4293918720 31.0.15.3623
Virtual Display                          1.2.3.4
NVIDIA GeForce GT 710          536870912 31.0.15.3623
"""
QUOTED = '"Name","AdapterRAM"\r\n"NVIDIA GeForce RTX 3080","4293918720"\r\n'
JSON = '{"Name": "NVIDIA TITAN V", "AdapterRAM": 4293918720, "DriverVersion": "31.0.15.3623"}'


def test_a_list_is_read() -> None:
    reading = wmic_videocontroller.read(LISTED)
    (card,) = reading.gpus or ()
    assert (reading.os, reading.driver) == ("windows", "536.23")
    assert (card.name, card.vendor, card.pci_id, card.subsystem, card.driver) == (
        "NVIDIA GeForce RTX 3060",
        "nvidia",
        "10de:2503",
        "1043:8814",
        "536.23",
    )
    assert card.extra["windows_driver_version"] == "31.0.15.3623"
    assert [each["name"] for each in reading.facts["not_compute_gpus"]] == [
        "Microsoft Remote Display Adapter"
    ]


def test_a_full_field_is_no_size() -> None:
    (card,) = wmic_videocontroller.read(LISTED).gpus or ()
    assert (card.memory_mib, card.extra["adapter_ram_bytes"]) == (None, 4293918720)


def test_a_table_is_read() -> None:
    nvidia, intel = wmic_videocontroller.read(TABLE).gpus or ()
    assert (nvidia.name, nvidia.memory_mib, nvidia.driver) == (
        "NVIDIA GeForce GTX 1050",
        2048,
        "456.71",
    )
    assert (intel.vendor, intel.memory_mib, intel.driver) == ("intel", None, None)


def test_a_comma_within_a_value_moves_nothing() -> None:
    (card,) = wmic_videocontroller.read(COMMAS).gpus or ()
    assert (card.name, card.vendor) == ("AMD Radeon RX 6600 XT", "amd")
    assert card.extra["adapter_ram_bytes"] == 4293918720


def test_a_value_may_be_broken_at_the_windows_edge() -> None:
    nvidia, intel = wmic_videocontroller.read(POWERSHELL).gpus or ()
    assert (nvidia.pci_id, nvidia.subsystem) == ("10de:2820", "17aa:3bd9")
    assert (intel.pci_id, intel.extra["windows_driver_version"]) == ("8086:a788", "31.0.101.2111")


def test_numbers_may_stand_to_the_right() -> None:
    reading = wmic_videocontroller.read(COLUMNS)
    assert [(gpu.name, gpu.memory_mib) for gpu in reading.gpus or ()] == [
        ("NVIDIA GeForce RTX 3080", None),
        ("NVIDIA GeForce GT 710", 512),
    ]
    assert len(reading.facts["not_compute_gpus"]) == 1


def test_quoted_values_and_json() -> None:
    assert [gpu.name for gpu in wmic_videocontroller.read(QUOTED).gpus or ()] == [
        "NVIDIA GeForce RTX 3080"
    ]
    assert [gpu.driver for gpu in wmic_videocontroller.read(JSON).gpus or ()] == ["536.23"]


def test_the_bus_knows_the_maker_without_a_driver() -> None:
    text = "Name=Microsoft Basic Display Adapter\nPNPDeviceID=PCI\\VEN_10DE&DEV_2206\n"
    (card,) = wmic_videocontroller.read(text).gpus or ()
    assert (card.vendor, card.pci_id) == ("nvidia", "10de:2206")
    assert (card.name, card.extra["stand_in"]) == (None, "Microsoft Basic Display Adapter")


def test_what_was_pasted_with_its_prompt() -> None:
    text = "C:\\>wmic path win32_VideoController get name\nName\nNVIDIA TITAN V\n\nC:\\>"
    reading = wmic_videocontroller.read(text)
    assert [gpu.name for gpu in reading.gpus or ()] == ["NVIDIA TITAN V"]
    assert reading.facts["not_compute_gpus"] == []


def test_answers_without_cards() -> None:
    none = wmic_videocontroller.read("No Instance(s) Available.")
    assert (none.state, none.gpus) == ("no-gpu", ())
    absent = wmic_videocontroller.read(
        "'wmic' is not recognized as an internal or external command"
    )
    assert (absent.state, absent.gpus) == ("not-installed", None)


def test_a_column_of_names_alone() -> None:
    text = "Name                     \r\r\nNVIDIA GeForce GTX 1660  \r\r\n\r\r\n"
    assert wmic_videocontroller.matches(text)
    (card,) = wmic_videocontroller.read(text).gpus or ()
    assert (card.name, card.vendor) == ("NVIDIA GeForce GTX 1660", "nvidia")
    assert not wmic_videocontroller.matches("Name\nZhang San\n")
    assert not wmic_videocontroller.matches("Name\nIntel(R) Core(TM) i7-8700 CPU @ 3.20GHz\n")
    assert not wmic_videocontroller.matches("Caption\nMicrosoft Windows 11 Pro\n")


def test_each_form_is_recognised() -> None:
    texts = (LISTED, TABLE, COMMAS, POWERSHELL, COLUMNS, QUOTED, JSON)
    assert all(wmic_videocontroller.matches(each) for each in texts)
    assert not wmic_videocontroller.matches("Name: something else")


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    wmic_videocontroller.matches(text)
    assert wmic_videocontroller.read(text).kind == wmic_videocontroller.KIND


@given(spoiled(LISTED, TABLE, COMMAS, POWERSHELL, COLUMNS, QUOTED, JSON))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    wmic_videocontroller.matches(text)
    assert wmic_videocontroller.read(text).kind == wmic_videocontroller.KIND
