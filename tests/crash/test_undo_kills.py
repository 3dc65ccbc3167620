"""Changes of other programs' files, killed at every change of the disk: whole, or as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ACTOR = Path(__file__).parent / "undo_actor.py"


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")
def test_a_killed_change_or_undo_is_finished_or_put_back(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(ACTOR), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 40
