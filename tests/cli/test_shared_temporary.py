"""A temporary folder that everybody writes in: nothing lies there under a name that others know."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import CPU

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [needs_world, pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")]
_WATCH = """
import os, sys
shared, log = os.environ["TMPDIR"], open(os.environ["WATCH_LOG"], "a")
def hear(event, args):
    if event not in ("open", "os.mkdir", "os.symlink", "os.link", "os.rename"):
        return
    path = str(args[1] if event in ("os.symlink", "os.link", "os.rename") else args[0])
    if os.path.dirname(path) != shared:
        return
    if event == "os.mkdir":
        safe = args[1] & 0o077 == 0
    elif event == "open":
        flags = args[2] or 0
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        safe = not writes or (flags & os.O_EXCL and flags & os.O_NOFOLLOW)
    else:
        safe = False
    print("safe" if safe else "unsafe", event, path, file=log, flush=True)
sys.addaudithook(hear)
import tempfile
tempfile.mkdtemp()  # what is safe is seen, too
import torchup.__main__
sys.argv[0] = "torchup"
sys.exit(torchup.__main__.main())
"""


def test_whoever_waits_in_the_shared_temporary_folder_meets_nobody(
    connected: Torchup, tmp_path: Path
) -> None:
    shared, log = tmp_path / "shared", tmp_path / "watch.log"
    shared.mkdir()
    env = {**connected.env, "TMPDIR": str(shared), "WATCH_LOG": str(log)}
    for words in (
        ("create", "demo", *CPU, "--no-verify"),
        ("bundle", "create", *CPU[:1], CPU[2], "--no-python", "--no-torchup", "-o", "x.torchup"),
        ("verify", "demo", "--quick"),
        ("export", "demo", "--format", "requirements", "-o", "out.txt"),
        ("undo", "--list"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", _WATCH, *words],
            env=env,
            cwd=connected.root,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (words, done)
    seen = log.read_text().splitlines()
    assert len(seen) >= 5, "the watcher sees what is made"
    assert [one for one in seen if not one.startswith("safe ")] == []
    left = [one for one in shared.iterdir() if not one.name.startswith("tmp")]
    assert left == [], "nothing of torchup's own stays there"
