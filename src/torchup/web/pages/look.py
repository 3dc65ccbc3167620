"""What is wrong, as doctor sees it: each with what torchup would do about it, and a button."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.api.repairs.rights import needs_root
from torchup.apply.names import check_name
from torchup.errors import TorchupError
from torchup.web.findings import looked
from torchup.web.previews.mending import proposal_lines
from torchup.web.render import page, words_for

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.model.finding import Remedy
    from torchup.web.here import Here

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_MOST: Final = 20


def show(here: Here, request: Request) -> Response:
    """Look and show it; first say that somebody looks, and come again.

    Raises:
        UsageError: the name is none.
        TorchupError: as :func:`torchup.web.findings.looked`.
    """
    given = request.query_params
    named = given.get("name", "")
    name = check_name(named) if named else ""
    if "wait" not in given:
        asked = str(request.url.include_query_params(wait="").query)
        load = f"{request.url.path}?{asked}"
        return page(request, here, "looking.html", heading="web.fix.look", load=load)
    first = [one for one in given.getlist("first")[:_MOST] if _CODE.fullmatch(one)]
    words = words_for(request, here)
    return page(
        request,
        here,
        "look.html",
        name=name,
        first=first,
        looked=looked(here.context(), name, first),
        lines_of=lambda one: tuple(proposal_lines(one, words)),
        needs_root=needs_root,
        verified=verified,
    )


def verified(remedy: Remedy) -> str:
    """The environment that a remedy verifies; empty where it does something else."""
    for command in remedy.commands:
        if len(command) == len(("torchup", "verify", "NAME")) and command[1] == "verify":
            try:
                return check_name(command[2])
            except TorchupError:
                return ""
    return ""
