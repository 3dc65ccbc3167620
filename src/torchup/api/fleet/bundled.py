"""Which row of a bundle each host takes, before anything is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.bundle.installing import lock_of
from torchup.api.locks.choice import Judged, best, judge
from torchup.errors import UsageError
from torchup.model import Reason, Text
from torchup.model.fleet import Host
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.bundles.reading import OpenBundle


class HostRow(Struct, frozen=True, kw_only=True):
    """The row that a host takes; where none fits, ``why`` the first one of its system doesn't."""

    host: Host
    chosen: Judged | None
    why: Text | Reason | None = None


def rows_for(
    context: Context, bundle: OpenBundle, hosts: Sequence[Host], row: str = ""
) -> tuple[HostRow, ...]:
    """Pick for each host as it will pick itself.

    Args:
        context: the session.
        bundle: the bundle.
        hosts: the machines, by name.
        row: the row that the user names, empty for the best one of each.

    Raises:
        UsageError: ``sync.no-such-row``, or its lock can't be read.
    """
    lock = lock_of(bundle)
    rows = lock.tool.rows if lock.tool is not None else ()
    if row and all(one.name != row for one in rows):
        names, file = ", ".join(one.name for one in rows), str(bundle.path)
        quoted = command_line(file)
        raise UsageError("sync.no-such-row", row=row, names=names, file=file, quoted=quoted)
    meant = [one for one in rows if not row or one.name == row]
    found = []
    for host in hosts:
        machine = host.machine
        if machine is None:
            found.append(HostRow(host=host, chosen=None, why=host.why))
            continue
        judged = [judge(context, machine, lock, one) for one in meant]
        named = next((one for one in judged if row and one.state != "no"), None)
        chosen = named or best(judged, machine)
        platform = machine.platform
        near = sorted(judged, key=lambda one: one.row.platform != platform)
        why = near[0].why if chosen is None and near else None
        found.append(HostRow(host=host, chosen=chosen, why=why))
    return tuple(found)
