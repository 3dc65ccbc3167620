"""Rows, filters, folding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.compat.cards import find_cards
from torchup.compat.filters import Asked, judge, select
from torchup.compat.fold import fold
from torchup.compat.rows import newest_patches
from torchup.compat.short import short_archs, short_pythons
from torchup.errors import UsageError
from torchup.resolve.constraints import runs_on
from torchup.resolve.numbers import reaches

if TYPE_CHECKING:
    from torchup.compat.filters import Judged
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus


def answer(rows: tuple[Row, ...], asked: Asked, catalogue: Catalogue) -> tuple[Judged, ...]:
    return judge(select(rows, asked), asked, catalogue)


def running(rows: tuple[Row, ...], asked: Asked, catalogue: Catalogue) -> set[tuple[str, str]]:
    return {(one.row.label, one.row.platform) for one in answer(rows, asked, catalogue) if one.runs}


def test_every_build_is_a_row(rows: tuple[Row, ...], catalogue: Catalogue) -> None:
    assert len(rows) == sum(len(release.builds) for release in catalogue.releases)
    old = next(r for r in rows if (r.label, r.platform) == ("2.6.0+cu118", "windows-x86_64"))
    assert (old.driver_floor, old.system, old.certain) == ("452.39", "windows", True)
    assert "torchvision 0.21.0" in old.companions
    cpu = next(r for r in rows if (r.label, r.platform) == ("2.6.0+cpu", "linux-x86_64"))
    assert (cpu.driver_floor, cpu.driver_native) == ("", "")


def test_companions_are_those_that_exist_for_the_build(catalogue: Catalogue) -> None:
    from torchup.compat.rows import matrix

    release = next(r for r in catalogue.releases if r.version == "2.6.0")
    vision = release.companion("torchvision")
    assert vision is not None
    without = replace(
        vision, builds={"linux-x86_64": ("cpu",)}, pypi_build={"linux-x86_64": "cu124"}
    )
    mine = replace(release, companions=(without,))
    has = {
        row.build.name: bool(row.companions)
        for row in matrix(replace(catalogue, releases=(mine,)))
        if row.platform == "linux-x86_64"
    }
    assert has["cpu"]
    assert has["cu124"] == ("pypi" in next(b for b in mine.builds if b.name == "cu124").channels)
    assert not has["cu118"]


def test_releases(rows: tuple[Row, ...]) -> None:
    def versions(text: str) -> set[str]:
        return {row.release.version for row in select(rows, Asked(release=text))}

    assert versions("2.6.0") == {"2.6.0"}
    assert versions("2.5") == {"2.5.0", "2.5.1"}
    assert versions(">=2.4,<2.6") == {"2.4.0", "2.4.1", "2.5.0", "2.5.1"}
    assert versions("1.1") == set(), "1.1 is not 1.10"


def test_other_filters(rows: tuple[Row, ...]) -> None:
    assert {r.build.name for r in select(rows, Asked(build="cu118"))} == {"cu118"}
    assert {r.system for r in select(rows, Asked(system="windows"))} == {"windows"}
    arm = select(rows, Asked(cpu="arm64"))
    assert arm == select(rows, Asked(cpu="aarch64"))
    assert {"linux-aarch64", "macos-arm64"} <= {row.platform for row in arm}
    apple = select(rows, Asked(device="mps"))
    assert apple
    assert all("mps" in row.build.also for row in apple)
    assert {r.build.device for r in select(rows, Asked(driver="535"))} == {"cuda"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(release="abc"), "compat.bad-release"),
        (Asked(release=">="), "compat.bad-release"),
        (Asked(build="cu999"), "compat.unknown-build"),
        (Asked(python="9.9"), "compat.unknown-python"),
        (Asked(driver="new"), "compat.bad-driver"),
        (Asked(driver="535.x"), "compat.bad-driver"),
        (Asked(driver=""), "compat.bad-driver"),
    ],
)
def test_bad_filters(rows: tuple[Row, ...], asked: Asked, code: str) -> None:
    with pytest.raises(UsageError) as raised:
        select(rows, asked)
    assert raised.value.code == code


def test_a_card_gets_the_rows_with_its_code(
    rows: tuple[Row, ...], catalogue: Catalogue, gpus: Gpus
) -> None:
    (card,) = find_cards("GTX 1080", gpus, catalogue)
    found = answer(rows, Asked(cards=(card,)), catalogue)
    assert {one.row.build.device for one in found} == {"cuda"}
    for one in found:
        archs = one.row.build.archs or ()
        assert one.runs == any(runs_on(code, "sm_61", embedded=False) for code in archs), one.row


def test_a_driver_and_a_python(rows: tuple[Row, ...], catalogue: Catalogue) -> None:
    asked = Asked(driver="535", python="3.10", release=">=2.0")
    found = answer(rows, asked, catalogue)
    assert {one.runs for one in found} == {True, False}
    for one in found:
        expected = reaches("535", one.row.driver_floor) and "3.10" in one.row.pythons
        assert one.runs == expected, one.row


def test_a_driver_that_dropped_the_card(
    rows: tuple[Row, ...], catalogue: Catalogue, gpus: Gpus
) -> None:
    cards = find_cards("GTX 1080", gpus, catalogue)
    asked = Asked(cards=cards, release="2.6.0", system="linux", cpu="x86_64")
    assert ("2.6.0+cu126", "linux-x86_64") in running(rows, asked, catalogue)
    new = replace(asked, driver="590")
    assert running(rows, new, catalogue) == set()
    codes = {r.code for one in answer(rows, new, catalogue) for r in one.against}
    assert codes == {"driver-dropped-card"}


def test_one_chip_of_an_ambiguous_name_is_enough(
    rows: tuple[Row, ...], catalogue: Catalogue
) -> None:
    from torchup.compat.cards import Card

    chips = [
        Card(asked="Twin", names=(), arch=arch, vendor="nvidia", device="cuda")
        for arch in ("sm_35", "sm_61")
    ]
    one = Asked(cards=tuple(chips), release="2.6.0", system="linux", cpu="x86_64")
    alone = replace(one, cards=(chips[1],))
    assert running(rows, one, catalogue) == running(rows, alone, catalogue) != set()
    both = replace(one, cards=(replace(chips[0], asked="Old"), chips[1]))
    assert running(rows, both, catalogue) == set(), "two names: a row must run on each"


def test_folding_joins_only_what_is_alike(rows: tuple[Row, ...], catalogue: Catalogue) -> None:
    asked = Asked(release=">=2.0,<2.7")
    found = answer(rows, asked, catalogue)
    blocks = fold(found)
    assert [v for block in blocks for v in block.versions] == list(
        dict.fromkeys(one.row.release.version for one in found)
    )
    for block in blocks:
        assert len({v.rpartition(".")[0] for v in block.versions}) == 1
        shown = {
            version: [
                (one.row.platform, one.row.build.name, one.row.build.archs, one.row.pythons)
                for one in found
                if one.row.release.version == version
            ]
            for version in block.versions
        }
        assert all(mine == shown[block.versions[0]] for mine in shown.values())
    assert any(len(block.versions) > 1 for block in blocks)


def test_newest_patches(rows: tuple[Row, ...]) -> None:
    kept = {row.release.version for row in newest_patches(select(rows, Asked(release="<2.7")))}
    assert {"2.5.1", "2.6.0", "1.13.1"} <= kept
    assert not {"2.5.0", "1.13.0"} & kept


def test_short_forms() -> None:
    assert short_archs(("sm_50", "sm_60", "gfx90a", "gfx942")) == "sm_50 60 gfx90a 942"
    assert short_archs(()) == ""
    assert short_pythons(("3.9", "3.10", "3.11", "3.13", "3.13t")) == "3.9-3.11 3.13 3.13t"
    assert short_pythons(("2.7", "3.5")) == "2.7 3.5"
    assert short_pythons(()) == ""
