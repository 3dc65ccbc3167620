"""sync is killed at random moments: the environment is as before or as the lock says."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world, shared_server, sources_of, wheels
from cli.process import Torchup
from cli.world import FILELOCK, NUMPY, PIP, companions_of
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

__all__ = ["shared_server", "wheels"]

pytestmark = [
    pytest.mark.slow,
    needs_world,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]

REST = {"filelock": FILELOCK, "numpy": NUMPY, "pip": PIP}
CI = {"torch": "2.13.0+cpu", **companions_of("2.13.0"), **REST}
LAB = {"torch": "2.13.0+cu126", **companions_of("2.13.0", "cu126"), **REST}


@pytest.fixture
def locked(tmp_path: Path, shared_server: IndexServer) -> Torchup:
    torchup = Torchup(tmp_path, **sources_of(shared_server))
    made = torchup("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")
    assert made.code == EXIT_DONE, made
    done = torchup("lock", "demo", "--row", "lab=cu126", "--row", "ci=here")
    assert done.code == EXIT_DONE, done
    return torchup


def state(torchup: Torchup) -> tuple[dict[str, str], str] | None:
    """What the environment holds and the row on its record, None where there is none."""
    done = torchup("show", "other", "--json")
    if done.code != EXIT_DONE:
        return None
    found = done.document("torchup.environment/v1")
    assert found["state"] == "ok", found
    return found["packages"], found["lock"]["row"]


def assert_order(torchup: Torchup) -> None:
    left = [one for one in torchup.left() if not one.startswith("cache/")]
    assert left in (["envs/demo"], ["envs/demo", "envs/other"])
    assert not list((torchup.home / "snapshots").glob("*"))


def killed(torchup: Torchup, row: str, after_s: float) -> bool:
    child = torchup.start("sync", "-n", "other", "--row", row, "--no-verify")
    time.sleep(after_s)
    os.killpg(child.pid, signal.SIGKILL)
    _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err, err
    return child.returncode == -signal.SIGKILL


@pytest.mark.timeout(240)
def test_killed_at_random_moments(locked: Torchup) -> None:
    chance = random.Random(20261130)
    rows = {"ci": (CI, "ci"), "lab": (LAB, "lab")}
    started = time.perf_counter()
    assert locked("sync", "-n", "other", "--row", "lab", "--no-verify").code == EXIT_DONE
    whole = time.perf_counter() - started
    before, cut = state(locked), 0
    for attempt in range(20):
        row = "lab" if attempt % 2 else "ci"
        cut += killed(locked, row, chance.uniform(whole / 10, whole * 0.8))
        now = state(locked)  # this command cleans up first
        assert now in (before, rows[row]), f"half a sync: {now}"
        assert_order(locked)
        before = now
    assert cut >= 5, "hardly any run was cut off: the moments need tuning"
    for row in ("ci", "lab"):
        done = locked("sync", "-n", "other", "--row", row, "--no-verify")
        assert done.code == EXIT_DONE, done
        assert state(locked) == rows[row]
    assert_order(locked)
