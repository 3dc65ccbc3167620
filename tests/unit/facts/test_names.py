"""Cards by the names that people write."""

from __future__ import annotations

import pytest

from torchup.facts.load import load_gpus
from torchup.facts.names import apple_chip, arch_in, words_of

GPUS = load_gpus()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("RTX 3060 Laptop", "NVIDIA GeForce RTX 3060 Laptop GPU"),
        ("3060", "NVIDIA GeForce RTX 3060"),
        ("ASUS TUF Gaming GeForce RTX 4070 OC 12GB", "NVIDIA GeForce RTX 4070"),
        ("微星 GeForce RTX 4060 Ti 万图师 2X BLACK 8G OC", "NVIDIA GeForce RTX 4060 Ti"),
        (
            "七彩虹 iGame GeForce RTX 4070 Ti SUPER Vulcan OC 16GB",
            "NVIDIA GeForce RTX 4070 Ti SUPER",
        ),
        ("华硕 TUF RTX5070Ti O16G", "NVIDIA GeForce RTX 5070 Ti"),
        ("Sapphire Nitro+ RX 7900 XTX 24GB", "AMD Radeon RX 7900 XTX"),
        ("GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-aaaa)", "NVIDIA A100-SXM4-40GB"),
        ("GeForce RTX 4070, 12282 MiB", "NVIDIA GeForce RTX 4070"),
        ("NVIDIA Corporation Device 2684", "NVIDIA GeForce RTX 4090"),
        ("rtx3060ti", "NVIDIA GeForce RTX 3060 Ti"),
        ("V100", "Tesla V100-PCIE-16GB"),
        ("A100", "NVIDIA A100 80GB PCIe"),
        ("K40", "Tesla K40c"),
        ("Tesla A100", "NVIDIA A100 80GB PCIe"),
        ("Quadro RTX A6000", "NVIDIA RTX A6000"),
        ("GT650M", "GeForce GT 650M"),
        ("teslav100", "Tesla V100-PCIE-16GB"),
        ("GTX 1650 Ti Mobile", "NVIDIA GeForce GTX 1650 Ti"),
        ("GB200 NVL72", "NVIDIA GB200"),
        ("NVIDIA Tegra Orin (nvgpu)", "Orin"),
        ("TU106 [GeForce RTX 2060 Rev. A]", "NVIDIA GeForce RTX 2060"),
        ("UHD Graphics 630 (Desktop)", "Intel UHD Graphics 630"),
        ("NVIDIA Jetson AGX Xavier [16GB]", "NVIDIA Jetson AGX Xavier"),
        ("M40", "Tesla M40"),
        ("quadro 4000", "Quadro 4000"),
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
        ("3060 笔记本", "NVIDIA GeForce RTX 3060 Laptop GPU"),
        ("3060笔记本电脑", "NVIDIA GeForce RTX 3060 Laptop GPU"),
        ("RTX 4060 移动版", "NVIDIA GeForce RTX 4060 Laptop GPU"),
        ("4090 显卡", "NVIDIA GeForce RTX 4090"),
        ("英伟达 4090显卡", "NVIDIA GeForce RTX 4090"),
        ("4090D", "NVIDIA GeForce RTX 4090 D"),
        ("RTX5090D", "NVIDIA GeForce RTX 5090 D"),
        ("vega64", "AMD Radeon RX Vega 64"),
        ("RTX 3070 Max-Q", "NVIDIA GeForce RTX 3070 Laptop GPU"),
        ("3080 laptop max-q", "NVIDIA GeForce RTX 3080 Laptop GPU"),
        ("NVIDIA Corporation GP104 [GeForce GTX 1080] (rev a1)", "NVIDIA GeForce GTX 1080"),
        ("Intel Corporation DG2 [Arc A770] (rev 08)", "Intel Arc A770 Graphics"),
        (
            "01:00.0 VGA [0300]: NVIDIA Corporation GP104 [GeForce GTX 1080] [10de:1b80] (rev a1)",
            "NVIDIA GeForce GTX 1080",
        ),
        (
            "00:02.0 VGA controller [0300]: Intel Corporation Device [8086:64a0] (rev 04)",
            "Intel Arc Graphics",
        ),
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
        ("GP104", {"sm_61"}),
        ("navi 31", {"gfx1100"}),
        ("lunar lake", {"lnl"}),
        ("tiger lake", {"xe-lp"}),
        ("meteor lake", {"mtl-h", "mtl-u"}),
        (
            "AMD [AMD/ATI] Navi 22 [Radeon RX 6700/6700 XT/6750 XT / 6800M/6850M XT] (rev c1)",
            {"gfx1031"},
        ),
    ],
)
def test_all_that_may_be_meant(written: str, archs: set[str]) -> None:
    assert {arch for card in GPUS.find(written) for arch in card.archs} == archs


@pytest.mark.parametrize(
    "written",
    [
        "GeForce 210",
        "GeForce 310",
        "GeForce 6200",
        "radeon 770",
        "",
        "geforce",
        "nvidia",
        "fx 9",
        "RTX 3070M",
        "!!",
        "3060 乱码",
        "4090 foo",
        "16GB",
        "[16GB]",
        "Tesla 16GB",
        "NVIDIA Foo Bar [16GB]",
    ],
)
def test_nothing_is_found_for_what_names_no_card(written: str) -> None:
    assert GPUS.find(written) == ()


@pytest.mark.parametrize(
    ("written", "arch"),
    [
        ("8.6", "sm_86"),
        ("12.0", "sm_120"),
        ("sm86", "sm_86"),
        ("SM_90a", "sm_90a"),
        ("compute_75", "sm_75"),
        ("compute capability 8.9", "sm_89"),
        ("86", None),
        ("8.6.1", None),
        ("3060", None),
    ],
)
def test_architectures(written: str, arch: str | None) -> None:
    assert arch_in(written) == arch


def test_apple_chips() -> None:
    assert [apple_chip(one) for one in ("m2", "Apple  M1 max", "m3 ti", "MX250")] == [
        "Apple M2",
        "Apple M1 Max",
        None,
        None,
    ]


def test_near_names() -> None:
    assert "NVIDIA GeForce RTX 3070" in GPUS.near("RTX 3070M")


def test_every_card_is_found_by_its_own_name() -> None:
    """Names that only the list of PCI ids has may give way to a current card's."""
    for card in GPUS.cards:
        if card.listed and words_of(card.name):
            found = {arch for one in GPUS.find(card.name) for arch in one.archs}
            assert set(card.archs) <= found, card.name


@pytest.mark.parametrize("written", ["RTX 1080", "a gaming PC", "TUF 12GB", "OC 8G"])
def test_what_is_no_card_stays_unknown(written: str) -> None:
    assert GPUS.find(written) == ()


def test_the_same_number_is_what_is_nearest() -> None:
    assert GPUS.near("RTX 1080")[0] == "NVIDIA GeForce GTX 1080"
