"""Questions that wait for others, asked side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AT_ONCE: Final = 8
T = TypeVar("T")


def together(questions: Sequence[Callable[[], T]], *, at_once: int = _AT_ONCE) -> list[T]:
    """Ask, a few at a time, and return the answers in the order of the questions.

    Each question has its own time limit. An exception of one is raised when all have ended.
    """
    if len(questions) < 2:  # noqa: PLR2004 - one needs no thread
        return [ask() for ask in questions]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=min(at_once, len(questions))) as pool:
        return list(pool.map(lambda ask: ask(), questions))
