"""Mirrors of known speed: the race costs little, and finds the best."""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from laboratory.mirror import Mirror as Server
from torchup.api.context import Context
from torchup.api.mirrors.race import race
from torchup.host.real import RealHost
from torchup.model.mirror import Mirror
from torchup.model.mirror_speed import Measured, Wanted
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

STACK = 2.6e9
"""Bytes of a usual stack."""
PATH = "20261110/cpython-3.14.1.tar.gz"
DATA = bytes(16 * 2**20)


def none(measured: Measured, *, final: bool) -> None:
    del measured, final


def raced(context: Context, rates: dict[str, int], *, lacks: str = "") -> tuple[list[str], float]:
    """Let places of some rates race; return their order, and how long it took."""
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                Server({} if name == lacks else {PATH: DATA}, rate=rate).start()
            )
            for name, rate in rates.items()
        }
        mirrors = [
            Mirror(kind="python", id=name, name=name, url=one.url, layout="releases")
            for name, one in servers.items()
        ]
        began = perf_counter()
        chosen, _ = race(context, {"python": Wanted(kind="python", path=PATH)}, mirrors, none)
        took = perf_counter() - began
    return [one.id for one in chosen[0].mirrors], took


def test_auto_is_within_a_seventh_of_the_best_choice_known_afterwards(tmp_path: Path) -> None:
    context = Context(RealHost(), Home(tmp_path))
    rates = {"near": 5_000_000, "fast": 20_000_000, "other": 5_000_000}
    order, took = raced(context, rates)
    assert order[0] == "fast"
    assert (took + STACK / rates[order[0]]) / (STACK / max(rates.values())) <= 1.15


def test_a_place_without_the_file_is_not_chosen_however_fast(tmp_path: Path) -> None:
    context = Context(RealHost(), Home(tmp_path))
    order, _ = raced(context, {"slow": 5_000_000, "fast": 0}, lacks="fast")
    assert order == ["slow"]
