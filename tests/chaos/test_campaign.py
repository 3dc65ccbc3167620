"""A small campaign on every run of the checks; ``python -m chaos --runs 5000`` is the full one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from chaos.__main__ import campaign
from chaos.campaign import Run
from chaos.commands import COMMANDS
from chaos.report import tables
from chaos.starting import Start, run
from chaos.world import make, serve

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 200
SHARES = 2
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc; signals are POSIX"),
    pytest.mark.timeout(900),
]


@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_lost_and_every_failure_is_explained(tmp_path: Path, share: int) -> None:
    runs = campaign(tmp_path, range(share * RUNS // SHARES, (share + 1) * RUNS // SHARES), 1)
    assert len(runs) == RUNS // SHARES
    assert [run for run in runs if run.problems] == []


def test_without_a_fault_every_command_does_what_it_is_for(tmp_path: Path) -> None:
    with serve(tmp_path / "wheels").start() as server:
        world = make(tmp_path / "world", 0, server)
        for command in COMMANDS:
            if command.web or command.name.startswith("fleet"):
                continue
            world.begin()
            before = world.contents()
            ended = run(world, command, "none", Start())
            world.settle()
            refused = command.words[:2] == ("create", "a")  # it is there, and differs
            assert ended.code == (1 if refused else 0), (command, ended)
            assert list(world.problems((command,), before)) == [], command
        world.clear()


def test_the_tables_count_each_run_once() -> None:
    runs = [
        Run(0, "use a", "use", "kill", "kill at change 1", -9, ()),
        Run(1, "use a", "use", "network", "503", 0, ("lost",)),
    ]
    said = "\n".join(tables(runs))
    assert "| use | 2 | 1 | 0 | 1 |" in said
    assert "| all | 2 | 1 | 0 | 1 |" in said
    assert "- 1: `use a`, 503: lost" in said
