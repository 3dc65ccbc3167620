"""Finding the uv that came with torchup."""

from __future__ import annotations

import subprocess
import sys

RACE = """
from concurrent.futures import ThreadPoolExecutor
import sys
from torchup.backends.uv_process import binary
from torchup.host.real import RealHost

sys.setswitchinterval(1e-6)
host = RealHost()
with ThreadPoolExecutor(32) as pool:
    found = set(pool.map(lambda _: binary(host), range(32)))
assert len(found) == 1 and None not in found, found
"""


def test_many_threads_find_it_at_once() -> None:
    """Python reads what the finder asks for once, and the first reading is no safe one."""
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", RACE], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
