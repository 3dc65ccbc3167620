"""The picture in ``docs/explanation`` is what ``probe --diagram`` draws."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "build_chain.py"


def test_the_picture_is_as_it_would_be_drawn_now() -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), "python tools/build_chain.py"
