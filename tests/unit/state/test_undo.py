"""Files of other programs: changed so that the change can be taken back."""

from __future__ import annotations

import os
import stat
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.host.lock import try_lock
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.state import undo
from torchup.state.home import Home
from torchup.state.undo import Link, Remove, Rename, Write
from torchup.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.undo import Change, Edit

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and rights as POSIX has them")
WHAT = Text("undo.what.conda", {"path": "a"})


class Clock:
    """A host whose time passes by a second at each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 2, tzinfo=timezone.utc)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(str(tmp_path / "home"))


@pytest.fixture
def host() -> Host:
    return cast("Host", Clock())


def do(host: Host, home: Home, *edits: Edit) -> Change:
    return undo.change(host, home, what=WHAT, edits=edits, command="test")


def everything(folder: Path) -> dict[str, tuple[int, bytes | str, int]]:
    """Every path under a folder, with its rights, content and time."""
    found: dict[str, tuple[int, bytes | str, int]] = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        held = str(path.readlink()) if path.is_symlink() else ""
        content = path.read_bytes() if stat.S_ISREG(about.st_mode) else held
        time = about.st_mtime_ns if stat.S_ISREG(about.st_mode) else 0
        found[str(path.relative_to(folder))] = (about.st_mode, content, time)
    return found


@posix
def test_every_kind_of_edit_is_taken_back_byte_for_byte(
    host: Host, home: Home, tmp_path: Path
) -> None:
    world = tmp_path / "world"
    (world / "pkg" / "deep").mkdir(parents=True)
    (world / "pkg" / "deep" / "x.py").write_bytes(b"x\r\n\xff")
    (world / "pkg" / "run").write_text("#!/bin/sh\n")
    (world / "pkg" / "run").chmod(0o750)
    (world / "pkg" / "closed").mkdir(mode=0o500)
    (world / "pkg" / "to").symlink_to("nowhere")
    (world / "settings").write_bytes(b"old")
    (world / "settings").chmod(0o600)
    os.utime(world / "settings", ns=(1, 5_000_000_001))
    (world / "torch.py").write_bytes(b"mine")
    (world / "real").mkdir()
    was = everything(world)
    done = do(
        host,
        home,
        Write(path=str(world / "settings"), data=b"new", was=b"old"),
        Write(path=str(world / "made" / "for" / "it"), data=b"new", mode=0o600),
        Remove(path=str(world / "pkg")),
        Rename(path=str(world / "torch.py"), to=str(world / "mine.py")),
        Link(path=str(world / "real"), target="elsewhere"),
        Remove(path=str(world / "not there")),
    )
    assert (world / "settings").read_bytes() == b"new"
    assert (world / "settings").stat().st_mode & 0o777 == 0o600
    assert (world / "made" / "for" / "it").stat().st_mode & 0o777 == 0o600
    assert not (world / "pkg").exists()
    assert (world / "mine.py").read_bytes() == b"mine"
    assert str((world / "real").readlink()) == "elsewhere"
    assert undo.changes(home) == (done,)
    assert done.done
    undo.undo(host, home, done)
    assert everything(world) == was
    assert list(home.kept.iterdir()) == []


def test_changes_are_taken_back_one_by_one(host: Host, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a"
    first = do(host, home, Write(path=str(file), data=b"1", was=None))
    last = do(host, home, Write(path=str(file), data=b"2", was=b"1"))
    with pytest.raises(NoAnswerError, match=r"undo\.changed-by") as refused:
        undo.undo(host, home, first)
    assert refused.value.details["id"] == last.id
    assert undo.find(home, "last") == last
    undo.undo(host, home, last)
    assert file.read_bytes() == b"1"
    undo.undo(host, home, first)
    assert not file.exists()
    with pytest.raises(NoAnswerError, match=r"undo\.nothing"):
        undo.find(home, "last")


def test_what_somebody_wrote_meanwhile_is_not_lost(host: Host, home: Home, tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"theirs")
    with pytest.raises(OutsideError, match=r"kept\.changed"):
        do(host, home, Write(path=str(other), data=b""), Write(path=str(file), data=b"", was=b"1"))
    assert not other.exists()
    done = do(
        host,
        home,
        Write(path=str(other), data=b"ours"),
        Write(path=str(file), data=b"ours", was=b"theirs"),
    )
    file.write_bytes(b"theirs again")
    with pytest.raises(NoAnswerError, match=r"kept\.changed-since"):
        undo.undo(host, home, done)
    assert (file.read_bytes(), other.read_bytes()) == (b"theirs again", b"ours")
    undo.undo(host, home, done, force=True)
    assert file.read_bytes() == b"theirs"
    assert not other.exists()
    undo.undo(host, home, undo.find(home, "last"))
    assert file.read_bytes() == b"theirs again"


def test_only_named_files_are_looked_for(host: Host, home: Home, tmp_path: Path) -> None:
    one, two = (str(tmp_path / name) for name in "ab")
    first = do(host, home, Write(path=one, data=b"1"))
    do(host, home, Write(path=two, data=b"1"))
    assert undo.newest(home, (one,)) == first


@posix
def test_a_link_stays_a_link_and_rights_stay(host: Host, home: Home, tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"secret")
    real.chmod(0o600)
    link.symlink_to(real)
    done = do(host, home, Write(path=str(link), data=b"more", was=b"secret"))
    assert link.is_symlink()
    assert real.read_bytes() == b"more"
    assert real.stat().st_mode & 0o777 == 0o600
    assert (home.kept / done.id).stat().st_mode & 0o777 == 0o700
    removed = do(host, home, Remove(path=str(link)))
    assert real.exists()
    undo.undo(host, home, removed)
    undo.undo(host, home, done)
    assert link.read_bytes() == b"secret"


def test_a_change_that_fails_half_way_changes_nothing(
    host: Host, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    real = os.replace

    def full(source: str, target: str | os.PathLike[str]) -> None:
        if os.fspath(target) == str(two):
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr("torchup.state.files.os.replace", full)
    with pytest.raises(OutsideError, match=r"kept\.unwritable"):
        do(host, home, Write(path=str(one), data=b""), Write(path=str(two), data=b""))
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert undo.changes(home) == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "one", "two"]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_leaves_nothing(
    host: Host, home: Home, tmp_path: Path
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(OutsideError, match=r"kept\.unwritable"):
        do(host, home, Write(path=str(folder / "a"), data=b"1", was=None))
    assert undo.newest(home) is None


@pytest.mark.parametrize(
    "edit",
    [
        Write(path="{}/a\0b", data=b"1"),
        Remove(path="{}/\0"),
        Link(path="{}/a", target="b\0"),
        Rename(path="{}/a", to="{}/\0b"),
    ],
)
def test_a_path_that_no_disk_takes_is_refused_before_anything(
    host: Host, home: Home, tmp_path: Path, edit: Edit
) -> None:
    (tmp_path / "a").write_bytes(b"1")
    named = {
        key: value.format(tmp_path)
        for key in ("path", "to")
        if isinstance(value := getattr(edit, key, None), str)
    }
    with pytest.raises(OutsideError, match=r"kept\.unwritable"):
        do(host, home, structs.replace(edit, **named))
    assert (tmp_path / "a").read_bytes() == b"1"
    assert not undo.changes(home)
    assert not undo.unreadable(home)


def test_words_with_a_nul_make_no_unreadable_change(host: Host, home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a"
    what = Text("undo.what.conda", {"path": "a\0b"})
    undo.change(host, home, what=what, edits=[Write(path=str(path), data=b"1")])
    assert not undo.unreadable(home)
    (found,) = undo.changes(home)
    undo.undo(host, home, found)
    assert not path.exists()


def test_a_folder_in_the_way_leaves_nothing(host: Host, home: Home, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    (tmp_path / "c").mkdir()
    for path in (tmp_path / "b" / "c", tmp_path / "c", tmp_path / "c" / "..", tmp_path.anchor):
        with pytest.raises(OutsideError, match=r"kept\.un"):
            do(host, home, Write(path=str(path), data=b"1", was=None))
    assert undo.newest(home) is None


def test_edits_of_one_change_stay_apart(host: Host, home: Home, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    inside = Write(path=str(tmp_path / "a" / "b"), data=b"")
    for edits in ((inside, inside), (Remove(path=str(tmp_path / "a")), inside)):
        with pytest.raises(UsageError, match=r"undo\.twice"):
            do(host, home, *edits)
    assert list((tmp_path / "a").iterdir()) == []


def test_a_new_name_that_is_taken_is_refused(host: Host, home: Home, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(OutsideError, match=r"kept\.changed"):
        do(host, home, Rename(path=str(tmp_path / "a"), to=str(tmp_path / "b")))
    done = do(host, home, Rename(path=str(tmp_path / "a"), to=str(tmp_path / "c")))
    (tmp_path / "a").write_bytes(b"another")
    with pytest.raises(NoAnswerError, match=r"undo\.by-hand"):
        undo.undo(host, home, done, force=True)
    assert (tmp_path / "c").read_bytes() == b"a"


def test_two_do_not_write_at_once(host: Host, home: Home, tmp_path: Path) -> None:
    home.locks.mkdir(parents=True)
    lock = try_lock(str(home.locks / "kept-files.lock"))
    assert lock is not None
    with lock, pytest.raises(OutsideError, match=r"kept\.busy"):
        do(host, home, Write(path=str(tmp_path / "a"), data=b"1"))


def test_a_damaged_entry_is_passed_over(host: Host, home: Home, tmp_path: Path) -> None:
    do(host, home, Write(path=str(tmp_path / "a"), data=b"1"))
    next(home.kept.glob("*/entry.json")).write_bytes(b"{")
    assert undo.newest(home) is None


def test_changes_of_one_second_keep_their_order(home: Home, tmp_path: Path) -> None:
    host = cast("Host", RealHost())
    made = [do(host, home, Write(path=str(tmp_path / str(one)), data=b"")) for one in range(12)]
    assert [one.id for one in undo.changes(home)] == [one.id for one in made]


_edits = st.lists(
    st.tuples(st.sampled_from("wrml"), st.sampled_from("abcd"), st.binary(max_size=3)), max_size=8
)


@posix
@settings(max_examples=60, deadline=None)
@given(_edits)
def test_any_changes_are_undone_in_reverse_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("w")
    world, home, host = folder / "world", Home(str(folder / "home")), cast("Host", Clock())
    (world / "a").mkdir(parents=True)
    (world / "a" / "in").write_bytes(b"in")
    (world / "b").write_bytes(b"b")
    (world / "c").symlink_to("b")
    states = [everything(world)]
    made: list[Change] = []
    kinds: dict[str, Callable[[str, bytes], Edit]] = {
        "w": lambda path, data: Write(path=path, data=data),
        "r": lambda path, _: Remove(path=path),
        "m": lambda path, data: Rename(path=path, to=f"{path}{data.hex()}x"),
        "l": lambda path, data: Link(path=path, target=data.hex() or "-"),
    }
    for kind, name, data in steps:
        try:
            made.append(do(host, home, kinds[kind](str(world / name), data)))
        except OutsideError:
            assert everything(world) == states[-1]
            continue
        states.append(everything(world))
    for one in reversed(made):
        assert everything(world) == states.pop()
        undo.undo(host, home, one)
    assert everything(world) == states.pop()


@pytest.mark.parametrize("force", [False, True])
def test_a_missing_copy_is_told_before_anything_is_noted(
    host: Host, home: Home, tmp_path: Path, force: bool
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    done = do(host, home, Write(path=str(file), data=b"2"))
    (home.kept / done.id / "0").unlink()
    assert not undo.intact(home, done)
    if force:
        file.write_bytes(b"mine")
    else:
        with pytest.raises(NoAnswerError, match=r"undo\.lost"):
            undo.see_intact(home, done)
    now = file.read_bytes()
    with pytest.raises(NoAnswerError, match=r"undo\.lost"):
        undo.undo(host, home, done, force=force)
    assert undo.changes(home) == (done,)
    assert file.read_bytes() == now


@pytest.mark.parametrize("force", [False, True])
def test_what_cannot_be_put_back_over_something_else_is_worded(
    host: Host, home: Home, tmp_path: Path, force: bool
) -> None:
    folder, file = tmp_path / "folder", tmp_path / "a"
    folder.mkdir()
    file.write_bytes(b"1")
    done = do(host, home, Remove(path=str(folder)), Rename(path=str(file), to=f"{file}.old"))
    for one in (folder, file):
        one.write_bytes(b"mine")
        with pytest.raises(NoAnswerError) as refused:
            undo.undo(host, home, done, force=force)
        Words().say("undo.by-hand", refused.value.details)
        Words().say("undo.by-hand.hint", refused.value.details)
        assert refused.value.code == "undo.by-hand"
        one.unlink()
    undo.undo(host, home, done, force=force)
    assert folder.is_dir()
    assert file.read_bytes() == b"1"


def test_what_lies_beside_the_changes_is_no_change(home: Home, tmp_path: Path) -> None:
    host = cast("Host", Still())
    (home.kept / "20260102-000000.bak").mkdir(parents=True)
    made = [do(host, home, Write(path=str(tmp_path / name), data=b"")) for name in "abc"]
    assert [one.id for one in made] == [f"20260102-000000{end}" for end in ("", "-0001", "-0002")]
    assert undo.changes(home) == tuple(made)


class Still:
    """A host whose time stands still."""

    def now(self) -> datetime:
        return datetime(2026, 1, 2, tzinfo=timezone.utc)
