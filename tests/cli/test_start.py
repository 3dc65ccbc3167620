"""The first minute: what ``start`` makes, and what it says it didn't."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from madeenvironments import make_environment
from torchup.api.machines import machine
from torchup.cli.main import run
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Machine, Os

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

posix = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


@needs_world
def test_start_makes_one_that_is_named_beside_others(connected: Torchup) -> None:
    assert connected("start", "--yes").code == EXIT_DONE
    assert "torchup run work -- python" in connected("start", "--yes").out
    shown = connected("start", "network")
    assert shown.code == EXIT_DONE, shown
    assert shown.out.splitlines()[-1].endswith("torchup create network")
    made = connected("start", "network", "--yes")
    assert made.code == EXIT_DONE, made
    assert "network" in connected("list").out
    again = connected("start", "network", "--yes")
    assert again.code == EXIT_DONE, again
    last = [one.split(maxsplit=1)[-1].strip() for one in again.out.splitlines()[-2:]]
    assert last[0].endswith("torchup run network -- python")
    assert again.out.splitlines()[-1].endswith("torchup create NAME")


@posix
def test_a_broken_environment_is_looked_at_first(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    (path / "bin" / "python").unlink()
    assert torchup("start").out.splitlines()[-2].endswith("torchup doctor demo")
    make_environment(torchup.home, "whole")
    assert torchup("start").out.splitlines()[-2].endswith("torchup run whole -- python")


def test_where_nothing_fits_the_answer_is_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Machine(os=Os(system="linux", libc="glibc 2.5"), arch="x86_64", pythons=())
    monkeypatch.setattr(machine, "probe", lambda *_, **__: old)
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCHUP_CONFIG", str(tmp_path / "config.toml"))
    for words in (("start", "--yes"), ("start", "lab", "--yes")):
        assert run((*words, "--offline", "--lang", "en")) == EXIT_NO
        assert capsys.readouterr().out.splitlines()[-1].endswith("torchup why")
