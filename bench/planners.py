"""Choosing a PyTorch beside other choosers, on a machine with a made-up card and driver.

Everything is asked through one proxy, which answers for the framework's index and for PyPI from
the catalogue (:mod:`tools.peers`); no file is fetched.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.peers.ask_ltt import ltt_command
from tools.peers.ask_torchruntime import INSIDE, described
from tools.peers.index import StandIn
from tools.peers.machines import load_subjects
from tools.peers.proxy import serve
from tools.peers.scratch import Scratch
from tools.peers.stage import Stage, check_namespaces

from bench.measure import Figure, Took, compare, seconds
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.sides import Bench

MACHINE: Final = "rtx4090-r535"
"""Of the machines of ``docs/comparison.md``, one on which all of them find a build that runs."""

_SMI: Final = """#!/bin/sh
case "$*" in
  *--query-gpu=driver_version*noheader*) echo 535.183.01 ;;
  *--query-gpu=driver_version*) echo driver_version; echo 535.183.01 ;;
  *--query-gpu=index,name*)
    echo "0, NVIDIA GeForce RTX 4090, GPU-00000000-0000-0000-0000-000000000000,\
 00000000:01:00.0, 0x268410DE, 0x16F310DE, 24564 MiB, 535.183.01, 8.9" ;;
  *) echo "| NVIDIA-SMI 535.183.01   Driver Version: 535.183.01   CUDA Version: 12.2     |" ;;
esac
"""
"""Answers what each of them asks of ``nvidia-smi``: uv and light-the-torch the driver alone."""


def planners(bench: Bench) -> list[Figure]:
    """Compare ``plan`` with uv's dry run, torchruntime's choice and light-the-torch's dry run.

    Raises:
        NoScratchError: the machine can't be made here, or the peers can't be installed.
    """
    check_namespaces()
    scratch = Scratch(bench.folder / "scratch")
    scratch.folder.mkdir()
    bench.peers |= scratch.install()
    stand_in = StandIn(load_catalogue())
    scratch.certify(stand_in.hosts)
    subject = next(one for one in load_subjects() if one.id == MACHINE)
    with serve(stand_in, scratch.certificate, scratch.key) as proxy:
        stage = Stage(subject, scratch, proxy)
        (Path(stage.environment["PATH"]) / "nvidia-smi").write_text(_SMI)
        choosers = _Choosers(bench, stage)
        return [
            compare(
                f"`torchup plan torch`, {state} / {name}",
                ours,
                peer,
                runs=bench.runs,
            )
            for state, ours, name, peer in choosers.pairs()
        ]


class _Choosers:
    """Each tool's own way to say what it would install."""

    def __init__(self, bench: Bench, stage: Stage) -> None:
        self._bench = bench
        self._stage = stage
        self._home = stage.file("home")
        self._cache = stage.file("uv-cache")
        self._asked = json.dumps(described(stage.subject) | {"packages": ["torch"]}).encode()

    def pairs(self) -> list[tuple[str, Callable[[], Took], str, Callable[[], Took]]]:
        """State of our side, our side, the peer's name, the peer."""
        uv = "`uv pip install --dry-run --torch-backend=auto torch`"
        known = "asked before"
        return [
            ("nothing kept", self.first, f"{uv}, nothing cached", self.uv_first),
            (known, self.ours, f"{uv}, cached", self.uv),
            (known, self.ours, "torchruntime's choice, which asks no index", self.torchruntime),
            (known, self.ours, "`ltt install --dry-run torch`", self.ltt),
        ]

    def ours(self) -> Took:
        """``torchup plan``, as often before."""
        command = [self._bench.torchup, "plan", "torch"]
        return self._run(self._stage.behind(command), TORCHUP_HOME=str(self._home))

    def first(self) -> Took:
        """``torchup plan``, in a home that isn't there yet."""
        _clear(self._home)
        return self.ours()

    def uv(self) -> Took:
        """uv's dry run."""
        target = str(self._stage.file("target"))
        command = [self._bench.uv, "pip", "install", "--dry-run", "--torch-backend=auto"]
        command += ["--python", self._stage.program("python"), "--target", target, "torch"]
        return self._run(self._stage.behind(command), UV_CACHE_DIR=str(self._cache))

    def uv_first(self) -> Took:
        """uv's dry run, with an empty cache."""
        _clear(self._cache)
        return self.uv()

    def torchruntime(self) -> Took:
        """torchruntime's table and commands, in a process of its own."""
        return self._run([self._stage.program("python"), "-I", str(INSIDE)], given=self._asked)

    def ltt(self) -> Took:
        """light-the-torch's dry run."""
        return self._run(ltt_command(self._stage))

    def _run(self, command: list[str], given: bytes = b"", **also: str) -> Took:
        environment = {**self._stage.environment, **also}
        return seconds([command], environment, self._bench.folder, given=given)


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
