"""A small campaign on every run of the checks; ``python -m chaos --runs 5000`` is the full one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from chaos.__main__ import campaign

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 200
SHARES = 4


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_lost_and_every_failure_is_explained(tmp_path: Path, share: int) -> None:
    runs = campaign(tmp_path, range(share * RUNS // SHARES, (share + 1) * RUNS // SHARES), 1)
    assert len(runs) == RUNS // SHARES
    assert [run for run in runs if run.problems] == []
