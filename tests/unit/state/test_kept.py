"""Files of other programs: changed so that the change can be taken back."""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from torchup.errors import NoAnswerError, OutsideError
from torchup.host.lock import try_lock
from torchup.state.home import Home
from torchup.state.kept import give_back, newest, rewrite

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 1, 2, tzinfo=timezone.utc)
posix = pytest.mark.skipif(sys.platform == "win32", reason="links and rights as POSIX has them")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(str(tmp_path / "home"))


def test_changes_are_taken_back_one_by_one(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a"
    rewrite(home, str(file), b"1", was=None, at=AT)
    rewrite(home, str(file), b"2", was=b"1", at=AT + timedelta(seconds=1))
    last = newest(home)
    assert last is not None
    give_back(home, last)
    assert file.read_bytes() == b"1"
    first = newest(home)
    assert first is not None
    give_back(home, first)
    assert not file.exists()
    assert newest(home) is None
    assert list(home.kept.iterdir()) == []


def test_what_somebody_wrote_meanwhile_is_not_lost(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"theirs")
    with pytest.raises(OutsideError, match=r"kept\.changed"):
        rewrite(home, str(file), b"2", was=b"1", at=AT)
    kept = rewrite(home, str(file), b"2", was=b"theirs", at=AT)
    file.write_bytes(b"theirs again")
    with pytest.raises(NoAnswerError, match=r"kept\.changed-since"):
        give_back(home, kept)
    assert file.read_bytes() == b"theirs again"
    give_back(home, kept, even_if_changed=True)
    assert file.read_bytes() == b"theirs"


def test_only_named_files_are_looked_for(home: Home, tmp_path: Path) -> None:
    one, two = (str(tmp_path / name) for name in "ab")
    rewrite(home, one, b"1", was=None, at=AT)
    rewrite(home, two, b"1", was=None, at=AT + timedelta(seconds=1))
    found = newest(home, (one,))
    assert found is not None
    assert found.path == one


@posix
def test_a_link_stays_a_link_and_rights_stay(home: Home, tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"secret")
    real.chmod(0o600)
    link.symlink_to(real)
    kept = rewrite(home, str(link), b"more", was=b"secret", at=AT)
    assert link.is_symlink()
    assert real.read_bytes() == b"more"
    assert real.stat().st_mode & 0o777 == 0o600
    assert (home.kept / f"{kept.id}.before").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_leaves_nothing(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(OutsideError, match=r"kept\.unwritable"):
        rewrite(home, str(folder / "a"), b"1", was=None, at=AT)
    assert newest(home) is None


def test_a_folder_in_the_way_leaves_nothing(home: Home, tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    with pytest.raises(OutsideError, match=r"kept\.un"):
        rewrite(home, str(tmp_path / "b" / "c"), b"1", was=None, at=AT)
    assert newest(home) is None


def test_two_do_not_write_at_once(home: Home, tmp_path: Path) -> None:
    home.locks.mkdir(parents=True)
    lock = try_lock(str(home.locks / "kept-files.lock"))
    assert lock is not None
    with lock, pytest.raises(OutsideError, match=r"kept\.busy"):
        rewrite(home, str(tmp_path / "a"), b"1", was=None, at=AT)


def test_a_damaged_entry_is_passed_over(home: Home, tmp_path: Path) -> None:
    rewrite(home, str(tmp_path / "a"), b"1", was=None, at=AT)
    next(home.kept.glob("*.json")).write_bytes(b"{")
    assert newest(home) is None
