"""A thousand random schedules of faults: nothing corrupted is ever kept, nothing comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from laboratory.schedules import run_schedule

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_a_thousand_schedules(hundred: int, tmp_path: Path) -> None:
    for seed in range(1000 + hundred * 100, 1100 + hundred * 100):
        outcome = run_schedule(seed, tmp_path / str(seed))
        assert outcome.fetched, (seed, outcome)
        assert outcome.good, (seed, outcome)
        assert outcome.left == [], (seed, outcome)
        assert outcome.asked_again == 0, (seed, outcome)
