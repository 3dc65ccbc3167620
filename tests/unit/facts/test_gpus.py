"""Finding cards by name and by PCI id."""

from __future__ import annotations

import pytest

from torchup.facts.gpus import normal_name
from torchup.facts.load import load_gpus


@pytest.mark.parametrize(
    ("name", "archs"),
    [
        ("NVIDIA GeForce GTX 1080", {"sm_61"}),
        ("geforce  gtx 1080", {"sm_61"}),
        ("GeForce GTX 1080 Ti", {"sm_61"}),
        ("NVIDIA GeForce RTX 5090", {"sm_120"}),
        ("Tesla V100-SXM2-16GB", {"sm_70"}),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", {"sm_80"}),
        ("NVIDIA A100-SXM4-40GB MIG 1c.2g.10gb", {"sm_80"}),
        ("NVIDIA A100-SXM4-40GB", {"sm_80"}),
        ("Tesla K80", {"sm_37"}),
        ("NVIDIA GB10", {"sm_121"}),
        ("GeForce GT 730", {"sm_21", "sm_30", "sm_35"}),
        ("AMD Instinct MI100", {"gfx908"}),
        ("Radeon RX 7900 XTX", {"gfx1100"}),
        ("AMD Radeon RX 6700 XT", {"gfx1031"}),
        ("AMD Radeon RX 7600", {"gfx1102"}),
        ("GeForce GTX 108", set()),
        ("", set()),
    ],
)
def test_by_name(name: str, archs: set[str]) -> None:
    assert {arch for card in load_gpus().by_name(name) for arch in card.archs} == archs


def test_one_card_per_architecture() -> None:
    for card in load_gpus().cards:
        archs = [one.archs for one in load_gpus().by_name(card.name)]
        assert len(archs) == len(set(archs)) >= 1
        assert card.archs in archs or not card.listed


def test_names_that_need_the_pci_id() -> None:
    names = {normal_name(card.name) for card in load_gpus().cards if card.vendor == "nvidia"}
    unclear = {name for name in names if len(load_gpus().by_name(name)) > 1}
    assert len(unclear) == 17
    assert all(name.startswith("geforce") for name in unclear)


def test_a_current_name_isnt_blurred_by_an_odd_board() -> None:
    assert [card.archs for card in load_gpus().by_name("GeForce GT 1030")] == [("sm_61",)]
    odd = load_gpus().by_pci("10de:0fc5")
    assert odd is not None
    assert (odd.name, odd.archs, odd.listed) == ("GeForce GT 1030", ("sm_30",), False)


def test_by_pci() -> None:
    gpus = load_gpus()
    card = gpus.by_pci("10DE:1B80")
    assert card is not None
    assert (card.name, card.archs) == ("NVIDIA GeForce GTX 1080", ("sm_61",))
    assert gpus.by_pci("10de:1b80", "1028:ffff") == card
    laptop = gpus.by_pci("10de:1ba0", "1028:0887")
    assert laptop is not None
    assert laptop.name == "NVIDIA GeForce GTX 1080 with Max-Q Design"
    assert gpus.by_pci("10de:ffff") is None
    assert gpus.by_pci("8086:1b80") is None


def test_a_device_that_is_listed_with_boards_only_has_its_architecture() -> None:
    card = load_gpus().by_pci("10de:2bb3")
    assert card is not None
    assert card.archs == ("sm_120",)


def test_a_pci_id_stands_for_one_architecture() -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for card in load_gpus().cards:
        for pci_id in card.pci_ids:
            found.setdefault(pci_id, set()).add(card.archs)
    assert {pci_id for pci_id, archs in found.items() if len(archs) > 1} == set()


def test_a_card_names_its_row() -> None:
    card = load_gpus().by_pci("10de:1b80")
    assert card is not None
    row = load_gpus().fact(card.fact)
    assert row.file == "nvidia/gpus.toml"
    assert row.key == "gpus.NVIDIA GeForce GTX 1080"
    assert "supported-gpus.json" in row.url
