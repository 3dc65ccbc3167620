"""Fix: from a pasted error to its cause, with what it rests on marked in the text, and its mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from msgspec import Struct

from torchup.api.environments import known
from torchup.api.explain.causes import Explained, explain_log
from torchup.apply.names import check_name
from torchup.errors import UsageError
from torchup.web.bodies import LARGE, read_body
from torchup.web.render import page, words_for

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
    """Show the field, and what can be undone."""
    return _page(here, request, name="", pasted="", found=None, lines=(), here_too=True)


def _page(here: Here, request: Request, *, name: str, **values: Any) -> Response:  # noqa: ANN401
    """Show the page.

    Args:
        here: this machine.
        request: what was asked.
        name: the environment that the error is of; empty for none that is known.
        values: what else the page shows.
    """
    from torchup.api import undoing
    from torchup.wire.changes import worded

    words = words_for(request, here)
    return page(
        request,
        here,
        "fix.html",
        name=name,
        environments=[one.record.name for one in known.list_all(here.context())],
        changes=undoing.listed(here.context()),
        unreadable=undoing.unreadable(here.context()),
        worded=lambda change: worded(change, words),
        **values,
    )


async def ask(here: Here, request: Request) -> Response:
    """Explain what was pasted."""
    body = await read_body(request, LARGE)
    try:
        given = parse_qs(body.decode("ascii"), max_num_fields=4, errors="replace")
    except ValueError as error:
        raise UsageError("web.bad-body", why=error) from error
    text = given.get("text", [""])[0].replace("\r\n", "\n")
    here_too = "here" in given
    named = given.get("name", [""])[0]
    name = check_name(named) if named else ""
    return await run_sync(_asked, here, request, text, name, here_too)


def _asked(here: Here, request: Request, text: str, name: str, here_too: bool) -> Response:
    found = explain(here, text, here_too)
    return _page(
        here,
        request,
        name=name or (named_in(here, text) if here_too else ""),
        pasted=text,
        found=found,
        lines=shown_lines(text, found),
        here_too=here_too,
    )


def named_in(here: Here, text: str) -> str:
    """The environment whose files a text names; empty for none, and where it names several."""
    places = {one.record.name: one.record.path for one in known.list_all(here.context())}
    found = [
        name for name, path in places.items() if any(f"{path}{slash}" in text for slash in "/\\")
    ]
    return found[0] if len(found) == 1 else ""


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
