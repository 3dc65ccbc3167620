"""Every data file: its shape, its sources, and what its rows say about each other."""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
import pytest
from packaging.version import Version

from torchup.facts import schema
from torchup.facts.causes import CAUSES_FILE, CausesFile
from torchup.facts.compile import FRAMEWORK_FILE, Folder
from torchup.facts.compile_processor import (
    FEATURES_FILE,
    FLOORS_FILE,
    FeaturesFile,
    FloorsFile,
)
from torchup.facts.compile_special import (
    ELSEWHERE_FILES,
    FORWARD_FILE,
    METAL_FILE,
    OVERRIDES_FILE,
    SUPPORT_FILE,
    ElsewhereFile,
    ForwardFile,
    MetalFile,
    OverridesFile,
    OwnElsewhereFile,
    SupportFile,
)
from torchup.facts.compile_tables import TRAPS_FILE
from torchup.facts.conda import CONDA_FILE
from torchup.facts.conda_rows import CondaFile
from torchup.facts.conda_settings import CHANNELS_FILE, SETTINGS_FILE, ChannelsFile, SettingsFile
from torchup.facts.extensions import EXTENSIONS_FILE, ExtensionsFile
from torchup.facts.frameworks import DEFAULT, FRAMEWORKS
from torchup.facts.images import IMAGES_FILE, ImagesFile
from torchup.facts.installs import INSTALLS_FILE, InstallsFile
from torchup.facts.load import DATA
from torchup.facts.mirrors import MIRRORS_FILE, MirrorsFile
from torchup.facts.peaks import PEAKS_FILE, PeaksFile
from torchup.facts.projects import IMPORTS_FILE, PROJECTS_FILE, ImportsFile, ProjectsFile
from torchup.facts.shadows import SHADOWS_FILE, ShadowsFile
from torchup.facts.soldered import SOLDERED_FILE, SolderedFile
from torchup.facts.toolkits import TOOLKITS_FILE, ToolkitsFile
from torchup.facts.wheels import WHEELS_FILE, WheelsFile

ROOT = Path(DATA)
FOLDER = Folder(ROOT)
RELEASES = FOLDER.releases()
OTHERS = [one for one in FRAMEWORKS if one != DEFAULT]
OTHER_RELEASES = [
    path.relative_to(ROOT).as_posix()
    for one in OTHERS
    for path in sorted(ROOT.glob(f"{one}/releases/*.toml"))
]
KINDS: dict[str, type[schema.File]] = {
    f"{FOLDER.framework}/{FRAMEWORK_FILE}": schema.FrameworkFile,
    f"{FOLDER.framework}/{TRAPS_FILE}": schema.TrapsFile,
    f"{FOLDER.framework}/{EXTENSIONS_FILE}": ExtensionsFile,
    f"{FOLDER.framework}/{WHEELS_FILE}": WheelsFile,
    f"{FOLDER.framework}/{CONDA_FILE}": CondaFile,
    f"tensorflow/{CONDA_FILE}": CondaFile,
    f"jax/{CONDA_FILE}": CondaFile,
    "cuda.toml": schema.RuntimesFile,
    "nvidia/drivers.toml": schema.BranchesFile,
    "nvidia/architectures.toml": schema.ArchsFile,
    "nvidia/gpus.toml": schema.GpusFile,
    "amd/gpus.toml": schema.GpusFile,
    "intel/gpus.toml": schema.GpusFile,
    SUPPORT_FILE: SupportFile,
    FORWARD_FILE: ForwardFile,
    FEATURES_FILE: FeaturesFile,
    f"{FOLDER.framework}/{FLOORS_FILE}": FloorsFile,
    METAL_FILE: MetalFile,
    OVERRIDES_FILE: OverridesFile,
    **dict.fromkeys(ELSEWHERE_FILES.values(), ElsewhereFile),
    "pythons.toml": schema.PythonsFile,
    IMAGES_FILE: ImagesFile,
    INSTALLS_FILE: InstallsFile,
    SOLDERED_FILE: SolderedFile,
    TOOLKITS_FILE: ToolkitsFile,
    PEAKS_FILE: PeaksFile,
    PROJECTS_FILE: ProjectsFile,
    IMPORTS_FILE: ImportsFile,
    CAUSES_FILE: CausesFile,
    SHADOWS_FILE: ShadowsFile,
    SETTINGS_FILE: SettingsFile,
    CHANNELS_FILE: ChannelsFile,
    MIRRORS_FILE: MirrorsFile,
    "displays.toml": schema.DisplaysFile,
    **dict.fromkeys(RELEASES, schema.ReleaseFile),
    **dict.fromkeys(OTHER_RELEASES, schema.ReleaseFile),
    **{f"{one}/framework.toml": schema.FrameworkFile for one in OTHERS},
    **{f"{one}/elsewhere.toml": OwnElsewhereFile for one in OTHERS},
    **{
        f"{one}/{TRAPS_FILE}": schema.TrapsFile
        for one in OTHERS
        if (ROOT / one / TRAPS_FILE).is_file()
    },
}


def rows_of(value: object) -> list[dict[str, object]]:
    """Every table in a file that has a source."""
    if isinstance(value, dict):
        here = [value] if "source" in value else []
        return here + [row for one in value.values() for row in rows_of(one)]
    if isinstance(value, list):
        return [row for one in value for row in rows_of(one)]
    return []


def test_every_file_has_a_schema() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.toml")}
    assert found == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_file_fits_its_schema_and_its_sources_are_used(name: str) -> None:
    file = FOLDER.read(name, KINDS[name])
    plain = msgspec.toml.decode((ROOT / name).read_bytes())
    rows = rows_of(plain)
    used = {short for row in rows for short in row["source"]}  # type: ignore[attr-defined]  # a list in TOML
    assert rows
    assert used == set(file.sources)
    assert all(words.strip() for words in file.sources.values())


def test_sources_are_written_for_strangers() -> None:
    """No source is a path of one machine, or the number of a row that nobody else has."""
    for name, kind in KINDS.items():
        for words in FOLDER.read(name, kind).sources.values():
            assert not words.startswith(("/", "~", "file:")), name
            assert "(id " not in words, name


def test_releases_are_sorted_and_named_like_their_file() -> None:
    versions = [file.version for file in RELEASES.values()]
    assert len(versions) == len(set(versions)) >= 47
    assert versions == sorted(versions, key=Version, reverse=True)
    assert versions[-1] == "1.4.0"
    for name, file in RELEASES.items():
        assert name.rpartition("/")[2] == f"{file.version}.toml"
    by_minor = itertools.groupby(RELEASES.values(), key=lambda f: f.version.rpartition(".")[0])
    for _, patches in by_minor:
        dates = [file.date for file in patches]
        assert dates == sorted(dates, reverse=True)


def test_a_build_stands_once_and_on_a_platform_with_pythons() -> None:
    for file in RELEASES.values():
        keys = [(row.platform, row.name) for row in file.builds]
        assert len(keys) == len(set(keys))
        assert {platform for platform, _ in keys} == set(file.platforms)
        assert all(row.pythons for row in file.platforms.values())


def test_every_cuda_and_rocm_build_has_architectures() -> None:
    for file in RELEASES.values():
        for row in file.builds:
            where = f"{file.version} {row.platform} {row.name}"
            assert (row.device in {"cuda", "rocm"}) == (row.compiled is not None), where
            prefix = {"cuda": "sm_", "rocm": "gfx"}.get(row.device)
            archs = row.compiled.archs if row.compiled else ()
            assert prefix is None or all(arch.startswith(prefix) for arch in archs), where
            assert len(archs) == len(set(archs)), where


def test_names_and_runtimes_of_builds_agree() -> None:
    for file in RELEASES.values():
        for row in file.builds:
            wanted = {"cuda": "cu" + row.runtime.replace(".", ""), "rocm": "rocm" + row.runtime}
            assert row.name == wanted.get(row.device, row.device)


def test_at_most_one_build_per_platform_is_on_pypi() -> None:
    for file in RELEASES.values():
        platforms = [row.platform for row in file.builds if "pypi" in row.channels]
        assert len(platforms) == len(set(platforms)), file.version


def test_every_cuda_runtime_has_its_drivers() -> None:
    known = {row.name for row in FOLDER.read("cuda.toml", schema.RuntimesFile).runtimes}
    used = {r.runtime for f in RELEASES.values() for r in f.builds if r.device == "cuda"}
    assert used <= known


def test_every_architecture_of_a_build_and_of_a_card_is_known() -> None:
    archs = FOLDER.read("nvidia/architectures.toml", schema.ArchsFile).archs
    known = {row.name for row in archs}
    compiled = {
        arch.rstrip("af")
        for file in RELEASES.values()
        for row in file.builds
        if row.compiled and row.device == "cuda"
        for arch in (*row.compiled.archs, *row.compiled.ptx)
    }
    cards = {a for r in FOLDER.read("nvidia/gpus.toml", schema.GpusFile).gpus for a in r.archs}
    assert compiled <= known
    assert cards <= known


def test_driver_branches_of_architectures_exist() -> None:
    numbers = {
        row.number for row in FOLDER.read("nvidia/drivers.toml", schema.BranchesFile).branches
    }
    for row in FOLDER.read("nvidia/architectures.toml", schema.ArchsFile).archs:
        assert row.first_branch in numbers
        assert row.last_branch is None or row.last_branch in numbers


def test_companions_are_those_of_the_framework_in_order() -> None:
    framework = FOLDER.read(f"{FOLDER.framework}/{FRAMEWORK_FILE}", schema.FrameworkFile)
    for file in RELEASES.values():
        assert tuple(row.name for row in file.companions) == framework.companions
    assert {framework.name, *framework.companions} <= set(framework.publishes)


def test_a_row_names_only_what_is_there() -> None:
    for file in RELEASES.values():
        for row in file.companions:
            assert set(row.on_pypi) <= set(row.pythons)
            assert set(row.pythons) <= set(file.platforms)
            names = {(b.platform, b.name) for b in file.builds}
            assert {(p, b) for p, absent in row.not_built.items() for b in absent} <= names


def test_rows_of_wheels_name_ranges_and_places_that_can_be_filled_in() -> None:
    read = FOLDER.read(f"{FOLDER.framework}/{WHEELS_FILE}", WheelsFile)
    names = [one.name for one in read.packages]
    assert names == sorted(set(names))
    places = {"version", "release", "minor", "build", "cuda", "ABI", "tags", "platform"}
    for one in read.packages:
        assert one.wheels, one.name
        for pattern in (*one.pages, *one.files):
            assert pattern.startswith("https://"), pattern
            filled = pattern.format_map(dict.fromkeys(places, ""))
            assert "{" not in filled, pattern
        for row in one.wheels:
            assert not (row.first and row.last) or Version(row.first) <= Version(row.last), row
            assert row.systems, row
        if one.files:
            assert all(row.first and row.builds and row.releases for row in one.wheels), one.name
