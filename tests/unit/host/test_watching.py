from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from torchup.early import stamps
from torchup.host import watching
from torchup.host.watching import WatchingHost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were written a moment ago count as old."""
    monkeypatch.setattr(watching, "_SETTLED", -(10**18))


@pytest.mark.usefixtures("at_once")
def test_what_was_looked_at_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHUP_TRIED", "yes")
    file, none = tmp_path / "file", tmp_path / "none"
    file.write_bytes(b"one")
    host = WatchingHost()
    assert host.read(str(file)) == b"one"
    assert host.modified(str(none)) is None
    assert host.listdir(str(tmp_path)) == ("file",)
    assert host.env("TORCHUP_TRIED") == "yes"
    assert host.files == {
        str(file): stamps([str(file)]),
        str(none): [],
        str(tmp_path): stamps([str(tmp_path)]),
    }
    assert host.variables == {"TORCHUP_TRIED": "yes"}
    assert host.settled


def test_what_has_just_been_written_may_change_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one")
    host = WatchingHost()
    host.read(str(tmp_path / "file"))
    assert not host.settled


@pytest.mark.usefixtures("at_once")
def test_what_changes_while_it_is_looked_at_is_noted_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    host = WatchingHost()
    host.read(str(file))
    time.sleep(0.02)
    file.write_bytes(b"other")
    host.read(str(file))
    assert host.files[str(file)] != stamps([str(file)])


@pytest.mark.usefixtures("at_once")
def test_where_one_stands_is_a_part_of_the_question() -> None:
    host = WatchingHost()
    assert host.real_path(".")
    assert host.settled


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "ask",
    [
        lambda host: host.now(),
        lambda host: host.which("python"),
        lambda host: host.room("."),
        lambda host: host.real_path("elsewhere"),
        lambda host: host.may_write("."),
    ],
)
def test_what_no_file_tells_is_not_settled(ask: Callable[[WatchingHost], object]) -> None:
    host = WatchingHost()
    ask(host)
    assert not host.settled


def _rewritten(file: Path) -> None:
    kept = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def _replaced(file: Path) -> None:
    kept, other = file.stat(), file.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [_rewritten, _replaced, lambda file: file.chmod(0o755)])
def test_a_stamp_tells_changes_that_hide_behind_an_old_time(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    before = stamps([str(file)])
    time.sleep(0.02)  # longer than a tick of the file system's clock
    change(file)
    assert stamps([str(file)]) != before
