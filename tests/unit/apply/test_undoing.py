"""Undoing changes of environments: where they lie now counts, and force loses nothing."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from madeenvironments import make_environment
from torchup import apply
from torchup.api import undoing
from torchup.apply.marker import read_marker, write_marker
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.real import RealHost
from torchup.state import undo
from torchup.state.home import Home
from torchup.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import EnvRecord
    from torchup.state.undo import Change

    Made = Callable[[Home, Path], tuple[Path, Change]]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="links and rights as POSIX has them"
)


class Session:
    """What undoing needs of a session."""

    def __init__(self, home: Home) -> None:
        self.host, self.home = RealHost(), home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(str(tmp_path / "home"))


def new(path: Path, content: str) -> None:
    """Replace a file as installers do."""
    path.unlink(missing_ok=True)
    path.write_text(content)


def own(home: Home, tmp_path: Path) -> tuple[Path, Change]:
    _ = tmp_path
    folder = make_environment(Path(home.root), "demo")
    (folder / "a").write_text("old")

    def work(site: apply.Site) -> EnvRecord:
        new(site.path / "a", "changed")
        return read_marker(site.path)

    apply.change_environment(RealHost(), home, "demo", work, command="add")
    return folder, undo.find(home, "last")


def theirs(home: Home, tmp_path: Path) -> tuple[Path, Change]:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "a").write_text("old")
    work = lambda: new(folder / "a", "changed")  # noqa: E731
    apply.guarded(RealHost(), home, folder, name=str(folder), command="repair", work=work)
    return folder, undo.find(home, "last")


@pytest.mark.parametrize("made", [own, theirs])
def test_what_force_replaces_can_be_had_back(home: Home, tmp_path: Path, made: Made) -> None:
    folder, found = made(home, tmp_path)
    context = cast("Context", Session(home))
    new(folder / "a", "mine!")
    with pytest.raises(NoAnswerError, match=r"undo\.folder-changed"):
        undoing.take_back(context, found, force=False, dry_run=False)
    undoing.take_back(context, found, force=True, dry_run=False)
    assert (folder / "a").read_text() == "old"
    (kept,) = undo.changes(home)
    assert (kept.command, kept.what.code) == ("undo", "undo.what.undo")
    undoing.take_back(context, kept, force=False, dry_run=False)
    assert (folder / "a").read_text() == "mine!"
    assert undo.changes(home) == ()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("made", [own, theirs])
def test_what_is_lost_is_told_before_anything_is_touched(
    home: Home, tmp_path: Path, made: Made, *, force: bool
) -> None:
    folder, found = made(home, tmp_path)
    context = cast("Context", Session(home))
    (home.kept / found.id / "tree" / "a").unlink()
    for dry_run in (True, False):
        with pytest.raises(NoAnswerError, match=r"undo\.lost"):
            undoing.take_back(context, found, force=force, dry_run=dry_run)
    assert (folder / "a").read_text() == "changed"
    assert undo.changes(home) == (found,)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("made", [own, theirs])
def test_an_environment_that_is_away_or_another_one_keeps_its_change(
    home: Home, tmp_path: Path, made: Made, *, force: bool, dry_run: bool
) -> None:
    folder, found = made(home, tmp_path)
    context = cast("Context", Session(home))
    if made is own:
        record = replace(read_marker(folder), created="2999-01-01T00:00:00+00:00")
        write_marker(folder, record)
        with pytest.raises(NoAnswerError, match=r"undo\.environment-gone"):
            undoing.take_back(context, found, force=force, dry_run=dry_run)
    shutil.rmtree(folder)
    with pytest.raises(NoAnswerError, match=r"undo\.environment-gone"):
        undoing.take_back(context, found, force=force, dry_run=dry_run)
    with pytest.raises(NoAnswerError, match=r"undo\.environment-gone"):
        undoing.check(context, found)
    assert not folder.exists()
    assert undo.changes(home) == (found,)


def test_force_does_not_begin_where_nothing_can_be_kept(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, found = theirs(home, tmp_path)
    new(folder / "a", "mine!")
    monkeypatch.setattr("torchup.apply.guard.may_guard", lambda *_: False)
    for dry_run in (True, False):
        with pytest.raises(OutsideError, match=r"undo\.guard"):
            undoing.take_back(cast("Context", Session(home)), found, force=True, dry_run=dry_run)
    assert (folder / "a").read_text() == "mine!"


def test_what_cannot_be_kept_is_told_in_the_words_of_its_command(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, found = theirs(home, tmp_path)
    new(folder / "a", "mine!")

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("torchup.apply.guard.copy_tree", no_room)
    with pytest.raises(OutsideError, match=r"undo\.guard"):
        apply.undo_elsewhere(RealHost(), home, found, force=True)
    with pytest.raises(OutsideError, match=r"repair\.guard"):
        apply.guarded(RealHost(), home, folder, name="x", command="repair", work=lambda: None)
    assert (folder / "a").read_text() == "mine!"
    assert undo.changes(home) == (found,)


@pytest.mark.parametrize("made", [own, theirs])
def test_the_next_step_names_the_change(home: Home, tmp_path: Path, made: Made) -> None:
    folder, found = made(home, tmp_path)
    new(folder / "a", "mine!")
    with pytest.raises(NoAnswerError) as refused:
        undoing.check(cast("Context", Session(home)), found)
    said = Words().say("undo.folder-changed.hint", refused.value.details)
    assert f"torchup undo {found.id} --force" in said
