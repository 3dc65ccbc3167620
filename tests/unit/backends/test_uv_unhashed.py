from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from torchup.backends.uv_unhashed import COPY, without_known_hashes, write_copy
from torchup.errors import OutsideError
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()
ONE, TWO, OTHER = "1" * 64, "2" * 64, "3" * 64
LOCK = """\
lock-version = "1.0"

[[packages]]
name = "big"
version = "1.0+cpu"
index = "{index}"
wheels = [{{ url = "{index}/big/big-1.0%2Bcpu-py3-none-any.whl", hashes = {{ sha256 = "{one}" }} }}]

[[packages]]
name = "several"
version = "2.0"
wheels = [
    {{ url = "{index}/several/several-2.0-1-py3-none-any.whl", size = 7, hashes = {{ sha256 = "{one}" }} }},
    {{ url = "{index}/several/several-2.0-2-py3-none-any.whl", upload-time = 2026-01-01T00:00:00Z, hashes = {{ sha256 = "{two}" }} }},
]

[[packages]]
name = "remote"
version = "3.0"
wheels = [{{ url = "https://h.example/big/big-1.0%2Bcpu-py3-none-any.whl", hashes = {{ sha256 = "{one}" }} }}]
"""  # noqa: E501  # as uv writes it


def page(folder: Path, project: str, links: dict[str, str]) -> None:
    place = folder / project
    place.mkdir(parents=True)
    lines = [f'<a href="{name}#sha256={digest}">x</a><br>' for name, digest in links.items()]
    (place / "index.html").write_text("\n".join(["<!DOCTYPE html>", *lines]))


@pytest.fixture
def index(tmp_path: Path) -> str:
    folder = tmp_path / "an index é"
    page(folder, "big", {"big-1.0%2Bcpu-py3-none-any.whl": ONE})
    page(
        folder,
        "several",
        {"several-2.0-1-py3-none-any.whl": ONE, "several-2.0-2-py3-none-any.whl": TWO},
    )
    return folder.as_uri()


def lock_of(index: str, one: str = ONE, two: str = TWO) -> str:
    return LOCK.format(index=index, one=one, two=two)


def test_only_confirmed_hashes_go(index: str) -> None:
    bare = without_known_hashes(HOST, lock_of(index), index)
    lines = [line for line in bare.splitlines() if "url = " in line]
    assert [line.split("hashes = ")[1].rstrip("},] ") for line in lines[:3]] == ["{"] * 3
    assert lines[3] in lock_of(index), "a file from elsewhere lost its hash"
    given = lock_of(index)
    for digest in (ONE, TWO):
        given = given.replace(f'{{ sha256 = "{digest}" }}', "{}")
        bare = bare.replace(f'{{ sha256 = "{digest}" }}', "{}")
    assert bare == given, "more than hashes was changed"


def test_the_copy_is_still_toml(index: str) -> None:
    tomllib = pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
    packages = tomllib.loads(without_known_hashes(HOST, lock_of(index), index))["packages"]
    hashes = [wheel["hashes"] for package in packages for wheel in package["wheels"]]
    assert hashes == [{}, {}, {}, {"sha256": ONE}]


def test_another_hash_stays(index: str) -> None:
    bare = without_known_hashes(HOST, lock_of(index, two=OTHER), index)
    assert bare.count(OTHER) == 1
    assert bare.count(ONE) == 1  # the remote one


def test_an_index_speaks_for_its_own_files_only(index: str, tmp_path: Path) -> None:
    neighbour = tmp_path / "an index é and more"
    page(neighbour, "big", {"big-1.0%2Bcpu-py3-none-any.whl": ONE})
    assert neighbour.as_uri().startswith(index)
    lock = lock_of(neighbour.as_uri())
    assert without_known_hashes(HOST, lock, neighbour.as_uri()) != lock
    assert without_known_hashes(HOST, lock, index) == lock


def test_an_index_that_is_gone_confirms_nothing(tmp_path: Path) -> None:
    gone = (tmp_path / "gone").as_uri()
    assert without_known_hashes(HOST, lock_of(gone), gone) == lock_of(gone)


def test_the_lock_itself_stays(index: str, tmp_path: Path) -> None:
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(lock_of(index), encoding="utf-8")
    copy = write_copy(HOST, pylock, index)
    assert copy == tmp_path / COPY
    assert copy.read_text(encoding="utf-8") == without_known_hashes(HOST, lock_of(index), index)
    assert pylock.read_text(encoding="utf-8") == lock_of(index)


def test_without_a_difference_there_is_no_copy(index: str, tmp_path: Path) -> None:
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(lock_of("https://h.example"), encoding="utf-8")
    assert write_copy(HOST, pylock, index) is None
    assert not (tmp_path / COPY).exists()


def test_an_unwritable_copy_is_told(index: str, tmp_path: Path) -> None:
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(lock_of(index), encoding="utf-8")
    (tmp_path / COPY).mkdir()
    with pytest.raises(OutsideError) as caught:
        write_copy(HOST, pylock, index)
    assert caught.value.code == "uv.unwritable"
