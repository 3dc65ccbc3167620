"""Building the fast form, and reading wheels."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from tools import build_catalogue
from tools.index_host import PAUSES
from tools.package_index import Index, IndexGoneError, Project, is_installable, upload_days
from tools.release_toml import release_toml
from tools.wheel_metadata import default_build, requirement_on, runtime_of

from indexserver import IndexServer
from torchup.errors import OutsideError
from torchup.facts.compile import Folder
from torchup.facts.load import CATALOGUE_FILE, DATA, GPUS_FILE
from torchup.facts.schema import ReleaseFile
from torchup.host import Response
from torchup.host.real import RealHost
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexserver import Fault


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
        asked = [request.headers["range"] for request in running.asked("/files/", "GET")]
    assert 0 < len(asked) < 8
    starts = [one.removeprefix("bytes=").split("-") for one in asked]
    assert all(int(end) - int(start) < 200_000 for start, end in starts)


@pytest.mark.parametrize(("advertised", "ranges"), [(True, True), (False, True), (False, False)])
def test_metadata_is_read_from_wherever_it_can_be_had(
    tmp_path: Path, *, advertised: bool, ranges: bool
) -> None:
    make_wheel(tmp_path / "simple", "vision", "1.0", requires=["torch==2.0", "numpy"])
    with IndexServer(tmp_path, metadata=advertised, ranges=ranges).start() as running:
        index = Index(running.index())
        found = index.metadata(index.project("vision").wheels[0])
        asked = [(one.method, "range" in one.headers) for one in running.asked("/files/")]
    assert found.get_all("Requires-Dist") == ["torch==2.0", "numpy"]
    whole = [one for one in asked if one == ("GET", False)]
    assert len(whole) == (1 if advertised or not ranges else 0)
    assert bool(running.asked(".metadata")) is advertised


@pytest.mark.parametrize("fault", ["404", "503", "truncated"])
@pytest.mark.parametrize("ranges", [True, False])
def test_a_wheel_that_cant_be_read_is_not_a_wheel_without_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, *, ranges: bool
) -> None:
    monkeypatch.setattr("tools.index_host.PAUSES", ())
    make_wheel(tmp_path / "simple", "torch", "1.0", files={"torch/version.py": "cuda = '13.0'"})
    with IndexServer(tmp_path, metadata=False, ranges=ranges).start() as running:
        index = Index(running.index())
        wheel = index.project("torch").wheels[0]
        running.faults["/files/"] = fault
        with pytest.raises(IndexGoneError):
            index.member(wheel, "torch/version.py")
        with pytest.raises(IndexGoneError):
            index.metadata(wheel)


def test_a_damaged_wheel_is_not_a_wheel_without_the_file(tmp_path: Path) -> None:
    path = make_wheel(tmp_path / "simple", "torch", "1.0", files={"v.py": "here" * 50})
    with IndexServer(tmp_path, metadata=False).start() as running:
        index = Index(running.index())
        wheel = index.project("torch").wheels[0]
        whole = path.read_bytes()
        for damaged in (b"no archive" * 9, whole.replace(b"v.py", b"w.py", 1)):
            path.write_bytes(damaged)
            with pytest.raises(IndexGoneError, match=r"torch-1\.0.* can't be read"):
                index.member(wheel, "v.py")


def test_an_index_that_isnt_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.index_host.PAUSES", ())
    with pytest.raises(IndexGoneError, match="can't be reached"):
        Index("http://127.0.0.1:9/simple").project("torch")


@pytest.mark.parametrize("fault", ["404", "503", "login"])
def test_an_answer_that_isnt_a_list_of_wheels(tmp_path: Path, fault: Fault) -> None:
    make_wheel(tmp_path / "simple", "torch", "1.0")
    with IndexServer(tmp_path, faults={"/simple/": fault}).start() as running:
        address = running.index().replace("//", "//someone:secret@")
        with pytest.raises(IndexGoneError, match="/simple/torch/") as caught:
            Index(address).project("torch")
    assert "secret" not in str(caught.value)
    assert Index(address).page("Torch") == f"{running.index()}/torch/"


def test_a_network_that_fails_for_a_moment_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OutsideError("network.timeout", url="x", why="5 s")] * len(PAUSES)
    real = RealHost.fetch

    def fetch(
        host: RealHost, url: str, *, method: str, headers: Mapping[str, str], timeout: float
    ) -> Response:
        if failures:
            raise failures.pop()
        return real(host, url, method=method, headers=headers, timeout=timeout)

    monkeypatch.setattr(RealHost, "fetch", fetch)
    monkeypatch.setattr("time.sleep", lambda _: None)
    make_wheel(tmp_path / "simple", "torch", "1.0")
    with IndexServer(tmp_path).start() as running:
        assert len(Index(running.index()).project("torch").wheels) == 1
        failures += [OutsideError("network.tls", url="x", why="no such certificate")]
        with pytest.raises(IndexGoneError, match="can't be trusted"):
            Index(running.index()).project("torch")
    assert not failures


HTML_PAGE = """<!DOCTYPE html><title>Links for torch</title>
<a href="torch-1.0-py3-none-any.whl" data-upload-time="2026-10-28T15:20:23Z">
torch-1.0-py3-none-any.whl</a>
<a href="torch-1.0-cp312-cp312-win_amd64.whl" data-upload-time="2026-10-27T01:02:03Z">
torch-1.0-cp312-cp312-win_amd64.whl</a>
<a href="torch-1.1-py3-none-any.whl">torch-1.1-py3-none-any.whl</a>
"""
JSON_PAGE = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "name": "torch",
        "files": [
            {"filename": name, "url": name, "hashes": {}, **day}
            for name, day in (
                ("torch-1.0-py3-none-any.whl", {"upload-time": "2026-10-28T15:20:23.1Z"}),
                ("torch-1.0-cp312-cp312-win_amd64.whl", {"upload-time": "2026-10-27T01:02:03Z"}),
                ("torch-1.1-py3-none-any.whl", {}),
            )
        ],
    }
)


@pytest.mark.parametrize("body", [HTML_PAGE, JSON_PAGE], ids=["html", "json"])
def test_the_first_upload_dates_a_version(tmp_path: Path, body: str) -> None:
    page = tmp_path / "simple" / "torch" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(HTML_PAGE)
    project = Index((tmp_path / "simple").as_uri()).project("torch")
    assert len(project.of("1.0")) == 2
    assert (project.day("1.0"), project.day("1.1")) == ("2026-10-27", "")
    answer = Response(status=200, url="", headers={}, body=body.encode())
    assert Project(project.wheels, upload_days(answer)).day("1.0") == "2026-10-27"
    assert Project(project.wheels, upload_days(None)).day("1.0") == ""


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
