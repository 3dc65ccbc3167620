"""Cards and systems with rules of their own: Intel, sister chips, WSL, Jetsons, slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from torchup.facts.load import load_gpus
from torchup.model import Driver, Gpu, Machine, Os, Plan, Requirement, Resolution
from torchup.resolve import resolve
from torchup.resolve.cards import DEVICES
from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.numbers import at_least, gfx
from torchup.resolve.selected import numbers
from torchup.resolve.special import counting_drivers
from torchup.wire.write import plan as write_plan
from torchup.words import Words
from unit.resolve.machinery import CATALOGUE, TODAY, UBUNTU, WINDOWS, choose, machine

if TYPE_CHECKING:
    from torchup.facts.special import Override, Support

WSL = Os(system="linux", libc="glibc 2.39", wsl=2)
KNOWLEDGE = knowledge_of(CATALOGUE)


def with_gpus(*gpus: Gpu, os: Os = UBUNTU, driver: str = "") -> Machine:
    drivers = (Driver(vendor="nvidia", version=driver),) if driver else ()
    return Machine(os=os, arch="x86_64", gpus=gpus, drivers=drivers)


def codes(found: Resolution) -> set[str]:
    return {reason.code for reason in found.reasons}


def test_a_known_card_of_a_maker_that_no_build_serves_is_no_unknown_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served = {maker: device for maker, device in DEVICES.items() if maker != "intel"}
    monkeypatch.setattr("torchup.resolve.sorting.DEVICES", served)
    card = Gpu(name="Intel(R) Arc(TM) A770 Graphics")
    found = resolve(with_gpus(card), Requirement(today=TODAY), CATALOGUE, gpus=load_gpus())
    assert codes(found) >= {"no-accelerator"}
    assert found.stack is not None
    assert found.stack.device == "cpu"
    unknown = Gpu(name="No Such Card")
    found = resolve(with_gpus(unknown), Requirement(today=TODAY), CATALOGUE, gpus=load_gpus())
    assert "gpu-unknown" in codes(found)


@pytest.mark.parametrize(
    ("name", "arch"),
    [
        ("arc a770", "dg2"),
        ("Intel Arc B580", "bmg"),
        ("Intel(R) Arc(TM) A770 Graphics", "dg2"),
        ("iris xe", "xe-lp"),
        ("uhd 630", "gen9"),
        ("arc 140v", "lnl"),
        ("max 1550", "pvc"),
        ("rx 580", "gfx803"),
        ("vega 56", "gfx900"),
        ("rx 5600 xt", "gfx1010"),
        ("rx 6600", "gfx1032"),
        ("8060s", "gfx1151"),
        ("Jetson Orin Nano", "sm_87"),
        ("Orin NX", "sm_87"),
        ("AGX Xavier", "sm_72"),
        ("tx2", "sm_62"),
        ("jetson nano", "sm_53"),
        ("dgx spark", "sm_121"),
        ("770", "sm_30"),
        ("A100 MIG 1g.10gb", "sm_80"),
        ("NVIDIA H100 80GB HBM3 MIG 1g.10gb", "sm_90"),
        ("GRID A100-10C", "sm_80"),
        ("NVIDIA A10-8Q", "sm_86"),
        ("GRID T4-2Q", "sm_75"),
    ],
)
def test_names_as_people_write_them(name: str, arch: str) -> None:
    assert {card.archs for card in load_gpus().find(name)} == {(arch,)}


@pytest.mark.parametrize("row", CATALOGUE.supports, ids=lambda row: row.arch)
@pytest.mark.parametrize("place", ["linux", "windows", "wsl"])
def test_an_intel_card_gets_a_release_that_names_it(row: Support, place: str) -> None:
    os = {"linux": UBUNTU, "windows": WINDOWS, "wsl": WSL}[place]
    found = choose(with_gpus(Gpu(vendor="intel", name="x", arch=row.arch), os=os))
    assert found.outcome == "ok"
    assert found.stack is not None
    if place not in row.since:
        assert (found.stack.device, found.leaves_out) == ("cpu", (0,))
        assert "gpu-never-supported" in codes(found)
        return
    assert (found.stack.device, found.serves) == ("xpu", (0,))
    assert at_least(found.stack.packages["torch"], row.since[place])


def test_no_release_is_taken_for_a_card_before_it_names_it() -> None:
    for row in CATALOGUE.supports:
        for place, since in row.since.items():
            system = "windows" if place == "windows" else "linux"
            for one in KNOWLEDGE.candidates(f"{system}-x86_64", "xpu"):
                said = KNOWLEDGE.covers(one.number, row.arch, place)
                assert (said.effect == "accept") == at_least(one.release.version, since)


def test_no_intel_display_gets_xpu_by_being_intels() -> None:
    supported = {row.arch for row in CATALOGUE.supports if row.since}
    cards = [card for card in load_gpus().cards if card.vendor == "intel"]
    assert len(cards) > 100
    for card in cards:
        for pci_id in card.pci_ids[:1]:
            found = choose(with_gpus(Gpu(vendor="intel", pci_id=pci_id)))
            assert found.stack is not None
            expected = "xpu" if card.archs[0] in supported else "cpu"
            assert found.stack.device == expected, card.name


def test_every_override_leads_to_code_that_a_build_holds() -> None:
    held = {
        arch for release in CATALOGUE.releases for b in release.builds for arch in b.archs or ()
    }
    assert len(CATALOGUE.overrides) >= 10
    for row in CATALOGUE.overrides:
        target = gfx(row.runs_as)
        assert row.runs_as in held
        assert target is not None
        assert row.value == f"{target[0]}.{target[1]}.{int(target[2], 16)}"


@pytest.mark.parametrize("row", CATALOGUE.overrides, ids=lambda row: row.card)
def test_an_override_is_offered_or_asked_for_never_chosen(row: Override) -> None:
    card = Gpu(vendor="amd", name="Radeon", arch=row.card)
    alone = choose(with_gpus(card))
    assert alone.stack is not None
    assert alone.stack.environment == {}
    own = KNOWLEDGE.ever_served("linux-x86_64", "rocm", row.card, "linux")
    assert (alone.stack.device == "rocm") is own
    offered = [one.stack.environment for one in alone.near_misses]
    assert offered == ([] if own else [{row.variable: row.value}])
    named = choose(with_gpus(card), build="rocm6.1")
    assert named.stack is not None
    assert named.stack.device == "rocm"
    held = CATALOGUE.build(named.stack.packages["torch"], "rocm6.1", "linux-x86_64")
    assert held is not None
    if row.card in (held.archs or ()):
        assert named.stack.environment == {}
    else:
        assert named.stack.environment == {row.variable: row.value}
        assert "gfx-override" in codes(named)


@pytest.mark.parametrize("os", [WINDOWS, WSL])
def test_an_override_is_for_linux_itself(os: Os) -> None:
    found = choose(with_gpus(Gpu(vendor="amd", name="RX 6600", arch="gfx1032"), os=os))
    assert found.stack is not None
    assert found.stack.device == "cpu"
    assert not any(one.stack.environment for one in found.near_misses)


def test_a_setting_never_reaches_a_card_that_has_code_of_its_own() -> None:
    cards = [Gpu(vendor="amd", name=arch, arch=arch) for arch in ("gfx1036", "gfx1100", "gfx1032")]
    found = choose(with_gpus(*cards), build="rocm7.2")
    assert found.stack is not None
    assert (found.serves, found.leaves_out) == ((1,), (0, 2))
    assert found.stack.environment == {}


def test_the_document_tells_the_setting() -> None:
    found = choose(with_gpus(Gpu(name="AMD Radeon RX 6600")), build="rocm6.4")
    written = msgspec.json.decode(msgspec.json.encode(write_plan(Plan(resolution=found), Words())))
    assert written["stack"]["environment"] == {"HSA_OVERRIDE_GFX_VERSION": "10.3.0"}


@pytest.mark.parametrize("arch", [row.name for row in CATALOGUE.archs if row.embedded])
def test_embedded_parts_are_served_or_sent_to_their_maker(arch: str) -> None:
    board = Machine(
        os=Os(system="linux", kernel="5.15.148-tegra", libc="glibc 2.35"),
        arch="aarch64",
        gpus=(Gpu(vendor="nvidia", name="board", arch=arch),),
        drivers=(Driver(vendor="nvidia", version="580.00"),),
    )
    found = choose(board)
    if KNOWLEDGE.ever_served("linux-aarch64", "cuda", arch, "linux"):
        assert found.serves == (0,)
        return
    assert found.outcome == "none"
    assert "gpu-embedded" in codes(found)
    assert found.near_misses[0].stack.device == "cpu"
    insisted = choose(board, cpu=True)
    assert insisted.outcome == "ok"


def test_a_jetsons_kernel_chooses_among_its_makers_places() -> None:
    def places(kernel: str) -> list[str]:
        return [one.name for one in KNOWLEDGE.elsewhere("nvidia", "linux", "sm_87", kernel)]

    assert places("5.10.216-tegra") == ["JetPack 5"]
    assert places("5.15.148-tegra") == ["JetPack 6"]
    assert places("5.1.0-tegra") == places("") == ["JetPack 7", "JetPack 6", "JetPack 5"]


def test_only_an_embedded_driver_is_read_by_its_branch() -> None:
    desktop = choose(machine("sm_120", driver="580.00"), "torch==2.15.0", build="cu132")
    assert "driver-too-old" in codes(desktop)


def test_the_windows_driver_counts_under_wsl() -> None:
    both = tuple(Driver(vendor="nvidia", version=one) for one in ("535.183.01", "581.15"))
    inside = Machine(os=WSL, arch="x86_64", drivers=both)
    outside = Machine(os=UBUNTU, arch="x86_64", drivers=both)
    assert counting_drivers(inside, CATALOGUE)["nvidia"].version == "581.15"
    assert counting_drivers(outside, CATALOGUE)["nvidia"].version == "535.183.01"


def test_cards_are_numbered_once() -> None:
    zero, other = Gpu(index=0), Gpu(index=0)
    assert numbers((zero, other)) == ["0", "1"]
    assert numbers((Gpu(index=1), Gpu(index=0))) == ["1", "0"]
    assert numbers((Gpu(index=0), Gpu())) == ["0", "1"]


def test_a_container_is_suspected_only_where_the_document_tells() -> None:
    box = Os(system="linux", libc="glibc 2.39", container="podman")
    driver = (Driver(vendor="nvidia", version="580.95.05"),)
    bare = Requirement(today=TODAY)

    def said(os: Os, drivers: tuple[Driver, ...]) -> bool:
        here = Machine(os=os, arch="x86_64", gpus=(), drivers=drivers)
        return "container-without-gpus" in codes(resolve(here, bare, CATALOGUE))

    assert said(box, driver)
    assert not said(box, ())
    assert not said(UBUNTU, driver)


@pytest.mark.parametrize(
    ("platform", "ends"),
    [("macos-x86_64", True), ("windows-arm64", True), ("linux-x86_64", False)],
)
def test_a_platform_that_ended_is_told(platform: str, ends: bool) -> None:
    system, _, arch = platform.partition("-")
    os = {"macos": Os(system="macos", version="13.6"), "windows": WINDOWS, "linux": UBUNTU}[system]
    found = choose(Machine(os=os, arch=arch, gpus=(), drivers=()))  # type: ignore[arg-type]  # from a table
    assert ("platform-ended" in codes(found)) is ends
