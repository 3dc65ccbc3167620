"""Fix: from a pasted error to its cause, with what it rests on marked in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from msgspec import Struct

from torchup.api.explain import Explained, explain_log
from torchup.errors import UsageError
from torchup.web.bodies import LARGE, read_body
from torchup.web.render import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.web.here import Here

_AROUND: Final = 3
"""Lines that are shown before and after each that tells something."""
_WHOLE: Final = 120
"""Lines up to which a text is shown whole."""


class Shown(Struct, frozen=True, kw_only=True):
    """A line of the text; ``gap`` where lines before it are left out."""

    number: int
    text: str
    marked: bool
    gap: bool


def show(here: Here, request: Request) -> Response:
    """Show the field."""
    return page(request, here, "fix.html", pasted="", found=None, lines=(), here_too=True)


async def ask(here: Here, request: Request) -> Response:
    """Explain what was pasted."""
    body = await read_body(request, LARGE)
    try:
        given = parse_qs(body.decode("ascii"), max_num_fields=4, errors="replace")
    except ValueError as error:
        raise UsageError("web.bad-body", why=error) from error
    text = given.get("text", [""])[0].replace("\r\n", "\n")
    here_too = "here" in given
    found = await run_sync(explain, here, text, here_too)
    lines = shown_lines(text, found)
    return await run_sync(
        lambda: page(
            request, here, "fix.html", pasted=text, found=found, lines=lines, here_too=here_too
        )
    )


def explain(here: Here, text: str, here_too: bool) -> Explained:
    """Find the causes; where nothing is pasted there are none."""
    if not text.strip():
        return Explained(())
    machine = here.look().machine if here_too else None
    data = text.encode("utf-8", "replace")
    return explain_log([data], machine=machine, system=here.host.system)


def shown_lines(text: str, found: Explained) -> Sequence[Shown]:
    """The text's lines, those marked that a cause rests on; of a long text those around them."""
    numbers = {
        int(number)
        for one in found.findings
        for line in one.because
        for number in (line.partition(":")[0],)
        if number.isdecimal()
    }
    lines = text.splitlines()
    kept = [
        number
        for number in range(1, len(lines) + 1)
        if len(lines) <= _WHOLE or any(abs(number - one) <= _AROUND for one in numbers)
    ]
    return [
        Shown(
            number=number,
            text=lines[number - 1],
            marked=number in numbers,
            gap=number - 1 != before,
        )
        for before, number in zip([0, *kept], kept, strict=False)
    ]
