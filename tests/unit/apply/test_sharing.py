"""Whether environments share their files, found by trying it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from torchup.apply.folders import prepare_home
from torchup.apply.places import write_place
from torchup.apply.sharing import not_shared
from torchup.host.linking import try_link
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    prepare_home(home)
    return home


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def link(*_: str) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", link)


def code(home: Home, name: str | None = None) -> str | None:
    said = not_shared(HOST, home, name)
    return said.code if said else None


def test_here_they_are(home: Home) -> None:
    assert code(home) is None
    assert list(home.uv_cache.iterdir()) == list(home.environments.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (errno.EXDEV, "volume"),
        (errno.EPERM, "filesystem"),
        (errno.EOPNOTSUPP, "filesystem"),
        (errno.EACCES, "filesystem"),
    ],
)
def test_why_they_are_not(
    home: Home, monkeypatch: pytest.MonkeyPatch, number: int, answer: str
) -> None:
    refuse(monkeypatch, number)
    assert try_link(str(home.uv_cache), str(home.environments)) == answer
    assert code(home) == f"share.{answer}"
    assert list(home.uv_cache.iterdir()) == list(home.environments.iterdir()) == []


def test_one_that_was_moved_away_is_told_the_way_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    write_place(home, "demo", tmp_path / "disk" / "demo")
    assert code(home, "demo") is None
    refuse(monkeypatch, errno.EXDEV)
    assert code(home, "demo") == "share.elsewhere"


def test_what_can_not_be_tried_is_not_told(home: Home, tmp_path: Path) -> None:
    assert try_link(str(tmp_path / "nothing"), str(home.environments)) == "unknown"
    assert try_link(str(home.environments), str(tmp_path / "nothing")) == "unknown"
    assert list(home.environments.iterdir()) == []


def test_what_a_killed_try_left_is_removed(home: Home) -> None:
    for folder, name in ((home.uv_cache, "1"), (home.environments, "2")):
        (folder / f".torchup-link-{name}").write_text("")
    assert code(home) is None
    assert list(home.uv_cache.iterdir()) == list(home.environments.iterdir()) == []


def test_the_users_own_wish_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_LINK_MODE", "copy")
    assert code(home) == "share.mode"
