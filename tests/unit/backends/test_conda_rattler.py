"""Getting rattler where it isn't installed: from an index, once."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

import pytest

from crash.support import make_index, make_wheel
from torchup.backends.conda_rattler import MINOR, bring_rattler, clear_drafts, rattler
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.model import Source, SourceSet
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from pathlib import Path
    from types import ModuleType

HOST = RealHost()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home in a Python that has no rattler but the one in this home."""

    class Finder:
        @staticmethod
        def find_spec(
            name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
        ) -> ModuleSpec | None:
            if name == "rattler":
                path = [one for one in sys.path if one.startswith(str(tmp_path))]
            return PathFinder.find_spec(name, path, target)

    finders = [one for one in sys.meta_path if one is not PathFinder]
    monkeypatch.setattr(sys, "meta_path", [*finders, Finder])
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in [one for one in sys.modules if one.partition(".")[0] == "rattler"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    yield Home(tmp_path / "home")
    sys.modules.pop("rattler", None)


def sources(url: str) -> SourceSet:
    return SourceSet(primary=Source(id="primary", kind="index", role="primary", url=url))


def test_it_is_fetched_once_and_kept_in_the_home(bare: Home, tmp_path: Path) -> None:
    files = {"rattler/__init__.py": b"here = True\n"}
    make_wheel(tmp_path / "w", "py_rattler", f"{MINOR}.3", files=files)
    make_wheel(tmp_path / "w", "py_rattler", "9.0.0", files={"rattler/__init__.py": b"x = 1/0\n"})
    index = make_index(tmp_path / "w", tmp_path / "pages")
    (tmp_path / "pages" / "py_rattler").rename(tmp_path / "pages" / "py-rattler")
    told: list[str] = []
    found = rattler(HOST, bare, sources(index), on_progress=lambda name, *_: told.append(name))
    assert found.here is True
    assert told == ["py-rattler"]
    (kept,) = (bare.root / "tools").iterdir()
    assert (kept / "rattler" / "__init__.py").is_file()
    del sys.modules["rattler"]
    again = rattler(HOST, bare, sources("http://127.0.0.1:9/simple"), offline=True)
    assert again.here is True


def test_what_keeps_it_away_is_told_and_nothing_is_left(bare: Home) -> None:
    with pytest.raises(OutsideError) as caught:
        rattler(HOST, bare, sources("http://me:pw@127.0.0.1:9/simple"))
    assert caught.value.code == "conda.no-rattler"
    assert "127.0.0.1" in caught.value.details["why"]
    assert "pw" not in str(caught.value.details)
    assert list((bare.root / "tools").iterdir()) == []


def test_offline_it_is_not_fetched(bare: Home) -> None:
    with pytest.raises(OutsideError) as caught:
        rattler(HOST, bare, sources("http://127.0.0.1:9/simple"), offline=True)
    assert caught.value.code == "conda.no-rattler"
    assert not (bare.root / "tools").exists()


def test_drafts_of_the_dead_are_removed_and_of_the_living_are_not(tmp_path: Path) -> None:
    import os

    for name in (".old", ".young", "kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    os.utime(tmp_path / ".old", (1, 1))
    os.utime(tmp_path / "kept", (1, 1))
    clear_drafts(tmp_path, 3600)
    assert sorted(one.name for one in tmp_path.iterdir()) == [".young", "kept"]


def test_it_is_installed_from_a_wheel_without_a_network(bare: Home, tmp_path: Path) -> None:
    files = {"rattler/__init__.py": b"here = True\n"}
    wheel = make_wheel(tmp_path / "w", "py_rattler", f"{MINOR}.3", files=files)
    bring_rattler(HOST, bare, wheel)
    assert rattler(HOST, bare, offline=True).here
    wheel.unlink()
    bring_rattler(HOST, bare, wheel)  # it is here


def test_a_wheel_of_it_that_is_none_is_told(bare: Home, tmp_path: Path) -> None:
    wheel = tmp_path / f"py_rattler-{MINOR}.3-py3-none-any.whl"
    wheel.write_bytes(b"no zip")
    with pytest.raises(OutsideError, match=r"conda\.no-rattler"):
        bring_rattler(HOST, bare, wheel)
    assert not (bare.root / "tools").exists() or not list((bare.root / "tools").iterdir())
