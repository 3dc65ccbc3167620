"""Questions that wait for others, asked side by side."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AT_ONCE: Final = 8
T = TypeVar("T")


def together(questions: Sequence[Callable[[], T]], *, at_once: int = _AT_ONCE) -> list[T]:
    """Ask, a few at a time, and return the answers in the order of the questions.

    Each question has its own time limit. The first one's exception is raised when all have ended;
    Ctrl-C waits for nobody.
    """
    from collections import deque
    from threading import Thread

    waiting = deque(enumerate(questions))
    answers: dict[int, T] = {}
    failed: dict[int, BaseException] = {}

    def work() -> None:
        while waiting:
            try:
                at, ask = waiting.popleft()
            except IndexError:  # another thread was quicker
                return
            try:
                answers[at] = ask()
            except BaseException as error:  # noqa: BLE001 - raised by whoever asked
                failed[at] = error

    threads = [
        Thread(target=copy_context().run, args=(work,), daemon=True) for _ in questions[:at_once]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[min(failed)]
    return [answers[at] for at in range(len(questions))]
