"""Taking a whole home to another folder."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crash.support import record_of
from torchup.apply import (
    Site,
    StepLog,
    clone_environment,
    create_environment,
    in_use,
    list_environments,
    names,
    rehome,
)
from torchup.apply.marker import read_marker
from torchup.apply.move import check_move, move_environment
from torchup.apply.rehoming import check_rehoming, write_notes
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.real import RealHost
from torchup.state.home import LASTING, MOVING, PASSING, Home

if TYPE_CHECKING:
    from torchup.model import EnvRecord

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out a POSIX environment")

HOST = RealHost()
PACKAGES = Path("lib") / "python3.11" / "site-packages"


@pytest.fixture
def old(tmp_path: Path) -> Home:
    """Two environments that share a file with the cache, and an interpreter of the home's own."""
    home = Home(tmp_path / "old")
    python = home.pythons / "cpython-3.11" / "bin" / "python3.11"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    cached = home.uv_cache / "archive" / "x" / "big.py"
    cached.parent.mkdir(parents=True)
    cached.write_text("x = 1\n" * 1000)
    (home.uv_cache / "wheel").symlink_to(cached.parent)

    def lay_out(site: Site) -> EnvRecord:
        (site.path / "bin").mkdir()
        (site.path / "bin" / "python").symlink_to(python)
        (site.path / "bin" / "tool").write_text(f"#!{site.path}/bin/python\nprint(1)\n")
        (site.path / "bin" / "tool").chmod(0o755)
        (site.path / "pyvenv.cfg").write_text(f"home = {python.parent}\n")
        (site.path / PACKAGES).mkdir(parents=True)
        os.link(cached, site.path / PACKAGES / "big.py")
        return record_of(site)

    create_environment(HOST, home, "demo", lay_out)
    clone_environment(HOST, home, "demo", "twin")
    return home


@pytest.fixture
def new(tmp_path: Path) -> Home:
    return Home(tmp_path / "neu 中文's")


@pytest.fixture(params=["one volume", "two volumes"])
def volumes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, old: Home) -> str:
    """On two volumes nothing of the old home can be linked from outside."""
    real = os.link

    def link(one: str, other: str) -> None:
        if old.root in Path(one).parents and old.root not in Path(other).parents:
            raise OSError(errno.EXDEV, "another volume")
        real(one, other)

    if request.param == "two volumes":
        monkeypatch.setattr(os, "link", link)
        monkeypatch.setattr(os, "sync", lambda: None)
        monkeypatch.setattr("torchup.apply.rehoming.can_link", lambda *_: False)
    return str(request.param)


def move(old: Home, new: Home) -> None:
    rehome.move_home(HOST, check_rehoming(HOST, old, new), lambda: None, log=StepLog())


def test_all_goes_along(old: Home, new: Home, volumes: str) -> None:
    checked = check_rehoming(HOST, old, new)
    assert checked.linked is (volumes == "one volume")
    assert bool(checked.size) is (volumes == "two volumes")
    move(old, new)
    assert not old.root.exists()
    assert names(new) == ("demo", "twin")
    for name in names(new):
        path = new.environment(name)
        assert read_marker(path).path == str(path)
        assert HOST.run([str(path / "bin" / "tool")]).out == "1\n"
        assert str((path / "bin" / "python").readlink()).startswith(str(new.pythons))
        assert str(new.pythons) in (path / "pyvenv.cfg").read_text()
        shared = new.uv_cache / "archive" / "x" / "big.py"
        assert (path / PACKAGES / "big.py").samefile(shared), "what was shared still is"
    assert (new.uv_cache / "wheel").resolve() == new.uv_cache / "archive" / "x"
    assert not (new.root / MOVING).exists()


def test_what_was_copied_is_not_copied_again(
    old: Home, new: Home, volumes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed between the copy and the switch; meanwhile the old home changed."""
    assert volumes
    checked = check_rehoming(HOST, old, new)
    write_notes(old, new)
    rehome._copy(checked)
    (old.environment("demo") / PACKAGES / "late.py").write_text("late")
    (old.environment("twin") / PACKAGES / "big.py").unlink()
    copied: list[str] = []
    real = shutil.copy2

    def copy(one: str, other: str) -> None:
        copied.append(Path(one).name)
        real(one, other)

    monkeypatch.setattr(shutil, "copy2", copy)
    move(old, new)
    assert set(copied) <= {"late.py"}
    assert (new.environment("demo") / PACKAGES / "late.py").read_text() == "late"
    assert not (new.environment("twin") / PACKAGES / "big.py").exists()


def test_a_copy_can_be_given_up(old: Home, new: Home) -> None:
    write_notes(old, new)
    rehome._copy(check_rehoming(HOST, old, new))
    assert not rehome.is_live(new)
    assert rehome.give_up(old)
    assert not new.root.exists()
    assert names(old) == ("demo", "twin")
    assert not rehome.give_up(old)


def test_a_failure_leaves_all_where_it_was(old: Home, new: Home) -> None:
    def refuse() -> None:
        raise OSError(errno.ENOSPC, "full")

    checked = check_rehoming(HOST, old, new)
    with pytest.raises(OutsideError, match=r"move\.disk-full"):
        rehome.move_home(HOST, checked, refuse, log=StepLog())
    assert not new.root.exists()
    assert not (old.root / MOVING).exists()
    assert [one.state for one in list_environments(HOST, old)] == ["ok", "ok"]


def test_what_is_left_is_removed_later(
    old: Home, new: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "in use")

    with monkeypatch.context() as patched:
        patched.setattr("torchup.apply.rehome.remove_tree", held)
        move(old, new)
    assert names(new) == ("demo", "twin")
    assert old.environments.is_dir()
    assert rehome.finish(HOST, new)
    assert not old.root.exists()
    assert not rehome.finish(HOST, new)


def test_an_environment_outside_stays_and_finds_its_interpreter(
    old: Home, new: Home, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    move_environment(HOST, old, check_move(HOST, old, "demo", out), log=StepLog())
    move(old, new)
    assert new.environment("demo") == out / "demo"
    assert HOST.run([str(out / "demo" / "bin" / "tool")]).out == "1\n"
    assert str((out / "demo" / "bin" / "python").readlink()).startswith(str(new.pythons))
    assert str(new.pythons) in (out / "demo" / "pyvenv.cfg").read_text()


def test_when_it_can_not_be_moved(old: Home, new: Home, tmp_path: Path) -> None:
    for inside in (old.root / "deeper", tmp_path):
        with pytest.raises(UsageError, match=r"rehome\.inside"):
            check_rehoming(HOST, old, Home(inside))
    Home(tmp_path / "other").environment("theirs").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"rehome\.not-empty"):
        check_rehoming(HOST, old, Home(tmp_path / "other"))
    (old.journal / "demo.json").write_text("{}")
    with pytest.raises(OutsideError, match=r"rehome\.unsettled"):
        check_rehoming(HOST, old, new)
    (old.journal / "demo.json").unlink()
    move_environment(HOST, old, check_move(HOST, old, "demo", tmp_path / "out"), log=StepLog())
    (tmp_path / "out").rename(tmp_path / "away")
    with pytest.raises(NoAnswerError, match=r"apply\.place-gone"):
        check_rehoming(HOST, old, new)


def test_a_place_that_has_only_a_cache_is_free(old: Home, new: Home) -> None:
    (new.cache / "listings").mkdir(parents=True)
    new.environments.mkdir()
    move(old, new)
    assert names(new) == ("demo", "twin")
    assert not (new.cache / "listings").exists()


def test_who_is_used_is_not_moved(old: Home, new: Home) -> None:
    checked = check_rehoming(HOST, old, new)
    with ExitStack() as held:
        held.enter_context(in_use(RealHost(), old, "twin"))
        with pytest.raises(OutsideError, match=r"apply\.busy"):
            rehome.move_home(HOST, checked, lambda: None, log=StepLog())
    assert names(old) == ("demo", "twin")


def test_every_folder_of_a_home_goes_along_or_holds_what_passes() -> None:
    home = Home("/h")
    every = {name for name, kind in vars(Home).items() if isinstance(kind, property)}
    folders = {getattr(home, name).relative_to("/h").parts[:1] for name in every}
    assert {one[0] for one in folders if one} == {*LASTING, *PASSING}
