"""The matrix and the resolver say the same of every architecture of every maker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.compat.cards import Card, card_of, find_cards
from torchup.compat.cover import Coverage
from torchup.compat.last import last_of
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Driver, Gpu, Machine, Os, Requirement
from torchup.resolve import resolve

if TYPE_CHECKING:
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import GpuFact, Gpus
    from torchup.model import CpuArch, Resolution

LINUX = Os(system="linux", distro="ubuntu", version="24.04", libc="glibc 2.39")
MAC = Os(system="macos", version="15.0")
PLACES: tuple[tuple[Os, CpuArch], ...] = (
    (LINUX, "x86_64"),
    (LINUX, "aarch64"),
    (Os(system="windows", version="11"), "x86_64"),
)
ONE_OF_EACH: dict[str, GpuFact] = {}
for _card in load_gpus().cards:
    ONE_OF_EACH.setdefault(_card.archs[0], _card)


def choice(gpu: Gpu, os: Os, arch: CpuArch, build: str | None = None) -> Resolution:
    """What the resolver takes on a machine with that card and an unknown driver."""
    found = Machine(os=os, arch=arch, gpus=(gpu,))
    catalogue = load_catalogue()
    asked = Requirement(today=catalogue.checked, build=build)
    return resolve(found, asked, catalogue, gpus=load_gpus())


def check(
    card: Card, found: Resolution, platform: str, rows: tuple[Row, ...], catalogue: Catalogue
) -> None:
    """Compare what was chosen with the ends of the card's way."""
    ends = {end.platform: end for end in last_of(card, rows, catalogue).ends}
    stack = found.stack
    assert (stack is not None and stack.device == card.device) == (platform in ends), found
    if stack is None or stack.device != card.device:
        return
    (row,) = (
        row
        for row in rows
        if row.label == f"{stack.packages[catalogue.framework.name]}+{stack.build}"
        and row.platform == platform
    )
    assert Coverage(catalogue).kind(row, card) == "code"


def test_all_makers_are_compared() -> None:
    assert {card.vendor for card in ONE_OF_EACH.values()} == {"nvidia", "amd", "intel"}
    assert {"sm_61", "gfx1031", "dg2", "bmg", "gen9"} <= set(ONE_OF_EACH)


@pytest.mark.parametrize("arch", ONE_OF_EACH)
def test_one_card_of_each_architecture(
    arch: str, rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    fact = ONE_OF_EACH[arch]
    card = card_of(fact, gpus)
    for os, cpu in PLACES:
        gpu = Gpu(index=0, vendor=fact.vendor, name=fact.name, arch=arch)  # type: ignore[arg-type]  # the table has no others
        found = choice(gpu, os, cpu)
        check(card, found, f"{os.system}-{cpu}", rows, catalogue)


@pytest.mark.parametrize("name", ["m2", "Apple M1 Max", "M4 Pro"])
def test_apple_chips(name: str, rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue) -> None:
    (card,) = find_cards(name, gpus, catalogue)
    assert (card.vendor, card.device, card.arch) == ("apple", "mps", "mps")
    found = choice(Gpu(index=0, vendor="apple", name=name), MAC, "arm64")
    check(card, found, "macos-arm64", rows, catalogue)
    (end,) = last_of(card, rows, catalogue).ends
    assert end.platform == "macos-arm64"
    assert end.current
    assert "compat.last.also-on" in {why.code for why in end.why}


@pytest.mark.parametrize(("name", "arch"), [("arc a770", "dg2"), ("arc b580", "bmg")])
def test_intel_cards_begin_with_the_release_that_names_them(
    name: str, arch: str, rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    (card,) = find_cards(name, gpus, catalogue)
    assert card.arch == arch
    (by_arch,) = find_cards(arch, gpus, catalogue)
    assert last_of(by_arch, rows, catalogue).ends == last_of(card, rows, catalogue).ends
    support = next(one for one in catalogue.supports if one.arch == arch)
    ends = {end.platform: end for end in last_of(card, rows, catalogue).ends}
    assert set(ends) == {"linux-x86_64", "windows-x86_64"}
    published = {
        row.release.version
        for row in rows
        if row.build.device == "xpu" and row.platform == "linux-x86_64"
    }
    before = [one for one in published if one.startswith("2.6.")]
    first = ends["linux-x86_64"].first.release.version
    assert first == ("2.7.0" if support.since["linux"] == "2.7" else min(before))


def test_an_intel_display_is_never_named(
    rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    (card,) = find_cards("uhd 630", gpus, catalogue)
    ways = last_of(card, rows, catalogue)
    assert ways.why is not None
    assert (ways.ends, ways.why.code) == ((), "compat.last.never-named")


def test_a_sister_chips_code_is_named_where_the_resolver_takes_it(
    rows: tuple[Row, ...], gpus: Gpus, catalogue: Catalogue
) -> None:
    (card,) = find_cards("RX 6700 XT", gpus, catalogue)
    ways = last_of(card, rows, catalogue)
    assert ways.ends == ()
    assert ways.instead is not None
    args = ways.instead.args
    gpu = Gpu(index=0, vendor="amd", name="AMD Radeon RX 6700 XT", arch="gfx1031")
    found = choice(gpu, LINUX, "x86_64", build=str(args["build"]))
    assert found.stack is not None
    assert (found.stack.device, found.serves) == ("rocm", (0,))
    name, value = str(args["setting"]).split("=")
    assert dict(found.stack.environment)[name] == value
    (served,) = find_cards("RX 6800", gpus, catalogue)
    assert last_of(served, rows, catalogue).instead is None
    (old,) = find_cards("gfx803", gpus, catalogue)
    assert last_of(old, rows, catalogue).instead is None


def test_windows_form_of_a_driver_narrows_as_nvidias_does() -> None:
    from torchup.model.drivers import driver_number

    assert driver_number("31.0.15.3623") == "536.23"
    assert driver_number("32.0.15.6094") == "560.94"
    assert driver_number("27.21.14.5671") == "456.71"
    for plain in ("535", "535.183.01", "31.0.101.5333", "31.0.21001.45002"):
        assert driver_number(plain) == plain
    assert Driver(vendor="nvidia", version=driver_number("31.0.15.3623")).version == "536.23"
