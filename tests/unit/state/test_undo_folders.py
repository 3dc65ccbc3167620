"""Changes of whole folders: what differs is kept, and put back."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import torchup
from torchup.errors import NoAnswerError
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.state import undo
from torchup.state.home import Home
from torchup.state.undo import trees
from torchup.words.english import MESSAGES

if TYPE_CHECKING:
    from torchup.host import Host

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="links and rights as POSIX has them"
)
HOST = cast("Host", RealHost())
WHAT = Text("undo.what.add", {"name": "demo"})
_NAMES = st.sampled_from(["a", "b", "c", "d/e", "d/f", "d/g/h"])
_HELD = st.one_of(st.none(), st.binary(max_size=3), st.sampled_from(["link", "folder", "run"]))


def lay_out(folder: Path, held: dict[str, bytes | str | None]) -> None:
    """Replace files as installers do: never in place."""
    for name, content in held.items():
        path = folder / name
        if content is None:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == "link":
            path.symlink_to("nowhere")
        elif content == "folder":
            path.mkdir()
        else:
            path.write_bytes(content if isinstance(content, bytes) else b"#!")
            path.chmod(0o755 if content == "run" else 0o644)


def shape(folder: Path) -> dict[str, trees.Seen]:
    return trees.look_through(folder)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_NAMES, _HELD), st.dictionaries(_NAMES, _HELD))
def test_any_change_is_put_back(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, bytes | str | None],
    after: dict[str, bytes | str | None],
) -> None:
    root = tmp_path_factory.mktemp("t")
    folder, snapshot, home = root / "env", root / "snapshot", Home(str(root / "home"))
    folder.mkdir()
    lay_out(folder, before)
    shutil.copytree(folder, snapshot, symlinks=True, copy_function=os.link)
    was = shape(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    lay_out(folder, after)
    with undo.keeping(
        HOST, home, before=snapshot, folder=folder, what=WHAT, command="add", about="demo"
    ):
        shutil.rmtree(snapshot)
    for found in undo.changes(home):
        undo.see_folder_intact(home, found)
        undo.put_folder_back(home, found)
        undo.put_folder_back(home, found)
        undo.forget(home, found)
    assert shape(folder) == was
    assert not home.kept.exists() or list(home.kept.iterdir()) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "env"
    path.mkdir()
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(str(tmp_path / "home"))


def change(home: Home, folder: Path, content: str) -> None:
    before = folder.with_name("before")
    shutil.copytree(folder, before, copy_function=os.link)
    (folder / "a").unlink(missing_ok=True)
    (folder / "a").write_text(content)
    with undo.keeping(
        HOST, home, before=before, folder=folder, what=WHAT, command="add", about="demo"
    ):
        shutil.rmtree(before)


def test_what_was_changed_since_is_refused(home: Home, folder: Path) -> None:
    change(home, folder, "1")
    change(home, folder, "22")
    first, last = undo.changes(home)
    with pytest.raises(NoAnswerError, match=r"undo\.changed-by"):
        undo.see_folder_intact(home, first)
    (folder / "a").unlink()
    with pytest.raises(NoAnswerError, match=r"undo\.folder-changed"):
        undo.see_folder_intact(home, last)
    (home.kept / last.id / "differing.json").unlink()
    with pytest.raises(NoAnswerError, match=r"undo\.lost"):
        undo.see_folder_intact(home, last)


def test_a_change_that_does_not_count_leaves_nothing(home: Home, folder: Path) -> None:
    before = folder.with_name("before")
    shutil.copytree(folder, before)
    (folder / "a").write_text("1")
    with (
        pytest.raises(KeyError),
        undo.keeping(
            HOST, home, before=before, folder=folder, what=WHAT, command="add", about="demo"
        ),
    ):
        raise KeyError
    assert undo.changes(home) == ()
    assert list(home.kept.iterdir()) == []


def test_only_the_last_ten_are_kept(home: Home, folder: Path) -> None:
    for number in range(12):
        change(home, folder, "x" * number)
    assert len(undo.changes(home)) == 10
    for found in reversed(undo.changes(home)):
        undo.see_folder_intact(home, found)
        undo.put_folder_back(home, found)
        undo.forget(home, found)
    assert (folder / "a").read_text() == "x"


def test_what_is_too_large_to_copy_cannot_be_undone(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a").write_text("x" * 100)
    monkeypatch.setattr(trees, "LARGEST_COPY", 50)
    before = folder.with_name("before")
    shutil.copytree(folder, before)
    (folder / "a").write_text("y")

    def refuse(*_paths: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    with undo.keeping(
        HOST, home, before=before, folder=folder, what=WHAT, command="add", about="demo"
    ):
        pass
    assert undo.changes(home) == ()


def test_every_command_that_can_be_undone_is_worded() -> None:
    """One without words would keep the whole list from being shown."""
    source = Path(torchup.__file__).parent
    said = {
        word
        for path in (source / "cli").rglob("*.py")
        for word in re.findall(r'change_as\([^)]*command=f?"(\w+)', path.read_text("utf-8"))
    }
    assert said == {"kernel", "toolkit"}
    others = {"add", "remove", "upgrade", "repair", "sync", "undo"}
    for word in said | others:
        assert f"undo.what.{word}" in MESSAGES


@pytest.mark.parametrize("spoil", ["gone", "short"])
def test_what_is_not_kept_whole_any_more_is_lost_before_anything_is_touched(
    home: Home, folder: Path, spoil: str
) -> None:
    (folder / "b").write_text("there")
    change(home, folder, "1")
    change(home, folder, "22")
    last = undo.changes(home)[-1]
    assert undo.intact(home, last)
    copy = home.kept / last.id / "tree" / "a"
    copy.unlink()
    if spoil == "short":
        copy.write_text("")
    was = shape(folder)
    for take in (undo.see_folder_intact, undo.put_folder_back):
        with pytest.raises(NoAnswerError, match=r"undo\.lost"):
            take(home, last)
    assert not undo.intact(home, last)
    (home.kept / last.id / "differing.json").write_text("[1")
    with pytest.raises(NoAnswerError, match=r"undo\.lost"):
        undo.put_folder_back(home, last)
    assert shape(folder) == was
