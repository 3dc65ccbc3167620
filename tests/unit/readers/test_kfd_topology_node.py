from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import kfd_topology_node

CARD = """\
cpu_cores_count 0
simd_count 416
gfx_target_version 90010
vendor_id 4098
device_id 29711
location_id 25344
domain 0
"""
PROCESSOR = "cpu_cores_count 64\nsimd_count 0\ngfx_target_version 0\nvendor_id 0\ndevice_id 0\n"


def test_a_card() -> None:
    reading = kfd_topology_node.read(CARD)
    (card,) = reading.gpus or ()
    assert reading.facts == {
        "is_gpu": True,
        "arch": "gfx90a",
        "gfx_target_version": 90010,
        "vendor_id": "1002",
        "device_id": "740f",
    }
    assert (card.arch, card.pci_id, card.bus_id) == ("gfx90a", "1002:740f", "0000:63:00.0")


def test_a_processor() -> None:
    reading = kfd_topology_node.read(PROCESSOR)
    assert (reading.state, reading.gpus) == ("ok", ())
    assert reading.facts == {
        "is_gpu": False,
        "arch": None,
        "gfx_target_version": 0,
        "vendor_id": None,
        "device_id": None,
    }


def test_several_nodes() -> None:
    assert len(kfd_topology_node.read(PROCESSOR + CARD + CARD).gpus or ()) == 2
    lines = [f"/sys/nodes/{at}/properties:{line}" for at in (1, 2) for line in CARD.splitlines()]
    assert len(kfd_topology_node.read("\n".join(lines)).gpus or ()) == 2


def test_an_architecture_with_a_letter_and_one_without() -> None:
    reading = kfd_topology_node.read(CARD.replace("90010", "110001"))
    assert [gpu.arch for gpu in reading.gpus or ()] == ["gfx1101"]


def test_what_is_cut_off() -> None:
    assert kfd_topology_node.read("cpu_cores_count 0\nsimd_count 4").state == "truncated"
    assert kfd_topology_node.read("").state == "unreadable"


def test_recognised() -> None:
    assert kfd_topology_node.matches(CARD)
    assert not kfd_topology_node.matches("simd_count 1")


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    kfd_topology_node.matches(text)
    assert kfd_topology_node.read(text).kind == kfd_topology_node.KIND


@given(spoiled(CARD, PROCESSOR))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    kfd_topology_node.matches(text)
    assert kfd_topology_node.read(text).kind == kfd_topology_node.KIND
