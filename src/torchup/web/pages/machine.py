"""This machine: the chain from the card to the notebook, and what fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse

from torchup.api import checks, doctor
from torchup.api.chain.mends import finding_of
from torchup.api.environments import known
from torchup.web.render import page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.model.finding import Finding
    from torchup.web.here import Here

_CLOSER: Final = ("kernels", "ides")
"""Checks of the chain's last links: quick, and what they find has a mend."""
_INSIDE: Final = frozenset({"environment-broken", "environment-not-verified"})


def show(here: Here, request: Request) -> Response:
    """Show it at once where it was looked at; else say that somebody looks, and come again."""
    seen = here.seen
    if seen is None and "wait" not in request.query_params:
        return page(request, here, "looking.html", heading="web.page.machine", load="/?wait")
    seen = here.look()
    made = known.list_all(here.context())
    answer = seen.choice.resolution
    examined = doctor.examine(seen.machine, answer, made, seen.software)
    closer = checks.of_machine(here.context())
    findings = [*examined.findings, *(one for name in _CLOSER for one in closer[name]())]
    return page(
        request,
        here,
        "machine.html",
        machine=seen.machine,
        answer=answer,
        stack=answer.stack,
        links=examined.links,
        findings=findings,
        mends=[finding_of(one, findings) for one in examined.links],
        address=address,
    )


def address(found: Finding) -> str:
    """Where the page of repairs shows a finding; what is inside an environment, in that alone."""
    name = found.facts.get("environment") or found.title.args.get("name", "")
    inside = found.code in _INSIDE and name
    return f"/fix/look{'?name=' + quote(name) if inside else ''}#finding-{found.code}"


def again(here: Here, _request: Request) -> Response:
    """Look again: a driver may have come meanwhile."""
    here.look(again=True)
    return RedirectResponse("/", 303)
