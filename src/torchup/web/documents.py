"""What programs read: the documents of ``--json``, and the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from anyio.to_thread import run_sync

from torchup.api import measurements as kept
from torchup.api.environments import known
from torchup.verify.speed import measured_on
from torchup.web import mirrors
from torchup.web.answers import answer
from torchup.web.asking import read_wish
from torchup.web.bodies import LARGE, read_document
from torchup.web.events import stream
from torchup.web.openapi import describe_api
from torchup.web.render import language_of, words_for
from torchup.web.told import job_document
from torchup.wire import v1, write
from torchup.wire.bench import MeasurementsV1, bench, measurement
from torchup.wire.web import CommandsV1, JobsV1, LogV1, OrderV1

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.web.here import Here


def machine(here: Here, request: Request) -> Response:
    """This machine, as ``torchup probe --json`` writes it, without the places of packages."""
    seen = here.look()
    return answer(write.probed(seen.machine, seen.software, None, words_for(request, here)))


def plan(here: Here, request: Request) -> Response:
    """What fits, as ``torchup plan --json`` writes it."""
    from torchup.api.stacks.planning import plan, preview

    wish = read_wish(request.query_params, here.context().today())
    machine = wish.machine(here)
    with wish.meaning():
        wanted = wish.requirement(here)
        found = preview(here.context(), machine, wanted, live=wish.here, examine=False)
        return answer(write.plan(plan(found), words_for(request, here)))


def commands(here: Here, request: Request) -> Response:
    """What fits, as commands for each tool."""
    from torchup.web.choice import commands_of

    wish = read_wish(request.query_params, here.context().today())
    found = commands_of(here, wish)
    return answer(
        CommandsV1(torchup=found["torchup"], pip=found["pip"], uv=found["uv"], conda=found["conda"])
    )


def listed(here: Here, request: Request) -> Response:
    """The environments, as ``torchup list --json`` writes them."""
    words = words_for(request, here)
    found = known.list_all(here.context())
    return answer(v1.EnvironmentsV1(environments=tuple(write.environment(e, words) for e in found)))


def shown(here: Here, request: Request) -> Response:
    """One environment, as ``torchup show --json`` writes it."""
    from torchup.apply.names import check_name

    name = check_name(request.path_params["name"])
    found, receipt = known.show(here.context(), name)
    return answer(write.shown(found, receipt, words_for(request, here)))


async def explained(here: Here, request: Request) -> Response:
    """The causes of an error, as ``torchup explain --json`` writes them."""
    from torchup.web.pages.fix import explain
    from torchup.wire.diagnosis import diagnosis

    log = await read_document(request, LogV1, LARGE)
    words = words_for(request, here)
    found = await run_sync(explain, here, log.text, log.here)
    asks = words.say(f"question.{found.question}") if found.question else None
    return answer(diagnosis(found.findings, words, question=asks))


def examined(here: Here, request: Request) -> Response:
    """What is wrong, as ``torchup doctor --json`` writes it."""
    from torchup.apply.names import check_name
    from torchup.web.findings import look
    from torchup.wire.diagnosis import diagnosis

    name = request.query_params.get("name", "")
    found = look(here.context(), check_name(name) if name else "")
    return answer(diagnosis(found, words_for(request, here)))


def changed(here: Here, request: Request) -> Response:
    """What can be undone, as ``torchup undo --list --json`` writes it."""
    from torchup.api import undoing
    from torchup.wire.changes import changes

    return answer(
        changes(
            undoing.listed(here.context()),
            words_for(request, here),
            undoing.unreadable(here.context()),
        )
    )


async def previewed(here: Here, request: Request) -> Response:
    """What an order would do."""
    from torchup.web.previews import preview

    wanted = await read_document(request, OrderV1)
    return answer(await run_sync(preview, here, wanted, words_for(request, here)))


def jobs(here: Here, request: Request) -> Response:
    """All jobs, without what they told."""
    words = words_for(request, here)
    found = tuple(job_document(one, words, whole=False) for one in here.jobs.all())
    return answer(JobsV1(jobs=found))


async def order(here: Here, request: Request) -> Response:
    """Start a job."""
    wanted = await read_document(request, OrderV1)
    started = await run_sync(here.jobs.start, wanted, language_of(request, here))
    return answer(job_document(started, words_for(request, here)), 202)


def job(here: Here, request: Request) -> Response:
    """One job, with everything that it told."""
    found = here.jobs.find(request.path_params["job"])
    return answer(job_document(found, words_for(request, here)))


def stop(here: Here, request: Request) -> Response:
    """Stop a job: it takes back what is half-done."""
    found = here.jobs.find(request.path_params["job"])
    found.stop()
    return answer(job_document(found, words_for(request, here)))


async def events(here: Here, request: Request) -> Response:
    """A job as it goes on."""
    found = here.jobs.find(request.path_params["job"])
    said = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    after = int(said) if said.isascii() and said.isdecimal() and len(said) < 8 else 0  # noqa: PLR2004
    return stream(found, words_for(request, here), after)


def measurements(here: Here, _request: Request) -> Response:
    """What was measured, as ``torchup bench list --json`` writes it."""
    found = kept.listed(here.context())
    rows = tuple(measurement(one.id, one.name, one.report) for one in found)
    return answer(MeasurementsV1(measurements=rows))


def measured(here: Here, request: Request) -> Response:
    """One measurement, as ``torchup verify --json`` wrote it."""
    found = kept.find(here.context(), request.path_params["id"])
    return answer(write.verify(found.report, name=found.name))


def compared(here: Here, request: Request) -> Response:
    """Two measurements, as ``torchup bench compare --json`` writes them."""
    given = request.query_params
    context = here.context()
    before, after, changes = kept.compared_kept(
        context, given.get("before", ""), given.get("after", "")
    )
    devices = measured_on(before), measured_on(after)
    return answer(bench(before, after, changes, devices=devices))


def openapi(_here: Here, _request: Request) -> Response:
    """The description of all this."""
    return answer(describe_api())


ROUTES: Final[tuple[tuple[str, str, Callable[[Here, Request], Any]], ...]] = (
    ("/api/openapi.json", "GET", openapi),
    ("/api/machine", "GET", machine),
    ("/api/plan", "GET", plan),
    ("/api/commands", "GET", commands),
    ("/api/environments", "GET", listed),
    ("/api/environments/{name}", "GET", shown),
    ("/api/explain", "POST", explained),
    ("/api/doctor", "GET", examined),
    ("/api/changes", "GET", changed),
    ("/api/preview", "POST", previewed),
    ("/api/measurements", "GET", measurements),
    ("/api/measurements/{id}", "GET", measured),
    ("/api/bench", "GET", compared),
    ("/api/mirrors", "GET", mirrors.known),
    ("/api/mirrors", "POST", mirrors.order),
    ("/api/mirrors/preview", "POST", mirrors.preview),
    ("/api/jobs", "GET", jobs),
    ("/api/jobs", "POST", order),
    ("/api/jobs/{job}", "GET", job),
    ("/api/jobs/{job}", "DELETE", stop),
    ("/api/jobs/{job}/events", "GET", events),
)
