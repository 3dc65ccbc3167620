"""Property tests of parsers: how often each is tried.

``pytest -m fuzz --hypothesis-profile=fuzz`` tries each with 10,000 examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T", bound=Callable[..., object])

EVERYDAY: Final = 300
FOR_ALL: Final = 100
THOROUGH: Final = 10_000


def register() -> None:
    """Name the thorough profile, for pytest's ``--hypothesis-profile``."""
    settings.register_profile("fuzz", max_examples=THOROUGH, deadline=None)


def fuzzed(test: T, *, everyday: int = EVERYDAY) -> T:
    """Try a parser's test often, and as often as the chosen profile says where that is more."""
    often = settings(max_examples=max(everyday, settings().max_examples), deadline=None)
    pytest.mark.fuzz(test)
    return often(test)


def fuzzed_for_all(test: T) -> T:
    """Try less often every day: a test that runs for each kind, or looks at a whole machine."""
    return fuzzed(test, everyday=FOR_ALL)
