"""Cards by the names that people write."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_gpus
from torchup.facts.names import words_of

GPUS = load_gpus()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("RTX 3060 Laptop", "NVIDIA GeForce RTX 3060 Laptop GPU"),
        ("3060", "NVIDIA GeForce RTX 3060"),
        ("rtx3060ti", "NVIDIA GeForce RTX 3060 Ti"),
        ("1080ti", "NVIDIA GeForce GTX 1080 Ti"),
        ("nvidia geforce gtx 1080 ti", "NVIDIA GeForce GTX 1080 Ti"),
        ("4090 mobile", "NVIDIA GeForce RTX 4090 Laptop GPU"),
        ("RTX 4060 Ti 16GB", "NVIDIA GeForce RTX 4060 Ti"),
        ("a100 80g", "NVIDIA A100 80GB PCIe"),
        ("a6000", "NVIDIA RTX A6000"),
        ("6000 ada", "NVIDIA RTX 6000 Ada Generation"),
        ("quadro rtx 6000", "Quadro RTX 6000"),
        ("t4", "Tesla T4"),
        ("k80", "Tesla K80"),
        ("titan xp", "NVIDIA TITAN Xp"),
        ("2080 max-q", "NVIDIA GeForce RTX 2080 with Max-Q Design"),
        ("7900xtx", "AMD Radeon RX 7900 XTX"),
        ("NVIDIA A10-8Q", "NVIDIA A10"),
        ("NVIDIA L40S-12Q", "NVIDIA L40S"),
        ("NVIDIA RTXA6000-24Q", "NVIDIA RTX A6000"),
        ("NVIDIA H100L-1-12C", "NVIDIA H100"),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "NVIDIA A100-SXM4-40GB"),
    ],
)
def test_one_card(written: str, name: str) -> None:
    assert [card.name for card in GPUS.find(written)] == [name]


@pytest.mark.parametrize(
    ("written", "archs"),
    [
        ("v100", {"sm_70"}),
        ("GRID V100D-8Q", {"sm_70"}),
        ("GRID A100-10C", {"sm_80"}),
        ("GRID A100D-7-80C", {"sm_80"}),
        ("gt 730", {"sm_21", "sm_30", "sm_35"}),
        ("rtx 6000", {"sm_75", "sm_89"}),
        ("titan x", {"sm_52", "sm_61"}),
    ],
)
def test_all_that_may_be_meant(written: str, archs: set[str]) -> None:
    assert {arch for card in GPUS.find(written) for arch in card.archs} == archs


@pytest.mark.parametrize("written", ["", "geforce", "nvidia", "fx 9", "RTX 3070M", "!!"])
def test_nothing_is_found_for_what_names_no_card(written: str) -> None:
    assert GPUS.find(written) == ()


def test_near_names() -> None:
    assert "NVIDIA GeForce RTX 3070" in GPUS.near("RTX 3070M")


def test_every_card_is_found_by_its_own_name() -> None:
    """Names that only the list of PCI ids has may give way to a current card's."""
    for card in GPUS.cards:
        if card.listed and words_of(card.name):
            found = {arch for one in GPUS.find(card.name) for arch in one.archs}
            assert set(card.archs) <= found, card.name
