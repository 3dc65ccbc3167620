"""Logs of torchup's own mistakes are its user's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from torchup.api.verifying.reporting import _folded
from torchup.state.home import Home
from torchup.state.logs import KEPT, keep_log, recent_logs

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX has links, pipes and modes")


def test_a_log_is_kept_in_the_home_and_read_again(tmp_path: Path) -> None:
    home = Home(str(tmp_path))
    path = Path(keep_log(home, ValueError("no such \ud800 thing")))
    assert path.parent == home.logs
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(home.logs.stat().st_mode) == 0o700
    assert list(recent_logs(home, 3)) == [path.name]
    assert "ValueError: no such" in recent_logs(home, 3)[path.name]


def test_the_oldest_go(tmp_path: Path) -> None:
    home = Home(str(tmp_path))
    paths = [keep_log(home, ValueError("again")) for _ in range(KEPT + 3)]
    assert len(list(home.logs.iterdir())) == KEPT
    assert Path(paths[-1]).exists()


def test_without_a_home_it_lies_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for home in (None, Home(str(tmp_path / "gone"))):
        assert Path(keep_log(home, ValueError("early"))).parent == tmp_path
    assert not (tmp_path / "gone").exists()


@posix
def test_links_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    home = Home(str(tmp_path / "home"))
    home.logs.mkdir(parents=True)
    (tmp_path / "secret").write_text("a key")
    (home.logs / "torchup-link.log").symlink_to(tmp_path / "secret")
    (home.logs / "torchup-folder.log").mkdir()
    os.mkfifo(home.logs / "torchup-pipe.log")
    (home.logs / "torchup-mine.log").write_text("mine")
    assert recent_logs(home, 3) == {"torchup-mine.log": "mine"}


def test_a_fence_in_a_log_does_not_end_its_part() -> None:
    text = "```\n</details>\n````\nmore"
    lines = _folded("log", text).splitlines()
    assert lines[2] == lines[-3] == "`````"
