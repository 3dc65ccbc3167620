"""Taking environments to another folder, on another volume too."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crash.support import record_of
from torchup.apply import (
    Site,
    StepLog,
    change_environment,
    clone_environment,
    create_environment,
    delete_environment,
    journal,
    list_environments,
    load_environment,
    names,
    recover,
    rename_environment,
    snapshot,
)
from torchup.apply.marker import has_marker, read_marker
from torchup.apply.move import check_move, move_environment
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from torchup.model import EnvRecord

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out a POSIX environment")

HOST = RealHost()
PACKAGES = Path("lib") / "python3.11" / "site-packages"


def lay_out(site: Site) -> EnvRecord:
    (site.path / "bin").mkdir()
    (site.path / "bin" / "python").symlink_to(sys.executable)
    (site.path / "bin" / "tool").write_text(f"#!{site.path}/bin/python\nprint(1)\n")
    (site.path / "bin" / "tool").chmod(0o755)
    module = site.path / PACKAGES / "framework"
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("old")
    return record_of(site)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    create_environment(HOST, home, "demo", lay_out)
    return home


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that behaves as if it were a volume of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def apart(one: object, other: object) -> None:
        sides = {disk in Path(str(path)).parents for path in (one, other)}
        if len(sides) > 1:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(one), None, str(other))

    real_link, real_replace = os.link, os.replace

    def link(one: str, other: str) -> None:
        apart(one, other)
        real_link(one, other)

    def replace(one: Path, other: Path) -> None:
        apart(one, other)
        real_replace(one, other)

    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "sync", lambda: None)
    return disk


def move(home: Home, name: str, folder: Path) -> EnvRecord:
    return move_environment(HOST, home, check_move(HOST, home, name, folder), log=StepLog())


def nothing_left(home: Home, *folders: Path) -> None:
    assert journal.under_way(home) == ()
    for folder in (home.trash, home.snapshots):
        assert list(folder.glob("*")) == []
    for folder in folders:
        assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == []


def test_a_moved_environment_is_used_as_before(home: Home, disk: Path) -> None:
    folder = disk / 'my "envs" 中文 🙂'
    record = move(home, "demo", folder)
    assert Path(record.path) == folder / "demo" == home.environment("demo")
    assert not (home.environments / "demo").exists()
    (found,) = list_environments(HOST, home)
    assert (found.record.name, found.record.path) == ("demo", record.path)
    assert read_marker(folder / "demo").path == record.path
    assert HOST.run([str(folder / "demo" / "bin" / "tool")]).out == "1\n"
    nothing_left(home, folder)


def test_it_is_changed_copied_renamed_and_deleted_there(home: Home, disk: Path) -> None:
    move(home, "demo", disk)

    def work(site: Site) -> EnvRecord:
        (site.path / PACKAGES / "more.py").write_text("more")
        return record_of(site, torchup="changed")

    def fail(site: Site) -> EnvRecord:
        (site.path / PACKAGES / "more.py").unlink()
        raise OutsideError("cli.interrupted")

    change_environment(HOST, home, "demo", work)
    with pytest.raises(OutsideError):
        change_environment(HOST, home, "demo", fail)
    assert (disk / "demo" / PACKAGES / "more.py").exists()
    _, copied = clone_environment(HOST, home, "demo", "twin")
    assert copied.shared, "a clone lies beside its original, and shares its files"
    rename_environment(HOST, home, "twin", "other")
    assert names(home) == ("demo", "other")
    assert sorted(one.name for one in disk.iterdir()) == ["demo", "other"]
    delete_environment(HOST, home, "demo")
    assert names(home) == ("other",)
    assert [one.name for one in disk.iterdir()] == ["other"]
    nothing_left(home, disk)


def test_its_name_is_taken_while_its_disk_is_away(home: Home, disk: Path) -> None:
    move(home, "demo", disk)
    away = disk.with_name("away")
    os.rename(disk, away)  # noqa: PTH104  # Path's own is that of the made volume
    (found,) = list_environments(HOST, home)
    assert found.state == "broken"
    assert found.problem is not None
    assert found.problem.code == "environment.place-gone"
    with pytest.raises(UsageError, match=r"apply\.in-use"):
        create_environment(HOST, home, "demo", lay_out)
    with pytest.raises(NoAnswerError, match=r"apply\.place-gone"):
        clone_environment(HOST, home, "demo", "twin")
    os.rename(away, disk)  # noqa: PTH104
    assert load_environment(HOST, home, "demo").record.path == str(disk / "demo")
    os.rename(disk, away)  # noqa: PTH104
    delete_environment(HOST, home, "demo")
    assert names(home) == ()
    assert has_marker(away / "demo"), "what isn't there is only forgotten"


def test_a_change_that_was_cut_off_waits_for_its_disk(home: Home, disk: Path) -> None:
    move(home, "demo", disk)
    file = disk / "demo" / PACKAGES / "framework" / "__init__.py"
    journal.begin(HOST, home, "change", "demo")
    snapshot.take(home, "demo")
    file.unlink()
    file.write_text("half")
    away = disk.with_name("away")
    os.rename(disk, away)  # noqa: PTH104  # Path's own is that of the made volume
    assert recover(HOST, home) == ()
    disk.mkdir()  # a mount point is there without its disk
    assert recover(HOST, home) == ()
    disk.rmdir()
    os.rename(away, disk)  # noqa: PTH104
    assert [one.code for one in recover(HOST, home)] == ["apply.change-undone"]
    assert file.read_text() == "old"
    nothing_left(home, disk)


def test_it_can_come_home_and_move_on(home: Home, disk: Path, tmp_path: Path) -> None:
    move(home, "demo", disk)
    move(home, "demo", tmp_path / "third")
    assert list(disk.iterdir()) == []
    move(home, "demo", home.root)
    assert home.elsewhere("demo") is None
    assert has_marker(home.environments / "demo")
    assert list(home.places.iterdir()) == []
    nothing_left(home, disk, tmp_path / "third")


def test_where_it_can_not_go(home: Home, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (disk / "demo").mkdir()
    (disk / "demo" / "mine").write_text("mine")
    for folder, code in (
        (disk, "apply.path-in-use"),
        (home.trash, "move.inside"),
        (home.environments / "demo" / "bin", "move.inside"),
    ):
        with pytest.raises(UsageError, match=code):
            check_move(HOST, home, "demo", folder)
    assert check_move(HOST, home, "demo", home.environments).needless
    (disk / "file").write_text("")
    with pytest.raises(OutsideError, match=r"move\.refused"):
        move(home, "demo", disk / "file" / "x")
    monkeypatch.setattr("torchup.apply.move.can_link", lambda *_: False)
    monkeypatch.setattr(RealHost, "room", lambda *_: type("Room", (), {"free": 1})())
    with pytest.raises(OutsideError, match=r"move\.no-room"):
        check_move(HOST, home, "demo", disk / "new")
    assert names(home) == ("demo",)
    nothing_left(home, disk)


def test_it_can_not_go_into_another_environment(home: Home, disk: Path) -> None:
    clone_environment(HOST, home, "demo", "twin")
    move(home, "twin", disk)
    for folder in (disk / "twin", disk / "twin" / "lib", home.environments / "demo" / "lib"):
        with pytest.raises(UsageError, match=r"move\.inside"):
            check_move(HOST, home, "demo", folder)


def test_a_move_that_fails_leaves_it_where_it_was(
    home: Home, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("torchup.apply.move.write_marker", full)
    with pytest.raises(OutsideError, match=r"move\.disk-full"):
        move(home, "demo", disk / "a" / "b")
    assert names(home) == ("demo",)
    assert home.elsewhere("demo") is None
    assert list(disk.iterdir()) == []
    nothing_left(home)


def test_the_old_place_that_is_not_let_go(
    home: Home, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr("torchup.apply.move.out_of_sight", held)
    with pytest.raises(OutsideError, match=r"move\.in-use"):
        move(home, "demo", disk)
    assert has_marker(home.environments / "demo")
    assert home.elsewhere("demo") is None
    assert list(disk.iterdir()) == []
    nothing_left(home)


def test_what_others_put_at_the_new_place_is_left_alone(home: Home, disk: Path) -> None:
    was, to = home.environments / "demo", disk / "demo"
    journal.begin(HOST, home, "move", "demo", was=str(was), to=str(to))
    to.mkdir()
    (to / "mine").write_text("mine")
    entry = journal.read_entry(home, "demo")
    assert entry is not None
    said = recover(HOST, home)
    assert [one.code for one in said] == ["apply.move-undone"]
    assert (to / "mine").read_text() == "mine"
    assert names(home) == ("demo",)


def test_a_slip_that_tells_lies_removes_nothing(home: Home, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (home.trash / "0-slip.demo").write_text(str(mine))
    recover(HOST, home)
    assert mine.is_dir()
    nothing_left(home)
