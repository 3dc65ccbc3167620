"""Environments: what is there, what is being done, and what can be done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from torchup.api.connections.uses import uses
from torchup.api.environments import known
from torchup.api.environments.exporting import export as write_down
from torchup.apply.names import check_name
from torchup.errors import UsageError
from torchup.plan.exporting import FORMATS
from torchup.web.render import page, words_for
from torchup.web.told import job_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request

    from torchup.model import Environment
    from torchup.web.here import Here
    from torchup.wire.web import JobEventV1

_ADDRESS: Final = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d{1,5}/[\w./?=&-]*token=\w+")

_UNDER: Final = {"repair": "/fix", "undo": "/fix", "mirror": "/speed"}
"""The page that a job belongs to; most belong to the environments."""


def show(here: Here, request: Request) -> Response:
    """Show all of them, with the jobs that run or ran."""
    words = words_for(request, here)
    found = known.list_all(here.context())
    jobs = [job_document(one, words, whole=False) for one in here.jobs.all()]
    return page(
        request,
        here,
        "environments.html",
        environments=found,
        jobs=jobs,
        uses=uses(here.context(), found),
    )


def one(here: Here, request: Request) -> Response:
    """Show one, with its packages and what was verified."""
    from torchup.verify import describe, explain

    name = check_name(request.path_params["name"])
    found, receipt = known.show(here.context(), name)
    return page(
        request,
        here,
        "environment.html",
        env=found,
        receipt=receipt,
        formats=FORMATS,
        describe=describe,
        explain=explain,
        jupyter=_jupyter(found),
        folder=here.folder,
        uses=uses(here.context(), (found,))[found.record.name],
    )


def _jupyter(found: Environment) -> str:
    """How Jupyter is started in an environment; empty where it has none."""
    for package, command in (("jupyterlab", "jupyter lab"), ("notebook", "jupyter notebook")):
        if package in found.packages:
            return command
    return ""


def jupyter_address(told: Iterable[JobEventV1]) -> str:
    """The address on this machine that Jupyter says it is at; empty where it hasn't yet."""
    found = (_ADDRESS.search(one.text) for one in told if one.kind == "line")
    return next((one[0] for one in found if one), "")


def export(here: Here, request: Request) -> Response:
    """Write one down, as a file to keep."""
    name = check_name(request.path_params["name"])
    form = request.query_params.get("format", "requirements")
    known = next((one for one in FORMATS if one == form), None)
    if known is None:
        raise UsageError("web.bad-value", name="format", value=form[:40])
    written = write_down(here.context(), name, known)
    shown = {"Content-Disposition": f"inline; filename*=UTF-8''{_filename(name, known)}"}
    return Response(written.text, media_type="text/plain; charset=utf-8", headers=shown)


def _filename(name: str, form: str) -> str:
    from urllib.parse import quote

    endings = {"requirements": "txt", "pylock": "toml", "environment": "yml"}
    return quote(f"{name}-{form}.{endings.get(form, 'txt')}")


def job(here: Here, request: Request) -> Response:
    """Show one job, with everything that it told, and what it changed, to take it back."""
    from torchup.api import undoing
    from torchup.wire.changes import worded

    words = words_for(request, here)
    found = here.jobs.find(request.path_params["job"])
    document = job_document(found, words)
    kept = {one.id: one for one in undoing.newest_first(here.home)} if found.undoable else {}
    return page(
        request,
        here,
        "job.html",
        under=_UNDER.get(document.command, "/environments"),
        job=document,
        told=document.events,
        address=jupyter_address(document.events),
        changes=[kept[one] for one in found.undoable if one in kept],
        worded=lambda change: worded(change, words),
    )
