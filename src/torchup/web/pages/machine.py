"""This machine: the chain from the card to the notebook, and what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from torchup.api import doctor, environments
from torchup.web.render import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.web.here import Here


def show(here: Here, request: Request) -> Response:
    """Show it at once where it was looked at; else say that somebody looks, and come again."""
    seen = here.seen
    if seen is None and "wait" not in request.query_params:
        return page(request, here, "looking.html", heading="web.page.machine", load="/?wait")
    seen = here.look()
    made = environments.list_all(here.context())
    answer = seen.choice.resolution
    examined = doctor.examine(seen.machine, answer, made, seen.software)
    return page(
        request,
        here,
        "machine.html",
        machine=seen.machine,
        answer=answer,
        stack=answer.stack,
        links=examined.links,
        findings=examined.findings,
    )


def again(here: Here, _request: Request) -> Response:
    """Look again: a driver may have come meanwhile."""
    here.look(again=True)
    return RedirectResponse("/", 303)
