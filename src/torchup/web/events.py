"""Server-sent events: a job as it goes on, to as many as want to watch."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct, json
from starlette.responses import StreamingResponse

from torchup.web.told import event_document, job_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from torchup.web.jobs import Job
    from torchup.words import Words

_PAUSE_S: Final = 0.2
"""Between two messages: a person sees no more, and watching has to cost the work nothing."""
_QUIET_S: Final = 15
"""After so long without news a comment is sent: whoever is gone is noticed."""


def stream(job: Job, words: Words, after: int) -> StreamingResponse:
    """Answer with everything that a job told after a number of events, and all that comes."""
    return StreamingResponse(_messages(job, words, after), media_type="text/event-stream")


async def _messages(job: Job, words: Words, after: int) -> AsyncIterator[bytes]:
    sent, progress = max(0, after), None
    with job.watched() as news:
        while True:
            news.clear()
            ended = job.state != "running"
            told = job.told[sent:]
            for one in told:
                sent += 1
                yield _message("told", event_document(one, words), sent)
            if job.progress is not progress:
                progress = job.progress
                if progress is not None:
                    yield _message("progress", event_document(progress, words))
            if ended:
                yield _message("end", job_document(job, words))
                return
            await asyncio.sleep(_PAUSE_S)
            while not news.is_set() and not await _comes(news):
                yield b": nothing new\n\n"


async def _comes(news: asyncio.Event) -> bool:
    with suppress(TimeoutError, asyncio.TimeoutError):
        await asyncio.wait_for(news.wait(), _QUIET_S)
        return True
    return False


def _message(kind: str, document: Struct, number: int | None = None) -> bytes:
    identity = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (identity, kind.encode(), json.encode(document))
