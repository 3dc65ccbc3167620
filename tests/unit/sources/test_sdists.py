"""What a source distribution says that it needs, read without building it."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer
from sdistmaker import make_sdist
from torchup.host.real import RealHost
from torchup.model import Source
from torchup.sources.sdists import Sdist, newest_sdist, required_by, requirements_in
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path


def archive(**texts: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        for place, text in texts.items():
            info = tarfile.TarInfo(place)
            info.size = len(text)
            made.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    ("texts", "requires"),
    [
        (
            {"a-1/PKG-INFO": "Name: a\nRequires-Dist: einops\nRequires-Dist: x ; extra == 'y'\n"},
            ("einops", "x ; extra == 'y'"),
        ),
        ({"a-1/PKG-INFO": "Name: a\n\nRequires-Dist: prose\n"}, ()),
        (
            {
                "a-1/PKG-INFO": "Name: a\n",
                "a-1/a.egg-info/requires.txt": "scipy\n\n[test]\npytest\n",
            },
            ("scipy",),
        ),
        ({"a-1/deep/PKG-INFO": "Requires-Dist: not-its-own\n"}, None),
        ({}, None),
    ],
)
def test_what_it_declares(texts: dict[str, str], requires: tuple[str, ...] | None) -> None:
    assert requirements_in(archive(**texts)) == requires


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00cut off"])
def test_what_is_no_archive_declares_nothing(data: bytes) -> None:
    assert requirements_in(data) is None


def test_the_newest_one_that_is_accepted(tmp_path: Path) -> None:
    simple = tmp_path / "simple"
    for version in ("1.0", "1.10", "1.9", "2.0rc1"):
        make_sdist(simple, "kernel", version, requires=["six"])
    make_wheel(simple, "kernel", "3.0")
    host = RealHost()
    with IndexServer(tmp_path).start() as server:
        index = Source(id="primary", kind="index", role="primary", url=server.index())
        newest = newest_sdist(host, [index], "kernel", "", "3.12")
        assert newest is not None
        assert newest.version == "1.10"
        older = newest_sdist(host, [index], "kernel", "<1.5", "3.12")
        assert older is not None
        assert older.version == "1.0"
        assert newest_sdist(host, [index], "kernel", ">=4", "3.12") is None
        assert newest_sdist(host, [index], "nothing", "", "3.12") is None
        assert required_by(host, newest, tmp_path / "cache") == ("six",)
    gone = Sdist(version="1.10", url=newest.url)
    assert required_by(host, gone, tmp_path / "cache") == ("six",), "it is kept"


def test_a_folder_of_files_counts_as_an_index_does(tmp_path: Path) -> None:
    path = make_sdist(tmp_path, "kernel", "1.0", requires=["six"])
    folder = Source(id="links-1", kind="folder", role="links", url=tmp_path.as_uri())
    found = newest_sdist(RealHost(), [folder], "kernel", "", "3.12")
    assert found is not None
    assert found.url == path.as_uri()
    assert required_by(RealHost(), found, tmp_path / "cache") == ("six",)
