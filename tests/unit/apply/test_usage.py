"""What environments really take, where files are linked several times."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from madeenvironments import make_environment
from torchup.apply.places import write_place
from torchup.apply.size import remember_size
from torchup.apply.usage import Tree, measure_home
from torchup.host.real import RealHost
from torchup.model import Size
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

MB = 1_000_000


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two environments and a cache: of the big files one is everyone's, one is no one else's."""
    home = Home(tmp_path / "home")
    one, two = (make_environment(home.root, name) for name in ("one", "two"))
    everyone = file(home.uv_cache / "archive" / "everyone", 5 * MB)
    pair = file(home.uv_cache / "archive" / "pair", 3 * MB)
    file(home.uv_cache / "archive" / "unused", 2 * MB)
    os.link(everyone, one / "everyone")
    os.link(everyone, two / "everyone")
    os.link(pair, one / "pair")
    twice = file(one / "twice", 1 * MB)
    os.link(twice, one / "twice-again")
    return home


def file(path: Path, size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0" * size)
    return path


def test_what_each_would_free(home: Home) -> None:
    found = measure_home(RealHost(), home)
    one, two = found.environments
    assert [each.name for each in found.environments] == ["one", "two"]
    assert rounded(one.own, one.shared, one.frees, one.frees_cleaned) == [1, 8, 1, 4]
    assert rounded(two.own, two.shared, two.frees, two.frees_cleaned) == [0, 5, 0, 0]
    assert rounded(found.cache.own, found.cache.shared) == [2, 8]
    assert rounded(found.total) == [11]
    assert found.free


def rounded(*sizes: int) -> list[int]:
    """Megabytes, without the small files that every environment has."""
    return [size // MB for size in sizes]


def test_links_are_not_followed(tmp_path: Path) -> None:
    file(tmp_path / "outside", MB)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "tree" / "loop").symlink_to(tmp_path)
    assert Tree(tmp_path / "tree").size == 0
    assert Tree(tmp_path / "nowhere").size == 0


def test_what_lies_outside_is_not_counted_in(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    outside = tmp_path / "disk" / "demo"
    (outside / ".torchup").mkdir(parents=True)
    (outside / ".torchup" / "environment.json").write_text("{}")
    (outside / "big").write_bytes(b"x" * 5000)
    write_place(home, "demo", outside)
    found = measure_home(RealHost(), home)
    assert found.environments[0].frees == 5002
    assert found.total < 5000


def test_a_size_is_not_noted_where_the_environment_was_just_removed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        remember_size(tmp_path / "gone" / ".torchup", Size(own=1, shared=2))
    assert not (tmp_path / "gone").exists()
