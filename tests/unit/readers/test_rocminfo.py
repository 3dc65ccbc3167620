from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import rocminfo

GOOD = """\
ROCk module version 6.7.0 is loaded
=====================
HSA System Attributes
=====================
Runtime Version:         1.13
==========
HSA Agents
==========
*******
Agent 1
*******
  Name:                    AMD Ryzen 9 7950X 16-Core Processor
  Vendor Name:             CPU
  Device Type:             CPU
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: FINE GRAINED
      Size:                    65536000(0x3e80000) KB
  ISA Info:
*******
Agent 2
*******
  Name:                    gfx1100
  Uuid:                    GPU-0123456789abcdef
  Marketing Name:          Radeon RX 7900 XTX
  Vendor Name:             AMD
  Node:                    1
  Device Type:             GPU
  Chip ID:                 29772(0x744c)
  BDFID:                   768
  Compute Unit:            96
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: COARSE GRAINED
      Size:                    25149440(0x17fc000) KB
    Pool 2
      Segment:                 GROUP
      Size:                    64(0x40) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx1100
    ISA 2
      Name:                    amdgcn-amd-amdhsa--gfx11-generic
*** Done ***
"""


def test_cards_but_no_processors() -> None:
    reading = rocminfo.read(GOOD)
    (card,) = reading.gpus or ()
    assert (reading.state, reading.driver, reading.facts) == ("ok", "6.7.0", {"runtime": "1.13"})
    assert (card.name, card.arch, card.pci_id, card.bus_id, card.memory_mib) == (
        "Radeon RX 7900 XTX",
        "gfx1100",
        "1002:744c",
        "0000:03:00.0",
        24560,
    )
    assert card.extra["chip_id"] == "744c"
    assert card.extra["isa"] == "amdgcn-amd-amdhsa--gfx1100"


def test_an_empty_name_is_none() -> None:
    text = GOOD.replace("Radeon RX 7900 XTX", "")
    assert [gpu.name for gpu in rocminfo.read(text).gpus or ()] == [None]


def test_processors_alone() -> None:
    reading = rocminfo.read(GOOD[: GOOD.index("*******\nAgent 2")] + "*** Done ***")
    assert (reading.state, reading.gpus) == ("no-gpu", ())


def test_what_is_cut_off() -> None:
    assert rocminfo.read(GOOD[: GOOD.index("  ISA Info:\n    ISA 1")]).state == "truncated"


def test_errors() -> None:
    assert rocminfo.read("ROCk module is NOT loaded, possibly no GPU devices").state == (
        "driver-not-loaded"
    )
    text = "ROCk module is loaded\nUnable to open /dev/kfd read-write: Permission denied"
    assert rocminfo.read(text).state == "no-permission"
    assert rocminfo.read("rocminfo: command not found").state == "not-installed"


def test_recognised() -> None:
    assert rocminfo.matches(GOOD)
    assert not rocminfo.matches("Agent 1")


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    rocminfo.matches(text)
    assert rocminfo.read(text).kind == rocminfo.KIND


@given(spoiled(GOOD))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    rocminfo.matches(text)
    assert rocminfo.read(text).kind == rocminfo.KIND
