"""Running a coroutine to its end, so that an interruption finds the event loop whole."""

from __future__ import annotations

import asyncio
from _thread import start_new_thread
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from threading import Lock
from time import sleep
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_Answer = TypeVar("_Answer")
_STEP: Final = 0.05
"""Seconds between two looks whether it has ended."""


def run_to_end(work: Callable[[], Coroutine[Any, Any, _Answer]]) -> _Answer:
    """Run a coroutine in a thread of its own; interrupted here, it is cancelled and waited for.

    ``asyncio.run`` in the main thread leaves a half-made loop and a coroutine that nobody awaits
    where Ctrl-C comes while it sets itself up, and Python complains of both on standard error.

    Raises:
        BaseException: what the coroutine raised; ``KeyboardInterrupt`` once it has ended.
    """
    running: list[Callable[[], object]] = []
    answer: Future[_Answer] = Future()
    begun = stopped = False
    ended = Lock()  # threading's other means break where a signal raises inside of them
    ended.acquire()

    async def watched() -> _Answer:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        running.append(lambda: loop.call_soon_threadsafe(task.cancel) if task else None)
        if stopped:
            raise asyncio.CancelledError
        return await work()

    def run() -> None:
        nonlocal begun
        begun = True
        try:
            answer.set_result(asyncio.run(watched()))
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            answer.set_exception(error)
        finally:
            ended.release()

    try:
        start_new_thread(copy_context().run, (run,))  # which framework is meant goes along
        while not ended.acquire(timeout=_STEP):  # a signal just before would not end a longer wait
            pass
    except BaseException:
        stopped = True
        for cancel in running:
            with suppress(RuntimeError):
                cancel()
        while begun and not answer.done():  # what begins later finds that it was stopped
            sleep(_STEP)
        raise
    return answer.result()
