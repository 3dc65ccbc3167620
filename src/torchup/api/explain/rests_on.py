"""What the status rests on besides what the host is asked: files that are read past it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.environments import known
from torchup.api.machines import machine
from torchup.facts.current import data_files, in_force

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context


def looked_at(context: Context) -> tuple[Path | str, ...] | None:
    """Name the files, there or not; None where not all can be named.

    These are facts that were fetched, and a site's own. Nor does a status rest on files alone
    while a change is under way or something is left over that :func:`known.recover` takes away.
    """
    facts = in_force()
    if facts.overlay is not None or facts.base() is not None or not known.at_rest(context):
        return None
    host, listings = context.host, context.home.cache / "listings"
    return (
        *known.looked_at(context),
        *machine.looked_at(context),
        *(listings / name for name in host.listdir(str(listings))),
        *data_files(),
    )
