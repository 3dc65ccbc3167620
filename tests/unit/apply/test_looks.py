"""A look at an environment is kept until something of that environment changes."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Final

import pytest

from cli.test_again import CHANGES, TICK
from madeenvironments import add_package, make_environment
from torchup import __version__
from torchup.apply import environments, list_environments, looks
from torchup.apply.looks import FILE
from torchup.early import stamps
from torchup.host import watching
from torchup.host.real import RealHost
from torchup.host.watching import WatchingHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Environment

NAMES: Final = ("one", "other", "third")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Three environments, whose sizes are written down; what is young counts as old."""
    monkeypatch.setattr(watching, "_SETTLED", -(10**18))
    found = Home(str(tmp_path))
    for name in NAMES:
        make_environment(tmp_path, name)
    (tmp_path / "cache").mkdir()
    list_environments(RealHost(), found)
    return found


def _looked(home: Home, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], tuple[object, ...]]:
    """List, and name the environments that were looked at for it."""
    seen: list[str] = []
    load = environments._load

    def look(host: WatchingHost, path: Path | str, *, sized: bool = True) -> Environment:
        seen.append(str(path).rpartition("/")[2])
        return load(host, path, sized=sized)

    with monkeypatch.context() as patch:
        patch.setattr(environments, "_load", look)
        return seen, list_environments(WatchingHost(), home)


def test_what_has_not_changed_is_not_looked_at_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = list_environments(RealHost(), home)
    assert _looked(home, monkeypatch) == ([*NAMES], truth)
    assert _looked(home, monkeypatch) == ([], truth)
    time.sleep(TICK)
    add_package(home.environment("other"), "six", "1.17.0")
    seen, found = _looked(home, monkeypatch)
    assert seen == ["other"]
    assert found == list_environments(RealHost(), home) != truth
    assert _looked(home, monkeypatch) == ([], found)


@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"nothing", "half moved"}))
def test_every_change_is_seen(home: Home, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    _looked(home, monkeypatch)
    time.sleep(TICK)
    CHANGES[change](home.environment("other"))
    seen, found = _looked(home, monkeypatch)
    assert found == list_environments(RealHost(), home)
    assert not set(seen) & {"one", "third"}
    assert _looked(home, monkeypatch)[1] == found


def test_a_list_from_looks_rests_on_what_they_rest_on(home: Home) -> None:
    first, second = WatchingHost(), WatchingHost()
    list_environments(first, home)
    list_environments(second, home)
    assert second.files == first.files
    assert (second.variables, second.again, second.day) == (first.variables, first.again, "")


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\0", b"[" * 10**6, b'{"by": [], "looks": {}}'],
)
def test_looks_that_are_damaged_are_no_looks(
    home: Home, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    _, truth = _looked(home, monkeypatch)
    (home.cache / FILE).write_bytes(data)
    assert _looked(home, monkeypatch) == ([*NAMES], truth)
    assert _looked(home, monkeypatch) == ([], truth)


@pytest.mark.parametrize(
    "notes",
    [{}, {"day": ""}, {"files": 1}, {"again": {"run": {"rm": ""}}}, {"variables": []}],
)
def test_notes_that_say_nothing_are_not_believed(
    home: Home, monkeypatch: pytest.MonkeyPatch, notes: dict[str, object]
) -> None:
    _, truth = _looked(home, monkeypatch)
    file = home.cache / FILE
    kept = json.loads(file.read_bytes())
    (path,) = (one for one in kept["looks"] if one.endswith("other"))
    before = kept["looks"][path]["notes"]
    kept["looks"][path]["notes"] = {**before, **notes} if notes else {}
    file.write_text(json.dumps(kept))
    expected = [] if notes == {"day": ""} else ["other"]
    assert _looked(home, monkeypatch) == (expected, truth)


def test_another_torchup_looks_itself(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _looked(home, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(looks, "__version__", "9.9.9")
        assert _looked(home, monkeypatch)[0] == [*NAMES]
    kept = json.loads((home.cache / FILE).read_bytes())
    kept["by"][0] = __version__
    kept["stamps"][0] += 1  # its code was changed in place
    (home.cache / FILE).write_text(json.dumps(kept))
    assert _looked(home, monkeypatch)[0] == [*NAMES]


def test_the_code_that_looked_once_counts_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _looked(home, monkeypatch)
    file, code = home.cache / FILE, home.root / "backend.py"  # one that is not loaded now
    code.touch()
    kept = json.loads(file.read_bytes())
    kept["program"].append(str(code))
    kept["stamps"] += stamps([str(code)])
    file.write_text(json.dumps(kept))
    time.sleep(TICK)
    add_package(home.environment("other"), "six", "1.17.0")
    assert _looked(home, monkeypatch)[0] == ["other"]
    assert str(code) in json.loads(file.read_bytes())["program"]
    code.write_text("changed")
    assert _looked(home, monkeypatch)[0] == [*NAMES]


def test_what_changed_a_moment_ago_is_looked_at_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_SETTLED", 60_000_000_000)
    _looked(home, monkeypatch)
    assert _looked(home, monkeypatch)[0] == [*NAMES]


def test_a_cache_that_cannot_be_written_costs_time_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(looks, "write_atomic", refuse)
    for _ in range(2):
        assert _looked(home, monkeypatch) == ([*NAMES], list_environments(RealHost(), home))
    shutil.rmtree(home.cache)
    assert _looked(home, monkeypatch)[0] == [*NAMES]
    assert not home.cache.exists()
