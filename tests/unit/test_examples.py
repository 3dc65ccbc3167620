"""The examples in the docstrings of the rooms that touch nothing outside."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOMS: Final = ("model", "readers", "resolve", "words")


def modules(room: str) -> Iterator[str]:
    package = import_module(f"torchup.{room}")
    yield package.__name__
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield found.name


@pytest.mark.parametrize("room", ROOMS)
def test_every_example_gives_what_it_says(room: str) -> None:
    tried = 0
    for name in modules(room):
        failed, attempted = doctest.testmod(import_module(name))
        assert not failed, name
        tried += attempted
    assert tried
