"""Programs and room are found as Python's own library finds them, without loading it."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from torchup.host.finding import room_of, which
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("here", "there", "both", "plain", "folder", "nowhere", "", "x\0y", "sub/deep", "./here")


@pytest.fixture
def laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders on the search path, with programs, a file that can't run, and a folder."""
    one, two = tmp_path / "one", tmp_path / "two"
    for path in (one / "here", one / "both", two / "both", two / "there", one / "sub/deep"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    (one / "plain").write_text("no program")
    (one / "folder").mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (one, tmp_path / "gone", two, one))))
    monkeypatch.chdir(one)
    return tmp_path


def _or_none(name: str) -> str | None:
    try:
        return shutil.which(name)
    except ValueError:  # older Pythons stumble over a null byte
        return None


@pytest.mark.usefixtures("laid_out")
@pytest.mark.parametrize("name", NAMES)
def test_a_program_is_found_where_pythons_library_finds_it(name: str) -> None:
    assert which(name) == _or_none(name) == RealHost().which(name)


@pytest.mark.usefixtures("laid_out")
@pytest.mark.parametrize("path", ["", None])
def test_without_a_search_path(path: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if path is None:
        monkeypatch.delenv("PATH")
    else:
        monkeypatch.setenv("PATH", path)
    assert which("sh") == shutil.which("sh")
    assert which("here") == shutil.which("here")


@pytest.mark.skipif(sys.platform == "win32", reason="there the library is asked")
def test_the_room_is_what_pythons_library_says(tmp_path: Path) -> None:
    said = shutil.disk_usage(tmp_path)
    found = room_of(str(tmp_path))
    assert found.total == said.total
    assert abs(found.free - said.free) < said.total / 10  # others write meanwhile
    with pytest.raises(OSError, match="no-such"):
        room_of(str(tmp_path / "no-such"))
