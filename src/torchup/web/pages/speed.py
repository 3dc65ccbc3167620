"""Speed: what was computed in each environment, how fast, and what changed between two times."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from torchup.api import measurements, verifying
from torchup.api.environments import known
from torchup.apply.names import check_name, name_key
from torchup.errors import NoAnswerError, TorchupError
from torchup.verify.page import STYLE, body, devices
from torchup.verify.speed import scaled_value, shown_size
from torchup.verify.wording import describe
from torchup.web.render import page, words_for
from torchup.wire import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from torchup.model import Environment, VerifyReport
    from torchup.web.here import Here

_LONGEST_NAME: Final = 120


def show(here: Here, request: Request) -> Response:
    """Show the environments with their receipts, what was measured, and two of it compared."""
    words = words_for(request, here)
    receipts = list(_receipts(here))
    shown = [one for _, one in receipts if one is not None]
    measured = measurements.listed(here.context())
    given = request.query_params
    before, after = (given.get(name, "")[:_LONGEST_NAME] for name in ("before", "after"))
    compared = error = None
    if before and after:
        try:
            compared = measurements.compared_kept(here.context(), before, after)
        except TorchupError as refused:
            error = write.error(refused, words)
    elif len(measured) > 1:
        before, after = _last_two(measured)
    return page(
        request,
        here,
        "speed.html",
        receipts=receipts,
        checks={check.code: check for receipt in shown for check in receipt.checks},
        longest=max((c.took_s for one in shown for c in one.checks), default=0.0),
        describe=describe,
        devices=devices,
        measured=measured,
        before=before,
        after=after,
        compared=compared,
        scaled=scaled_value,
        shown_size=shown_size,
        error=error,
    )


def _last_two(measured: tuple[measurements.Kept, ...]) -> tuple[str, str]:
    """The newest one, and the one of the same environment before it; else just the two newest."""
    newest, *others = measured
    same = [one for one in others if name_key(one.name) == name_key(newest.name)]
    return (same or others)[0].id, newest.id


def report(here: Here, request: Request) -> Response:
    """Show the report of an environment's last verification."""
    name, found = _last(here, request)
    return _report(here, request, name, found)


def report_file(here: Here, request: Request) -> Response:
    """The same as a file to keep, just as ``verify --report`` writes it."""
    name, found = _last(here, request)
    return _file(here, request, name, found)


def measured(here: Here, request: Request) -> Response:
    """Show the report of a kept measurement."""
    found = measurements.find(here.context(), request.path_params["id"])
    return _report(here, request, found.name, found.report)


def measured_file(here: Here, request: Request) -> Response:
    """The same as a file to keep."""
    found = measurements.find(here.context(), request.path_params["id"])
    return _file(here, request, found.name, found.report)


def style(_here: Here, _request: Request) -> Response:
    """How reports look: the same words as in the file."""
    return Response(STYLE, media_type="text/css")


def _last(here: Here, request: Request) -> tuple[str, VerifyReport]:
    name = check_name(request.path_params["name"])
    _, receipt = known.show(here.context(), name)
    if receipt is None:
        raise NoAnswerError("web.never-verified", name=name)
    return name, receipt


def _report(here: Here, request: Request, name: str, found: VerifyReport) -> Response:
    # Every text of a report is escaped where it is put together.
    drawn = body(name, found, verifying.rated(found), words_for(request, here))
    return page(request, here, "report.html", name=name, found=found, drawn=drawn)


def _file(here: Here, request: Request, name: str, found: VerifyReport) -> Response:
    from urllib.parse import quote

    text = verifying.page_text(here.context(), name, found, words_for(request, here))
    named = quote(f"{name}-{found.at[:10]}.html")
    kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{named}"}
    return Response(text, media_type="text/html; charset=utf-8", headers=kept)


def _receipts(here: Here) -> Iterator[tuple[Environment, VerifyReport | None]]:
    context = here.context()
    for one in known.list_all(context):
        with suppress(TorchupError):  # deleted meanwhile
            yield known.show(context, one.record.name)
