"""The real program is killed and stopped in the middle of create; the next command finds order."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import FILELOCK, NUMPY, PIP, add_torch, companions_of
from torchup.apply import MARKER, RECORDS
from torchup.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_OUTSIDE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "--no-verify", "torch==2.13.0")
WHOLE = {
    "torch": "2.13.0+cpu",
    **companions_of("2.13.0"),
    "filelock": FILELOCK,
    "numpy": NUMPY,
    "pip": PIP,
}
LONGEST_S = 1.3
"""A little more than a run takes on two cores."""
EARLY = 2


def listed(torchup: Torchup) -> list[Any]:
    done = torchup("list", "--json")
    assert done.code == EXIT_DONE, done
    found: list[Any] = done.document("torchup.environments/v1")["environments"]
    return found


def assert_order(torchup: Torchup) -> bool:
    """Nothing is half-done; tell whether the environment is there, which then is whole."""
    found = listed(torchup)
    assert all(one["state"] == "ok" and one["packages"] == WHOLE for one in found), found
    names = [f"envs/{one['name']}" for one in found]
    assert [path for path in torchup.left() if not path.startswith("cache/")] == names
    return bool(found)


def family(pid: int) -> Iterator[int]:
    """All descendants of a process, the process first."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from family(int(child))


def finish(child: subprocess.Popen[bytes]) -> tuple[str, str]:
    out, err = child.communicate(timeout=60)
    return out.decode(), err.decode()


def wait_for_writing(torchup: Torchup, child: subprocess.Popen[bytes]) -> None:
    """Wait until the environment's folder is there, however slow the machine is."""
    while child.poll() is None and not (torchup.home / "envs" / "demo").exists():
        time.sleep(0.002)


@pytest.mark.timeout(240)
def test_killed_at_twenty_random_moments(tmp_path: Path, connected: Torchup) -> None:
    chance = random.Random(20261121)
    cut = cleaned = 0
    for attempt in range(20):
        root = tmp_path / str(attempt)
        root.mkdir()
        torchup = Torchup(root)
        for name in ("TORCHUP_FRAMEWORK_INDEX", "UV_DEFAULT_INDEX"):
            torchup.env[name] = connected.env[name]
        child = torchup.start(*CREATE)
        if attempt % 4 < EARLY:  # two of four anywhere, two of four while it writes
            time.sleep(chance.uniform(0.1, LONGEST_S))
        else:
            wait_for_writing(torchup, child)
            time.sleep(chance.uniform(0.0, 0.1))
        victims = [child.pid] if attempt % 2 else list(family(child.pid))
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _, err = finish(child)
        assert "Traceback" not in err, err
        was_cut = child.returncode == -signal.SIGKILL
        begun = bool(torchup.left())
        said = torchup("list").err
        cut += was_cut
        cleaned += "Cleaned up" in said
        if not was_cut:
            assert "Cleaned up" not in said
        there = assert_order(torchup)
        assert not ("Cleaned up" in said and "never finished" in said and there)
        assert begun or not said, "what was not there was not cleaned"
        assert torchup(*CREATE).code == EXIT_DONE
        assert assert_order(torchup)
    assert cut >= 5, "hardly any run was cut off: the moments need tuning"
    assert cleaned >= 1, "no run was cut off while it was writing: the moments need tuning"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("everyone", [False, True], ids=["torchup alone", "the whole group"])
@pytest.mark.parametrize("after", [0.3, 0.5, 0.7])
def test_stopped(
    connected: Torchup, number: signal.Signals, *, everyone: bool, after: float
) -> None:
    child = connected.start(*CREATE, "--json")
    time.sleep(after)
    if everyone:
        os.killpg(child.pid, number)
    else:
        child.send_signal(number)
    out, err = finish(child)
    assert "Traceback" not in err, err
    if '"ok": true' in out:
        assert assert_order(connected), "it was quicker than the signal"
        return
    assert child.returncode == EXIT_INTERRUPTED, (out, err)
    whole = '"create.stopped-whole"' in out
    assert whole or '"cli.interrupted"' in out
    said = connected("list")
    assert (said.code, said.err) == (EXIT_DONE, ""), "nothing was left to clean"
    assert assert_order(connected) is whole, "what was said is what is there"
    assert connected(*CREATE).code == EXIT_DONE
    assert assert_order(connected)


def test_stopped_while_it_computes(own: IndexServer, tmp_path: Path) -> None:
    """What is complete stays, and the answer says so."""
    add_torch(own.root, "2.13.0", "cpu", pause_s=1)
    torchup = Torchup(tmp_path, **sources_of(own))
    child = torchup.start("create", "demo", "--cpu", "torch==2.13.0", "--json")
    marker = torchup.home / "envs" / "demo" / RECORDS / MARKER
    while child.poll() is None and not marker.exists():
        time.sleep(0.002)
    time.sleep(0.05)  # the lock's release lies between the marker and the first computation
    child.send_signal(signal.SIGINT)
    out, err = finish(child)
    assert child.returncode == EXIT_INTERRUPTED, (out, err)
    assert '"create.stopped-whole"' in out
    assert "torchup verify demo" in out
    assert [one["name"] for one in listed(torchup)] == ["demo"]
    assert torchup("verify", "demo").code == EXIT_DONE


def test_two_at_once(connected: Torchup) -> None:
    children = [connected.start(*CREATE) for _ in range(3)]
    told = [finish(child) for child in children]
    assert "Traceback" not in str(told), told
    codes = sorted(child.returncode for child in children)
    assert codes[0] == EXIT_DONE, told
    # Whoever came too late is told so; whoever came after the end finds it there.
    for child, (_, err) in zip(children, told, strict=True):
        if child.returncode != EXIT_DONE:
            assert child.returncode in {2, EXIT_OUTSIDE}, err
            assert "demo" in err
    assert assert_order(connected)


def test_two_names_at_once(connected: Torchup) -> None:
    second = ("create", "other", *CREATE[2:])
    children = [connected.start(*CREATE), connected.start(*second)]
    told = [finish(child) for child in children]
    assert [child.returncode for child in children] == [EXIT_DONE, EXIT_DONE], told
    assert [one["name"] for one in listed(connected)] == ["demo", "other"]
