"""Changing, cloning and renaming, without an installer."""

from __future__ import annotations

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
    journal,
    list_environments,
    load_environment,
    names,
    recover,
    rename_environment,
    snapshot,
)
from torchup.apply.marker import read_marker
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.lock import try_lock
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
    module = site.path / PACKAGES / "framework"
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("old")
    return record_of(site)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    create_environment(HOST, home, "demo", lay_out)
    return home


def content(home: Home, name: str = "demo") -> str:
    return (home.environment(name) / PACKAGES / "framework" / "__init__.py").read_text()


def rewrite(site: Site) -> EnvRecord:
    """Replace a file as installers do."""
    with site.log.step("install"):
        file = site.path / PACKAGES / "framework" / "__init__.py"
        file.unlink()
        file.write_text("new")
        (site.path / PACKAGES / "more.py").write_text("more")
    return record_of(site, torchup="changed")


def in_order(home: Home) -> None:
    assert journal.under_way(home) == ()
    for folder in (home.trash, home.snapshots):
        assert list(folder.glob("*")) == []


def test_a_change_is_whole(home: Home) -> None:
    log = StepLog()
    change_environment(HOST, home, "demo", rewrite, log=log)
    assert content(home) == "new"
    assert read_marker(home.environment("demo")).torchup == "changed"
    assert [(one.id, one.status) for one in log.outcomes] == [("keep", "done"), ("install", "done")]
    in_order(home)


def test_a_change_that_fails_is_undone(home: Home) -> None:
    log = StepLog()

    def fail(site: Site) -> EnvRecord:
        rewrite(site)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_environment(HOST, home, "demo", fail, log=log)
    assert content(home) == "old"
    assert not (home.environment("demo") / PACKAGES / "more.py").exists()
    assert {one.status for one in log.outcomes} == {"undone"}
    in_order(home)


def test_a_change_that_can_not_begin(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "copy_tree", full)
    with pytest.raises(OutsideError, match=r"apply\.disk-full"):
        change_environment(HOST, home, "demo", rewrite)
    assert content(home) == "old"
    in_order(home)


def test_who_is_changed_is_held(home: Home) -> None:
    def look(site: Site) -> EnvRecord:
        assert try_lock(str(journal.lock_path(home, "demo"))) is None
        return record_of(site)

    change_environment(HOST, home, "demo", look)
    with pytest.raises(NoAnswerError, match=r"apply\.no-such-environment"):
        change_environment(HOST, home, "other", look)


def test_a_linked_environment_is_not_changed(home: Home) -> None:
    home.environment("there").symlink_to(home.environment("demo"))
    with pytest.raises(UsageError, match=r"apply\.linked-environment"):
        change_environment(HOST, home, "there", rewrite)
    assert content(home) == "old"


@pytest.mark.parametrize("moment", ["draft", "kept", "changed", "moved-away"])
def test_a_change_cut_off_at_any_moment_is_undone(home: Home, moment: str) -> None:
    journal.begin(HOST, home, "change", "demo")
    journal_entry = journal.read_entry(home, "demo")
    assert journal_entry is not None
    if moment == "draft":
        (home.snapshots / "demo.draft" / "half").mkdir(parents=True)
    else:
        snapshot.take(home, "demo")
    if moment in ("changed", "moved-away"):
        file = home.environment("demo") / PACKAGES / "framework" / "__init__.py"
        file.unlink()
        file.write_text("half")
    if moment == "moved-away":
        home.environment("demo").rename(home.trash / "abc.demo")
    journal.write_entry(home, _of_nobody(journal_entry))
    recover(HOST, home)
    assert content(home) == "old"
    assert names(home) == ("demo",)
    in_order(home)


def _of_nobody(entry: journal.Entry) -> journal.Entry:
    from msgspec.structs import replace

    return replace(entry, owner=journal.Process(pid=0))


def test_a_change_that_was_done_stays(home: Home) -> None:
    entry = journal.begin(HOST, home, "change", "demo")
    snapshot.take(home, "demo")
    file = home.environment("demo") / PACKAGES / "framework" / "__init__.py"
    file.unlink()
    file.write_text("new")
    snapshot.drop(home, "demo")
    journal.write_entry(home, _of_nobody(entry))
    assert recover(HOST, home) == ()
    assert content(home) == "new"
    in_order(home)


def test_a_clone(home: Home) -> None:
    record, copied = clone_environment(HOST, home, "demo", "copy")
    assert (record.name, record.path) == ("copy", str(home.environment("copy")))
    assert copied.shared == 1
    assert names(home) == ("copy", "demo")
    change_environment(HOST, home, "copy", rewrite)
    assert (content(home), content(home, "copy")) == ("old", "new")
    in_order(home)


def test_a_clone_that_fails_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchup.apply import clone

    def refuse(*_args: object, **_named: object) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(clone, "copy_tree", refuse)
    with pytest.raises(OutsideError, match=r"apply\.home-refused"):
        clone_environment(HOST, home, "demo", "copy")
    assert names(home) == ("demo",)
    in_order(home)


def test_a_name_that_is_taken(home: Home) -> None:
    for target in ("demo", "DEMO"):
        with pytest.raises(UsageError, match=r"apply\.in-use"):
            clone_environment(HOST, home, "demo", target)
        with pytest.raises(UsageError, match=r"apply\.in-use"):
            rename_environment(HOST, home, "demo", target)
    assert names(home) == ("demo",)


def test_another_name(home: Home) -> None:
    before = read_marker(home.environment("demo"))
    record = rename_environment(HOST, home, "demo", "course")
    assert record.created == before.created
    assert names(home) == ("course",)
    assert load_environment(HOST, home, "course").record.path == str(home.environment("course"))
    in_order(home)


def test_a_renaming_stopped_after_the_old_one_is_gone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_home: Home, _name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(journal, "end", stop)
        with pytest.raises(KeyboardInterrupt):
            rename_environment(HOST, home, "demo", "course")
    assert names(home) == ("course",)
    entry = journal.read_entry(home, "course")
    assert entry is not None
    journal.write_entry(home, _of_nobody(entry))
    recover(HOST, home)
    assert names(home) == ("course",)
    in_order(home)


def test_a_linked_environment_is_neither_cloned_nor_renamed(home: Home, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    home.environment("demo").rename(elsewhere)
    home.environment("demo").symlink_to(elsewhere)
    for do in (clone_environment, rename_environment):
        with pytest.raises(UsageError, match=r"apply\.linked-environment"):
            do(HOST, home, "demo", "course")
    assert (elsewhere / PACKAGES / "framework").is_dir()


def test_a_change_cut_off_whose_entry_is_damaged_is_undone(home: Home) -> None:
    rename_environment(HOST, home, "demo", "Kurs")
    journal.begin(HOST, home, "change", "Kurs")
    snapshot.take(home, "Kurs")
    file = home.environment("Kurs") / PACKAGES / "framework" / "__init__.py"
    file.unlink()
    file.write_text("half")
    journal.entry_path(home, "Kurs").write_bytes(b"")
    recover(HOST, home)
    assert (names(home), content(home, "Kurs")) == (("Kurs",), "old")
    in_order(home)


@pytest.mark.parametrize("whole", [True, False])
def test_a_renaming_cut_off(home: Home, *, whole: bool) -> None:
    clone_environment(HOST, home, "demo", "course")
    if not whole:
        (home.environment("course") / ".torchup" / "environment.json").unlink()
    entry = journal.begin(HOST, home, "rename", "course", other="demo")
    journal.write_entry(home, _of_nobody(entry))
    recover(HOST, home)
    assert names(home) == (("course",) if whole else ("demo",))
    assert len(list_environments(HOST, home)) == 1
    in_order(home)
