from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import rocm_smi_json

OLD = """\
{"card0": {"GPU ID": "0x66a1", "Card series": "Radeon Instinct MI50 32GB", "Card model": "0x834",
  "VRAM Total Memory (B)": "34342961152", "PCI Bus": "0000:63:00.0", "Card SKU": "D16317"},
 "system": {"Driver version": "5.9.17"}}
"""
NEW = """\
WARNING: something is off [1]
{"card0": {"Device Name": "AMD Instinct MI300X", "Device ID": "0x74a1", "GFX Version": "gfx942",
  "Subsystem ID": "0x74a1"},
 "card1": {"Card Series": "N/A", "Card Model": "0x744c", "GFX Version": "gfx1100"}}
"""


def test_an_older_version() -> None:
    reading = rocm_smi_json.read(OLD)
    (card,) = reading.gpus or ()
    assert reading.driver == "5.9.17"
    assert (card.index, card.name, card.pci_id, card.memory_mib, card.arch) == (
        0,
        "Radeon Instinct MI50 32GB",
        "1002:66a1",
        32752,
        None,
    )
    assert card.extra["sku"] == "D16317"


def test_a_newer_version() -> None:
    first, second = rocm_smi_json.read(NEW).gpus or ()
    assert (first.name, first.arch) == ("AMD Instinct MI300X", "gfx942")
    assert (second.name, second.pci_id, second.arch) == (None, "1002:744c", "gfx1100")


def test_what_is_cut_off_is_read_as_far_as_it_goes() -> None:
    reading = rocm_smi_json.read(NEW[: NEW.index('"Card Model"')])
    assert (reading.state, len(reading.gpus or ())) == ("truncated", 2)


def test_the_system_alone_says_nothing_of_cards() -> None:
    reading = rocm_smi_json.read('{"system": {"Driver version": "6.7.0"}}')
    assert (reading.driver, reading.gpus) == ("6.7.0", None)


def test_recognised() -> None:
    assert rocm_smi_json.matches(OLD)
    assert rocm_smi_json.matches(NEW)
    assert not rocm_smi_json.matches("{}")
    assert rocm_smi_json.read("[]").state == "unreadable"


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    rocm_smi_json.matches(text)
    assert rocm_smi_json.read(text).kind == rocm_smi_json.KIND


@given(spoiled(OLD, NEW))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    rocm_smi_json.matches(text)
    assert rocm_smi_json.read(text).kind == rocm_smi_json.KIND
