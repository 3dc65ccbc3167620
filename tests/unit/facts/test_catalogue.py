"""The catalogue as the program sees it: the fast form and its lookups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.facts.compile import Folder, compile_catalogue, compile_gpus
from torchup.facts.load import CATALOGUE_FILE, DATA, GPUS_FILE, load_catalogue

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue

LINUX = "linux-x86_64"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize(
    ("name", "make"), [(CATALOGUE_FILE, compile_catalogue), (GPUS_FILE, compile_gpus)]
)
def test_the_fast_form_is_what_the_toml_files_give(name: str, make: object) -> None:
    assert callable(make)
    written = (Path(DATA) / name).read_bytes().replace(b"\r\n", b"\n")
    assert written == make(Path(DATA)), "run python -m tools.build_catalogue"


def test_the_fast_form_names_the_files_it_was_made_from(catalogue: Catalogue) -> None:
    assert catalogue.digest == Folder(Path(DATA)).digest()


def test_every_fact_leads_to_a_row_with_source_and_day(catalogue: Catalogue) -> None:
    numbers = [
        ref
        for release in catalogue.releases
        for ref in (
            release.fact,
            *(b.fact for b in release.builds),
            *(c.fact for c in release.companions),
        )
    ]
    tables = (catalogue.runtimes, catalogue.archs, catalogue.branches, catalogue.pythons)
    numbers += [row.fact for table in tables for row in table]
    assert len(numbers) == len(set(numbers))
    for ref in numbers:
        row = catalogue.fact(ref)
        assert row.file.endswith(".toml")
        assert (Path(DATA) / row.file).is_file()
        assert row.key
        assert row.url
        assert row.checked <= catalogue.checked
    with pytest.raises(IndexError):
        catalogue.fact(-1)
    with pytest.raises(IndexError):
        catalogue.fact(max(numbers) + 1)


def test_a_fact_names_its_row(catalogue: Catalogue) -> None:
    build = catalogue.build("2.14.0", "cu126", LINUX)
    assert build is not None
    row = catalogue.fact(build.fact)
    assert row.file == "torch/releases/2.14.0.toml"
    assert row.key == "builds.linux-x86_64.cu126"


def test_lookups(catalogue: Catalogue) -> None:
    assert catalogue.latest() == catalogue.releases[0]
    assert catalogue.release("2.14.9") is None
    assert catalogue.build("2.14.1", "cu999", LINUX) is None
    assert catalogue.build("9.9", "cu126", LINUX) is None
    versions = [r.version for r in catalogue.releases]
    assert versions.index("2.15.0") < versions.index("2.14.1") < versions.index("2.9.1")
    runtime = catalogue.runtime("12.6")
    assert runtime is not None
    assert runtime.floor == {"linux": "525.60.13", "windows": "528.33"}
    assert catalogue.runtime("12.7") is None
    line = catalogue.python("3.13t")
    assert line is not None
    assert (line.minor, line.released) == ("3.13", "2024-10-07")


@pytest.mark.parametrize(
    ("driver", "branch", "runtime"),
    [
        ("580.65.06", 580, "13.0"),
        ("581.29", 580, "13.0"),
        ("582.10", 580, "13.0"),
        ("591.44", 590, "13.1"),
        ("566.36", 565, "12.7"),
        ("553.62", 550, "12.4"),
        ("537.13", 535, "12.2"),
        ("528.33", 525, "12.0"),
        ("472.50", 470, "11.4"),
        ("452.39", 450, "11.0"),
        ("621.10", 620, "13.5"),
    ],
)
def test_branch_of_a_driver(catalogue: Catalogue, driver: str, branch: int, runtime: str) -> None:
    found = catalogue.branch(driver)
    assert found is not None
    assert (found.number, found.max_runtime) == (branch, runtime)
    assert catalogue.branch("173.14") is None


@pytest.mark.parametrize(
    ("arch", "first", "last"),
    [
        ("sm_37", 384, 470),
        ("sm_21", 340, 390),
        ("sm_61", 384, 580),
        ("sm_70", 384, 580),
        ("sm_75", 410, None),
        ("sm_80", 450, None),
        ("sm_86", 455, None),
        ("sm_89", 520, None),
        ("sm_90", 520, None),
        ("sm_100", 570, None),
        ("sm_103", 575, None),
        ("sm_120", 570, None),
        ("sm_121", 575, None),
    ],
)
def test_branches_of_an_architecture(
    catalogue: Catalogue, arch: str, first: int, last: int | None
) -> None:
    found = catalogue.arch(arch)
    assert found is not None
    assert (found.first_branch, found.last_branch, found.embedded) == (first, last, False)


def test_tegra_parts_are_embedded(catalogue: Catalogue) -> None:
    embedded = {arch.name for arch in catalogue.archs if arch.embedded}
    assert embedded == {"sm_32", "sm_53", "sm_62", "sm_72", "sm_87", "sm_101", "sm_110"}


def test_drivers_of_a_runtime_are_never_below_its_floor(catalogue: Catalogue) -> None:
    def numbers(driver: str) -> tuple[int, ...]:
        return tuple(int(part) for part in driver.split("."))

    for runtime in catalogue.runtimes:
        assert set(runtime.floor) == set(runtime.native) == {"linux", "windows"}
        for system, native in runtime.native.items():
            assert numbers(native) >= numbers(runtime.floor[system]), runtime.name
    old = catalogue.runtime("10.2")
    assert old is not None
    assert old.floor == old.native == {"linux": "440.33", "windows": "441.22"}
    first = catalogue.runtime("11.0")
    assert first is not None
    assert first.floor["linux"] == "450.36.06"
