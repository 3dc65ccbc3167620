from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest

from torchup.facts import current
from torchup.facts.compile import Folder
from torchup.facts.compiled import check_extensions
from torchup.facts.conda import CONDA_FILE, CondaFacts, has_conda, load_conda, package_of
from torchup.facts.conda_rows import CondaFile
from torchup.facts.current import DATA
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import load_catalogue
from torchup.host.real import RealHost
from torchup.model.builds import cuda_of
from torchup.resolve.conda import admits
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path


OTHERS = [name for name in FRAMEWORKS if name != "torch" and has_conda(name)]


def table(framework: str = "torch") -> CondaFile:
    with open(f"{DATA}/{framework}/{CONDA_FILE}", "rb") as stream:  # noqa: PTH123
        return msgspec.toml.decode(stream.read(), type=CondaFile)


def test_every_row_names_a_channel_that_is_there() -> None:
    file = table()
    names = {one.name for one in file.channels}
    assert {one.channel for one in file.published} <= names
    assert {one.channel for one in file.compiled} <= names
    assert all(one.at for one in file.published if one.channel == "conda-forge")


def test_no_release_stands_twice_in_a_channel() -> None:
    keys = sorted((one.channel, one.version) for one in table().published)
    assert all(one != other for one, other in pairwise(keys))


def test_every_cuda_build_that_is_recorded_for_linux_has_its_architectures() -> None:
    facts = load_conda("torch")
    missing = [
        (row.channel, row.version, build)
        for row in table().published
        if "linux-x86_64" in row.platforms
        for build in row.platforms["linux-x86_64"].builds
        if build != "cpu"
        and facts.compiled(row.channel, row.version, build, "linux-x86_64") is None
    ]
    # Nobody has recorded these: the channel's oldest, and an LTS of which there is no listing.
    assert {(channel, version) for channel, version, _ in missing} <= {
        ("pytorch", "1.4.0"),
        ("pytorch", "1.5.0"),
        ("pytorch", "1.8.2"),
    }


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_name_of_the_package_is_what_the_whole_table_says(name: str) -> None:
    assert package_of(name) == (load_conda(name).package if has_conda(name) else name)


@pytest.mark.parametrize("name", OTHERS)
def test_the_others_rows_are_of_releases_that_are_known_and_have_architectures(name: str) -> None:
    file, catalogue = table(name), load_catalogue(name)
    facts = CondaFacts(file, f"{name}/{CONDA_FILE}")
    assert not file.carrier or file.carrier in catalogue.framework.companions
    runtimes = {one.name for one in catalogue.runtimes}
    for row in file.published:
        release = catalogue.release(row.version)
        assert release is not None, row.version
        assert not file.carrier or release.companion(file.carrier) is not None, row.version
        for platform, found in row.platforms.items():
            for build in found.builds:
                runtime = cuda_of(build)
                assert (runtime is None) == (build == "cpu")
                if runtime is None:
                    continue
                assert facts.compiled(row.channel, row.version, build, platform), row.version
                assert runtime in runtimes or name == "torch", "its drivers are not known"


def test_every_tensorflow_that_brings_no_cuda_finds_it_in_conda() -> None:
    facts = load_conda("tensorflow")
    lacking = {
        (build.libraries, build.platform)
        for release in load_catalogue("tensorflow").releases
        for build in release.builds
        if build.libraries
    }
    assert lacking
    for needs, platform in lacking:
        row = facts.libraries(facts.default.name, needs, platform)
        assert row is not None, (needs, platform)
        assert [one.split(" ")[0] for one in row.specs] == [one.split("=")[0] for one in needs]
        for need, spec in zip(needs, row.specs, strict=True):
            version = need.partition("=")[2]
            assert admits(spec, f"{version}.99"), "the very one, or a newer patch of it"
            assert not admits(spec, f"{int(version.partition('.')[0]) + 1}.0")
    assert facts.lent == ("cudatoolkit", "cudnn")
    assert load_conda("torch").lent == ()


def test_what_conda_forge_compiled_is_never_called_measured() -> None:
    rows = [one for one in table().compiled if one.channel == "conda-forge"]
    assert rows
    assert {one.certainty for one in rows} == {"inferred"}


def test_the_last_release_of_the_retired_channel_is_its_newest() -> None:
    facts = load_conda("torch")
    (row,) = facts.retired()
    newest = next(one.version for one in load_catalogue().releases
                  if facts.published(row.name, one.version))  # fmt: skip
    assert row.last == newest


def test_a_row_leads_back_to_its_source() -> None:
    facts = load_conda("torch")
    row = facts.compiled("conda-forge", "2.6.0", "cu126", "linux-x86_64")
    assert row is not None
    assert "pytorch-cpu-feedstock" in facts.fact(row).url
    assert facts.fact(row).key == "compiled.conda-forge.cu120.2.0.0"
    published = facts.published("conda-forge", "2.6.0")
    assert published is not None
    assert facts.fact(published).url.endswith(published.at)


def test_a_mistake_in_a_sites_own_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "framework.toml").write_text("")
    (tmp_path / "torch" / CONDA_FILE).write_text('checked = 2026-01-01\npackage = "x"\n')
    with pytest.raises(ValueError, match="sources"):
        check_extensions(Folder(tmp_path))


def test_of_rows_for_one_build_the_first_that_fits_counts() -> None:
    file = msgspec.structs.replace(table(), checked=dt.date(2026, 1, 1))
    facts = CondaFacts(file, "torch/conda.toml")
    arm = facts.compiled("conda-forge", "2.13.0", "cu130", "linux-aarch64")
    assert arm is not None
    assert "sm_87" in arm.archs
    other = facts.compiled("conda-forge", "2.13.0", "cu130", "linux-x86_64")
    assert other is not None
    assert "sm_87" not in other.archs


def test_a_site_s_own_rows_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / CONDA_FILE).write_text(
        """
checked = 2026-01-01
package = "pytorch"
[sources]
us = "we compiled it"
[[channels]]
name = "ours"
source = ["us"]
[[published]]
channel = "ours"
version = "2.9.1"
source = ["us"]
[published.platforms.linux-x86_64]
builds = ["cu126"]
[[compiled]]
channel = "ours"
builds = ["cu126"]
first = "2.9.1"
last = "2.9.1"
archs = ["sm_35"]
certainty = "measured"
source = ["us"]
"""
    )
    monkeypatch.setattr(current, "_USED", [])
    current.use(RealHost(), Home(tmp_path / "home"), str(tmp_path))
    facts = load_conda("torch")
    assert facts.default.name == "ours"
    row = facts.compiled("ours", "2.9.1", "cu126", "linux-x86_64")
    assert row is not None
    assert facts.fact(row).url == "we compiled it"
    assert facts.published("conda-forge", "2.9.1") is not None
