"""Mirrors: what is used, a race that is watched, and a choice that is shown before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import ValidationError, convert

from torchup.api.mirrors import status
from torchup.errors import TorchupError, UsageError
from torchup.model.mirror import KINDS
from torchup.sources.mirrored import origin_of
from torchup.web.mirrors import foresee, last_change, preview_document
from torchup.web.races import mirror_event, standings
from torchup.web.render import page, words_for
from torchup.web.told import job_document
from torchup.wire import write
from torchup.wire.web import MirrorOrderV1

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.api.mirrors.status import InUse
    from torchup.web.here import Here
    from torchup.web.jobs import Job
    from torchup.wire.v1 import ErrorV1
    from torchup.words import Words

_PROGRAMS: Final = ("pip", "uv", "conda")


def show(here: Here, request: Request) -> Response:
    """Show what is used, the job that is named, and the last race."""
    words = words_for(request, here)
    given = request.query_params.get("job")
    job = here.jobs.find(given) if given else None
    race = job if job is not None and _action(job) == "test" else _last_race(here)
    told = tuple(race.told) if race is not None else ()  # it is still being told
    events = [found for one in told if (found := mirror_event(one, words)) is not None]
    used, problem = _used(here, words)
    result: dict[str, Any] = (race.result if race is not None else None) or {}
    return page(
        request,
        here,
        "mirrors.html",
        used=used,
        problem=problem,
        chosen=any(one.origin == origin_of(one.kind) for one in used),
        kinds=KINDS,
        last=last_change(here.context()),
        job=job_document(job, words) if job is not None else None,
        race=job_document(race, words, whole=False) if race is not None else None,
        told=len(told),
        races=standings(events, ended=race is not None and race.state != "running"),
        best=tuple(map(str, result.get("best", ()))),
    )


def _used(here: Here, words: Words) -> tuple[list[InUse], ErrorV1 | None]:
    """What is used; where a setting means nothing, why: it can be forgotten all the same."""
    try:
        return status.in_use(here.context(), KINDS), None
    except TorchupError as error:
        return [], write.error(error, words)


def _last_race(here: Here) -> Job | None:
    return next((one for one in here.jobs.all() if _action(one) == "test"), None)


def _action(job: Job) -> str:
    return job.order.action if isinstance(job.order, MirrorOrderV1) else ""


def use(here: Here, request: Request) -> Response:
    """Show what a choice would write."""
    given = request.query_params
    order = _read(action="use", picks=given.getlist("pick"), write=given.getlist("write"))
    return _foreseen(here, request, order)


def reset(here: Here, request: Request) -> Response:
    """Show what forgetting the choice would write."""
    order = _read(action="reset", kinds=request.query_params.getlist("kind"))
    return _foreseen(here, request, order)


def _foreseen(here: Here, request: Request, order: MirrorOrderV1) -> Response:
    found = preview_document(foresee(here.context(), order), words_for(request, here))
    return page(
        request, here, "mirrors_change.html", order=order, preview=found, programs=_PROGRAMS
    )


def _read(**given: object) -> MirrorOrderV1:
    """Read a query as an order.

    Raises:
        UsageError: ``web.bad-body``.
    """
    try:
        return convert(given, MirrorOrderV1)
    except ValidationError as error:
        raise UsageError("web.bad-body", why=error) from error
