"""Keeping count of what was done."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from torchup.model import StepOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class StepLog:
    """The outcomes of one command's steps, in order; it outlives an error.

    Args:
        on_step: told the name of each step as it begins.
    """

    def __init__(self, on_step: Callable[[str], None] = lambda _step: None) -> None:
        self._outcomes: list[StepOutcome] = []
        self._on_step = on_step

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        """What was done so far."""
        return tuple(self._outcomes)

    @contextmanager
    def step(self, step_id: str, detail: str = "") -> Iterator[None]:
        """Time a step; it is ``done`` when its block ends and ``failed`` when it raises."""
        start = perf_counter()
        outcome = StepOutcome(id=step_id, status="failed", detail=detail)
        self._on_step(step_id)
        try:
            yield
            outcome = msgspec.structs.replace(outcome, status="done")
        finally:
            took = round(perf_counter() - start, 3)
            self._outcomes.append(msgspec.structs.replace(outcome, took_s=took))

    def skip(self, step_id: str, detail: str = "") -> None:
        """Note a step that there was no need for."""
        self._outcomes.append(StepOutcome(id=step_id, status="skipped", detail=detail))

    def undo(self) -> None:
        """Note that everything done was undone."""
        self._outcomes = [
            msgspec.structs.replace(o, status="undone") if o.status == "done" else o
            for o in self._outcomes
        ]
