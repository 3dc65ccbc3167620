"""No pattern of the project goes back over a text until nobody waits any more."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform != "win32":
    from fuzzing.patterns import late, worst

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="nothing interrupts a search there"),
]
TESTS: Final = Path(__file__).parents[1]
FEWEST: Final = 700
"""Patterns; that so many are found shows that they are looked for where they are."""


@pytest.fixture
def _interrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, late)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_interrupted")
@pytest.mark.parametrize(
    "pattern",
    [
        r"^[\w.-]+(?:[=<>!~]=?[^\s'\"]*)*$",  # once that of a requirement in a command
        r"token=(?P<quote>[\"'])(?:\\.|(?!(?P=quote)).)*(?P=quote)",  # and of a secret's value
        r"pip\s+(?:--?[\w-]+\s+)*install",
        r"^exec\s+\"?([^\"\r\n]+?)\"?\s+\"x\"",
    ],
)
def test_what_takes_too_long_is_found(pattern: str) -> None:
    found = [worst((pattern, re.UNICODE), "here", random.Random(seed)) for seed in range(4)]
    assert any(found)


def test_no_pattern_takes_too_long() -> None:
    command = [sys.executable, "-m", "fuzzing.patterns"]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > FEWEST
