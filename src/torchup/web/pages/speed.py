"""Speed: what was computed in each environment, and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import environments
from torchup.errors import TorchupError
from torchup.verify import describe
from torchup.web.render import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.model import Environment, VerifyReport
    from torchup.web.here import Here


def show(here: Here, request: Request) -> Response:
    """Show the receipts side by side, a row for each check."""
    receipts = list(_receipts(here))
    checks = {check.code: check for _, receipt in receipts for check in receipt.checks}
    longest = max((c.took_s for _, r in receipts for c in r.checks), default=0.0)
    return page(
        request,
        here,
        "speed.html",
        receipts=receipts,
        checks=checks,
        longest=longest,
        describe=describe,
    )


def _receipts(here: Here) -> Iterator[tuple[Environment, VerifyReport]]:
    context = here.context()
    for one in environments.list_all(context):
        try:
            found, receipt = environments.show(context, one.record.name)
        except TorchupError:
            continue  # deleted meanwhile
        if receipt is not None:
            yield found, receipt
