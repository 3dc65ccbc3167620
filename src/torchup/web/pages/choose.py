"""Choose: the selector that knows the machine."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from torchup.compat.rows import minor_of
from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS, meaning, meant
from torchup.facts.load import load_catalogue, load_gpus
from torchup.web.asking import read_wish
from torchup.web.choice import choose, groups, label_of, picked_of
from torchup.web.refusals import status_of
from torchup.web.render import page, words_for
from torchup.wire import write

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.web.asking import Wish
    from torchup.web.choice import Chosen
    from torchup.web.here import Here

_MONTHS = 12
_MACHINE = ("gpu", "driver", "os", "arch")
_LONGEST = 200


def show(here: Here, request: Request) -> Response:
    """Show what can be picked, what is chosen, and the commands for it."""
    picked = request.query_params.get("framework", "")
    with meaning(picked if picked in FRAMEWORKS else meant()):
        return _show(here, request)


def _show(here: Here, request: Request) -> Response:
    today = here.context().today()
    days = _months(today)
    given = _of_this_one(request.query_params)
    month = given.get("month", "")
    if month.isascii() and month.isdecimal() and "as_of" not in given:
        place = min(int(month[:4]), len(days) - 1)
        day = "" if place == len(days) - 1 else days[place]
        given = type(given)([*given.multi_items(), ("as_of", day)])
    wish, found, refused = _chosen(here, given, today)
    error = write.error(refused, words_for(request, here)) if refused else None
    answer, builds = found.choice.resolution, found.options.builds
    best = picked_of(answer.stack)
    typed = {name: ", ".join(given.getlist(name))[:_LONGEST] for name in _MACHINE}
    return page(
        request,
        here,
        "choose.html",
        status=status_of(refused) if refused else 200,
        error=error,
        typed=typed,
        wish=wish,
        picked=wish.picked,
        options=found.options,
        builds=groups(builds),
        label_of=label_of,
        best=best,
        best_build=next((label_of(o) for o in builds if o.value == best["build"]), best["build"]),
        framework=load_catalogue().framework.title,
        frameworks=[(one, load_catalogue(one).framework.title) for one in FRAMEWORKS],
        machine=found.machine,
        answer=answer,
        stack=answer.stack,
        commands=found.commands,
        days=days,
        drivers=[(one.number, one.max_runtime) for one in reversed(load_catalogue().branches)],
        place=_place(days, wish.picked.as_of),
        about_other=not wish.here or any(map(str.strip, typed.values())),
        open_other=bool(not wish.here or "other" in given or error),
    )


def _chosen(here: Here, given: QueryParams, today: str) -> tuple[Wish, Chosen, UsageError | None]:
    """Choose as it is asked; where that can't be read, for this machine, with what is wrong.

    What was typed stays on the page then, beside the error.
    """
    try:
        wish = read_wish(given, today)
        return wish, choose(here, wish), None
    except UsageError as refused:
        picked = [(name, value) for name, value in given.multi_items() if name not in _MACHINE]
        for kept in (picked, []):
            with suppress(UsageError):
                wish = read_wish(type(given)(kept), today)
                return wish, choose(here, wish), refused
        raise


def _of_this_one(given: QueryParams) -> QueryParams:
    """Leave out picks of another framework's, as they stay in the form where it is changed."""
    releases = load_catalogue().releases
    lines = {minor_of(one.version) for one in releases} | {one.version for one in releases}
    builds = {build.name for one in releases for build in one.builds}
    kept = [
        (name, value)
        for name, value in given.multi_items()
        if (name != "release" or value in lines) and (name != "build" or value in builds)
    ]
    return given if "framework" not in given else type(given)(kept)


def cards(_here: Here, _request: Request) -> Response:
    """The names of cards, for the field to offer."""
    from html import escape

    names = dict.fromkeys(one.name for one in load_gpus().cards)
    return HTMLResponse("".join(f'<option value="{escape(name)}"></option>' for name in names))


def _months(today: str) -> list[str]:
    """The first day of each month from the first release that is known to today."""
    # The same for every framework: a place on it stays the same day where another is picked.
    known = (load_catalogue(name).releases for name in FRAMEWORKS)
    first = min(one.date for releases in known for one in releases if one.date)
    start, end = date.fromisoformat(first), date.fromisoformat(today)
    count = (end.year - start.year) * _MONTHS + end.month - start.month
    months = (start.year * _MONTHS + start.month + at for at in range(count))
    return [*(f"{at // _MONTHS:04}-{at % _MONTHS + 1:02}-01" for at in months), today]


def _place(days: list[str], day: str) -> int:
    if not day:
        return len(days) - 1
    return max((at for at, one in enumerate(days) if one <= day), default=0)
