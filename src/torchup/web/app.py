"""The server: pages for people, documents for programs, behind one gate."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.facts.frameworks import DEFAULT, meaning
from torchup.web.assets import Assets
from torchup.web.documents import ROUTES as DOCUMENTS
from torchup.web.pages import ROUTES as PAGES
from torchup.web.refusals import failed
from torchup.web.render import page, words_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.web.here import Here


def make_app(here: Here) -> Starlette:
    """Make the application; what keeps others out stands before it (:mod:`torchup.web.gate`)."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        here.look_behind()
        yield
        here.jobs.close()

    routes = [
        Route(path, _about_one(endpoint, here), methods=[method])
        for path, method, endpoint in (*PAGES, *DOCUMENTS)
    ]
    return Starlette(
        routes=[*routes, Mount("/static", Assets())],
        lifespan=lifespan,
        exception_handlers={
            TorchupError: partial(_refused, here),
            HTTPException: partial(_not_there, here),
            Exception: partial(_unexpected, here),
        },
    )


def _about_one(endpoint: Callable[[Here, Request], Any], here: Here) -> Callable[[Request], Any]:
    """An endpoint by itself: which framework one request is about says nothing of the next."""
    if iscoroutinefunction(endpoint):

        async def later(request: Request) -> Response:
            with meaning(DEFAULT):
                found: Response = await endpoint(here, request)
                return found

        return later

    def at_once(request: Request) -> Response:
        with meaning(DEFAULT):
            found: Response = endpoint(here, request)
            return found

    return at_once


def _refused(here: Here, request: Request, error: Exception) -> Response:
    """Word what can't be done: as a document, or on a page that leads on."""
    if not isinstance(error, TorchupError):
        raise error
    words = words_for(request, here)
    answer = failed(error, request, words)
    if request.url.path.startswith("/api/"):
        return answer
    from torchup.wire import write

    worded = write.error(error, words)
    return page(request, here, "error.html", status=answer.status_code, error=worded)


def _not_there(here: Here, request: Request, error: Exception) -> Response:
    """Say that there is no such page, or that it can't be asked in this way."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    path = request.url.path[:80]
    answer = _refused(here, request, NoAnswerError("web.no-such-page", path=path))
    answer.status_code = status
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _unexpected(here: Here, request: Request, error: Exception) -> Response:
    """Turn a mistake of torchup's own into an error, and keep its traceback in a file."""
    from torchup.state.logs import keep_log

    why = f"{type(error).__name__}: {error}"
    bug = OutsideError("cli.bug", why=why, path=keep_log(here.home, error))
    return failed(bug, request, words_for(request, here), status=500)
