"""Writing a site: into a folder of its own, and into nobody else's."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from torchup.compat.publish import FRONT, MARKER, publish
from torchup.errors import OutsideError, UsageError
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {"index.html": "front", "card/a.html": "a", "card/b.html": "b"}


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def test_new_and_empty_folders(tmp_path: Path) -> None:
    assert publish(tmp_path / "deep" / "site", PAGES.items()) == len(PAGES)
    assert files(tmp_path / "deep" / "site") == PAGES
    (tmp_path / "empty").mkdir()
    publish(tmp_path / "empty", PAGES.items())
    assert files(tmp_path / "empty") == PAGES


def test_again_over_its_own(tmp_path: Path) -> None:
    publish(tmp_path, PAGES.items())
    (tmp_path / "mine.txt").write_text("mine")
    publish(tmp_path, {"index.html": "new", "card/b.html": "b2"}.items())
    assert files(tmp_path) == {"index.html": "new", "card/b.html": "b2", "mine.txt": "mine"}


@pytest.mark.parametrize("marker", [None, "", "[]", '{"files": 3}', "\xff"])
def test_somebody_elses_folder_is_left_alone(tmp_path: Path, marker: str | None) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    if marker is not None:
        (tmp_path / MARKER).write_text(marker, encoding="latin-1")
    with pytest.raises(UsageError) as raised:
        publish(tmp_path, PAGES.items())
    assert raised.value.code == "compat.site-foreign"
    assert files(tmp_path) == {"thesis.tex": "years of work"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError) as raised:
        publish(tmp_path / "file", PAGES.items())
    assert raised.value.code == "compat.site-not-folder"
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "..\\out.txt", "a/../../out.txt"])
def test_a_made_up_marker_removes_nothing_outside(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "out.txt"
    outside.write_text("safe")
    folder = tmp_path / "site"
    folder.mkdir()
    listed = str(outside) if name == "/out.txt" else name
    (folder / MARKER).write_text(json.dumps({"site": "x", "files": [listed]}))
    publish(folder, PAGES.items())
    assert outside.read_text() == "safe"


def test_a_run_that_is_cut_short_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def failing(path: Path, data: bytes) -> None:
        if path.name == "b.html":
            raise OSError(28, "No space left on device", str(path))
        seen.append(path.name)
        write_atomic(path, data)

    monkeypatch.setattr("torchup.compat.publish.write_atomic", failing)
    with pytest.raises(OutsideError) as raised:
        publish(tmp_path, PAGES.items())
    assert raised.value.code == "file.unwritable"
    assert FRONT not in seen, "the front page comes last"
    monkeypatch.undo()
    publish(tmp_path, {"index.html": "front"}.items())
    assert files(tmp_path) == {"index.html": "front"}


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no write bit there")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises((UsageError, OutsideError)):
        publish(tmp_path / "file" / "below", PAGES.items())
