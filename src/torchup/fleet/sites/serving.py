"""Hosts that hand a bundle on to the others of their site, and lines run in hosts' shells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from torchup.fleet.ansible import Literally, run_play
from torchup.fleet.remote import run_there
from torchup.fleet.sites.lines import FILE, serve_line
from torchup.fleet.sites.places import FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.remote import Said
    from torchup.fleet.sites.places import Place


def serve(
    context: Context,
    inventory: Inventory,
    seeds: Mapping[str, Place],
    *,
    digest: str,
    wheelhouse: str,
) -> dict[str, int]:
    """Put torchup on hosts that have a bundle, and let each serve it.

    Args:
        context: the session.
        inventory: how hosts are reached.
        seeds: the hosts, and where the bundle lies on each.
        digest: the bundle's.
        wheelhouse: the wheels that torchup is installed from on hosts; empty: their index.

    Returns:
        The port of each host that serves.
    """
    able: list[str] = []

    def there(said: Said) -> None:
        if said.state == "ok":
            able.append(said.host)

    words = {
        host: ("bundle", "show", f"{one.path}/{FILE}") for host, one in seeds.items() if one.address
    }
    program = run_there(context, inventory, words, there, wheelhouse=wheelhouse, bundle=digest)
    ports: dict[str, int] = {}

    def take(answer: Answer) -> None:
        said = dict(FIELD.findall(answer.out.replace("\r\n", "\n")))
        if answer.state == "ok" and said.get("port", "").strip().isdigit():
            ports[answer.host] = int(said["port"])

    lines = {
        host: serve_line(program, digest, seeds[host].address, seeds[host].port) for host in able
    }
    if lines:
        run_lines(context, inventory, lines, take)
    return ports


def run_lines(
    context: Context,
    inventory: Inventory,
    lines: Mapping[str, str],
    take: Callable[[Answer], None],
    *,
    before: str = "",
) -> None:
    """Run a line in the shell of each host.

    Args:
        context: the session.
        inventory: how hosts are reached.
        lines: the line of each host.
        take: told each answer as it comes.
        before: what every shell is told first; variables of the inventory count in it.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
    """
    task: dict[str, Any] = {
        "name": "torchup site",
        "raw": f"{before}{{{{ torchup_lines[inventory_hostname] }}}}",
        "changed_when": False,
    }
    run_play(
        context.host,
        replace(inventory, limit=",".join(lines)),
        [task],
        take,
        variables={"torchup_lines": {host: Literally(line) for host, line in lines.items()}},
    )
