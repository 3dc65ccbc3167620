"""torchup is really killed, at chosen and at random moments; the next command finds order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from crash.support import EXPECTED, create, make_world
from torchup.apply import journal, list_environments, recover
from torchup.host.lock import try_lock
from torchup.host.process import holders, identity
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.backends import Inputs

DRIVER = Path(__file__).with_name("driver.py")
NAME = "work"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inputs, Path]:
    root = tmp_path_factory.mktemp("world")
    inputs = make_world(root)
    file = root / "inputs.json"
    file.write_bytes(msgspec.json.encode(inputs))
    return inputs, file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def start(home: Home, world: Path, *how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(DRIVER), str(home.root), str(world), NAME, *how],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(child: subprocess.Popen[str]) -> str:
    out, _ = child.communicate(timeout=60)
    return out


def family(pid: int) -> Iterator[int]:
    """All descendants of a process, the process first."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def assert_order(home: Home) -> bool:
    """Nothing is left over; tell whether there is an environment, which then is whole."""
    found = list_environments(RealHost(), home)
    folders = [path.name for path in sorted(home.environments.glob("*"))]
    assert folders == [environment.record.name for environment in found]
    for environment in found:
        assert environment.state == "ok", environment.problem
        assert environment.packages == EXPECTED
    assert journal.under_way(home) == ()
    assert list(home.trash.glob("*")) == []
    path = journal.lock_path(home, NAME)
    if path.exists():
        lock = try_lock(str(path))
        assert lock is not None, "the lock is still held"
        lock.release()
        assert holders(str(path)) == ()
    return bool(found)


def assert_recovers(home: Home, inputs: Inputs) -> bool:
    recover(RealHost(), home)
    whole = assert_order(home)
    if not whole:
        create(home, NAME, inputs)
        assert assert_order(home)
    return whole


CHECKPOINTS = [
    ("before", "begin", 1, False),
    ("before", "write_entry", 1, False),
    ("after", "write_entry", 1, False),
    ("after", "begin", 1, False),
    ("before", "resolve", 1, False),
    ("after", "write_entry", 2, False),
    ("after", "resolve", 1, False),
    ("after", "write_entry", 3, False),
    ("after", "make", 1, False),
    ("before", "install", 1, False),
    ("after", "write_entry", 4, False),
    ("after", "install", 1, False),
    ("before", "write_marker", 1, False),
    ("after", "write_marker", 1, True),
    ("before", "end", 1, True),
    ("after", "end", 1, True),
]


@pytest.mark.parametrize(("when", "place", "count", "whole"), CHECKPOINTS)
def test_killed_at_a_checkpoint(
    home: Home, world: tuple[Inputs, Path], when: str, place: str, count: int, *, whole: bool
) -> None:
    inputs, file = world
    child = start(home, file, when, place, str(count))
    assert "done" not in finish(child)
    assert child.returncode == -signal.SIGKILL, "the checkpoint was not reached"
    assert assert_recovers(home, inputs) is whole


@pytest.mark.parametrize("everyone", [False, True], ids=["torchup alone", "the whole family"])
def test_killed_at_random_moments(
    home: Home, world: tuple[Inputs, Path], *, everyone: bool
) -> None:
    inputs, file = world
    chance = random.Random(20261121)
    cut = 0
    for attempt in range(12):
        each = Home(home.root / str(attempt))
        child = start(each, file)
        assert child.stdout is not None
        assert child.stdout.readline() == "start\n"
        time.sleep(chance.uniform(0, 0.45))
        for pid in reversed(list(family(child.pid)) if everyone else [child.pid]):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        cut += "done" not in finish(child)
        assert_recovers(each, inputs)
    assert cut >= 3, "hardly any run was cut off: the moments need tuning"


@pytest.mark.parametrize("how", ["linger", "stubborn"])
def test_orphaned_installer_is_stopped(home: Home, world: tuple[Inputs, Path], how: str) -> None:
    inputs, file = world
    child = start(home, file, how)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    sleeper = int(child.stdout.readline())
    child.kill()
    child.wait()
    assert try_lock(str(journal.lock_path(home, NAME))) is None, "the orphan lost the lock"
    assert (home.environment(NAME) / "half").exists()
    said = recover(RealHost(), home)
    assert [line.code for line in said] == ["apply.cleaned-up"]
    assert identity(RealHost(), sleeper) == "", "the orphan is still running"
    child.stdout.close()
    assert assert_recovers(home, inputs) is False


def test_a_live_torchup_is_left_alone(home: Home, world: tuple[Inputs, Path]) -> None:
    inputs, file = world
    child = start(home, file, "linger")
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    assert recover(RealHost(), home) == ()
    assert (home.environment(NAME) / "half").exists()
    with pytest.raises(Exception, match=r"apply\.busy"):
        create(home, NAME, inputs)
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    finish(child)


def test_interrupt_undoes_everything(home: Home, world: tuple[Inputs, Path]) -> None:
    _, file = world
    child = start(home, file, "linger")
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    sleeper = int(child.stdout.readline())
    child.send_signal(signal.SIGINT)
    out = finish(child)
    assert child.returncode == 130
    assert out == "quick=undone slow=failed\n"
    assert identity(RealHost(), sleeper) == "", "the orphan is still running"
    assert assert_order(home) is False


def test_two_at_once_make_one_environment(home: Home, world: tuple[Inputs, Path]) -> None:
    _, file = world
    children = [start(home, file) for _ in range(3)]
    outs = [finish(child) for child in children]
    assert sum("done" in out for out in outs) == 1
    assert assert_order(home)


DELETIONS = [
    ("before", "begin", True),
    ("after", "begin", True),
    ("before", "remove_tree", False),
    ("after", "remove_tree", False),
    ("before", "end", False),
    ("after", "end", False),
]


@pytest.mark.parametrize(("when", "place", "whole"), DELETIONS)
def test_killed_while_deleting(
    home: Home, world: tuple[Inputs, Path], when: str, place: str, *, whole: bool
) -> None:
    inputs, file = world
    create(home, NAME, inputs)
    child = start(home, file, "delete", when, place)
    finish(child)
    assert child.returncode == -signal.SIGKILL, "the checkpoint was not reached"
    assert assert_recovers(home, inputs) is whole
