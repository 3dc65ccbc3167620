"""Which hosts are near each other, and where a bundle lies on each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.fleet.kept import read_state
from torchup.fleet.sites.lines import FILE
from torchup.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.fleet.ansible import Answer
    from torchup.state.home import Home

FIELD: Final = re.compile(r"^@torchup@ (\w+) ?(.*)$", re.MULTILINE)
"""What a host's shell says, a field a line."""


class Place(Struct, frozen=True, kw_only=True):
    """A host as it is for a bundle.

    ``site`` is empty where the inventory names none: such a host takes its own copy from here.
    ``path`` is where the bundle lies, or would; ``room`` is in bytes, None for unknown.
    """

    host: str
    path: str
    site: str = ""
    address: str = ""
    port: int = 0
    there: bool = False
    room: int | None = None


class Spread(Struct, frozen=True, kw_only=True):
    """How it went.

    ``places`` are the hosts that have the bundle; ``seeds`` those of them that took it from here;
    ``lost`` says why others haven't.
    """

    places: dict[str, Place]
    seeds: tuple[str, ...] = ()
    lost: dict[str, tuple[str, Text]] = {}


def settled(home: Home, host: str, name: str, *, digest: str, row: str) -> bool:
    """Whether an environment was made on a host of this row of this bundle before."""
    before = read_state(home, host).environments.get(name)
    if before is None or not before.ok:
        return False
    words = command_of(name, f"/{digest}/{FILE}", row)
    same = len(before.asked) == len(words) and before.asked[1].endswith(words[1])
    return same and before.asked[2:] == words[2:]


def command_of(name: str, path: str, row: str) -> tuple[str, ...]:
    """What a host is told: to bring an environment to a row of the bundle, new or not."""
    return ("sync", path, "-n", name, "--row", row)


def seeds_of(places: Iterable[Place]) -> dict[str, str]:
    """For each site the host that the others take it from: one that has it, else the first.

    Args:
        places: the hosts, in order. A site of one host needs nobody to take it from.
    """
    found: dict[str, Place] = {}
    for one in places:
        kept = found.get(one.site)
        if one.site and (kept is None or (one.there and not kept.there)):
            found[one.site] = one
    return {site: one.host for site, one in found.items()}


def place_of(answer: Answer) -> Place | None:
    """Read what a host said of itself; None where that isn't whole."""
    said = dict(FIELD.findall(answer.out.replace("\r\n", "\n")))
    if answer.state != "ok" or "end" not in said:
        return None
    room, port = said["room"].strip(), said["port"].strip()
    return Place(
        host=answer.host,
        path=said["place"].strip(),
        site=said["site"].strip(),
        address=said["address"].strip(),
        port=int(port) if port.isdigit() else 0,
        there=said["there"].strip() == "yes",
        room=int(room) << 10 if room.isdigit() else None,
    )
