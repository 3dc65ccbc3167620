"""Computing on many hosts at once: first whether they reach each other, then torchrun."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fleet.together import Trouble, afterwards, before, ranks_fit
from torchup.fleet.asking import Asking, ended_late
from torchup.fleet.defaults import COMPUTE_S, PORT
from torchup.model import Text
from torchup.wire.gathered import ComputedV1, MetV1, SeenV1

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.inventory import Inventory

SIZE_MIB: Final = 32
LIMIT_S: Final = 15.0
"""How long hosts wait for each other before torch is started."""


class Together(Struct, frozen=True, kw_only=True):
    """How it went: the hosts by rank, what stood in the way, and what the first one measured.

    ``lost`` are hosts that did not answer, and why; ``result`` is empty where torch was not started
    or did not come to an end.
    """

    hosts: tuple[str, ...]
    lost: dict[str, Text] = {}
    troubles: tuple[Trouble, ...] = ()
    result: dict[str, Any] = {}

    @property
    def good(self) -> bool:
        """Whether all hosts computed together, rightly."""
        return bool(self.result) and not any(one.stops for one in self.troubles)


def verify_together(
    context: Context,
    inventory: Inventory,
    name: str,
    hosts: Sequence[str],
    *,
    wheelhouse: str = "",
    port: int = PORT,
    size_mib: int = SIZE_MIB,
    limit_s: int = COMPUTE_S,
    on_stage: Callable[[str], None] = lambda _stage: None,
) -> Together:
    """Let hosts add up one number together, and measure the way between each two.

    Before torch is started every host connects to every other one, since torch waits for minutes
    where one of these ways is closed. Where a host's own name means its loopback, the interface is
    named for torch.

    Args:
        context: the session.
        inventory: how hosts are reached.
        name: the environment, which was made by ``apply``.
        hosts: which; the first one leads.
        wheelhouse: what was given to ``apply``; it names the torchup that is on the hosts.
        port: where the first one listens for torch; the way between hosts is tried there.
        size_mib: how much is sent.
        limit_s: how long torch may take, starting it included.
        on_stage: told what begins: ``meet``, ``compute``.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    # All have to run at the same time.
    wide = replace(inventory, forks=max(inventory.forks, len(hosts)))
    ask = Asking(context, wide, name, wheelhouse, limit_s)
    on_stage("meet")
    seen, lost = ask.all(dict.fromkeys(hosts, ("payload_meet.py", "where")), SeenV1)
    if lost:
        return Together(hosts=tuple(hosts), lost=lost)
    addresses = {host: str(seen[host].get("address", "")) for host in hosts}
    met, lost = ask.all(_meeting(addresses, port), MetV1)
    in_order = {host: met[host] for host in hosts if host in met}
    troubles = before({host: seen[host] for host in hosts}, in_order)
    if lost or any(one.stops for one in troubles):
        return Together(hosts=tuple(hosts), lost=lost, troubles=troubles)
    on_stage("compute")
    result, lost = _computed(ask, addresses, seen, port, size_mib)
    if result:
        troubles += afterwards(hosts, result)
    return Together(hosts=tuple(hosts), lost=lost, troubles=troubles, result=result)


def _meeting(addresses: Mapping[str, str], port: int) -> dict[str, tuple[str, ...]]:
    """What each host runs to try the ways to all others."""
    asked = {"hosts": addresses, "port": port, "limit": LIMIT_S}
    return {
        host: ("payload_meet.py", "meet", json.dumps({"me": host, **asked})) for host in addresses
    }


def _computed(
    ask: Asking,
    addresses: Mapping[str, str],
    seen: Mapping[str, Mapping[str, Any]],
    port: int,
    size_mib: int,
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Start torch on all hosts; what the first one measured, and who is missing for that."""
    first = next(iter(addresses))
    said, lost = ask.all(
        {
            host: _torchrun(rank, len(addresses), addresses[first], port, size_mib)
            for rank, host in enumerate(addresses)
        },
        ComputedV1,
        {host: _interfaces(seen[host]) for host in addresses},
    )
    result = said.get(first, {})
    if not ranks_fit(result.get("pairs", ()), len(addresses)):  # it speaks of others
        result = {}
        lost |= {first: Text(code="fleet.together-no-end", args={})}
    return result, {host: why for host, why in lost.items() if host == first or not result}


def told_together(
    hosts: Sequence[str],
    seen: Mapping[str, Mapping[str, Any]],
    met: Mapping[str, Mapping[str, Any]],
    result: Mapping[str, Any],
    late: Mapping[str, float] | None = None,
) -> Together:
    """Judge what hosts said of each other when somebody else had asked them.

    Args:
        hosts: by rank.
        seen: how each saw itself.
        met: whom each reached.
        result: what the first one measured; empty where torch was not started.
        late: where torch was ended, with the seconds that it had.
    """
    silent = Text(code="fleet.together-no-answer", args={})
    lost = dict.fromkeys((one for one in hosts if one not in seen or one not in met), silent)
    ordered = {host: met[host] for host in hosts if host in met}
    troubles = before({host: seen[host] for host in hosts if host in seen}, ordered)
    if not result and not lost and not any(one.stops for one in troubles):
        lost = {host: ended_late(late[host]) for host in hosts if late and host in late}
        lost = lost or {hosts[0]: Text(code="fleet.together-no-end", args={})}
    if result:
        troubles += afterwards(hosts, result)
    return Together(hosts=tuple(hosts), lost=lost, troubles=troubles, result=dict(result))


def _torchrun(rank: int, world: int, address: str, port: int, size: int) -> tuple[str, ...]:
    return (
        "-m",
        "torch.distributed.run",
        f"--nnodes={world}",
        f"--node-rank={rank}",
        "--nproc-per-node=1",
        f"--master-addr={address}",
        f"--master-port={port}",
        "payload_together.py",
        str(size),
    )


def _interfaces(seen: Mapping[str, Any]) -> dict[str, str]:
    name = str(seen.get("interface") or "")
    return {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": name} if name else {}
