"""Running a coroutine to its end: answers, failures, and interruptions at any moment."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading

import pytest

from torchup.backends.loop import run_to_end

_INTERRUPTED = """
import asyncio, signal, sys
from torchup.backends.loop import run_to_end

def stop(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, stop)
for step in range(150):
    ended = []
    async def work():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)
    async def noted():
        began.append(True)
        await work()
    began = []
    try:
        signal.setitimer(signal.ITIMER_REAL, 1e-5 + step * 2e-5)
        run_to_end(noted)
    except KeyboardInterrupt:
        assert bool(began) == bool(ended), step
    else:
        raise AssertionError(step)
"""


def test_it_returns_what_the_coroutine_returns() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return threading.get_ident()

    assert run_to_end(work) != threading.get_ident()


def test_its_failure_comes_out() -> None:
    async def work() -> None:
        raise LookupError("why")

    with pytest.raises(LookupError, match="why"):
        run_to_end(work)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers that interrupt")
def test_interrupted_at_any_moment_it_says_nothing_and_leaves_nothing_running() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
