"""Locks whose file is removed by the last who needs it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from torchup.host import lock as locks
from torchup.host.lock import try_lock


def test_a_removed_lock_is_free_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    held = try_lock(str(path))
    assert held is not None
    assert try_lock(str(path)) is None
    held.remove()
    assert list(tmp_path.iterdir()) == []
    again = try_lock(str(path))
    assert again is not None
    again.release()


@pytest.mark.skipif(sys.platform == "win32", reason="no open file is removed there")
def test_whoever_opened_the_file_before_it_was_removed_holds_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "x.lock")
    first = try_lock(path)
    assert first is not None
    take, opened = locks._take, []

    def late(descriptor: int) -> bool:
        opened.append(os.fstat(descriptor).st_ino)
        if len(opened) == 1:  # it was opened, and is removed before it is taken
            first.remove()
        return take(descriptor)

    monkeypatch.setattr(locks, "_take", late)
    second = try_lock(path)
    assert second is not None
    assert len(opened) == 2
    assert Path(path).stat().st_ino == os.fstat(second.descriptor).st_ino
    assert try_lock(path) is None, "nobody else gets the file that counts"
    second.release()
