from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from indexserver import make_wheel
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.model import Source, WheelFile
from torchup.sources.address import path_of
from torchup.sources.cache import ListingCache
from torchup.sources.listing import list_project
from torchup.sources.local_index import local_index
from torchup.sources.metadata import wheel_metadata

TORCH = "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "my wheels"
    make_wheel(
        folder,
        "torch",
        "2.13.0+cpu",
        tag="cp311-cp311-manylinux_2_28_x86_64",
        requires=["Sub.Project>=1"],
        requires_python=">=3.10,<4",
    )
    make_wheel(folder, "Sub.Project", "1.0")
    return folder


def files_of(folder: Path) -> tuple[Source, list[WheelFile]]:
    source = Source(id="links-1", kind="folder", role="links", url=folder.as_uri())
    cache = ListingCache(folder)
    names = ("torch", "sub-project")
    return source, [
        file
        for name in names
        for file in list_project(RealHost(), source, name, cache=cache, offline=True).files
    ]


def laid_out(folder: Path, into: Path) -> str:
    source, files = files_of(folder)
    return local_index(RealHost(), source, files, into)


def listed(url: str, project: str, cache: Path) -> WheelFile:
    source = Source(id="x", kind="index", role="extra", url=url)
    listing = list_project(RealHost(), source, project, cache=ListingCache(cache), offline=True)
    (file,) = listing.files
    return file


def test_the_tree_is_an_index_with_hashes_and_metadata(wheels: Path, tmp_path: Path) -> None:
    url = laid_out(wheels, tmp_path / "into")
    file = listed(url, "torch", tmp_path / "c")
    data = (wheels / TORCH).read_bytes()
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert file.requires_python == ">=3.10,<4"
    assert file.has_metadata
    assert RealHost().fetch(file.url).body == data
    beside = RealHost().fetch(f"{file.url}.metadata").body.decode()
    assert beside == wheel_metadata(RealHost(), file, tmp_path / "m")
    assert listed(url, "Sub_Project", tmp_path / "c").version == "1.0"


def test_wheels_are_links_not_copies(wheels: Path, tmp_path: Path) -> None:
    path = path_of(listed(laid_out(wheels, tmp_path / "into"), "torch", tmp_path / "c").url)
    assert path is not None
    assert Path(path).samefile(wheels / TORCH)


def test_where_links_are_forbidden_wheels_are_copied(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(str(self), str(target))

    monkeypatch.setattr(Path, "symlink_to", refuse)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = path_of(listed(laid_out(wheels, tmp_path / "into"), "torch", tmp_path / "c").url)
    assert path is not None
    assert Path(path).read_bytes() == (wheels / TORCH).read_bytes()
    assert not Path(path).samefile(wheels / TORCH)


def test_nothing_is_done_again_until_something_changed(wheels: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    first = laid_out(wheels, into)
    page = Path(path_of(first) or "") / "torch" / "index.html"
    before = page.stat().st_mtime_ns
    assert laid_out(wheels, into) == first
    assert page.stat().st_mtime_ns == before
    make_wheel(wheels, "torch", "2.14.0+cpu", tag="cp311-cp311-manylinux_2_28_x86_64")
    assert laid_out(wheels, into) != first


def test_hashes_are_remembered_and_a_changed_file_is_hashed_anew(
    wheels: Path, tmp_path: Path
) -> None:
    into = tmp_path / "into"
    laid_out(wheels, into)
    remembered = (into / "hashes.json").read_text()
    old = hashlib.sha256((wheels / TORCH).read_bytes()).hexdigest()
    assert old in remembered
    (into / "hashes.json").write_text(remembered.replace(old, "f" * 64))
    make_wheel(wheels, "torch", "2.14.0+cpu", tag="cp311-cp311-manylinux_2_28_x86_64")
    source, files = files_of(wheels)
    url = local_index(RealHost(), source, [f for f in files if f.version == "2.13.0"], into)
    assert listed(url, "torch", tmp_path / "c").sha256 == "f" * 64
    os.utime(wheels / TORCH, (1, 1))
    url = local_index(RealHost(), source, [f for f in files if f.version == "2.13.0"], into)
    assert listed(url, "torch", tmp_path / "c").sha256 == old


def test_a_damaged_memory_of_hashes_is_forgotten(wheels: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (into / "hashes.json").write_bytes(b"\xff{")
    assert listed(laid_out(wheels, into), "torch", tmp_path / "c").sha256


def test_two_at_once_agree_and_leave_nothing_behind(wheels: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(laid_out(wheels, into))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert sorted(path.name for path in into.iterdir()) == sorted(
        [Path(path_of(found[0]) or "").name, "hashes.json"]
    )


def test_a_place_that_cannot_be_written_is_said(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError) as caught:
        laid_out(wheels, tmp_path / "file")
    assert caught.value.code == "sources.no-local-index"


def test_a_file_that_is_no_wheel_inside_is_listed_without_metadata(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "torch-1.0-py3-none-any.whl").write_bytes(b"not a zip")
    file = listed(laid_out(folder, tmp_path / "into"), "torch", tmp_path / "c")
    assert not file.has_metadata
    assert file.sha256 == hashlib.sha256(b"not a zip").hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("damaged", [False, True])
def test_uv_installs_from_it_and_verifies(wheels: Path, tmp_path: Path, damaged: bool) -> None:
    from uv import find_uv_bin

    def uv(arguments: list[str]) -> subprocess.CompletedProcess[str]:
        command = [find_uv_bin(), "pip", *arguments, "--python", sys.executable]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    make_wheel(wheels, "torch", "2.13.0", requires=["sub-project"])
    url = laid_out(wheels, tmp_path / "into")
    if damaged:
        make_wheel(wheels, "Sub.Project", "1.0", files={"sub_project.py": "evil = 1\n"})
    lock = tmp_path / "pylock.toml"
    common = ["--no-config", "--offline", "--cache-dir", str(tmp_path / "uv")]
    common += ["--default-index", url]
    (tmp_path / "in.txt").write_text("torch==2.13.0")
    compiled = uv(["compile", "in.txt", "--format", "pylock.toml", "-o", str(lock), *common])
    assert compiled.returncode == 0, compiled.stderr
    done = uv(["sync", str(lock), "--target", str(tmp_path / "t"), *common])
    assert (done.returncode == 0) is not damaged
    assert ("Hash mismatch" in done.stderr) is damaged
