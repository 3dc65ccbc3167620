"""A torchup that is killed while something is compiled: the environment is as it was."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from cli.compiledworld import kernels, server
from cli.fixtures import needs_world
from sdistmaker import make_sdist
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    from cli.process import Torchup
    from indexserver import IndexServer

__all__ = ["kernels", "server"]

pytestmark = [pytest.mark.slow, needs_world]

QUICK = ("-n", "demo", "--no-verify")
AGREED = ("--build-from-source", "tinykernel")


def test_killed_while_it_compiles(kernels: Torchup, server: IndexServer) -> None:
    begun = kernels.root / "begun"
    make_sdist(server.root / "simple", "tinykernel", "1.1", waits=str(begun))
    assert kernels("create", "demo", "--cpu", "torch==2.13.0", "--no-verify").code == EXIT_DONE
    before = kernels("show", "demo", "--json").document("torchup.environment/v1")["packages"]
    with kernels.start("add", "tinykernel", *QUICK, *AGREED) as running:
        until = time.monotonic() + 60
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
    assert begun.exists()
    assert kernels("add", "six", *QUICK).code == EXIT_DONE
    after = kernels("show", "demo", "--json").document("torchup.environment/v1")["packages"]
    assert after == before | {"six": "1.17.0"}
    assert kernels.left() == ["envs/demo"]
