"""What is begun in the background for a creation: a failure there is nobody's."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from torchup.api.context import Context
from torchup.api.solve.warming import Warming
from torchup.errors import OutsideError
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def warmed(home: Path) -> list[str]:
    """Begin, and wait for all of it; what ended with an exception."""
    failed: list[str] = []
    before, threading.excepthook = (
        threading.excepthook,
        lambda told: failed.append(repr(told.exc_value)),
    )
    try:
        there = set(threading.enumerate())
        Warming(Context(FileHost(env={"HOME": str(home)}, files={}), Home(home)))
        for one in set(threading.enumerate()) - there:
            one.join()
    finally:
        threading.excepthook = before
    return failed


def test_uv_is_asked_for_its_index_and_the_table_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(_: object, home: Home) -> str:
        asked.append(str(home.root))
        return ""

    monkeypatch.setattr("torchup.backends.uv.default_index", ask)
    monkeypatch.setattr("torchup.facts.wheels.compiled_names", asked.append)
    assert warmed(tmp_path) == []
    assert asked == [str(tmp_path), "torch"]


def test_what_fails_there_is_left_to_whoever_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OutsideError("uv.missing")

    def damaged(_: str) -> None:
        raise ValueError("wheels.toml: no")

    monkeypatch.setattr("torchup.backends.uv.default_index", fail)
    monkeypatch.setattr("torchup.facts.wheels.compiled_names", damaged)
    assert warmed(tmp_path) == []


def test_a_home_that_may_not_be_looked_at_is_not_told_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("cache")

    monkeypatch.setattr("torchup.sources.configured.configured_sources", refuse)
    monkeypatch.setattr("torchup.api.solve.warming.module", refuse)
    assert warmed(tmp_path) == []
