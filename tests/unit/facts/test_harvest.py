"""The tools that keep the catalogue, against a small index on this machine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
from tools import build_catalogue, check_catalogue, harvest

from indexserver import IndexServer
from torchup.facts.compile import Folder
from torchup.facts.load import DATA
from torchup.facts.schema import ReleaseFile
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINUX = "manylinux_2_28_x86_64"
MAC = "macosx_14_0_arm64"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the catalogue's TOML files with only its newest releases."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    for path in (folder / "torch" / "releases").glob("*.toml"):
        if path.stem not in {"2.11.0", "2.14.1", "2.15.0"}:
            path.unlink()
    return folder


def framework_wheel(root: Path, tag: str, version: str, version_py: str, place: str) -> None:
    files: dict[str, str | bytes] = {"torch/version.py": version_py}
    make_wheel(root / place, "torch", version, tag=tag, files=files)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    root = tmp_path / "index"
    cuda = "__version__ = '2.16.0+cu132'\ncuda: Optional[str] = '13.2'\nhip: Optional[str] = None\n"
    cpu = "cuda: Optional[str] = None\nhip: Optional[str] = None\nxpu: Optional[str] = None\n"
    for python in ("cp312-cp312", "cp313-cp313", "cp313-cp313t"):
        framework_wheel(root, f"{python}-{LINUX}", "2.16.0", cuda, "simple")
    framework_wheel(root, f"cp312-cp312-{MAC}", "2.16.0", cpu, "simple")
    framework_wheel(root, "cp313-cp313-macosx_15_0_arm64", "2.16.0", cpu, "simple")
    framework_wheel(root, "cp312-cp312-win_amd64", "2.16.0", cpu, "simple")
    framework_wheel(root, "cp38-cp38m-win_amd64", "2.16.0", cpu, "simple")
    for build in ("cu130", "cu132", "cpu"):
        tag = f"cp312-cp312-{LINUX}"
        make_wheel(root / "whl", "torch", f"2.16.0+{build}", tag=tag)
    pinned = ["torch==2.16.0"]
    for version, requires in (("0.30.0", pinned), ("0.31.0", ["torch==2.17.0"]), ("0.29.2", [])):
        tag = f"py3-none-{LINUX}"
        make_wheel(
            root / "simple",
            "torchvision",
            version,
            tag=tag,
            requires=requires,
            requires_python=">=3.13",
        )
    make_wheel(root / "simple", "torchaudio", "2.11.0", tag=f"cp312-cp312-{LINUX}")
    with IndexServer(root).start() as running:
        yield running


def options(server: IndexServer, data: Path) -> list[str]:
    return [
        *("--index", server.index()),
        *("--framework-index", server.index("whl")),
        *("--data", str(data)),
    ]


def harvested(server: IndexServer, data: Path, *more: str) -> ReleaseFile:
    arguments = ["2.16.0", *options(server, data), "--date", "2026-12-02", *more]
    assert harvest.main(arguments) == 0
    return Folder(data).read("torch/releases/2.16.0.toml", ReleaseFile)


def test_harvest_measures_a_release(server: IndexServer, data: Path) -> None:
    found = harvested(server, data)
    linux = found.platforms["linux-x86_64"]
    assert linux.pythons == ("3.12", "3.13", "3.13t")
    assert (linux.floor, linux.certainty) == ("glibc 2.28", "measured")
    mac = found.platforms["macos-arm64"]
    assert (mac.floor, mac.raised_floors) == ("macos 14.0", {"3.13": "macos 15.0"})
    assert found.platforms["windows-x86_64"].pythons == ("3.12",)
    builds = {(row.platform, row.name): row for row in found.builds}
    default = builds["linux-x86_64", "cu132"]
    assert (default.runtime, default.channels, default.tagged) == (
        "13.2",
        ("pypi", "whl/cu132"),
        True,
    )
    assert builds["linux-x86_64", "cu130"].channels == ("whl/cu130",)
    assert builds["macos-arm64", "cpu"].also == ("mps",)
    assert all(row.compiled is None for row in found.builds)


def test_harvest_pairs_companions(server: IndexServer, data: Path) -> None:
    vision, audio = harvested(server, data).companions
    assert (vision.version, vision.certainty) == ("0.30.0", "measured")
    assert vision.pythons == {"linux-x86_64": ("3.13", "3.13t")}
    assert vision.builds_of is None
    assert (audio.version, audio.certainty, audio.builds_of) == ("2.11.0", "inferred", "2.11.0")


def test_harvest_says_what_it_could_not_measure(
    server: IndexServer, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harvested(server, data)
    text = (data / "torch/releases/2.16.0.toml").read_text()
    note = "# Not measured: architectures of linux-x86_64 cu130 (torch-2.16.0+cu130-cp312-cp312-"
    assert f"{note}{LINUX}.whl has no torch/version.py)." in text
    assert note in text
    assert "architectures of linux-x86_64 cu130" in capsys.readouterr().out


def test_harvest_measures_what_the_builds_were_compiled_for(
    server: IndexServer, data: Path
) -> None:
    wheels: dict[str, tuple[str, str]] = {
        "cu130": ("13.0", "sm_75 sm_90"),
        "cu132": ("13.2", "sm_80 compute_80"),
        "cu126": ("13.0", "sm_50"),
        "cu128": ("12.8", ""),
    }
    for build, (runtime, words) in wheels.items():
        files: dict[str, str | bytes] = {
            "torch/version.py": f"__version__ = '2.16.0+{build}'\ncuda = '{runtime}'\n",
            "torch/lib/libtorch_python.so": b"ELF\0" + words.encode() + b"\0",
        }
        tag = f"cp312-cp312-{LINUX}"
        make_wheel(server.root / "whl", "torch", f"2.16.0+{build}", tag=tag, files=files)
        if build == "cu132":
            tag = tag.replace("cp312", "cp311")
            make_wheel(server.root / "simple", "torch", "2.16.0", tag=tag, files=files)
    found = harvested(server, data)
    compiled = {row.name: row.compiled for row in found.builds if row.platform == "linux-x86_64"}
    assert compiled["cpu"] is None
    assert compiled["cu126"] is None
    assert compiled["cu128"] is None
    assert compiled["cu130"] is not None
    assert (compiled["cu130"].archs, compiled["cu130"].certainty) == (
        ("sm_75", "sm_90"),
        "measured",
    )
    (source,) = compiled["cu130"].source
    assert "libtorch_python.so of torch-2.16.0+cu130-cp312" in found.sources[source]
    assert compiled["cu132"] is not None
    assert (compiled["cu132"].archs, compiled["cu132"].ptx) == (("sm_80",), ("sm_80",))
    assert "torch-2.16.0-cp311" in found.sources[compiled["cu132"].source[0]]
    text = (data / "torch/releases/2.16.0.toml").read_text()
    assert f"cu126 (torch-2.16.0+cu126-cp312-cp312-{LINUX}.whl is cu130)." in text
    assert f"cu128 (torch-2.16.0+cu128-cp312-cp312-{LINUX}.whl has no list of them)." in text
    bare = harvested(server, data, "--force", "--no-archs")
    assert all(row.compiled is None for row in bare.builds)


def test_a_harvested_release_can_be_compiled(server: IndexServer, data: Path) -> None:
    harvested(server, data)
    assert build_catalogue.main(["--data", str(data)]) == 0
    assert build_catalogue.main(["--data", str(data), "--check"]) == 0


def test_harvest_without_ranges_and_with_json_says_the_same(
    server: IndexServer, data: Path
) -> None:
    first = harvested(server, data)
    server.ranges, server.json = False, True
    assert harvested(server, data, "--force") == first


def test_harvest_keeps_a_file_that_is_there(server: IndexServer, data: Path) -> None:
    harvested(server, data)
    assert harvest.main(["2.16.0", *options(server, data), "--date", "2026-12-02"]) == 1


def test_harvest_without_the_framework_index(server: IndexServer, data: Path) -> None:
    server.faults["/whl/"] = "404"
    found = harvested(server, data)
    assert {row.name for row in found.builds} == {"cu132", "cpu"}
    text = (data / "torch/releases/2.16.0.toml").read_text()
    assert "# Not measured: builds on the framework's own index" in text


@pytest.mark.parametrize("version", ["2.99.0", "2.16"])
def test_harvest_of_nothing(server: IndexServer, data: Path, version: str) -> None:
    assert harvest.main([version, *options(server, data), "--date", "2026-12-02"]) == 1
    assert not (data / "torch/releases" / f"{version}.toml").exists()


def test_harvest_needs_a_date_from_somewhere(server: IndexServer, data: Path) -> None:
    assert harvest.main(["2.16.0", *options(server, data)]) == 1


def test_check_agrees_with_what_was_harvested(server: IndexServer, data: Path) -> None:
    harvested(server, data)
    assert check_catalogue.main(["2.16.0", *options(server, data)]) == 0


DIFFERENCES = (
    ('["3.12", "3.13", "3.13t"]', '["3.12", "3.13"]', "platforms.linux-x86_64.pythons"),
    ('floor = "glibc 2.28"', 'floor = "glibc 2.17"', "platforms.linux-x86_64.floor"),
    ('name = "cu130"', 'name = "cu131"', "builds.linux-x86_64.cu130: missing"),
    ('name = "cu130"', 'name = "cu131"', "builds.linux-x86_64.cu131: in the catalogue"),
    ('["pypi", "whl/cu132"]', '["whl/cu132"]', "builds.linux-x86_64.cu132"),
    ('version = "0.30.0"', 'version = "0.29.2"', "companions.torchvision.version"),
    ('builds_of = "2.11.0"\n', "", "companions.torchaudio.builds_of"),
)


def test_check_finds_each_difference(server: IndexServer, data: Path) -> None:
    measured = harvested(server, data)
    text = (data / "torch/releases/2.16.0.toml").read_text()
    assert not list(check_catalogue.differences(measured, measured, all_builds=True))
    for old, new, line in DIFFERENCES:
        assert old in text
        known = msgspec.toml.decode(text.replace(old, new), type=ReleaseFile)
        found = check_catalogue.differences(known, measured, all_builds=True)
        assert any(one.startswith(line) for one in found), line


def test_check_prints_a_difference(
    server: IndexServer, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harvested(server, data)
    path = data / "torch/releases/2.16.0.toml"
    old, new, line = DIFFERENCES[0]
    path.write_text(path.read_text().replace(old, new))
    assert check_catalogue.main(["2.16.0", *options(server, data)]) == 1
    assert f"2.16.0: {line}" in capsys.readouterr().out


def test_check_takes_the_newest_releases_and_unknown_ones_are_wrong(
    server: IndexServer, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_catalogue.main(options(server, data)) == 1
    assert "has no wheels of 2.15.0" in capsys.readouterr().err
    assert check_catalogue.main(["3.0.0", *options(server, data)]) == 1
    assert "3.0.0: not in the catalogue" in capsys.readouterr().out
