"""Building the fast form, and reading wheels."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import msgspec
import pytest
from tools import build_catalogue
from tools.package_index import Index, IndexGoneError, is_installable
from tools.release_toml import release_toml
from tools.wheel_metadata import default_build, requirement_on, runtime_of

from indexserver import IndexServer
from torchup.facts.compile import Folder
from torchup.facts.load import CATALOGUE_FILE, DATA, GPUS_FILE
from torchup.facts.schema import ReleaseFile
from wheelmaker import make_wheel


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    for path in (folder / "torch" / "releases").glob("*.toml"):
        if path.stem not in {"2.11.0", "2.15.0"}:
            path.unlink()
    return folder


def test_only_the_needed_parts_of_a_wheel_are_fetched(tmp_path: Path) -> None:
    big: dict[str, str | bytes] = {"a.bin": b"a" * 500_000, "v.py": "here", "b.bin": b"b" * 500_000}
    make_wheel(tmp_path / "simple", "torch", "1.0", files=big, compression=zipfile.ZIP_STORED)
    with IndexServer(tmp_path).start() as running:
        index = Index(running.index())
        wheel = index.project("torch").wheels[0]
        assert index.member(wheel, "v.py") == b"here"
        assert index.member(wheel, "other.py") is None
        asked = [request.headers["range"] for request in running.asked("/files/")]
    assert len(asked) < 8
    starts = [one.removeprefix("bytes=").split("-") for one in asked]
    assert all(not start or int(end) - int(start) < 200_000 for start, end in starts)


def test_an_index_that_isnt_there() -> None:
    with pytest.raises(IndexGoneError, match="can't be reached"):
        Index("http://127.0.0.1:9/simple").project("torch")


def test_build_check_finds_a_stale_fast_form(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_catalogue.main(["--data", str(data), "--check"]) == 1
    assert CATALOGUE_FILE in capsys.readouterr().out
    assert build_catalogue.main(["--data", str(data)]) == 0
    assert build_catalogue.main(["--data", str(data), "--check"]) == 0
    path = data / "pythons.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert build_catalogue.main(["--data", str(data), "--check"]) == 0
    (data / GPUS_FILE).unlink()
    assert build_catalogue.main(["--data", str(data), "--check"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('minor = "3.12"', 'minor = "three"', "pythons.toml"),
        ('source = ["peps"]', 'source = ["nowhere"]', "no such source: nowhere"),
        ('source = ["peps"]', "source = []", "pythons.toml"),
        ('minor = "3.12"', 'minor = "3.12"\nextra = 1', "unknown field `extra`"),
        ('minor = "3.12"', "minor = ", "pythons.toml"),
    ],
)
def test_build_refuses_what_doesnt_fit(
    data: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    path = data / "pythons.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert build_catalogue.main(["--data", str(data)]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("version", ["2.15.0", "2.10.0", "1.4.0", "1.8.0"])
def test_a_release_written_and_read_again_is_the_same(version: str) -> None:
    file = Folder(Path(DATA)).read(f"torch/releases/{version}.toml", ReleaseFile)
    assert msgspec.toml.decode(release_toml(file, ["A comment."]), type=ReleaseFile) == file


@pytest.mark.parametrize(
    ("text", "build", "runtime"),
    [
        ("cuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n", "cu130", "13.0"),
        ("cuda = '10.2'\nhip = None\n", "cu102", "10.2"),
        ("cuda = None\nhip = '7.2.26015-fc0010cf6a'\n", "rocm7.2", "7.2"),
        ("cuda: Optional[str] = None\nxpu: Optional[str] = '20250302'\n", "xpu", ""),
        ("cuda = None\nhip = None\n", "cpu", ""),
    ],
)
def test_default_build(text: str, build: str, runtime: str) -> None:
    assert default_build(text) == build
    assert runtime_of(build) == runtime


def test_requirement_on() -> None:
    lines = ["numpy", "torch (==1.10.1)", "torch>=2; extra == 'x'"]
    assert str(requirement_on("torch", lines)) == "==1.10.1"
    assert requirement_on("torch", ["numpy"]) is None


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("torch-1.7.0-cp38-cp38m-win_amd64.whl", False),
        ("torch-1.7.0-cp37-cp37m-win_amd64.whl", True),
        ("torch-1.4.0-cp27-cp27mu-manylinux1_x86_64.whl", True),
        ("torch-2.7.0-cp313-cp313t-win_amd64.whl", True),
        ("torch-2.0.0-1-cp310-cp310-manylinux2014_aarch64.whl", True),
    ],
)
def test_is_installable(name: str, taken: bool) -> None:
    assert is_installable(name) is taken
