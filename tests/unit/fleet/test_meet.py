"""Hosts that look for each other: processes on loopback addresses."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import torchup.fleet

PAYLOAD = str(Path(torchup.fleet.__path__[0]) / "payload_meet.py")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the payload is for Linux hosts")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def meeting(names: str, there: str, limit: float = 6) -> dict[str, Any]:
    """What each of the hosts ``names`` says, of which those in ``there`` are started."""
    port = free_port()
    hosts = {name: f"127.0.0.{number}" for number, name in enumerate(names, 1)}
    running = {
        name: subprocess.Popen(
            [sys.executable, PAYLOAD, "meet", json.dumps(given)], stdout=subprocess.PIPE
        )
        for name in there
        for given in [{"me": name, "hosts": hosts, "port": port, "limit": limit}]
    }
    return {name: json.loads(one.communicate(timeout=30)[0]) for name, one in running.items()}


def test_all_reach_all() -> None:
    found = meeting("abc", "abc", limit=20)
    for said in found.values():
        assert not said["listens"]
        assert len(said["peers"]) == 2
        for peer in said["peers"].values():
            assert not peer["why"]
            assert abs(peer["skew"]) < 1


def test_one_that_is_not_there() -> None:
    found = meeting("ab", "a", limit=1)
    assert found["a"]["peers"]["b"]["why"] == "refused"


def test_where() -> None:
    env = {"SSH_CONNECTION": "10.0.0.9 50000 127.0.0.1 22", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, PAYLOAD, "where"], capture_output=True, check=True, env=env
    )
    found = json.loads(done.stdout)
    assert (found["address"], found["interface"]) == ("127.0.0.1", "lo")
    assert found["hostname"] == socket.gethostname()
