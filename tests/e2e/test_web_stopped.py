"""A job that is stopped, or whose server ends, leaves nothing half-done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cli.fixtures import needs_world
from webclient import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup

pytestmark = [
    pytest.mark.slow,
    needs_world,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no polite signal to send"),
]
ORDER = {"command": "create", "name": "demo", "requirements": ["torch==2.13.0"], "cpu": True}
SLOW_S = 20.0


def begin(torchup: Torchup) -> tuple[Any, Page, str]:
    """Start a creation that hangs in its download; return the server, a browser and the job."""
    process = torchup.start("web", "--json")
    assert process.stdout is not None
    page = Page(msgspec.json.decode(process.stdout.readline())["url"])
    page.enter()
    status, _, text = page.ask("/api/jobs", "POST", ORDER)
    assert status == 202, text
    job = msgspec.json.decode(text)["id"]
    deadline = time.monotonic() + 40
    while "install" not in steps(page, job):
        assert time.monotonic() < deadline, page.ask(f"/api/jobs/{job}")
        time.sleep(0.2)
    assert torchup.left() != []
    return process, page, job


def steps(page: Page, job: str) -> str:
    """What the job told so far, in small letters."""
    found = msgspec.json.decode(page.ask(f"/api/jobs/{job}")[2])
    return " ".join(one["text"].lower() for one in found["events"])


def slow(faulty: Callable[..., Torchup]) -> Torchup:
    return faulty(slow_s=SLOW_S, faults={"torch-2.13.0%2Bcpu": "slow", "torch-2.13.0+cpu": "slow"})


def test_a_job_that_is_stopped_takes_back_what_it_did(faulty: Callable[..., Torchup]) -> None:
    torchup = slow(faulty)
    process, page, job = begin(torchup)
    assert page.ask(f"/api/jobs/{job}", "DELETE")[0] == 200
    events = page.ask(f"/api/jobs/{job}/events")[2].decode()
    ended = msgspec.json.decode(events.rstrip().splitlines()[-1].removeprefix("data: "))
    assert ended["state"] == "stopped"
    assert torchup.left() == []
    process.terminate()
    process.communicate(timeout=20)


def test_the_end_of_the_server_is_the_end_of_its_jobs(faulty: Callable[..., Torchup]) -> None:
    torchup = slow(faulty)
    process, _, _ = begin(torchup)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert torchup.left() == []
