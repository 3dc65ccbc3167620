"""Reading what a wheel was compiled for, without downloading it."""

from __future__ import annotations

import io
import json
import random
import zipfile
from typing import TYPE_CHECKING

import pytest
from tools import arch_flags, read_archs
from tools.arch_flags import CHUNK, find_arch_flags
from tools.remote_wheel import WheelUnreadableError
from tools.wheel_archs import Reading, WheelArchs

from indexserver import IndexServer
from torchup.facts.load import load_catalogue
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexserver import Fault

pytestmark = pytest.mark.slow

LINUX = "manylinux_2_28_x86_64"
SO = "torch/lib/libtorch_python.so"
DLL = "torch/lib/torch_python.dll"
CUDA = "__version__ = '2.14.1+cu130'\ncuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n"
CPU = "__version__ = '2.14.1+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n"
MEGABYTE = 2**20


def noise(size: int) -> bytes:
    """Bytes that deflate can't make smaller."""
    return random.Random(size).randbytes(size)


def known_list() -> str:
    build = load_catalogue().build("2.14.1", "cu130", "linux-x86_64")
    assert build is not None
    assert build.archs is not None
    return " ".join(build.archs)


def library(words: str, before: int = 1000, after: int = 1000) -> bytes:
    return noise(before) + b"\0" + words.encode() + b"\0" + noise(after)


def wheel(
    root: Path,
    content: bytes | None,
    *,
    version: str = "2.14.1",
    tag: str = f"cp312-cp312-{LINUX}",
    version_py: str = CUDA,
    member: str = SO,
) -> Path:
    files: dict[str, str | bytes] = {"torch/first.bin": noise(MEGABYTE // 4)}
    files |= {member: content} if content is not None else {}
    files |= {"torch/last.bin": noise(MEGABYTE // 4), "torch/version.py": version_py}
    return make_wheel(root / "simple", "torch", version, tag=tag, files=files)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    with IndexServer(tmp_path / "index").start() as running:
        yield running


def read_from(server: IndexServer, path: Path) -> Reading:
    return WheelArchs("torch").read(f"{server.url}/files/simple/{path.name}")


def test_a_list_is_split_into_code_and_ptx() -> None:
    found = find_arch_flags(io.BytesIO(b"x\0sm_75 sm_90a sm_120 compute_120 compute_90\0y"))
    assert found is not None
    assert found.archs == ("sm_75", "sm_90a", "sm_120")
    assert found.ptx == ("sm_120", "sm_90")
    assert found.offset == 2


def test_a_build_for_amd_has_a_list_too() -> None:
    found = find_arch_flags(io.BytesIO(b"\0gfx900 gfx90a gfx1100\0"))
    assert found is not None
    assert (found.archs, found.ptx) == (("gfx900", "gfx90a", "gfx1100"), ())


@pytest.mark.parametrize(
    "text",
    ["", "sm_", "sm_5", "compute_90", "sm_75 and more", "sm_75,sm_80", "sm_75 ", "sm_7500", "sm75"],
)
def test_what_looks_alike_is_not_a_list(text: str) -> None:
    content = b"x\0" + text.encode() + b"\0"
    assert find_arch_flags(io.BytesIO(content)) is None
    found = find_arch_flags(io.BytesIO(content + b"\0sm_80 sm_90\0"))
    assert found is not None
    assert found.archs == ("sm_80", "sm_90")


def test_a_list_may_stand_first_in_its_section() -> None:
    assert find_arch_flags(io.BytesIO(b"." * 135 + b"sm_75 sm_80\0")) is None
    found = find_arch_flags(io.BytesIO(b"." * 136 + b"sm_75 sm_80\0"))
    assert found is not None
    assert (found.archs, found.offset) == (("sm_75", "sm_80"), 136)


@pytest.mark.parametrize("last", b" ,;:=-_")
def test_the_end_of_a_longer_string_is_not_a_list(last: int) -> None:
    assert find_arch_flags(io.BytesIO(b"1234567" + bytes([last]) + b"sm_75 sm_80\0")) is None


def test_a_list_cut_off_at_the_end_is_not_a_list() -> None:
    assert find_arch_flags(io.BytesIO(b"\0sm_75 sm_80")) is None


def test_a_list_may_straddle_the_pieces_that_are_read() -> None:
    words = b"\0sm_75 sm_80 sm_86 sm_90 compute_90\0"
    for inside in range(0, len(words) + 2, 3):
        content = b"." * (CHUNK - inside) + words + b"." * 100
        found = find_arch_flags(io.BytesIO(content))
        assert found is not None, inside
        assert (found.archs[0], found.ptx) == ("sm_75", ("sm_90",))
        assert content[found.offset :].startswith(words[1:])


def test_a_list_may_span_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arch_flags, "CHUNK", 3)
    found = find_arch_flags(io.BytesIO(b"." * 10_000 + b"\0sm_75 sm_80\0..."))
    assert found is not None
    assert (found.archs, found.offset) == (("sm_75", "sm_80"), 10_001)


def test_only_the_start_of_the_library_is_fetched(server: IndexServer) -> None:
    path = wheel(server.root, library("sm_75 compute_75", MEGABYTE, 4 * MEGABYTE))
    found = read_from(server, path)
    assert (found.version, found.platforms, found.build) == ("2.14.1", ("linux-x86_64",), "cu130")
    assert found.library == SO
    assert found.flags is not None
    assert (found.flags.archs, found.flags.ptx) == (("sm_75",), ("sm_75",))
    assert found.flags.offset == MEGABYTE + 1
    assert found.library_bytes > 5 * MEGABYTE
    assert MEGABYTE < found.fetched < 2.5 * MEGABYTE
    assert all("range" in one.headers for one in server.asked(method="GET"))


def test_a_build_for_the_cpu_costs_only_its_table_of_contents(server: IndexServer) -> None:
    path = wheel(server.root, library("", MEGABYTE // 2), version_py=CPU)
    found = read_from(server, path)
    assert (found.build, found.library, found.flags) == ("cpu", "", None)
    assert found.fetched < MEGABYTE / 4


def test_a_wheel_on_this_machine_and_one_for_windows(tmp_path: Path) -> None:
    path = wheel(
        tmp_path, library("sm_61 sm_75"), tag="cp312-cp312-win_amd64", member=DLL, version_py=CUDA
    )
    for place in (str(path), path.as_uri()):
        found = WheelArchs("torch", tmp_path / "cache").read(place)
        assert (found.platforms, found.library) == (("windows-x86_64",), DLL)
        assert found.flags is not None
        assert found.flags.archs == ("sm_61", "sm_75")
        assert found.fetched == 0


def test_a_wheel_in_the_form_for_large_archives(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZIP64_LIMIT", 64)
        path = wheel(server.root, library("sm_75 sm_80"))
    assert b"PK\x06\x06" in path.read_bytes()[-200:]
    found = read_from(server, path)
    assert found.flags is not None
    assert found.flags.archs == ("sm_75", "sm_80")
    assert found.fetched < MEGABYTE / 4


def test_a_server_that_only_sends_whole_files(server: IndexServer) -> None:
    server.ranges = False
    path = wheel(server.root, library("sm_75"))
    with pytest.raises(WheelUnreadableError, match="HTTP ranges"):
        read_from(server, path)
    assert not server.asked(method="GET")


@pytest.mark.parametrize("fault", ["404", "503", "truncated"])
def test_a_wheel_that_cant_be_fetched(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr("tools.index_host.PAUSES", ())
    path = wheel(server.root, library("sm_75"))
    server.faults["/files/"] = fault
    with pytest.raises(WheelUnreadableError, match=path.name if fault != "truncated" else None):
        read_from(server, path)


def test_what_is_no_wheel_of_the_framework(tmp_path: Path) -> None:
    reader = WheelArchs("torch")
    damaged = tmp_path / "torch-1.0-py3-none-any.whl"
    damaged.write_bytes(b"no archive" * 99)
    cases = {
        str(damaged): "can't be read",
        str(tmp_path / "torch-2.0-py3-none-any.whl"): "can't be read",
        str(make_wheel(tmp_path, "vision", "1.0")): "has no torch/version.py",
        str(wheel(tmp_path, None)): "has none of torch/lib/libtorch_python.so",
    }
    for place, what in cases.items():
        with pytest.raises(WheelUnreadableError, match=what):
            reader.read(place)


@pytest.fixture
def published(server: IndexServer) -> IndexServer:
    """Three releases: one as the catalogue knows it, one it doesn't know, one older."""
    words = known_list()
    for tag in ("cp311-cp311", "cp312-cp312", "cp313-cp313t"):
        wheel(server.root, library(words), tag=f"{tag}-{LINUX}")
    wheel(server.root, library(""), tag="cp312-cp312-win_amd64", version_py=CPU)
    wheel(server.root, library(""), tag="cp312-cp312-macosx_14_0_arm64", version_py=CPU)
    wheel(
        server.root,
        library("sm_999"),
        version="99.0.0",
        version_py=CUDA.replace("2.14.1", "99.0.0"),
    )
    wheel(server.root, library("sm_37"), version="1.5.0", version_py=CUDA)
    return server


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_a_release_that_is_as_the_catalogue_says(
    published: IndexServer, capsys: pytest.CaptureFixture[str]
) -> None:
    status = read_archs.main(["torch==2.14.1", "--compare", "--index", published.index()])
    linux, windows, summary = lines(capsys)
    assert status == 0
    assert linux[:4] == ["2.14.1", "linux-x86_64", "cu130", "same"]
    assert " ".join(linux).endswith(known_list())
    assert windows[:4] == ["2.14.1", "windows-x86_64", "cpu", "without"]
    assert " ".join(summary).startswith("2 wheels: 1 same, 1 without;")
    opened = {one.path for one in published.asked("/files/")}
    assert f"/files/simple/torch-2.14.1-cp312-cp312-{LINUX}.whl" in opened
    assert not [one for one in opened if "cp311" in one or "cp313t" in one or "macos" in one]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (" sm_999", "code for sm_999 only in the wheel"),
        (" compute_90", "PTX for sm_90 only in the wheel"),
        (None, "only in the catalogue"),
    ],
)
def test_a_release_that_differs_from_the_catalogue(
    server: IndexServer, capsys: pytest.CaptureFixture[str], words: str | None, what: str
) -> None:
    known = known_list()
    wheel(server.root, library(known + words if words is not None else known.rpartition(" ")[0]))
    arguments = ["torch==2.14.1", "--index", server.index()]
    assert read_archs.main(arguments) == 0
    assert read_archs.main([*arguments, "--compare"]) == 1
    first, _, second, _ = capsys.readouterr().out.splitlines()
    assert " read " in first
    assert " differs " in second
    assert what in second


def test_a_build_without_a_list_is_a_failure_that_is_not_kept(
    server: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel(server.root, library(""))
    arguments = ["torch==2.14.1", "--index", server.index(), "--cache", str(tmp_path)]
    assert read_archs.main(arguments) == 1
    assert f"no list of architectures in {SO}" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.archs.json"))


def test_every_release_is_read(published: IndexServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_archs.main(["--all", "--compare", "--index", published.index()]) == 1
    *rows, _ = lines(capsys)
    assert [row[0] for row in rows] == ["2.14.1", "2.14.1", "99.0.0"]
    assert rows[-1][3] == "unknown"
    assert not published.asked("1.5.0")
    asked = ["--all", "--from", "2.15", "--index", published.index()]
    assert read_archs.main(asked) == 0
    assert [row[0] for row in lines(capsys)[:-1]] == ["99.0.0"]


def test_platform_and_python_choose_the_wheel(
    published: IndexServer, capsys: pytest.CaptureFixture[str]
) -> None:
    choice = ["--platform", "linux-x86_64", "--python", "3.11", "--index", published.index()]
    assert read_archs.main(["2.14.1", *choice, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    (row,) = answer["rows"]
    assert (row["platform"], row["verdict"]) == ("linux-x86_64", "read")
    assert row["reading"]["filename"] == f"torch-2.14.1-cp311-cp311-{LINUX}.whl"
    assert row["reading"]["flags"]["archs"] == known_list().split()
    assert 0 < row["reading"]["fetched"] < answer["fetched"]


def test_a_second_run_fetches_nothing(
    published: IndexServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--all", "--index", published.index(), "--cache", str(tmp_path / "kept"), "--json"]
    assert read_archs.main(arguments) == 0
    first = json.loads(capsys.readouterr().out)
    published.requests.clear()
    assert read_archs.main([*arguments, "--offline"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert first["fetched"] > 0
    assert second["fetched"] == 0
    assert not published.requests
    flags = [[row["reading"]["flags"] for row in one["rows"]] for one in (first, second)]
    assert flags[0] == flags[1]
    for kept in (tmp_path / "kept").glob("*.archs.json"):
        kept.write_bytes(b"\xff damaged")
    assert read_archs.main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == first["rows"]


def test_a_wheel_that_is_named(published: IndexServer, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"torch-2.14.1-cp312-cp312-{LINUX}.whl"
    address = f"{published.url}/files/simple/{name}"
    path = str(published.root / "simple" / name)
    assert read_archs.main([address, path, "--compare"]) == 0
    assert [row[:4] for row in lines(capsys)[:-1]] == [
        ["2.14.1", "linux-x86_64", "cu130", "same"],
        ["2.14.1", "linux-x86_64", "cu130", "same"],
    ]
    assert read_archs.main([address.replace("2.14.1", "2.14.2")]) == 1
    assert "failed" in capsys.readouterr().out


def test_the_index_is_the_one_that_is_configured(
    published: IndexServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("PIP_INDEX_URL", published.index())
    assert read_archs.main(["torch==2.14.1", "--platform", "linux-x86_64"]) == 0
    assert lines(capsys)[0][:4] == ["2.14.1", "linux-x86_64", "cu130", "read"]


def test_what_isnt_on_the_index(published: IndexServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_archs.main(["torch==3.0.0", "--index", published.index()]) == 1
    assert "has no such wheel of torch 3.0.0" in capsys.readouterr().err
    assert read_archs.main(["torch==3.0.0", "--index", published.index("nothing")]) == 1
    assert "/nothing" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["torch==2.14.1", "--all"]])
def test_either_something_or_everything_is_asked_for(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        read_archs.main(arguments)
    assert caught.value.code == 2
