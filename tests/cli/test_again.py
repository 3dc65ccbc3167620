"""``list`` says again what it said before, and never anything else than the program would."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.test_startup import loaded
from madeenvironments import add_package, make_environment, site_of
from torchup.apply.left import GUARD
from torchup.apply.looks import FILE
from torchup.apply.marker import MARKER, RECEIPT, RECORDS
from torchup.cli.again import FOLDER, LISTS, say_again
from torchup.cli.main import run
from torchup.host import watching
from torchup.state.home import MOVING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.process import Torchup

TICK: Final = 0.012
"""Seconds after which a file system's clock has gone on."""


def _receipt(path: Path, *, ok: bool) -> None:
    checks = [{"code": "import", "status": "pass" if ok else "fail"}]
    body = {"at": "2026-02-03T00:00:00+00:00", "ok": ok, "checks": checks}
    (path / RECORDS / RECEIPT).write_text(json.dumps(body))


def _other_torch(path: Path) -> None:
    shutil.rmtree(next(site_of(path).glob("torch-*.dist-info")))
    add_package(path, "torch", "2.12.1+cpu")


def _moved(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}x"))


def _adopted(path: Path) -> None:
    known = path.parents[1] / "adopted" / f"adopted-{path.name}.json"
    known.parent.mkdir(exist_ok=True)
    record = json.loads((path / RECORDS / MARKER).read_bytes())
    record |= {"schema": "torchup.adopted/v1", "name": known.stem, "backend": "venv"}
    known.write_text(json.dumps(record))


def _remade(path: Path) -> None:
    shutil.rmtree(path)
    make_environment(path.parents[1], path.name, {"torch": "2.12.1+cpu", "pip": "99.0"})


CHANGES: Final[dict[str, Callable[[Path], object]]] = {
    "nothing": lambda _: None,
    "deleted": shutil.rmtree,
    "made again": _remade,
    "another one": lambda path: make_environment(path.parents[1], f"{path.name}-2"),
    "moved": _moved,
    "adopted": _adopted,
    "verified": lambda path: _receipt(path, ok=True),
    "verified in vain": lambda path: _receipt(path, ok=False),
    "another torch": _other_torch,
    "one more package": lambda path: add_package(path, "six", "1.17.0"),
    "cut off": lambda path: next(site_of(path).glob("torch-*/METADATA")).unlink(),
    "files gone": lambda path: shutil.rmtree(site_of(path) / "torch"),
    "marker damaged": lambda path: (path / RECORDS / MARKER).write_text("{"),
    "marker gone": lambda path: (path / RECORDS / MARKER).unlink(),
    "no interpreter": lambda path: (path / "bin" / "python").unlink(),
    "size unknown": lambda path: (path / RECORDS / "size.json").unlink(),
    "a folder": lambda path: (path.parent / "folder").mkdir(),
    "left over": lambda path: (path.parents[1] / "trash" / f"1.{path.name}").mkdir(parents=True),
    "put aside": lambda path: (path.parents[1] / "kept" / f"{GUARD}999999999").mkdir(parents=True),
    "half moved": lambda path: (path.parents[1] / MOVING).write_text("{}"),
}
STEPS: Final = sorted(set(CHANGES) - {"half moved"})
"""Those after which a list is at rest again: a home whose note of moving is damaged waits."""


@contextmanager
def _streams() -> Iterator[io.BytesIO]:
    """Collect what is said."""
    before = sys.stdout, sys.stderr
    said = io.BytesIO()
    sys.stdout = io.TextIOWrapper(said, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        yield said
        sys.stdout.flush()
    finally:
        sys.stdout, sys.stderr = before


def again(argv: tuple[str, ...]) -> bytes | None:
    """What is said again, None where it has to be worked out."""
    with _streams() as said:
        code = say_again(argv)
        sys.stdout.flush()
        return None if code is None else said.getvalue()


def worked_out(argv: tuple[str, ...]) -> bytes:
    """What the program itself says; it keeps it."""
    with _streams() as said:
        assert run(argv) == 0
        sys.stdout.flush()
        return said.getvalue()


def kept(argv: tuple[str, ...] = ("list",)) -> bytes:
    """What the program says once sizes are written down, so that the same is said again."""
    worked_out(argv)
    return worked_out(argv)


def named(home: Path) -> list[Path]:
    return sorted(path for path in (home / "envs").iterdir() if (path / RECORDS).is_dir())


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let files that were written a moment ago count as old, and no settings be found."""
    monkeypatch.setattr(watching, "_SETTLED", -(10**18))
    monkeypatch.setenv("TORCHUP_CONFIG", str(tmp_path / "config.toml"))
    for name in ("LC_ALL", "LC_MESSAGES", "TORCHUP_COMMAND", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("argv", LISTS, ids=" ".join)
@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), max_size=6))
def test_what_is_said_again_is_what_would_be_worked_out(
    language: str, argv: tuple[str, ...], steps: list[tuple[str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Path(folder) / "home"
        patch.setenv("TORCHUP_HOME", str(home))
        patch.setenv("LANG", language)
        make_environment(home, "one")
        make_environment(home, "二")
        for change, which in [("nothing", 0), *steps]:
            there = named(home)
            if there:
                time.sleep(TICK)
                _try(CHANGES[change], there[which % len(there)])
            said = again(argv)
            with_looks = worked_out(argv)  # at what changed alone
            (home / "cache" / FILE).unlink(missing_ok=True)
            truth = worked_out(argv)
            assert said in {None, truth}, change
            assert with_looks == truth, change
        if any(home.glob(f"envs/*/{RECORDS}/{MARKER}")):
            assert kept(argv) == again(argv)


def _try(change: Callable[[Path], object], path: Path) -> None:
    """Change an environment, where it still has what is changed."""
    try:
        change(path)
    except (OSError, ValueError, StopIteration):
        return


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"nothing", "verified"}))
def test_every_change_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    one = make_environment(tmp_path / "home", "one")
    before = kept()
    assert again(("list",)) == before
    time.sleep(TICK)
    CHANGES[change](one)
    assert again(("list",)) is None


@pytest.mark.usefixtures("at_once")
def test_which_one_has_the_star_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    folder = tmp_path / "project" / "inside"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    one, two = (make_environment(tmp_path / "home", name) for name in ("one", "two"))
    assert not kept().startswith((b"*", b" "))
    assert again(("list",)) is not None
    time.sleep(TICK)
    (tmp_path / "project" / ".torchup-env").write_text("two\n")
    assert again(("list",)) is None
    assert [line[:5] for line in kept().splitlines()] == [b"  one", b"* two"]
    assert again(("list",)) is not None
    monkeypatch.setenv("VIRTUAL_ENV", str(one))
    assert again(("list",)) is None
    assert kept().startswith(b"* one ")
    shutil.rmtree(two)
    assert kept().startswith(b"* one ")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "variable",
    [
        {"LANG": "zh_CN.UTF-8"},
        {"NO_COLOR": "1"},
        {"FORCE_COLOR": "1"},
        {"TORCHUP_COMMAND": "python3 bootstrap.py"},
    ],
)
def test_other_variables_are_another_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: dict[str, str]
) -> None:
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
    make_environment(tmp_path / "home", "one")
    kept()
    assert again(("list",)) is not None
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    assert again(("list",)) is None


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b'{"speaker": []}', b"\xff\0", b"[" * 10**6]
)
def test_a_kept_answer_that_is_damaged_is_worked_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("TORCHUP_HOME", str(home))
    make_environment(home, "one")
    before = kept()
    (home / FOLDER / LISTS["list",]).write_bytes(data)
    assert again(("list",)) is None
    assert worked_out(("list",)) == before
    assert again(("list",)) == before


@pytest.mark.usefixtures("at_once")
def test_nothing_is_kept_for_a_home_that_only_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TORCHUP_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    home = tmp_path / "home"
    (tmp_path / "config.toml").write_text(f"home = {json.dumps(str(home))}\n")
    make_environment(home, "one")
    assert b"one" in kept()
    assert again(("list",)) is None
    assert not (home / FOLDER).exists()
    assert not (tmp_path / "data").exists()


def test_a_list_that_is_said_again_loads_next_to_nothing(torchup: Torchup) -> None:
    make_environment(torchup.home, "one")
    first = torchup("list")  # writes the size down
    time.sleep(2.1)  # what is younger may change without a trace
    assert torchup("list") == first
    found = loaded(torchup, "list")
    assert {one for one in found if one.startswith("torchup")} == {
        *("torchup", "torchup.__main__", "torchup.early"),
        *("torchup.cli", "torchup.cli.again", "torchup.state", "torchup.state.folders"),
    }
    assert not found & {"typing", "msgspec", "argparse", "pathlib", "gettext"}
    assert torchup("list") == first


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is closed is no error there")
def test_nobody_listens_to_what_is_said_again(torchup: Torchup) -> None:
    make_environment(torchup.home, "one")
    torchup("list")
    time.sleep(2.1)
    torchup("list")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        torchup.argv("list"), stdout=writing, stderr=subprocess.PIPE, env=torchup.env, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (3, b"")
